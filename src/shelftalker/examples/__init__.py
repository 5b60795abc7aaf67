"""Supervised examples made from records, with no outside model."""

from shelftalker.examples.comparing import which_has_more
from shelftalker.examples.facts import Fact, find_facts
from shelftalker.examples.lexicon import COLOURS, MATERIALS
from shelftalker.examples.making import Neighbours, make_examples
from shelftalker.examples.mentioning import holds_value_of, may_state, mentions
from shelftalker.examples.passages import clip, first_sentence, quote_around, window

__all__ = [
    "COLOURS",
    "MATERIALS",
    "Fact",
    "Neighbours",
    "clip",
    "find_facts",
    "first_sentence",
    "holds_value_of",
    "make_examples",
    "may_state",
    "mentions",
    "quote_around",
    "which_has_more",
    "window",
]
