"""Which examples each step takes, and in which forward passes they go through the model.

The order is a pure function of the seed, the epoch and the rows' lengths, so a resumed run, or a run of several
processes, takes the same examples in the same steps.
"""

from __future__ import annotations

import math
import queue
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np

__all__ = ["Step", "ahead", "forwards", "plan_steps"]

Indices = np.ndarray[Any, np.dtype[np.int64]]
_T = TypeVar("_T")

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
        seed: of the order.
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
    items: queue.Queue[tuple[str, Any]] = queue.Queue(maxsize=depth)
    stopped = threading.Event()

    def put(kind: str, item: Any) -> bool:
        while not stopped.is_set():
            try:
                items.put((kind, item), timeout=0.1)
            except queue.Full:
                continue
            return True
        return False

    def work() -> None:
        try:
            for item in make():
                if not put("item", item):
                    return
            put("end", None)
        except BaseException as error:  # handed over to the reader, whatever it is
            put("error", error)

    thread = threading.Thread(target=work, name="rows-ahead", daemon=True)
    thread.start()
    try:
        while True:
            kind, item = items.get()
            if kind == "end":
                return
            if kind == "error":
                raise item
            yield item
    finally:
        stopped.set()
        thread.join()
