"""The loss log: `loss.jsonl`, a line a step and a line an epoch, and TensorBoard's format beside it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from shelftalker.errors import storage_errors
from shelftalker.pages.loss import read_loss

__all__ = ["Journal"]


class Journal:
    """Appends to a run's `loss.jsonl`. Lines of steps after `keep_steps` are dropped: they will be run again.

    Args:
        folder: the run.
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

    def step(self, **values: Any) -> None:
        """Log a step: step, epoch, loss, learning_rate, tokens_per_second and more."""
        self._write({"kind": "step", **values})
        self._event(values, "train/")

    def epoch(self, **values: Any) -> None:
        """Log an epoch's end: step, epoch, train_loss, validation_loss, and truth where it was asked."""
        self._write({"kind": "epoch", **values})
        self._event(values, "epoch/")

    def close(self) -> None:
        """Close the files."""
        self._file.close()
        if self._events is not None:
            self._events.close()

    def _write(self, line: dict[str, Any]) -> None:
        with storage_errors(self._path):
            self._file.write(json.dumps(line) + "\n")
            self._file.flush()

    def _event(self, values: dict[str, Any], prefix: str) -> None:
        if self._events is None:
            return
        for name, value in values.items():
            if isinstance(value, int | float) and name not in ("step", "epoch"):
                self._events.add_scalar(prefix + name, value, values["step"])


def _open_events(folder: Path, keep_steps: int) -> Any:
    try:
        from torch.utils.tensorboard import SummaryWriter
    except ImportError:  # an optional package
        return None
    return SummaryWriter(str(folder), purge_step=keep_steps + 1 if keep_steps else None)
