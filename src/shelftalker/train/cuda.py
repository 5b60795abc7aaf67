"""How passes run on a GPU: by kernels that sum in a fixed order, so that a run can be repeated to the bit; as graphs.

A CUDA graph is a forward and a backward pass: for small models the CPU cannot start kernels as fast as they end. It
repeats the same kernels on the same memory, so rows are packed into few sizes: tokens, rows and answers are filled up
to a step of each. What fills up stands in rows of its own, and no answer there counts. A size is computed plainly when
it is first met, captured the second time, and repeated from then on.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from shelftalker.errors import TrainingError

__all__ = ["GraphSize", "GraphedPasses", "can_fix_order", "fill_up", "fix_workspaces", "fixed_order"]

IGNORED = -100
"""A target that does not count."""
_TOKEN_STEPS, _ANSWER_STEPS = 16, 8
_ROW_STEP, _LONGEST_STEP = 32, 256

Batch = tuple[Tensor, ...]
Compute = Callable[[Batch, int, Tensor], Tensor]


def fix_workspaces() -> None:
    """Give cuBLAS workspaces of one size, without which torch does not vouch for its order; before it is first used."""
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")


def can_fix_order(device: torch.device) -> bool:
    """Whether products can be made in a fixed order on a CUDA device: `fix_workspaces` was called in time."""
    if device.type != "cuda":
        return False
    one = torch.ones(16, 16, device=device)
    try:
        with fixed_order():
            one @ one
    except TrainingError:
        return False
    return True


@contextmanager
def fixed_order() -> Iterator[None]:
    """Have torch take kernels that sum in a fixed order for a while.

    Raises:
        TrainingError: one of the kernels has no such form.
    """
    filling: Any = torch.utils.deterministic
    before, warns = torch.are_deterministic_algorithms_enabled(), torch.is_deterministic_algorithms_warn_only_enabled()
    fills = filling.fill_uninitialized_memory
    torch.use_deterministic_algorithms(True)
    filling.fill_uninitialized_memory = False  # a pass over every new array, to find errors that the tests are for
    try:
        yield
    except RuntimeError as error:
        if "deterministic" not in str(error).lower():
            raise
        raise TrainingError(
            f"this model cannot be computed in a fixed order: {str(error).splitlines()[0]}",
            fix="--engine peft computes in any order",
        ) from error
    finally:
        torch.use_deterministic_algorithms(before, warn_only=warns)
        filling.fill_uninitialized_memory = fills


@dataclass(frozen=True)
class GraphSize:
    """What a graph is made for: tokens, rows (what fills up included), answers, and the longest row."""

    tokens: int
    rows: int
    answers: int
    longest: int


def fill_up(batch: Batch, *, step: int, longest: int, filler: int) -> tuple[Batch, GraphSize]:
    """Fill rows, as `pack_rows` returns them, with a token up to the next size, and return that size with them.

    Args:
        step: tokens from one size to the next.
        longest: of all rows that there are.
    """
    ids, where, targets, positions, starts = batch
    tokens, answers = ids.shape[1], len(where)
    room = -(-tokens // step) * step
    more = room - tokens
    longest = -(-longest // _LONGEST_STEP) * _LONGEST_STEP
    ends = [min(tokens + longest * (i + 1), room) for i in range(-(-more // longest))]
    rows = -(-(len(starts) - 1 + len(ends)) // _ROW_STEP) * _ROW_STEP
    ends += [room] * (rows - (len(starts) - 1) - len(ends))  # rows of no tokens
    answer_step = max(1, room // _ANSWER_STEPS)
    wanted = -(-answers // answer_step) * answer_step
    filled = (
        torch.nn.functional.pad(ids, (0, more), value=filler),
        torch.nn.functional.pad(where, (0, wanted - answers)),
        torch.nn.functional.pad(targets, (0, wanted - answers), value=IGNORED),
        torch.cat([positions, torch.arange(more)[None] % longest], dim=1),
        torch.cat([starts, torch.tensor(ends, dtype=starts.dtype)]),
    )
    return filled, GraphSize(room, rows, wanted, longest)


class GraphedPasses:
    """Captures and repeats passes, one graph a size; all share their memory, since they run one after the other.

    Args:
        compute: computes a batch on the device, given how long its longest row may be, and adds the gradients of
            scale * loss to the weights'; returns the loss. It must not wait for the device.
        tokens_per_forward: most tokens of a batch; a sixteenth of it is the step from one size to the next.
        longest: of all rows that there are.
    """

    def __init__(self, compute: Compute, device: torch.device, *, tokens_per_forward: int, longest: int) -> None:
        self._compute = compute
        self._device = device
        self._step = max(64, tokens_per_forward // _TOKEN_STEPS)
        self._longest = longest
        self._met: set[GraphSize] = set()
        self._graphs: dict[GraphSize, tuple[Any, Batch, Tensor]] = {}
        self._scale = torch.ones((), device=device)
        self._pool = torch.cuda.graph_pool_handle() if device.type == "cuda" else None

    def backward(self, batch: Batch, scale: float, *, filler: int) -> Tensor:
        """Add the gradients of scale * loss to the weights' and return the summed loss, on the device.

        Raises:
            TrainingError: the pass cannot be captured.
        """
        batch, size = fill_up(batch, step=self._step, longest=self._longest, filler=filler)
        self._scale.fill_(scale)
        if size not in self._met:
            self._met.add(size)
            held = tuple(part.to(self._device, non_blocking=True) for part in batch)
            return self._compute(held, size.longest, self._scale)
        if size not in self._graphs:
            self._graphs[size] = self._capture(batch, size)
        graph, held, loss = self._graphs[size]
        for place, part in zip(held, batch, strict=True):
            place.copy_(part, non_blocking=True)
        graph.replay()
        return loss.clone()

    def _capture(self, batch: Batch, size: GraphSize) -> tuple[Any, Batch, Tensor]:
        held = tuple(part.to(self._device) for part in batch)
        graph = torch.cuda.CUDAGraph()
        torch.cuda.synchronize(self._device)
        try:
            with torch.cuda.graph(graph, pool=self._pool):
                loss = self._compute(held, size.longest, self._scale)
        except RuntimeError as error:
            raise TrainingError(
                f"a pass could not be captured as a CUDA graph: {str(error).splitlines()[0]}",
                fix="--set train.cuda_graphs=off, with --resume where a checkpoint is saved",
            ) from error
        return graph, held, loss
