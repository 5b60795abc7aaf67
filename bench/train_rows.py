"""The examples that every trainer in `bench/train.py` gets, as token rows."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from shelftalker.train.training_set import Rows, build_rows

__all__ = ["MAX_TOKENS", "Work", "make_rows", "read_work", "select", "write_work"]

MAX_TOKENS = 1024
PRODUCTS = 300
WARM_UP = 8
HELD_OUT = 24


@dataclass(frozen=True)
class Work:
    """What a trainer does in one run.

    Attributes:
        rows: of all that follows.
        steps: rows of each optimizer step; the first one warms up and is not timed.
        held_out: rows whose loss is measured afterwards.
    """

    rows: Rows
    steps: list[np.ndarray[Any, Any]]
    held_out: np.ndarray[Any, Any]

    @property
    def tokens(self) -> int:
        """Tokens of the timed steps."""
        return int(sum(self.rows.lengths[step].sum() for step in self.steps[1:]))


def make_rows(folder: Path, *, mode: str, count: int, seed: int) -> Rows:
    """Write and prepare a sample catalogue, make examples from it and encode them."""
    # here, since the processes that train read what this wrote and need none of it
    from shelftalker.config import PrepareSettings, TrainSettings
    from shelftalker.models import encode_example, load_base
    from shelftalker.prepare import prepare
    from shelftalker.sample import write_sample
    from shelftalker.train.dataset import read_training_set

    catalogue = folder / "sample.jsonl"
    write_sample(catalogue, products=PRODUCTS, seed=seed)
    prepare([catalogue], folder / "data", PrepareSettings())
    settings = TrainSettings.model_validate(
        {"mode": mode, "examples": count, "seed": seed, "validation_examples": 0, "truth_questions": 0}
    )
    examples = read_training_set(folder / "data", settings).training
    tokenizer = load_base("smollm2-135m", dtype="bfloat16", device="cpu").tokenizer
    encoded = (encode_example(tokenizer, example, MAX_TOKENS) for example in examples)
    return build_rows(encoded, max_tokens=MAX_TOKENS)


def select(rows: Rows, *, steps: int, batch_size: int, seed: int) -> Work:
    """Choose the steps: all rows sorted by length and cut into batches, of which a few, evenly spread, are taken.

    So a step's rows are of like length, as in a long run of ours, and the few steps have the mix of the whole.
    """
    draw = np.random.default_rng(seed)
    order = draw.permutation(len(rows))
    held_out, rest = order[:HELD_OUT], order[HELD_OUT:]
    rest = rest[np.argsort(rows.lengths[rest], kind="stable")]
    batches = [rest[i : i + batch_size] for i in range(0, len(rest) - batch_size + 1, batch_size)]
    at = [int((i + 0.5) * len(batches) / steps) for i in range(steps)]
    timed = [batches[i] for i in draw.permutation(at)]
    left = [batch for i, batch in enumerate(batches) if i not in at]
    return Work(rows, [left[len(left) // 2], *timed], held_out)


def write_work(work: Work, path: Path) -> None:
    rows = work.rows
    np.savez(
        path,
        tokens=rows.tokens,
        starts=rows.starts,
        prompts=rows.prompts,
        steps=np.concatenate(work.steps),
        sizes=[len(step) for step in work.steps],
        held_out=work.held_out,
    )


def read_work(path: Path) -> Work:
    with np.load(path) as file:
        rows = Rows(file["tokens"], file["starts"], file["prompts"])
        cuts = np.cumsum(file["sizes"])[:-1]
        return Work(rows, np.split(file["steps"], cuts), file["held_out"])
