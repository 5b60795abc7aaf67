"""Rows end to end in one long sequence, for GPUs: no padding at all, and attention that stays within each row.

Positions start anew with each row, and the model is told where each begins. Our attention is by the flash kernels that
torch carries: transformers knows it by the name `ROW_ATTENTION` and hands it what flash attention gets. On a CPU, and
in fp32, which the kernels do not compute, the rows are attended one after the other.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from functools import partial
from importlib.util import find_spec
from itertools import pairwise
from typing import Any, cast

import numpy as np
import torch
from torch import Tensor, nn

from shelftalker.train.adapters import without_adapter
from shelftalker.train.cuda import GraphedPasses, can_fix_order, fixed_order
from shelftalker.train.padded import PaddedEngine
from shelftalker.train.training_set import Rows, answers

__all__ = ["ROW_ATTENTION", "PackedEngine", "attend_rows", "can_capture", "pack_rows", "pick_attention"]

ROW_ATTENTION = "shelftalker_rows"
_TOLERANCE = 0.02
"""Share of the largest logit by which packed and separate rows may differ: bf16 sums in another order."""


def pack_rows(rows: Rows, indices: np.ndarray[Any, Any]) -> tuple[Tensor, Tensor, Tensor, Tensor, Tensor]:
    """Return the rows end to end.

    Returns:
        input_ids [1, tokens]; where = positions of states that predict an answer token [answers];
        targets = those tokens [answers]; position_ids [1, tokens], from 0 in each row;
        starts = where each row begins, and the end of the last [rows + 1], int32.
    """
    picked = rows.pick(indices)
    starts = np.cumsum([0, *(len(tokens) for tokens, _ in picked)])
    where, targets = answers(picked, starts)
    positions = np.concatenate([np.arange(len(tokens)) for tokens, _ in picked])
    flat = np.concatenate([tokens for tokens, _ in picked]).astype(np.int64)
    ids, places = (torch.from_numpy(one)[None] for one in (flat, positions))
    return ids, where, targets, places, torch.from_numpy(starts.astype(np.int32))


class PackedEngine(PaddedEngine):
    """Computes the loss through the model's own layers, on packed rows.

    Args:
        attention: what `pick_attention` found; the model has it only while it is computed here.
    """

    name = "packed"

    def __init__(self, model: Any, device: torch.device, *, attention: str, autocast: bool = False) -> None:
        super().__init__(model, device, autocast=autocast)
        self._attention = attention
        self._graphs: GraphedPasses | None = None
        self._fixed = attention == ROW_ATTENTION and can_fix_order(device)

    def capture(self, tokens_per_forward: int, *, longest: int) -> None:
        """Repeat passes as CUDA graphs from now on; only for a model that `can_capture`."""
        self.name = "packed, CUDA graphs"
        self._keep_casts = False  # a graph must not hang on casts that were made outside it
        self._graphs = GraphedPasses(self._pass, self._device, tokens_per_forward=tokens_per_forward, longest=longest)

    def collate(self, rows: Rows, indices: np.ndarray[Any, Any]) -> tuple[Tensor, ...]:
        """Return the tensors of one forward pass; runs in the thread that prepares data."""
        return pack_rows(rows, indices)

    def backward(self, batch: tuple[Tensor, ...], scale: float) -> Tensor:
        """Add the gradients of scale * loss to the weights' and return the summed loss."""
        if self._graphs is None:
            return super().backward(batch, scale)
        with self._computing():
            return self._graphs.backward(batch, scale, filler=self._filler)

    def _pass(self, batch: tuple[Tensor, ...], longest: int, scale: Tensor) -> Tensor:
        ids, where, targets, positions, starts = batch
        loss = self._loss_of(ids, where, targets, _told(positions, starts, longest))
        (loss * scale).backward()  # type: ignore[no-untyped-call]
        return loss.detach()

    @contextmanager
    def _computing(self) -> Iterator[None]:
        before = self._causal.config._attn_implementation
        self._causal.config._attn_implementation = self._attention
        try:
            with super()._computing(), fixed_order() if self._fixed else nullcontext():
                yield
        finally:
            self._causal.config._attn_implementation = before

    def _places(self, parts: list[Tensor]) -> dict[str, Any]:
        positions, starts = parts
        return _row_places(positions, starts, self._device)


def can_capture(model: Any, device: torch.device) -> bool:
    """Whether the model's passes can be repeated as CUDA graphs.

    Not what leaves out at random, so that a resumed run draws what it would have drawn; not 4-bit layers; and not a
    whole model, whose weights autocast would cast again for each part of the loss.
    """
    if device.type != "cuda" or not hasattr(model, "get_base_model"):
        return False
    causal = model.get_base_model()
    random = any(isinstance(part, nn.Dropout) and part.p for part in model.modules())
    random = random or any(getattr(causal.config, name, 0) for name in ("dropout", "attention_dropout", "layerdrop"))
    return not random and not getattr(causal, "is_quantized", False)


def _row_places(positions: Tensor, starts: Tensor, device: torch.device) -> dict[str, Any]:
    """Return what tells a model of transformers where each row begins, given on the CPU."""
    longest = int(starts.diff().max())
    return _told(positions.to(device, non_blocking=True), starts.to(device, non_blocking=True), longest)


def _told(positions: Tensor, starts: Tensor, longest: int) -> dict[str, Any]:
    where = {"cu_seq_lens_q": starts, "cu_seq_lens_k": starts, "max_length_q": longest, "max_length_k": longest}
    return {"position_ids": positions, **where}


@torch.no_grad()
def pick_attention(model: Any, device: torch.device, *, autocast: bool = False) -> str | None:
    """Return the attention that keeps packed rows apart and skips what is between them; None where there is none.

    It counts only where a row's logits are what it gives alone, with the attention that the model came with, whatever
    stands before it: a model may not heed where rows begin. Other kinds compute the whole square of a packed sequence,
    which costs more than the padding that packing saves.
    """
    causal = without_adapter(model)
    if getattr(causal.config, "attention_dropout", 0.0):
        return None  # no kernel leaves out at random
    training = model.training
    model.eval()
    try:
        with torch.autocast(device.type, torch.bfloat16, enabled=autocast):
            return next((name for name in _kinds(device) if _keeps_apart(causal, name, device)), None)
    finally:
        model.train(training)


def _keeps_apart(causal: Any, name: str, device: torch.device) -> bool:
    first, other, row = torch.arange(3, 10), torch.arange(10, 3, -1), torch.arange(12, 7, -1)
    alone = _logits(causal, [row], device)
    before = causal.config._attn_implementation
    try:
        causal.set_attn_implementation(name)
        packed, changed = (_logits(causal, [one, row], device)[len(one) :] for one in (first, other))
    except (TypeError, ValueError, ImportError, NotImplementedError, AttributeError, RuntimeError):
        return False  # not for this architecture, or not as this package was built
    finally:
        causal.config._attn_implementation = before
    # to the bit: of a model with weights at random a leak could hide in the rounding
    return torch.equal(packed, changed) and bool((packed - alone).abs().max() <= _TOLERANCE * alone.abs().max())


def _kinds(device: torch.device) -> Iterator[str]:
    """Yield what is installed, the fastest first; ours on a CPU is there to be tested."""
    kernel = _kernel()
    if kernel is not None or device.type == "cpu":
        from transformers import AttentionInterface

        AttentionInterface.register(ROW_ATTENTION, partial(attend_rows, kernel=kernel))
        yield ROW_ATTENTION
    if device.type == "cuda" and find_spec("flash_attn") is not None:
        yield "flash_attention_2"
    if device.type == "cuda" and find_spec("triton") is not None:
        yield "flex_attention"


def _logits(causal: Any, rows: list[Tensor], device: torch.device) -> Tensor:
    """Return a model's logits for rows of tokens that are laid end to end.  Shape: [tokens, words], fp32"""
    starts = torch.tensor([0, *(len(row) for row in rows)]).cumsum(0).int()
    positions = torch.cat([torch.arange(len(row)) for row in rows])[None]
    places = _row_places(positions, starts, device) if len(rows) > 1 else {}
    found: Tensor = causal(input_ids=torch.cat(rows)[None].to(device), use_cache=False, **places).logits[0]
    return found.float()


def attend_rows(
    module: Any,
    query: Tensor,
    key: Tensor,
    value: Tensor,
    attention_mask: Tensor | None,
    *,
    kernel: Callable[..., Tensor] | None,
    cu_seq_lens_q: Tensor | None = None,
    max_length_q: int = 0,
    scaling: float | None = None,
    dropout: float = 0.0,
    sliding_window: int | None = None,
    softcap: float | None = None,
    **_: Any,
) -> tuple[Tensor, None]:
    """Return what each token makes of its own row, as transformers calls for it.

    Args:
        query: Shape: [1, heads, tokens, head width]
        key, value: of as many heads or a part of them.  Shape: [1, key heads, tokens, head width]
        kernel: torch's `varlen_attn`, or None where it has none.
        cu_seq_lens_q: where each row begins, and the end of the last; None is one row.  Shape: [rows + 1], int32
        max_length_q: length of the longest row, or more.
        sliding_window: tokens that a token sees, itself included; None is all of its row.

    Returns:
        the states [1, tokens, heads, head width], and None for the shares, which no kernel returns.

    Raises:
        ValueError: the layer wants a mask, dropout or softcap, or keeps keys of earlier tokens.
    """
    if attention_mask is not None or dropout or softcap or query.shape[2] != key.shape[2]:
        raise ValueError("rows are attended whole, without mask, dropout or softcap")
    if torch.is_autocast_enabled(query.device.type):  # rotary positions or norms may have made them fp32
        half = torch.get_autocast_dtype(query.device.type)
        query, key, value = query.to(half), key.to(half), value.to(half)
    if cu_seq_lens_q is None:
        return _attend(query, key, value, scaling, sliding_window).transpose(1, 2), None
    if kernel is not None and query.is_cuda and query.dtype != torch.float32:
        flat = (part[0].transpose(0, 1) for part in (query, key, value))  # [tokens, heads, head width]
        window = (sliding_window - 1 if sliding_window else -1, 0)
        states = kernel(
            *flat, cu_seq_lens_q, cu_seq_lens_q, max_length_q, max_length_q, scale=scaling, window_size=window
        )
        return states[None], None
    bounds = cu_seq_lens_q.tolist()
    each = [
        _attend(query[:, :, a:b], key[:, :, a:b], value[:, :, a:b], scaling, sliding_window)
        for a, b in pairwise(bounds)
    ]
    return torch.cat(each, dim=2).transpose(1, 2), None


def _attend(query: Tensor, key: Tensor, value: Tensor, scaling: float | None, window: int | None) -> Tensor:
    mask = None
    if window and window < query.shape[2]:
        places = torch.arange(query.shape[2], device=query.device)
        behind = places[:, None] - places
        mask = (behind >= 0) & (behind < window)
    return nn.functional.scaled_dot_product_attention(
        query, key, value, mask, is_causal=mask is None, scale=scaling, enable_gqa=query.shape[1] != key.shape[1]
    )


def _kernel() -> Callable[..., Tensor] | None:
    """Return torch's flash attention for rows of any lengths; 2.10 and newer have it."""
    if find_spec("torch.nn.attention.varlen") is None:
        return None
    from torch.nn.attention.varlen import varlen_attn

    # 2.10 and 2.11 take fewer key heads than query heads as they come, later ones must be told
    told = "enable_gqa" in inspect.signature(varlen_attn).parameters
    return cast(Callable[..., Tensor], partial(varlen_attn, enable_gqa=True) if told else varlen_attn)
