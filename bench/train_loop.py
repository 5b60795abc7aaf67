"""Our training loop on given steps, timed: what `bench/train.py` and `bench/train_gpu.py` both run."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from shelftalker.config import TrainSettings
from shelftalker.train.engines import Engine
from shelftalker.train.loop import Loop
from shelftalker.train.processes import Processes
from shelftalker.train.progress import Journal
from shelftalker.train.schedule import Step
from shelftalker.train.training_set import Rows

__all__ = ["Timed", "run_steps"]


@dataclass(frozen=True)
class Timed:
    """The steps after the warm-up: their wall time, tokens and answer tokens; and the loss of every step."""

    seconds: float
    tokens: int
    answer_tokens: int
    losses: list[float]


def run_steps(
    engine: Engine,
    weights: dict[str, Any],
    rows: Rows,
    steps: Sequence[np.ndarray[Any, Any]],
    settings: TrainSettings,
    *,
    tokens_per_forward: int,
    warm: int = 1,
) -> Timed:
    """Run the loop as `train` does, its journal and the thread that prepares rows included.

    Args:
        engine: computes the layers.
        weights: what is trained.
        rows: the examples.
        steps: the rows that each optimizer step takes.
        settings: of the run; checkpoints are put off to its end, which is not timed.
        tokens_per_forward: tokens computed at once.
        warm: first steps that are not timed.
    """
    settings = settings.model_copy(update={"checkpoint_minutes": 1e6, "batch_size": len(steps[0])})
    with tempfile.TemporaryDirectory() as folder:
        journal = Journal(Path(folder), tensorboard=False)
        loop = Loop(
            engine,
            weights,
            rows,
            validation=None,
            truth=None,
            settings=settings,
            tokens_per_forward=tokens_per_forward,
            folder=Path(folder),
            fingerprint={},
            processes=Processes(),
            on_progress=lambda _: None,
        )
        loop.steps = [Step(number, 0, step) for number, step in enumerate(steps)]
        engine.refresh()
        loop.run(journal)
        journal.close()
        lines = [json.loads(line) for line in (Path(folder) / "loss.jsonl").read_text(encoding="utf-8").splitlines()]
    lines = [line for line in lines if line["kind"] == "step"]
    return Timed(
        seconds=lines[-1]["seconds"] - lines[warm - 1]["seconds"],
        tokens=lines[-1]["tokens"] - lines[warm - 1]["tokens"],
        answer_tokens=sum(line["answer_tokens"] for line in lines[warm:]),
        losses=[line["loss"] for line in lines],
    )
