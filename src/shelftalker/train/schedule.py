"""The plan of a run: what a size sets, which examples each step takes in which forward passes, at which learning rate.

The order is a pure function of the seed, the epoch and the rows' lengths, so a resumed run, or a run of several
processes, takes the same examples in the same steps.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Literal, TypeVar, cast

import numpy as np

from shelftalker.train.training_set import Indices

__all__ = ["PRESETS", "Size", "Step", "ahead", "forwards", "learning_rate", "plan_steps", "size_settings"]

_T = TypeVar("_T")

Size = Literal["quick", "good", "best"]

# A reader is gone on with, so that few examples are enough; an example has some 250 tokens, and 0.5 billion weights are
# tuned at about 150 tokens a second on 2 cores: "good" is to fit a quarter of an hour.
_OPEN: dict[str, dict[str, Any]] = {
    "quick": {"examples": 120, "epochs": 1, "learning_rate": 3e-4, "validation_examples": 24, "truth_questions": 6},
    "good": {"examples": 350, "epochs": 1, "learning_rate": 3e-4, "validation_examples": 32, "truth_questions": 8},
    "best": {"examples": 0, "epochs": 2, "learning_rate": 3e-4},
}
# Steps of so many tokens, and not of so many examples: a description of 1,000 tokens shares its step with no other, and
# the short ones do not take all the steps. An epoch asks for each record in three forms; "good" in five or six, and it
# leaves out what is longer than some 1,500 characters: so few passes do not teach it (docs/training.md).
_BY_TOKENS: dict[str, Any] = {"batch_tokens": 256, "max_tokens": 1536}
_CLOSED: dict[str, dict[str, Any]] = {
    "quick": {"records": 30, "epochs": 6, "rank": 32, "learning_rate": 3e-3, **_BY_TOKENS},
    "good": {
        "records": 124, "examples": 740, "epochs": 2.3, "rank": 32, "learning_rate": 3e-3, **_BY_TOKENS,
        "max_tokens": 448,
    },
    "best": {"records": 0, "epochs": 20, "rank": 64, "learning_rate": 1e-3, **_BY_TOKENS},
}  # fmt: skip

PRESETS: dict[str, dict[str, Any]] = {"report": {"epochs": 2, "batch_size": 4, "learning_rate": 1e-3}}
"""Recipes of others, by name. `report`: the original report's epochs, batch size and learning rate."""


def size_settings(size: Size, mode: str) -> dict[str, Any]:
    """Return the training settings that a size stands for; what is known by heart needs more passes.

    Args:
        size: quick is minutes, good a quarter of an hour (2 cores, default base), best takes what it takes.
        mode: of the run; "both" is sized like closed-book, with room for rows that hold several records.
    """
    if mode == "open-book":
        return dict(_OPEN[size])
    dial = _CLOSED[size]
    return dial | {"max_tokens": 1536, "examples": 2 * dial.get("examples", 0)} if mode == "both" else dict(dial)


WINDOW = 32
"""Steps whose examples are sorted by length together: enough to fill rows evenly, few enough to stay random."""


@dataclass(frozen=True)
class Step:
    """One optimizer step: the rows it takes, over all processes."""

    number: int
    epoch: int
    rows: Indices


def plan_steps(
    lengths: Sequence[int] | Indices,
    *,
    batch_size: int,
    epochs: float,
    seed: int,
    batch_tokens: int = 0,
    window: int = WINDOW,
) -> list[Step]:
    """Return every step of a run. Steps hold rows of similar length; each epoch takes each row once.

    Args:
        lengths: tokens in each row.
        batch_size: rows a step; the last of an epoch may have fewer.
        epochs: passes; of a last part-epoch only the first steps are taken.
        batch_tokens: most tokens a step, in place of `batch_size` rows; a longer row goes alone. 0: rows count.
        window: steps whose rows are sorted together.
    """
    sizes = np.asarray(lengths)
    steps: list[Step] = []
    for epoch in range(math.ceil(epochs)):
        batches = _epoch(sizes, batch_size, batch_tokens, np.random.default_rng((seed, epoch)), window)
        taken = round(min(1.0, epochs - epoch) * len(batches))
        for rows in batches[: max(taken, 0 if steps else 1)]:
            steps.append(Step(len(steps), epoch, rows))
    return steps


def _epoch(
    sizes: np.ndarray[Any, Any], batch_size: int, batch_tokens: int, random: np.random.Generator, window: int
) -> list[Indices]:
    order = random.permutation(len(sizes))
    batches: list[Indices] = []
    for start in range(0, len(order), batch_size * window):
        rows = order[start : start + batch_size * window]
        rows = rows[np.argsort(sizes[rows], kind="stable")]
        cut = _cut(rows, sizes, batch_size, batch_tokens)
        batches.extend(cut[i] for i in random.permutation(len(cut)))
    return batches


def _cut(rows: Indices, sizes: np.ndarray[Any, Any], batch_size: int, batch_tokens: int) -> list[Indices]:
    """Cut rows into steps of so many rows or, where it is set, of so many tokens."""
    if not batch_tokens:
        return [rows[i : i + batch_size] for i in range(0, len(rows), batch_size)]
    ends, held = [], 0
    for place, row in enumerate(rows):
        if held and held + sizes[row] > batch_tokens:
            ends.append(place)
            held = 0
        held += int(sizes[row])
    return np.split(rows, ends)


def forwards(step: Step, lengths: Indices, *, tokens: int, rank: int = 0, processes: int = 1) -> list[Indices]:
    """Split this process's share of a step into forward passes of at most `tokens` tokens, padding counted.

    A row longer than `tokens` goes alone. Rows are dealt out by length, so that processes get equal work.
    """
    rows = step.rows[np.argsort(lengths[step.rows], kind="stable")][rank::processes]
    groups: list[list[int]] = []
    for row in rows:
        longest = int(lengths[row])  # ascending: the newest is the longest
        if groups and (len(groups[-1]) + 1) * longest <= tokens:
            groups[-1].append(int(row))
        else:
            groups.append([int(row)])
    return [np.asarray(group, dtype=np.int64) for group in groups]


def ahead(make: Callable[[], Iterator[_T]], *, depth: int = 4) -> Iterator[_T]:
    """Run an iterator in another thread, up to `depth` items ahead of the reader.

    An exception in the thread is raised at the reader; leaving the loop early ends the thread.
    """
    items, end = make(), object()
    with ThreadPoolExecutor(1, thread_name_prefix="rows-ahead") as thread:
        waiting = deque(thread.submit(next, items, end) for _ in range(depth))
        try:
            while (item := waiting.popleft().result()) is not end:
                waiting.append(thread.submit(next, items, end))
                yield cast(_T, item)
        finally:
            thread.shutdown(cancel_futures=True)


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
