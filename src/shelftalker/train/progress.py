"""What training tells while it runs; the caller shows it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

__all__ = ["OnProgress", "Progress", "TrainingInterrupted"]


@dataclass(frozen=True, slots=True)
class Progress:
    """One moment of a run.

    Attributes:
        stage: "examples", "model", "note" (a line to show), "train", "validate", "truth", "save" or "check".
        done: steps done in "train", else items done in the stage.
        total: of those.
        epoch: counted from 1.
        loss: mean loss of an answer token in the newest step, smoothed over a few.
        tokens_per_second: real tokens, padding not counted.
        seconds_left: until training ends, or None.
        message: the line of a "note".
    """

    stage: Literal["examples", "model", "note", "train", "validate", "truth", "save", "check"]
    done: int = 0
    total: int = 0
    epoch: int = 0
    loss: float | None = None
    learning_rate: float | None = None
    tokens_per_second: float | None = None
    seconds_left: float | None = None
    message: str = ""


OnProgress = Callable[[Progress], None]


class TrainingInterrupted(KeyboardInterrupt):
    """The user stopped training; a checkpoint is saved.

    Args:
        step: steps done.
        steps: steps in all.
        resume: whether there is a checkpoint to go on from.
    """

    def __init__(self, step: int, steps: int, *, resume: bool) -> None:
        super().__init__(f"stopped at step {step} of {steps}")
        self.step = step
        self.steps = steps
        self.resume = resume
