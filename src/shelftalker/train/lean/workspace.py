"""Memory for one forward and backward pass, taken once and used again for every batch.

Fresh tensors cost page faults, and tensors of ever-changing sizes fragment the heap to several times what is in
use. Here a pass takes its tensors end to end from one stretch of memory, on large pages where the system has them.
"""

from __future__ import annotations

import ctypes
import math
import platform

import torch
from torch import Tensor

__all__ = ["Workspace", "large_pages"]

_ALIGN = 64
_ADVISE_HUGE = 14  # MADV_HUGEPAGE
_PAGE = 2 << 20


def large_pages(buffer: Tensor) -> Tensor:
    """Ask the system to back a CPU tensor with large pages, and return it. Does nothing where it cannot."""
    size = buffer.numel() * buffer.element_size()
    if buffer.device.type == "cpu" and platform.system() == "Linux" and size >= 2 * _PAGE:
        start = -(-buffer.data_ptr() // _PAGE) * _PAGE
        whole = (buffer.data_ptr() + size - start) // _PAGE * _PAGE
        ctypes.CDLL(None).madvise(ctypes.c_void_p(start), ctypes.c_size_t(whole), _ADVISE_HUGE)
    return buffer


class Workspace:
    """A stack of memory. What `take` returns is good until `reset`; nothing is cleared.

    Args:
        device: on a GPU the framework's own caching allocator does this work, so tensors come from there.
    """

    def __init__(self, device: torch.device) -> None:
        self._device = device
        self._buffers: list[Tensor] = []
        self._used = 0
        self._whole = 0

    def take(self, *shape: int, like: Tensor, dtype: torch.dtype | None = None) -> Tensor:
        """Return an uninitialized tensor of `like`'s dtype, or of `dtype`."""
        kind = dtype or like.dtype
        if self._device.type != "cpu":
            return torch.empty(shape, dtype=kind, device=self._device)
        size = math.prod(shape) * kind.itemsize
        padded = -(-size // _ALIGN) * _ALIGN
        if not self._buffers or self._used + padded > self._buffers[-1].numel():
            grown = max(padded, 64 << 20, self._buffers[-1].numel() if self._buffers else 0)
            self._buffers.append(large_pages(torch.empty(grown, dtype=torch.uint8)))
            self._used = 0
        out = self._buffers[-1][self._used : self._used + size].view(kind).view(shape)
        self._used += padded
        self._whole += padded
        return out

    def reset(self) -> None:
        """Take everything back. Memory that came in pieces is joined into one for the next pass."""
        if len(self._buffers) > 1:
            self._buffers.clear()
            self._buffers.append(large_pages(torch.empty(self._whole + (1 << 20), dtype=torch.uint8)))
        self._used = self._whole = 0
