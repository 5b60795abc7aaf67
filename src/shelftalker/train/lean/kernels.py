"""The elementwise work of a block in the framework's own operations: any device, any dtype; and memory for it.

`native.py` has the same compiled, in one pass each, in bf16 on a CPU; `kernels.c` tells the shapes too.
"""

from __future__ import annotations

import ctypes
import math
import platform
from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn import functional

__all__ = ["Heads", "RowsOfHeads", "TorchKernels", "Workspace"]

_ALIGN = 64
_ADVISE_HUGE = 14  # MADV_HUGEPAGE
_PAGE = 2 << 20


class Heads(NamedTuple):
    """Attention's shape: key-value heads, queries' heads for each of them, and their width."""

    kv: int
    group: int
    width: int


class RowsOfHeads(NamedTuple):
    """Where rows stand in packed tokens; see `engine.Layout`.

    `prefix` is the position of each row's first token, `end` is `starts[-1]`.
    """

    starts: Tensor
    pads: Tensor
    longest: int
    prefix: int
    end: int

    @property
    def rows(self) -> int:
        """Number of rows."""
        return len(self.starts) - 1


class Workspace:
    """A stack of memory, taken once and used again for every batch: fresh tensors cost page faults.

    What `take` returns is good until `reset`; nothing is cleared. Tensors of ever-changing sizes would also fragment
    the heap to several times what is in use; here they lie end to end, on large pages where the system has them.
    """

    def __init__(self) -> None:
        self._buffers: list[Tensor] = []
        self._used = 0
        self._whole = 0

    def take(self, *shape: int, like: Tensor, dtype: torch.dtype | None = None) -> Tensor:
        """Return an uninitialized tensor of `like`'s dtype, or of `dtype`."""
        kind = dtype or like.dtype
        size = math.prod(shape) * kind.itemsize
        padded = -(-size // _ALIGN) * _ALIGN
        if not self._buffers or self._used + padded > self._buffers[-1].numel():
            grown = max(padded, 64 << 20, self._buffers[-1].numel() if self._buffers else 0)
            self._buffers.append(_large_pages(torch.empty(grown, dtype=torch.uint8)))
            self._used = 0
        out = self._buffers[-1][self._used : self._used + size].view(kind).view(shape)
        self._used += padded
        self._whole += padded
        return out

    def reset(self) -> None:
        """Take everything back. Memory that came in pieces is joined into one for the next pass."""
        if len(self._buffers) > 1:
            self._buffers.clear()
            self._buffers.append(_large_pages(torch.empty(self._whole + (1 << 20), dtype=torch.uint8)))
        self._used = self._whole = 0


class TorchKernels:
    """What a block needs besides matrix products, in the framework's operations. Results may lie in `work`."""

    def rms(self, x: Tensor, weight: Tensor, epsilon: float, work: Workspace) -> tuple[Tensor, Tensor]:
        """Return the normalized x, scaled by weight, and 1 / rms.  Shape: [tokens, 1]"""
        wide = x.float()
        inverse = torch.rsqrt(wide.square().mean(-1, keepdim=True) + epsilon)
        return (wide * inverse * weight).to(x.dtype), inverse

    def rms_backward(self, grad: Tensor, x: Tensor, weight: Tensor, inverse: Tensor, total: Tensor) -> Tensor:
        """Return total + d loss / d x; `total` may be overwritten."""
        weighted = grad.float() * weight
        wide = x.float()
        pull = (weighted * wide).mean(-1, keepdim=True) * inverse.pow(3)
        return (total + weighted * inverse - wide * pull).to(x.dtype)

    def swiglu(self, both: Tensor, work: Workspace) -> Tensor:
        """Return silu(gate) * up of [tokens, gate + up]."""
        gate, up = both.chunk(2, dim=-1)
        return functional.silu(gate).mul_(up)

    def swiglu_backward(self, grad: Tensor, both: Tensor, work: Workspace) -> tuple[Tensor, Tensor]:
        """Return the gradient of `both`, and silu(gate) * up again; both inputs may be overwritten."""
        gate, up = both.chunk(2, dim=-1)
        active = functional.silu(gate)
        slope = torch.ops.aten.silu_backward(grad * up, gate)
        out = active * up
        return torch.cat([slope, grad * active], dim=-1), out

    def split(
        self, packed: Tensor, cosine: Tensor, sine: Tensor, at: RowsOfHeads, heads: Heads, work: Workspace
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Rotate queries and keys and lay heads out.

        Returns:
            q [kv, rows, longest, group, width]; k and v [kv, rows, prefix + longest, width], the prefix not filled.
        """
        queries = heads.kv * heads.group
        padded = _side_by_side(packed, at).view(at.rows, at.longest, -1, heads.width)
        place = slice(at.prefix, at.prefix + at.longest)
        turned = _turn(padded[:, :, : queries + heads.kv], cosine[place], sine[place])
        q = turned[:, :, :queries].reshape(at.rows, at.longest, *heads).permute(2, 0, 1, 3, 4).contiguous()
        k = packed.new_zeros(heads.kv, at.rows, at.prefix + at.longest, heads.width)
        v = torch.zeros_like(k)
        k[:, :, at.prefix :] = turned[:, :, queries:].permute(2, 0, 1, 3)
        v[:, :, at.prefix :] = padded[:, :, queries + heads.kv :].permute(2, 0, 1, 3)
        return q, k, v

    def split_backward(
        self, q: Tensor, k: Tensor, v: Tensor, cosine: Tensor, sine: Tensor, at: RowsOfHeads, heads: Heads, out: Tensor
    ) -> None:
        """Write the gradient of the packed tokens' queries, keys and values into `out`."""
        place = slice(at.prefix, at.prefix + at.longest)
        q = q.permute(1, 2, 0, 3, 4).flatten(2, 3)  # [rows, longest, heads, width]
        k, v = (t[:, :, at.prefix :].permute(1, 2, 0, 3) for t in (k, v))
        turned = _turn(torch.cat([q, k], dim=2), cosine[place], -sine[place])
        whole = torch.cat([turned, v], dim=2).flatten(2)
        _end_to_end(whole, at, out)

    def to_tokens(self, by_head: Tensor, at: RowsOfHeads, heads: Heads, packed: Tensor) -> None:
        """Write [kv, rows, longest, group, width] into packed tokens [tokens, heads * width]."""
        _end_to_end(by_head.permute(1, 2, 0, 3, 4).flatten(2), at, packed)

    def to_heads(self, packed: Tensor, at: RowsOfHeads, heads: Heads, work: Workspace) -> Tensor:
        """Return packed tokens as [kv, rows, longest, group, width], zero where no token is."""
        padded = _side_by_side(packed, at).view(at.rows, at.longest, *heads)
        return padded.permute(2, 0, 1, 3, 4).contiguous()

    def softmax(self, scores: Tensor, scale: float, group: int, first: int) -> Tensor:
        """Return chances of [matrices, queries * group, first + queries]; query i sees keys 0 to first + i."""
        queries = scores.shape[1] // group
        hidden = torch.ones(queries, first + queries, dtype=torch.bool, device=scores.device).triu(first + 1)
        wide = scores.float().mul_(scale).masked_fill_(hidden.repeat_interleave(group, 0), -torch.inf)
        return wide.softmax(-1).to(scores.dtype)

    def softmax_backward(self, chances: Tensor, grad: Tensor, scale: float, group: int, first: int) -> Tensor:
        """Return the gradient of the scores."""
        wide = chances.float()
        pull = grad.float().mul_(wide)
        return pull.sub_(wide * pull.sum(-1, keepdim=True)).mul_(scale).to(grad.dtype)

    def outer_sum(self, left: Tensor, right: Tensor, out: Tensor, scale: float) -> None:
        """Add scale * left^T right, summed over tokens in fp32, to `out`.  Shape: [left's width, right's width]"""
        out.add_(left.t().float() @ right.float(), alpha=scale)

    def cross_entropy(self, logits: Tensor, targets: Tensor) -> tuple[Tensor, Tensor]:
        """Return each token's loss, and the gradient of their sum; `logits` may be overwritten."""
        wide = logits.float()
        whole = wide.logsumexp(-1, keepdim=True)
        losses = (whole - wide.gather(-1, targets[:, None])).squeeze(-1)
        chances = wide.sub_(whole).exp_()
        chances.scatter_add_(-1, targets[:, None], torch.full_like(whole, -1.0))
        return losses, chances.to(logits.dtype)


def _turn(x: Tensor, cosine: Tensor, sine: Tensor) -> Tensor:
    """Rotate [rows, length, heads, width] by angles [length, width / 2]."""
    first, second = x.float().chunk(2, dim=-1)
    c, s = cosine[None, :, None], sine[None, :, None]
    return torch.cat([first * c - second * s, second * c + first * s], dim=-1).to(x.dtype)


def _side_by_side(packed: Tensor, at: RowsOfHeads) -> Tensor:
    """Packed tokens [tokens, width] as [rows, longest, width], zero where no token is."""
    padded = torch.cat([packed[: at.end], packed.new_zeros(1, packed.shape[1])])
    return padded[at.pads].view(at.rows, at.longest, -1)


def _end_to_end(padded: Tensor, at: RowsOfHeads, packed: Tensor) -> None:
    """The way back, into `packed`."""
    real = at.pads < at.end
    packed[at.pads[real]] = padded.flatten(0, 1)[real].to(packed.dtype)


def _large_pages(buffer: Tensor) -> Tensor:
    """Ask the system to back a CPU tensor with large pages, and return it. Does nothing where it cannot."""
    size = buffer.numel() * buffer.element_size()
    if platform.system() == "Linux" and size >= 2 * _PAGE:
        start = -(-buffer.data_ptr() // _PAGE) * _PAGE
        whole = (buffer.data_ptr() + size - start) // _PAGE * _PAGE
        ctypes.CDLL(None).madvise(ctypes.c_void_p(start), ctypes.c_size_t(whole), _ADVISE_HUGE)
    return buffer
