"""From a question with its answer and records to an example: the prompt is the one that answering uses."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence

from shelftalker.examples.pairs import SILENCE, UNSTATED, Pair
from shelftalker.find.encoder import SentenceEncoder
from shelftalker.find.evidence import Evidence, choose, rank
from shelftalker.metrics.tokens import fold_words, is_content
from shelftalker.prompts import escape
from shelftalker.prompts.reading import reading_messages, with_citations
from shelftalker.records import Example, Message, Record

__all__ = ["example_of", "is_general", "silences"]

CHARS, CHARS_COMPARED, CHARS_SUMMARY = 480, 320, 900
"""Characters of a record in the prompt: as answering shows them, of one of two products, for a summary."""

_MOST = 6  # lines
_SHORTER = (0.5, 0.7, 0.9)
_LOW = 0.01
"""Best score by words of a record that does not answer. An encoder would tell no better, and takes minutes."""
_LOOKED_AT = 12  # records and questions drawn for a silence that is wanted
_GENERAL_WORDS = 10
_PARTICULAR = frozenset(("describe", "summary", "compare", "follow_up", "list"))


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
    most = chars or (CHARS_COMPARED if len(several) > 1 else CHARS_SUMMARY if pair.kind == "summary" else CHARS)
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
        places = [(at, at + len(text)) for text in told if text and (at := record.content.find(text)) >= 0]
        gold = [one for one in ranked if any(one.piece.start < end and at < one.piece.end for at, end in places)]
    elif pair.kind != UNSTATED and ranked and not pair.evidence:
        nearest = rank(f"{pair.question} {pair.answer}", record, encoder)[0].piece
        gold = [one for one in ranked if one.piece == nearest]
    gold = choose(gold, chars, most=_MOST)
    left = chars - sum(len(one.piece.shown) for one in gold)
    shown = list(gold)
    for one in ranked:
        if one not in gold and len(shown) < _MOST and (len(one.piece.shown) <= left or not shown):
            shown.append(one)
            left -= len(one.piece.shown)
    return sorted(shown, key=lambda one: one.piece.start), gold


def is_general(pair: Pair, records: Sequence[Record]) -> bool:
    """Tell whether a question can be put to another product: it names none, and what it asks for may be lacking."""
    words = pair.question.split()
    if pair.kind in _PARTICULAR or pair.history or len(records) != 1 or len(words) > _GENERAL_WORDS:
        return False
    if any(word != word.lower() or any(char.isdigit() for char in word) for word in words[1:]):
        return False
    named = set(fold_words(records[0].title))
    return not any(word in named for word in fold_words(pair.question) if is_content(word))


def silences(
    questions: Sequence[Pair],
    records: Sequence[Record],
    rng: random.Random,
    count: int,
) -> Iterator[Example]:
    """Yield up to `count` examples in which a record does not answer: a question put to another product's record.

    Only where no line of the record shares a word that counts with the question. The product itself is never denied.

    Args:
        questions: those for which `is_general` holds.
        records: of the catalogue; the only ones that are named.
    """
    made = 0
    for _ in range(_LOOKED_AT * count if questions and records else 0):
        if made == count:
            return
        asked, record = rng.choice(questions), rng.choice(records)
        ranked = rank(asked.question, record, None)
        if not ranked or ranked[0].score >= _LOW:
            continue
        lines = [one.piece.shown for one in choose(ranked, round(CHARS * rng.choice(_SHORTER)), most=_MOST)]
        prompt = reading_messages(asked.question, [(record.title, lines)], asked.language)
        messages = (*prompt, Message("assistant", SILENCE[asked.language]))
        yield Example(UNSTATED, "open-book", asked.language, messages, (record.uid,))
        made += 1
