"""The examples of a hosted tuning: the same that our own training would learn from."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from shelftalker.config import TrainSettings
from shelftalker.providers.gemini import Examples
from shelftalker.train.dataset import read_training_set
from shelftalker.train.training_set import write_example_log

__all__ = ["hosted_examples"]


def hosted_examples(data: Path, out: Path, settings: TrainSettings) -> Callable[[], Examples]:
    """Return what `gemini.tune` calls for its examples; it also writes `examples.json` into `out`."""

    def make() -> Examples:
        made = read_training_set(data, settings)
        write_example_log(out, made)
        return Examples(made.training, made.validation, made.records)

    return make
