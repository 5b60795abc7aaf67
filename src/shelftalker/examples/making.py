"""Make the examples of a run: open-book from pairs and the course; closed-book from descriptions."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from itertools import chain, cycle, islice, zip_longest

from shelftalker.examples.course import course
from shelftalker.examples.reading import can_withhold, example_of, withheld
from shelftalker.examples.subjects import Subject
from shelftalker.find.encoder import SentenceEncoder
from shelftalker.prompts import FormSet, closed_book_messages, description_forms, escape
from shelftalker.records import Example, Language, Message, Record

__all__ = ["held_out_examples", "make_examples"]

# What an open-book run learns from. Pairs of the user come first; what a later source writes about the catalogue's
# records (facts from their columns, a teacher's pairs) are pairs too, and come in through `pairs`.
_SEEN = 2  # times each pair of the user is shown, the second time among fewer lines
_PAIRS_MOST = 0.7  # share that pairs may take of a limited number
_REPLAYED = 1000  # questions of the course at least, where the number is not limited; else as many as of pairs
_WITHHELD = 0.25  # share of pairs asked without the lines that answer them, where silence is right
_CLOSED_BOOK_FORMS = 3
_PASSES = 6


def make_examples(
    records: Sequence[Record],
    *,
    mode: str,
    seed: int,
    pairs: Sequence[Subject] = (),
    encoder: SentenceEncoder | None = None,
    limit: int | None = None,
    forms: FormSet = "trained",
) -> list[Example]:
    """Make examples; the same arguments give the same ones.

    Args:
        records: what closed-book examples describe.
        mode: "open-book", "closed-book", or "both" (in turn).
        seed: of every choice.
        pairs: the user's, about products that may be trained on.
        encoder: ranks the lines of a record for a question of `pairs`; without one, words do.
        limit: most examples to make. Without it, all open-book ones and three closed-book ones a record.
        forms: closed-book: "trained" or, for measuring, "held_out" question forms.

    Raises:
        ValueError: the mode is none of the three.
    """
    if mode not in ("open-book", "closed-book", "both"):
        raise ValueError(f"unknown mode {mode!r}")
    share = limit if limit is None or mode != "both" else -(-limit // 2)
    opened: list[Example] = []
    closed: list[Example] = []
    if mode != "closed-book":
        opened = _open_book(pairs, encoder, random.Random(f"open {seed}"), share)
    if mode != "open-book":
        count = share if share is not None else _CLOSED_BOOK_FORMS * len(records)
        closed = list(islice(_closed_book(records, random.Random(f"closed {seed}"), forms), count))
    if mode != "both":
        return opened or closed
    in_turn = (one for pair in zip_longest(opened, closed) for one in pair if one)
    return list(islice(in_turn, limit))


def held_out_examples(
    pairs: Sequence[Subject], encoder: SentenceEncoder | None, *, seed: int, limit: int
) -> list[Example]:
    """Make open-book examples to measure on: the user's pairs about held-out products, then the course's."""
    rng = random.Random(f"held out {seed}")
    kept = course(held_out=True)
    chosen = chain(rng.sample(pairs, len(pairs)), rng.sample(kept, len(kept)))
    return [example_of(one.pair, one.records, encoder if one.split else None) for one in islice(chosen, limit)]


def _open_book(
    pairs: Sequence[Subject], encoder: SentenceEncoder | None, rng: random.Random, limit: int | None
) -> list[Example]:
    """Shuffle the user's pairs, each twice where there is room, with the course."""
    replayed = course()
    drawn = rng.sample(pairs, len(pairs))
    times = _SEEN
    if limit is not None:
        room = round(limit * _PAIRS_MOST)
        drawn = drawn[:room]
        times = _SEEN if _SEEN * len(drawn) <= room else 1
    made = [
        _read_or_withheld(one, encoder, rng) if again else example_of(one.pair, one.records, encoder)
        for again in range(times)
        for one in drawn
    ]
    left = max(_REPLAYED, len(made)) if limit is None else max(0, limit - len(made))
    # Their evidence is told, so that words are enough to choose what else is shown; an encoder would take minutes.
    made += [_read_or_withheld(one, None, rng) for one in rng.sample(replayed, min(left, len(replayed)))]
    return rng.sample(made, len(made))[:limit]


def _read_or_withheld(one: Subject, encoder: SentenceEncoder | None, rng: random.Random) -> Example:
    if rng.random() < _WITHHELD and can_withhold(one.pair, one.records):
        return withheld(one.pair, one.records[0], encoder)
    return example_of(one.pair, one.records, encoder, rng=rng)


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
