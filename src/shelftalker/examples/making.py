"""Make supervised examples from records alone: what reading a record and answering from it looks like."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from itertools import chain, cycle, islice, zip_longest

from shelftalker.examples.kinds import MAKERS, Maker, Shelf
from shelftalker.prompts import FormSet, closed_book_messages, description_forms, escape
from shelftalker.records import Example, Language, Message, Mode, Record

__all__ = ["Neighbours", "make_examples"]

Neighbours = Callable[[Record, int], list[Record]]

# Share of each kind, as far as the records can give it: few state a fact or share their title.
_SHARES: dict[str, float] = {
    "description": 0.36,
    "attribute": 0.24,
    "yes_no": 0.09,
    "listing": 0.04,
    "comparison": 0.05,
    "unanswerable": 0.07,
    "absent": 0.12,
    "ambiguous": 0.03,
}
_CLOSED_BOOK_FORMS = 3
_PASSES = 6
_LOOKED_AT = 8  # records drawn for each example that is asked for
_LOOKED_AT_LEAST = 1000


def make_examples(
    records: Sequence[Record],
    *,
    mode: Mode | str,
    seed: int,
    neighbours: Neighbours,
    limit: int | None = None,
    forms: FormSet = "trained",
) -> list[Example]:
    """Make examples about records; the same arguments give the same examples.

    Open-book examples put the record asked about among up to three others, or leave it out (then the answer is a
    refusal). Only the given records are asked about, quoted or named, whatever `neighbours` returns.

    Args:
        records: the only products that examples name; they stay in memory, the examples are made one by one.
        mode: "open-book", "closed-book", or "both" (in turn).
        seed: of every choice. Another seed asks the same records in other forms and among other distractors.
        neighbours: records like a record, best first, for distractors; may return any of the catalogue.
        limit: most examples to make. Without it, one open-book example a record and three closed-book ones.
        forms: "trained" or, for measuring, "held_out" question forms.

    Raises:
        ValueError: the mode is none of the three.
    """
    if mode not in ("open-book", "closed-book", "both"):
        raise ValueError(f"unknown mode {mode!r}")
    named = frozenset(record.uid for record in records)
    subjects = _drawn(records, random.Random(f"subjects {seed}"), limit)
    streams = []
    if mode in ("open-book", "both"):
        shelf = Shelf(subjects, named, random.Random(f"open {seed}"), neighbours, forms)
        streams.append(_open_book(shelf))
    if mode in ("closed-book", "both"):
        streams.append(_closed_book(subjects, random.Random(f"closed {seed}"), forms))
    per_record = 1 if mode == "open-book" else _CLOSED_BOOK_FORMS if mode == "closed-book" else 1 + _CLOSED_BOOK_FORMS
    count = limit if limit is not None else per_record * len(records)
    if len(streams) == 1:
        return list(islice(streams[0], count))
    if limit is None:
        opened = list(islice(streams[0], len(records)))
        closed = list(islice(streams[1], _CLOSED_BOOK_FORMS * len(records)))
        return [example for pair in zip_longest(opened, closed) for example in pair if example]
    pairs = zip(streams[0], streams[1], strict=False)
    return list(islice(chain.from_iterable(pairs), count))


def _drawn(records: Sequence[Record], rng: random.Random, limit: int | None) -> Sequence[Record]:
    """Draw what a limited number of examples can use: of a million records most are never looked at."""
    wanted = len(records) if limit is None else _LOOKED_AT * limit + _LOOKED_AT_LEAST
    return records if wanted >= len(records) else [records[index] for index in rng.sample(range(len(records)), wanted)]


def _open_book(shelf: Shelf) -> Iterator[Example]:
    """Give each record in turn the kind that is furthest behind its share, among those that the record can give."""
    made = dict.fromkeys(_SHARES, 0)
    for _ in range(_PASSES):
        for record in shelf.rng.sample(shelf.records, len(shelf.records)):
            language = shelf.language(record)
            for kind in sorted(_SHARES, key=lambda one: (made[one] + shelf.rng.random()) / _SHARES[one]):
                make: Maker = MAKERS[kind]
                example = make(shelf, record, language)
                if example:
                    made[kind] += 1
                    yield example
                    break


def _closed_book(records: Sequence[Record], rng: random.Random, forms: FormSet) -> Iterator[Example]:
    """Each record in turn, in English, Portuguese, English ..., every time in the next form."""
    order = rng.sample(range(len(records)), len(records))
    asked: dict[Language, tuple[str, ...]] = {
        language: tuple(rng.sample(description_forms(language, forms), len(description_forms(language, forms))))
        for language in ("en", "pt")
    }
    turns: tuple[Language, ...] = ("en", "pt", "en")
    for turn, language in enumerate(islice(cycle(turns), len(turns) * _PASSES)):
        for place, index in enumerate(order):
            record = records[index]
            form = asked[language][(place + turn) % len(asked[language])]
            question = form.format(x=record.title)
            messages = (*closed_book_messages(question, language), Message("assistant", escape(record.content)))
            yield Example("description", "closed-book", language, messages, (record.uid,))
