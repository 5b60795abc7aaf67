"""From a question with its answer and records to an example: the prompt is the one that answering uses."""

from __future__ import annotations

import random
from collections.abc import Sequence

from shelftalker.examples.pairs import SILENCE, UNSTATED, Pair
from shelftalker.find.encoder import SentenceEncoder
from shelftalker.find.evidence import CHARS, CHARS_COMPARED, MOST, Evidence, choose, rank
from shelftalker.metrics.tokens import fold_words, is_content
from shelftalker.prompts import escape
from shelftalker.prompts.reading import reading_messages, with_citations
from shelftalker.records import Example, Message, Record

__all__ = ["can_withhold", "example_of", "withheld"]

_SHORTER = (0.5, 0.7, 0.9)
_STILL_TOLD = 0.34
"""Share of what only the answering lines say that other lines may say too, before they may answer as well."""
_WHOLE = frozenset(("describe", "summary", "compare", "follow_up", UNSTATED))


def example_of(
    pair: Pair,
    records: Record | Sequence[Record],
    encoder: SentenceEncoder | None,
    *,
    chars: int = 0,
    rng: random.Random | None = None,
) -> Example:
    """Return the example of a pair.

    The lines of each record are those that rank best for the question, with what the answer rests on always among
    them, in the record's order; the answer ends with the numbers of those. An unstated one cites nothing.

    Args:
        pair: its evidence, where told, stands word for word in the records; else the lines nearest to the answer count.
        records: what it is about; those without a uid are of no catalogue.
        encoder: ranks by meaning; without one, words alone do.
        chars: of each record in the prompt at most; 0 takes what answering does.
        rng: draws a smaller prompt now and then, so that not all are of one length.
    """
    several = (records,) if isinstance(records, Record) else tuple(records)
    most = chars or (CHARS_COMPARED if len(several) > 1 else CHARS)
    if rng is not None:
        most = round(most * rng.choice(_SHORTER))
    products: list[tuple[str, list[str]]] = []
    numbers: list[int] = []
    first = 1
    for place, record in enumerate(several):
        told = pair.evidence[place] if place < len(pair.evidence) else ()
        lines, gold = _lines(pair, record, told, encoder, most)
        products.append((record.title, [one.piece.shown for one in lines]))
        numbers += [number for number, one in enumerate(lines, first) if one in gold]
        first += len(lines)
    prompt = reading_messages(pair.question, products, pair.language, before=pair.before)
    answer = pair.answer if pair.kind == UNSTATED else with_citations(pair.answer, numbers)
    messages = (*prompt, Message("assistant", escape(answer)))
    uids = tuple(dict.fromkeys(record.uid for record in several if record.uid))
    return Example(pair.kind, "open-book", pair.language, messages, uids)


def _lines(
    pair: Pair, record: Record, told: Sequence[str], encoder: SentenceEncoder | None, chars: int
) -> tuple[list[Evidence], list[Evidence]]:
    """Return the lines of a record that the prompt shows, in its order, and those that the answer rests on."""
    ranked = rank(pair.question, record, encoder)
    gold: list[Evidence] = []
    if told:
        gold = _resting_on(ranked, record, told)
    elif pair.kind != UNSTATED and ranked and not pair.evidence:
        nearest = rank(f"{pair.question} {pair.answer}", record, encoder)[0].piece
        gold = [one for one in ranked if one.piece == nearest]
    gold = choose(gold, chars, most=MOST)
    left = chars - sum(len(one.piece.shown) for one in gold)
    shown = list(gold)
    for one in ranked:
        if one not in gold and len(shown) < MOST and (len(one.piece.shown) <= left or not shown):
            shown.append(one)
            left -= len(one.piece.shown)
    return sorted(shown, key=lambda one: one.piece.start), gold


def _resting_on(ranked: Sequence[Evidence], record: Record, told: Sequence[str]) -> list[Evidence]:
    """Return the pieces of a record that hold a part of the stretches an answer rests on."""
    places = [(at, at + len(text)) for text in told if text and (at := record.content.find(text)) >= 0]
    return [one for one in ranked if any(one.piece.start < end and at < one.piece.end for at, end in places)]


def can_withhold(pair: Pair, records: Sequence[Record]) -> bool:
    """Tell whether a record no longer answers once the lines that do are left out: a single, particular fact."""
    if pair.kind in _WHOLE or pair.history or len(records) != 1 or not any(pair.evidence):
        return False
    lines = rank(pair.question, records[0], None)
    gold = _resting_on(lines, records[0], pair.evidence[0])
    left = " ".join([records[0].title, *(one.piece.shown for one in lines if one not in gold)])
    if not gold or len(gold) == len(lines):
        return False
    asked = set(fold_words(pair.question))
    telling = {word for text in pair.evidence[0] for word in fold_words(text) if is_content(word)} - asked
    numbers = {word for word in fold_words(pair.answer) if any(char.isdigit() for char in word)}
    still = set(fold_words(left))
    return not numbers & still and len(telling & still) <= _STILL_TOLD * len(telling)


def withheld(pair: Pair, record: Record, encoder: SentenceEncoder | None, *, chars: int = CHARS) -> Example:
    """Return an example in which the record's answering lines are left out, for which `can_withhold` holds.

    Question and product are those of the answered one, so that what decides is whether the answer stands there.
    """
    ranked = rank(pair.question, record, encoder)
    gold = _resting_on(ranked, record, pair.evidence[0])
    lines = [one.piece.shown for one in choose([one for one in ranked if one not in gold], chars, most=MOST)]
    prompt = reading_messages(pair.question, [(record.title, lines)], pair.language)
    messages = (*prompt, Message("assistant", SILENCE[pair.language]))
    return Example(UNSTATED, "open-book", pair.language, messages, (record.uid,) if record.uid else ())
