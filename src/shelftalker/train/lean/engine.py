"""The fast path: Llama-shaped models with a plain LoRA, forward and back without an autograd graph.

Rows are packed end to end, their common beginning once: no token is computed twice and none is padding. Only attention
needs rows side by side; it gets them from `kernels`, padded to the longest row.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

from shelftalker.models.machine import lays_out_bf16
from shelftalker.train.lean.block import Kept, Memory, Place, block_backward, block_forward
from shelftalker.train.lean.kernels import Heads, RowsOfHeads, TorchKernels, Workspace
from shelftalker.train.lean.native import Kernels, Opened, opened_kernels
from shelftalker.train.lean.weights import Model, read_model
from shelftalker.train.training_set import Rows, answers

__all__ = ["LAY_OUT_BYTES", "LeanEngine", "lean_engine"]

CHUNK_BYTES = 24 << 20
"""Size of one chunk of logits; stays within a large cache."""
LAY_OUT_BYTES = 600 << 20
"""Largest model whose weights are held twice, the second time laid out for the way back."""


def lean_engine(
    model: Any, *, native: bool = True, share: bool = True, lay_out: bool | None = None, spans: bool = True
) -> LeanEngine | None:
    """Return the fast path for a model with its adapter, or None where it does not know the model's shape.

    Args:
        native: compile the elementwise work, where that is possible.
        share: compute the rows' common beginning once.
        lay_out: hold the weights twice; None does it for a small model in bf16.
        spans: attend long rows span by span, none against keys behind it.
    """
    read = read_model(model)
    if read is None or read.embedding.device.type != "cpu":
        return None  # flash attention and a GPU's own kernels are ahead of this
    half = read.embedding.dtype == torch.bfloat16
    if lay_out is None:
        size = sum(linear.weight.numel() * linear.weight.element_size() for linear in read.linears())
        lay_out = half and size <= LAY_OUT_BYTES and lays_out_bf16()
    if lay_out:
        read.lay_out()
    found = opened_kernels() if native and half else Opened(None)
    return LeanEngine(read, found.kernels or TorchKernels(), share=share, spans=spans, note=found.why_not)


class LeanEngine:
    """Computes losses and gradients of a Llama-shaped model's adapters; `lean_engine` makes one.

    Args:
        note: why the kernels are slower than they could be.
    """

    def __init__(self, model: Model, kernels: Kernels, *, share: bool, spans: bool, note: str) -> None:
        self._model, self._kernels = model, kernels
        self._share, self._spans, self._note = share, spans, note
        self._memory = Memory(Workspace(), Workspace())

    @property
    def name(self) -> str:
        """What the manifest says."""
        kind = "native" if not isinstance(self._kernels, TorchKernels) else "torch"
        return f"lean, {kind}" + (f" ({self._note})" if self._note else "")

    def refresh(self) -> None:
        """Take over what the optimizer changed."""
        self._model.refresh()

    def collate(self, rows: Rows, indices: np.ndarray[Any, Any]) -> Layout:
        """Return the rows of one forward pass, packed; runs in the thread that prepares data."""
        return pack(rows, indices, share=self._share)

    @torch.no_grad()
    def loss(self, batch: Layout) -> float:
        """Return the summed loss of the batch's answer tokens."""
        place, keep = self._place(batch), self._memory.keep
        x = self._model.embedding[batch.tokens]
        for block in self._model.blocks:
            out, _ = block_forward(self._kernels, block, x, place, self._memory)
            x = out.clone()
            keep.reset()
        return self._head(x[batch.where], batch.targets, scale=None)[0]

    @torch.no_grad()
    def backward(self, batch: Layout, scale: float) -> float:
        """Add the gradients of scale * loss to the adapters' and return the summed loss."""
        place, blocks = self._place(batch), self._model.blocks
        self._memory.keep.reset()
        x = self._model.embedding[batch.tokens]
        kept: list[Kept] = []
        for block in blocks:
            x, keep = block_forward(self._kernels, block, x, place, self._memory)
            kept.append(keep)
        loss, grad_answers = self._head(x[batch.where], batch.targets, scale=scale)
        grad = torch.zeros_like(x).index_add_(0, batch.where, grad_answers)
        for number in range(len(blocks) - 1, -1, -1):
            onward = block_backward(
                self._kernels, blocks[number], kept.pop(), grad, place, self._memory, onward=number > 0
            )
            if onward is not None:
                grad = onward
        return loss

    def _head(self, hidden: Tensor, targets: Tensor, *, scale: float | None) -> tuple[float, Tensor]:
        """Final norm, logits and loss of the answers, in chunks; the gradient of `hidden` where it is asked for."""
        model, kernels, work = self._model, self._kernels, self._memory.scratch
        work.reset()
        normed, inverse = kernels.rms(hidden, model.norm, model.epsilon, work)
        grad = work.take(*normed.shape, like=normed)
        words = model.head.shape[0]
        rows = max(16, CHUNK_BYTES // (words * hidden.element_size()))
        logits = work.take(min(rows, len(targets)), words, like=normed)
        total = 0.0
        for start in range(0, len(targets), rows):
            part = slice(start, start + rows)
            chunk = torch.mm(normed[part], model.head.t(), out=logits[: len(targets[part])])
            losses, logits_grad = kernels.cross_entropy(chunk, targets[part])
            total += float(losses.sum())
            if scale is not None:
                torch.mm(logits_grad, model.head, out=grad[part])
        if scale is None:
            return total, grad
        grad.mul_(scale)
        return total, kernels.rms_backward(grad, hidden, model.norm, inverse, torch.zeros_like(hidden))

    def _place(self, batch: Layout) -> Place:
        model = self._model
        cosine, sine = model.angles(batch.prefix + batch.longest)
        shared = None
        if batch.prefix:
            ends = torch.tensor([0, batch.prefix], dtype=torch.int32)
            shared = RowsOfHeads(ends, torch.arange(batch.prefix), batch.prefix, 0, batch.prefix)
        rows = RowsOfHeads(batch.starts, batch.pads, batch.longest, batch.prefix, len(batch.tokens))
        heads = Heads(model.kv, model.group, model.width)
        return Place(rows, shared, heads, cosine, sine, model.epsilon, self._spans)


@dataclass(frozen=True)
class Layout:
    """The rows of one forward pass.

    Attributes:
        tokens: the common beginning, then what is left of each row.  Shape: [tokens]
        prefix: tokens of the common beginning; every row continues it, so all rows see it.
        starts: where each row's rest begins, and the end.  Shape: [rows + 1], int32
        longest: tokens in the longest rest.
        where: states that predict an answer token, as positions in `tokens`.  Shape: [answers]
        targets: those answer tokens.  Shape: [answers]
        pads: for each of rows * longest places the token that fills it, `tokens` (one past the end) for none.
    """

    tokens: Tensor
    prefix: int
    starts: Tensor
    longest: int
    where: Tensor
    targets: Tensor
    pads: Tensor


def pack(rows: Rows, indices: np.ndarray[Any, Any], *, share: bool = True) -> Layout:
    """Pack rows, their common beginning once where that is shared.

    The prompt's last token is never shared, since what it predicts differs by row.
    """
    picked = rows.pick(indices)
    prefix = _common(picked) if share and len(picked) > 1 else 0
    rest = [tokens[prefix:] for tokens, _ in picked]
    lengths = [len(left) for left in rest]
    starts = prefix + np.concatenate([[0], np.cumsum(lengths)])
    longest = max(lengths)
    where, targets = answers(picked, starts - prefix)
    pads = np.arange(longest) + starts[:-1, None]
    pads[np.arange(longest) >= np.asarray(lengths)[:, None]] = starts[-1]
    return Layout(
        tokens=torch.from_numpy(np.concatenate([picked[0][0][:prefix], *rest]).astype(np.int64)),
        prefix=prefix,
        starts=torch.from_numpy(starts.astype(np.int32)),
        longest=longest,
        where=where,
        targets=targets,
        pads=torch.from_numpy(pads.ravel()),
    )


def _common(picked: list[tuple[np.ndarray[Any, Any], int]]) -> int:
    """Length of the rows' common beginning, short of any row's last prompt token."""
    limit = min(prompt for _, prompt in picked) - 1
    first = picked[0][0][:limit]
    for tokens, _ in picked[1:]:
        differs = np.flatnonzero(first[:limit] != tokens[:limit])
        limit = int(differs[0]) if len(differs) else limit
    return max(0, limit)
