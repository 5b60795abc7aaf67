"""What of a record stands in the prompt: all of it where it fits, else the sentences that the question is about."""

from __future__ import annotations

from dataclasses import replace

from shelftalker.answer.question import Asked
from shelftalker.catalog.titles import normalise_title
from shelftalker.examples import clip, find_facts, may_state
from shelftalker.metrics.sentences import sentences
from shelftalker.prompts import Attribute, is_instruction
from shelftalker.records import Record

__all__ = ["best_sentences", "evidence", "shares_words"]

_COMMON = frozenset(
    "the a an of and or to in on at is are was it its this that what which who how does do did has have with for from "
    "by can you me about product there any much many o a os as um uma de do da dos das e ou em no na é são que qual "
    "quais quanto quantos quem como tem com para por se me sobre produto mention mentions mentioned description record "
    "when where why quando onde quê made feito feita "
    "anything word say says menciona mencionado fala diz descrição registro algo ver".split()
)


def evidence(record: Record, rest: str, asked: Asked, limit: int) -> Record:
    """Return the record with as much of its description as a question about a part of it needs.

    Sentences that give orders to a model are left out: they state nothing about the product.

    Args:
        record: the product asked about.
        rest: the question without the product's name.
        asked: what it asks for.
        limit: most characters that are kept. Sentences keep their order.
    """
    content = " ".join(record.content.split())
    if is_instruction(content):
        content = " ".join(one.text for one in sentences(content) if not is_instruction(one.text))
    if len(content) <= limit:
        return replace(record, content=content)
    return replace(record, content=best_sentences(content, rest, asked.attribute, limit) or clip(content, limit))


def best_sentences(content: str, rest: str, attribute: Attribute | None, limit: int) -> str:
    """Return the sentences that share most with the question, in their order, up to `limit` characters; "" for none.

    Where an attribute is asked for, those that state it, speak of it or hold a value of its kind come first.
    """
    found = sentences(content)
    facts = find_facts(content) if attribute else []
    wanted = _wanted(_without_cue(rest, attribute) if attribute else rest)
    stating = {fact.start for fact in facts if fact.attribute is attribute}
    scored = []
    for place, sentence in enumerate(found):
        words = set(normalise_title(sentence.text).split())
        score = 1.0 * sum(any(_alike(word, other) for other in words) for word in wanted)
        if attribute and _cued(attribute, sentence.text):
            score += 2
        if any(sentence.start <= start < sentence.end for start in stating):
            score += 4
        elif attribute and may_state(sentence, attribute, facts):
            score += 3
        if score:
            scored.append((-score, place))
    kept: set[int] = set()
    used = 0
    for _, place in sorted(scored):
        size = len(found[place].text) + 1
        if used + size <= limit:
            kept.add(place)
            used += size
    return " ".join(found[place].text for place in sorted(kept))


def shares_words(rest: str, text: str) -> bool:
    """Tell whether a text has any word that a question, the product's name taken out, is about."""
    words = set(normalise_title(text).split())
    return any(_alike(word, other) for word in _wanted(rest) for other in words)


def _wanted(rest: str) -> set[str]:
    return {word for word in normalise_title(rest).split() if word not in _COMMON and len(word) > 1}


def _without_cue(rest: str, attribute: Attribute) -> str:
    """What is left of a question without the words that ask for its attribute: "made of" is in "made of steel" too."""
    return attribute.pt.cue_pattern.sub(" ", attribute.en.cue_pattern.sub(" ", rest))


def _cued(attribute: Attribute, sentence: str) -> bool:
    return bool(attribute.en.cue_pattern.search(sentence) or attribute.pt.cue_pattern.search(sentence))


def _alike(word: str, other: str) -> bool:
    """Same word, or the same stem: "weighs" and "weight", "garantia" and "garantias"."""
    shared = min(len(word), len(other))
    stem = max(4, shared - 2)
    return word == other or (shared >= 4 and word[:stem] == other[:stem])
