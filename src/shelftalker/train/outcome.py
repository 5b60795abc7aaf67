"""What a run has behind it while it goes, and how it ended."""

from __future__ import annotations

from dataclasses import dataclass, field

__all__ = ["Outcome", "Totals"]

_RISE = 1.02
"""A loss this much above an earlier epoch's has risen; less is noise."""


@dataclass
class Totals:
    """What a run has behind it; saved with every checkpoint."""

    step: int = 0
    tokens: int = 0
    seconds: float = 0.0
    smoothed: float | None = None
    epoch_loss: float = 0.0
    epoch_answers: int = 0
    epochs: list[dict[str, float]] = field(default_factory=list)
    best_score: float | None = None
    best_epoch: int = -1
    without_gain: int = 0


@dataclass(frozen=True)
class Outcome:
    """How a run ended."""

    steps: int
    planned_steps: int
    tokens: int
    seconds: float
    epochs: list[dict[str, float]]
    stopped_early: bool
    best_epoch: int

    @property
    def rising(self) -> bool:
        """Whether the loss rose: the last epoch's mean above an earlier one's, in training or validation."""
        for name in ("train_loss", "validation_loss"):
            curve = [epoch[name] for epoch in self.epochs if name in epoch]
            if len(curve) > 1 and curve[-1] > _RISE * min(curve[:-1]):
                return True
        return False
