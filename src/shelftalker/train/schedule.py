"""The learning rate by step."""

from __future__ import annotations

import math
from typing import Literal

__all__ = ["learning_rate"]


def learning_rate(
    step: int, steps: int, *, highest: float, warmup_share: float, schedule: Literal["linear", "cosine", "constant"]
) -> float:
    """Return the learning rate of a step, counted from 0.

    It rises linearly over the warm-up, then falls to zero after the last step (linear, cosine) or stays.
    """
    warmup = round(warmup_share * steps)
    if step < warmup:
        return highest * (step + 1) / (warmup + 1)
    share = (step - warmup) / max(1, steps - warmup)
    if schedule == "linear":
        return highest * (1 - share)
    if schedule == "cosine":
        return highest * 0.5 * (1 + math.cos(math.pi * share))
    return highest
