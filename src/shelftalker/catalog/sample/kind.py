"""The form of a kind of product: its nouns, the facts it has, and the sentences that tell of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from random import Random
from typing import Literal

from shelftalker.catalog.sample.facts import Fact
from shelftalker.records import Language

__all__ = ["Draw", "Kind", "Noun", "Wording"]

Draw = Callable[[Random, Language], Fact]
"""Draws one fact's value and words it in a language."""


@dataclass(frozen=True, slots=True)
class Noun:
    """What a product is called. The short form must make sense alone ("kettle" for "electric kettle").

    Attributes:
        plural: the English noun is a plural ("headphones").
        feminine: the Portuguese noun is feminine. Portuguese nouns here are always singular.
    """

    en: str
    en_short: str
    pt: str
    pt_short: str
    plural: bool = False
    feminine: bool = False


@dataclass(frozen=True, slots=True)
class Wording:
    """Sentence patterns of a kind in one language. `compose` lists the slots.

    Attributes:
        openers: first sentences; may hold facts ("{capacity}").
        statements: sentences that each state the facts whose slots they hold.
        colouring: sentences that state no fact, true of every product of the kind.
        features: phrases for a list, with no fact and no full stop.
        pools: slots of this kind that are filled by chance.
    """

    openers: tuple[str, ...]
    statements: tuple[str, ...]
    colouring: tuple[str, ...]
    features: tuple[str, ...]
    pools: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of product.

    Attributes:
        naming: "model" (brand and model number), "game" (a name of its own and a brand), "novel" or
            "cookbook" (a book's title).
        facts: fact name to how its value is drawn.
        apparatus: whether it is a thing that is cleaned, stored, repaired, and comes with instructions.
        size: the fact that tells near twins apart in a title; None where only the model number can.
    """

    name: str
    naming: Literal["model", "game", "novel", "cookbook"]
    nouns: tuple[Noun, ...]
    facts: Mapping[str, Draw]
    size: str | None
    apparatus: bool
    en: Wording
    pt: Wording

    def wording(self, language: Language) -> Wording:
        """Return the sentences in a language."""
        return self.pt if language == "pt" else self.en
