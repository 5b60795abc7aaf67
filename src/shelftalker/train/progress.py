"""How a run goes: what it tells the caller and its loss log, how it is stopped, and how it ended."""

from __future__ import annotations

import json
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any, Literal

from shelftalker.errors import storage_errors
from shelftalker.pages.loss import read_loss
from shelftalker.train.training_set import Rows

__all__ = [
    "Journal",
    "OnProgress",
    "Outcome",
    "Progress",
    "Totals",
    "TrainingInterrupted",
    "run_warnings",
    "stop_on_signals",
]

_RISE = 1.02
"""A loss this much above an earlier epoch's has risen; less is noise."""


@dataclass(frozen=True, slots=True)
class Progress:
    """One moment of a run.

    Attributes:
        stage: "examples", "model", "note" (a line to show), "train", "validate", "truth" or "save".
        done: steps done in "train", else items done in the stage.
        total: of those.
        epoch: counted from 1.
        loss: mean loss of an answer token in the newest step, smoothed over a few.
        tokens_per_second: real tokens, padding not counted.
        seconds_left: until training ends, or None.
        message: the line of a "note".
    """

    stage: Literal["examples", "model", "note", "train", "validate", "truth", "save"]
    done: int = 0
    total: int = 0
    epoch: int = 0
    loss: float | None = None
    tokens_per_second: float | None = None
    seconds_left: float | None = None
    message: str = ""


OnProgress = Callable[[Progress], None]


class TrainingInterrupted(KeyboardInterrupt):
    """The user stopped training after `step` of `steps` steps; with `resume` there is a checkpoint to go on from."""

    def __init__(self, step: int, steps: int, *, resume: bool) -> None:
        super().__init__(f"stopped at step {step} of {steps}")
        self.step, self.steps, self.resume = step, steps, resume


@contextmanager
def stop_on_signals(stop: threading.Event) -> Iterator[None]:
    """Let SIGINT and SIGTERM end the run after the step at hand; a second SIGINT ends it at once."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def handle(number: int, frame: FrameType | None) -> None:
        if stop.is_set() and number == signal.SIGINT:
            raise KeyboardInterrupt
        stop.set()

    before: dict[int, Callable[[int, FrameType | None], Any] | int | None] = {
        number: signal.signal(number, handle) for number in (signal.SIGINT, signal.SIGTERM)
    }
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


class Journal:
    """Appends to a run's `loss.jsonl`. Lines of steps after `keep_steps` are dropped: they will be run again.

    Args:
        keep_steps: steps that a resumed run has behind it.
        tensorboard: write events too, where the package is installed.
    """

    def __init__(self, folder: Path, *, keep_steps: int = 0, tensorboard: bool = True) -> None:
        self._path = folder / "loss.jsonl"
        with storage_errors(self._path):
            folder.mkdir(parents=True, exist_ok=True)
            kept = [line for line in read_loss(self._path) if line["step"] <= keep_steps] if keep_steps else []
            self._file = self._path.open("w", encoding="utf-8")
            for line in kept:
                self._write(line)
        self._events = _open_events(folder / "tensorboard", keep_steps) if tensorboard else None

    def add(self, kind: Literal["step", "epoch"], **values: Any) -> None:
        """Log a step or an epoch's end, with its figures."""
        with storage_errors(self._path):
            self._write({"kind": kind, **values})
        if self._events is None:
            return
        prefix = "train/" if kind == "step" else "epoch/"
        for name, value in values.items():
            if isinstance(value, int | float) and name not in ("step", "epoch"):
                self._events.add_scalar(prefix + name, value, values["step"])

    def close(self) -> None:
        """Close the files."""
        self._file.close()
        if self._events is not None:
            self._events.close()

    def _write(self, line: dict[str, Any]) -> None:
        self._file.write(json.dumps(line) + "\n")
        self._file.flush()


def _open_events(folder: Path, keep_steps: int) -> Any:
    try:
        from torch.utils.tensorboard import SummaryWriter
    except ImportError:  # an optional package
        return None
    return SummaryWriter(str(folder), purge_step=keep_steps + 1 if keep_steps else None)


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


def run_warnings(outcome: Outcome, rows: Rows, changed: tuple[int, int] | None) -> list[str]:
    """Return what the user must hear, the original report's mistake first: its loss rose and nobody stopped it."""
    said = []
    if outcome.rising:
        curve = ", ".join(f"{epoch['train_loss']:.3f}" for epoch in outcome.epochs)
        said.append(f"the loss rose from one epoch to a later one (train: {curve}); lower --learning-rate or --epochs")
    if changed is not None and changed[0] == 0:
        said.append(f"the trained model answers {changed[1]} questions just like its base: training changed nothing")
    counts = rows.counts
    if counts.skipped_overlong or counts.cut_overlong:
        left = f"{counts.skipped_overlong} examples were left out and {counts.cut_overlong} cut"
        said.append(f"{left}: longer than --max-tokens")
    return said
