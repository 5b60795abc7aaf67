"""Rows packed end to end, their common beginning once: no token is computed twice and none is padding.

Only attention needs rows side by side; it gets them from `kernels`, padded to the longest row.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

from shelftalker.train.rows import Rows

__all__ = ["Layout", "pack"]


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

    @property
    def rows(self) -> int:
        """Number of rows."""
        return len(self.starts) - 1


def pack(rows: Rows, indices: np.ndarray[Any, Any], *, share: bool = True) -> Layout:
    """Pack rows.

    Args:
        rows: all of them.
        indices: which to pack.
        share: compute the rows' common beginning once. The prompt's last token is never shared, since what
            it predicts differs by row.
    """
    picked = [rows.row(int(i)) for i in indices]
    prefix = _common(picked) if share and len(picked) > 1 else 0
    rest = [tokens[prefix:] for tokens, _ in picked]
    starts = prefix + np.concatenate([[0], np.cumsum([len(r) for r in rest])])
    where, targets, pads = [], [], []
    longest = max(len(r) for r in rest)
    for start, (tokens, prompt), left in zip(starts, picked, rest, strict=False):
        where.append(np.arange(prompt - 1, len(tokens) - 1) - prefix + start)
        targets.append(tokens[prompt:])
        pads.append(np.concatenate([np.arange(len(left)) + start, np.full(longest - len(left), starts[-1])]))
    flat = np.concatenate([picked[0][0][:prefix], *rest])
    return Layout(
        tokens=torch.from_numpy(flat.astype(np.int64)),
        prefix=prefix,
        starts=torch.from_numpy(starts.astype(np.int32)),
        longest=longest,
        where=torch.from_numpy(np.concatenate(where)),
        targets=torch.from_numpy(np.concatenate(targets).astype(np.int64)),
        pads=torch.from_numpy(np.concatenate(pads).astype(np.int64)),
    )


def _common(picked: list[tuple[np.ndarray[Any, Any], int]]) -> int:
    """Length of the rows' common beginning, short of any row's last prompt token."""
    limit = min(prompt for _, prompt in picked) - 1
    first = picked[0][0][:limit]
    for tokens, _ in picked[1:]:
        differs = np.flatnonzero(first[:limit] != tokens[:limit])
        limit = int(differs[0]) if len(differs) else limit
    return max(0, limit)
