"""Attention for rows laid end to end, each within itself, by the flash kernels that torch carries.

transformers knows it by the name `ROW_ATTENTION` and hands it what flash attention gets: where each row begins, and how
long the longest is. On a CPU, and in fp32, which the kernels do not compute, the rows are attended one after the other.
"""

from __future__ import annotations

import inspect
import itertools
from collections.abc import Callable
from functools import partial
from importlib.util import find_spec
from typing import Any, cast

import torch
from torch import Tensor
from torch.nn import functional

__all__ = ["ROW_ATTENTION", "attend_rows", "has_row_kernels", "register_row_attention"]

ROW_ATTENTION = "shelftalker_rows"

Kernel = Callable[..., Tensor]


def has_row_kernels() -> bool:
    """Whether this torch has flash attention for rows of any lengths; 2.10 and newer have."""
    return find_spec("torch.nn.attention.varlen") is not None


def register_row_attention() -> None:
    """Make transformers know `ROW_ATTENTION`; a second time does no harm."""
    from transformers import AttentionInterface

    AttentionInterface.register(ROW_ATTENTION, partial(attend_rows, kernel=_kernel()))


def attend_rows(
    module: Any,
    query: Tensor,
    key: Tensor,
    value: Tensor,
    attention_mask: Tensor | None,
    *,
    kernel: Kernel | None,
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
        module: the layer.
        query: Shape: [1, heads, tokens, head width]
        key: of as many heads or a part of them.  Shape: [1, key heads, tokens, head width]
        value: as the key.
        attention_mask: must be None: where the rows begin says it all.
        kernel: torch's `varlen_attn`, or None where it has none.
        cu_seq_lens_q: where each row begins, and the end of the last; None is one row.  Shape: [rows + 1], int32
        max_length_q: length of the longest row, or more.
        scaling: of the products; None is one over the root of the head's width.
        dropout: must be 0.
        sliding_window: tokens that a token sees, itself included; None is all of its row.
        softcap: must be none.

    Returns:
        the states [1, tokens, heads, head width], and None for the shares, which no kernel returns.

    Raises:
        ValueError: the layer wants what is not done here.
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
        for a, b in itertools.pairwise(bounds)
    ]
    return torch.cat(each, dim=2).transpose(1, 2), None


def _attend(query: Tensor, key: Tensor, value: Tensor, scaling: float | None, window: int | None) -> Tensor:
    mask = None
    if window and window < query.shape[2]:
        places = torch.arange(query.shape[2], device=query.device)
        behind = places[:, None] - places
        mask = (behind >= 0) & (behind < window)
    return functional.scaled_dot_product_attention(
        query, key, value, mask, is_causal=mask is None, scale=scaling, enable_gqa=query.shape[1] != key.shape[1]
    )


def _kernel() -> Kernel | None:
    if not has_row_kernels():
        return None
    from torch.nn.attention.varlen import varlen_attn

    # 2.10 and 2.11 take fewer key heads than query heads as they come, later ones must be told
    told = "enable_gqa" in inspect.signature(varlen_attn).parameters
    return cast(Kernel, partial(varlen_attn, enable_gqa=True) if told else varlen_attn)
