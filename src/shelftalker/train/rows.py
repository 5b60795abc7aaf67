"""Examples as token rows: encoded once, counted, kept flat in memory."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

import numpy as np

from shelftalker.errors import TrainingError

__all__ = ["EncodedRow", "RowCounts", "Rows", "build_rows"]

Tokens = np.ndarray[Any, np.dtype[np.int32]]


class EncodedRow(Protocol):
    """What `models.encode_example` returns: tokens, and how many of them are the prompt."""

    @property
    def input_ids(self) -> list[int]:
        """Prompt and answer, the end token last."""
        ...

    @property
    def prompt_tokens(self) -> int:
        """Tokens before the answer; those are not trained on."""
        ...


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
    starts: np.ndarray[Any, np.dtype[np.int64]]
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

    @property
    def lengths(self) -> np.ndarray[Any, np.dtype[np.int64]]:
        """Each row's length in tokens."""
        return np.diff(self.starts)


def build_rows(
    encoded: Iterable[EncodedRow],
    *,
    max_tokens: int,
    overlong: Literal["skip", "cut", "refuse"] = "skip",
    on_row: Callable[[int], None] | None = None,
) -> Rows:
    """Gather encoded examples; deal with the over-long, refuse what trains nothing.

    Cutting takes the answer's end away, and with it the end token, which the model would then learn
    to leave out; so a cut row keeps its last token in place of the last that fits.

    Args:
        encoded: rows as `models.encode_example` gives them.
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
