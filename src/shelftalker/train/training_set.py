"""What a run learns from: its examples, the list of them that others check for leaks, and their token rows."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Set
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import numpy as np
import torch
from torch import Tensor

from shelftalker.artifacts import write_atomic
from shelftalker.errors import TrainingError
from shelftalker.models import Encoded
from shelftalker.records import Example, Record

__all__ = ["RowCounts", "Rows", "TrainingSet", "answers", "build_rows", "write_example_log"]

Indices = np.ndarray[Any, np.dtype[np.int64]]
Tokens = np.ndarray[Any, np.dtype[np.int32]]


@dataclass(frozen=True)
class TrainingSet:
    """What a run learns from and what it is measured on while it runs.

    Attributes:
        training: examples that are trained on.
        validation: examples whose loss is measured. Open-book: pairs about products never trained on, and the course's
            held out. Closed-book: the trained products, asked in forms held out, since nothing else can be known so.
        truth: examples whose questions are asked at an epoch's end; their last message is the right answer.
        records: the products that examples were made of, so that their sources can be told.
        by_heart: how many products are to be known by heart; 0 open-book.
        information_bytes: about how much their descriptions say.
        pairs: by file of pairs, what it held, for the manifest.
        notes: what the user is to be told of them.
    """

    training: tuple[Example, ...]
    validation: tuple[Example, ...]
    truth: tuple[Example, ...]
    records: tuple[Record, ...] = ()
    by_heart: int = 0
    information_bytes: int = 0
    pairs: tuple[tuple[str, Any], ...] = ()
    notes: tuple[str, ...] = ()


def write_example_log(folder: Path, examples: TrainingSet, left_out: Set[int] = frozenset()) -> None:
    """Write `examples.json`: the uids that each split's examples name, so that others can check for leaks.

    `left_out` are the places of the training examples that were too long to be trained on.
    """
    training = [example for place, example in enumerate(examples.training) if place not in left_out]
    named = {
        split: sorted({uid for example in named_by for uid in example.uids})
        for split, named_by in (("train", training), ("validation", examples.validation))
    }
    kinds = Counter(f"{example.mode}/{example.kind}" for example in training)
    document = {"uids": named, "kinds": dict(sorted(kinds.items()))}
    write_atomic(folder / "examples.json", json.dumps(document, indent=1, ensure_ascii=False) + "\n")


@dataclass(frozen=True, slots=True)
class RowCounts:
    """What encoding found. Tokens are the base model's."""

    examples: int = 0
    skipped_overlong: int = 0
    cut_overlong: int = 0
    tokens: int = 0
    answer_tokens: int = 0
    longest: int = 0


@dataclass(frozen=True)
class Rows:
    """Token rows in one flat array: 250,000 examples take megabytes, not gigabytes.

    Attributes:
        tokens: every row's tokens, one after the other.
        starts: where each row starts; one more entry than rows.
        prompts: each row's prompt tokens.
        left_out: places, in the order they were given, of the examples that were too long.
    """

    tokens: Tokens
    starts: Indices
    prompts: Tokens
    counts: RowCounts = field(default_factory=RowCounts)
    left_out: frozenset[int] = frozenset()

    def __len__(self) -> int:
        return len(self.prompts)

    def __iter__(self) -> Iterator[tuple[Tokens, int]]:
        return (self.row(i) for i in range(len(self)))

    def row(self, index: int) -> tuple[Tokens, int]:
        """Return a row's tokens and how many of them are the prompt."""
        return self.tokens[self.starts[index] : self.starts[index + 1]], int(self.prompts[index])

    def pick(self, indices: Indices) -> list[tuple[Tokens, int]]:
        """Return some rows."""
        return [self.row(int(index)) for index in indices]

    @property
    def lengths(self) -> Indices:
        """Each row's length in tokens."""
        return np.diff(self.starts)

    def digest(self) -> str:
        """Return the SHA-256 of the rows: the same for the same rows in the same order."""
        return hashlib.sha256(self.tokens.tobytes() + self.starts.tobytes() + self.prompts.tobytes()).hexdigest()


def answers(picked: list[tuple[Tokens, int]], starts: Iterable[int]) -> tuple[Tensor, Tensor]:
    """Return the positions of states that predict an answer token, and those tokens, of rows that begin at `starts`.

    Shape: [answers] each.
    """
    where = [
        np.arange(prompt - 1, len(tokens) - 1) + start for start, (tokens, prompt) in zip(starts, picked, strict=False)
    ]
    targets = np.concatenate([tokens[prompt:] for tokens, prompt in picked]).astype(np.int64)
    return torch.from_numpy(np.concatenate(where)), torch.from_numpy(targets)


def build_rows(
    encoded: Iterable[Encoded],
    *,
    max_tokens: int,
    overlong: Literal["skip", "cut", "refuse"] = "skip",
    on_row: Callable[[int], None] | None = None,
) -> Rows:
    """Gather encoded examples; deal with the over-long, refuse what trains nothing.

    Cutting takes the answer's end away, and with it the end token, which the model would then learn
    to leave out; so a cut row keeps its last token in place of the last that fits.

    Args:
        max_tokens: longest row.
        overlong: leave longer rows out, cut their answer, or refuse to train.
        on_row: called with the number of rows read so far.

    Raises:
        TrainingError: a row has no token to train on, all rows are too long, or there are none.
    """
    flat: list[np.ndarray[Any, Any]] = []
    lengths: list[int] = []
    prompts: list[int] = []
    left_out: set[int] = set()
    cut = number = 0
    for number, row in enumerate(encoded, start=1):
        ids = np.asarray(row.input_ids, dtype=np.int32)
        if row.prompt_tokens >= len(ids) or row.prompt_tokens < 1:
            raise TrainingError(
                f"example {number} has no answer token to train on ({len(ids)} tokens, {row.prompt_tokens} of prompt)",
                fix="leave the example out, or give its last message some text",
            )
        if len(ids) > max_tokens:
            if overlong == "refuse":
                raise TrainingError(
                    f"example {number} has {len(ids)} tokens, more than max_tokens {max_tokens}",
                    fix=f"--set train.max_tokens={len(ids)}, or --set train.overlong=skip",
                )
            if overlong == "skip" or row.prompt_tokens >= max_tokens - 1:
                left_out.add(number - 1)
                continue
            ids = np.concatenate([ids[: max_tokens - 1], ids[-1:]])
            cut += 1
        flat.append(ids)
        lengths.append(len(ids))
        prompts.append(row.prompt_tokens)
        if on_row is not None:
            on_row(number)
    if not flat:
        raise TrainingError(
            f"no example is left to train on: {number} made, {len(left_out)} longer than {max_tokens} tokens",
            fix="raise --max-tokens, or prepare a catalogue with more products",
        )
    starts = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
    counts = RowCounts(
        examples=len(flat),
        skipped_overlong=len(left_out),
        cut_overlong=cut,
        tokens=int(starts[-1]),
        answer_tokens=int(starts[-1]) - sum(prompts),
        longest=max(lengths),
    )
    return Rows(np.concatenate(flat), starts, np.asarray(prompts, dtype=np.int32), counts, frozenset(left_out))
