"""Whether a description may state an attribute in words that no pattern knows."""

from __future__ import annotations

import re

from shelftalker.examples.facts import DIMENSIONS, Fact, find_facts
from shelftalker.examples.lexicon import COLOURS, MATERIALS, word_pattern
from shelftalker.metrics.quantities import quantities
from shelftalker.metrics.sentences import Sentence, sentences
from shelftalker.prompts import Attribute

__all__ = ["holds_value_of", "may_state", "mentions"]

_WORDS = {
    "material": word_pattern(MATERIALS),
    "colour": word_pattern(COLOURS),
    "year": r"1[5-9]\d\d|20\d\d",
}
_MORE_WORDS = {
    "author": r"by|por",
    "box_contents": r"box|case|package|set|kit|pack|caixa|estojo|embalagem|conjunto|with|com|contains|contém",
}
# A mass is a weight in whatever words; a length or a time may be anything, and so may money and years in a story.
_TOLD_BY_UNIT = frozenset(("weight", "capacity", "power", "voltage"))
# What a thing carries is not what it weighs.
_LOAD = re.compile(
    r"\b(?:up to|supports?|carr(?:y|ies)|loads?|holds?|capacity|bears?|suporta|carrega|aguenta|até|carga)\b",
    re.IGNORECASE,
)


def mentions(content: str, attribute: Attribute) -> bool:
    """Tell whether a description says anything at all that may bear on an attribute, in any wording."""
    if attribute.en.cue_pattern.search(content) or attribute.pt.cue_pattern.search(content):
        return True
    dimensions = DIMENSIONS.get(attribute.name, ("-",))
    if any(quantity.dimension.startswith(dimensions) for quantity in quantities(content)):
        return True
    pattern = (_WORDS | _MORE_WORDS).get(attribute.name)
    return bool(pattern and re.search(rf"\b(?:{pattern})\b", content, re.IGNORECASE))


def holds_value_of(content: str, attribute: Attribute) -> bool:
    """Tell whether a description holds a value that can hardly be anything but the attribute's, in any wording."""
    if attribute.name not in _TOLD_BY_UNIT:
        return False
    facts = find_facts(content)
    return any(may_state(sentence, attribute, facts) for sentence in sentences(content))


def may_state(sentence: Sentence, attribute: Attribute, facts: list[Fact]) -> bool:
    """Tell whether a sentence holds a value of an attribute's kind that is no value of another attribute.

    Args:
        sentence: of the description that `facts` were found in.
        attribute: what is asked for.
        facts: all that the patterns found in the description.
    """
    others = [(one.start, one.end) for one in facts if one.attribute is not attribute]

    def is_free(start: int, end: int) -> bool:
        return not any(sentence.start + start < last and first < sentence.start + end for first, last in others)

    pattern = _WORDS.get(attribute.name)
    if pattern:
        found = re.finditer(rf"\b(?:{pattern})\b", sentence.text, re.IGNORECASE)
        return any(is_free(*match.span()) for match in found)
    dimensions = DIMENSIONS.get(attribute.name)
    if not dimensions or (attribute.name == "weight" and _LOAD.search(sentence.text)):
        return False
    return any(
        one.dimension.startswith(dimensions) and is_free(one.start, one.end) for one in quantities(sentence.text)
    )
