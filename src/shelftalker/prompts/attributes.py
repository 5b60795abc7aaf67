"""The attributes that questions ask for, in both languages."""

from __future__ import annotations

from dataclasses import dataclass

from shelftalker.prompts.english import ENGLISH
from shelftalker.prompts.portuguese import PORTUGUESE
from shelftalker.prompts.wording import Wording
from shelftalker.records import Language

__all__ = ["ATTRIBUTES", "Attribute", "asked_attribute", "find_attribute"]


@dataclass(frozen=True)
class Attribute:
    """Something a record may state about a product.

    Attributes:
        name: key, the same in the sample catalogue's facts.
        measure: what its value is: a dimension of `metrics.claims` ("mass", "length", "volume", "power", "voltage",
            "time", "money", "count", "year"), or "words" or "name" where it is no quantity.
        bigger: comparative words, English and Portuguese, where two products can be compared by it.
    """

    name: str
    measure: str
    en: Wording
    pt: Wording
    bigger: tuple[str, str] | None = None

    def wording(self, language: Language) -> Wording:
        """Return the attribute's wording in a language."""
        return self.pt if language == "pt" else self.en


_TABLE: tuple[tuple[str, str, tuple[str, str] | None], ...] = (
    ("weight", "mass", ("heavier", "mais pesado")),
    ("price", "money", ("more expensive", "mais caro")),
    ("material", "words", None),
    ("colour", "words", None),
    ("warranty", "time", None),
    ("capacity", "volume", ("bigger", "maior")),
    ("dimensions", "length", None),
    ("height", "length", ("taller", "mais alto")),
    ("width", "length", ("wider", "mais largo")),
    ("length", "length", ("longer", "mais comprido")),
    ("diameter", "length", None),
    ("power", "power", ("more powerful", "mais potente")),
    ("voltage", "voltage", None),
    ("battery_life", "time", None),
    ("pages", "count", ("longer", "mais longo")),
    ("author", "name", None),
    ("year", "year", None),
    ("edition", "words", None),
    ("box_contents", "words", None),
    ("age", "time", None),
    ("origin", "name", None),
)

ATTRIBUTES: tuple[Attribute, ...] = tuple(
    Attribute(name, measure, ENGLISH[name], PORTUGUESE[name], bigger) for name, measure, bigger in _TABLE
)
"""Every attribute there is."""

_BY_NAME = {attribute.name: attribute for attribute in ATTRIBUTES}

# An attribute whose cue is a word of another's question is asked for only when no sharper one is.
_SHARPER_FIRST = (
    "battery_life",
    "warranty",
    "box_contents",
    "voltage",
    "diameter",
    "height",
    "width",
    "weight",
    "pages",
    "author",
    "year",
    "edition",
    "age",
    "origin",
    "material",
    "colour",
    "capacity",
    "price",
    "power",
    "dimensions",
    "length",
)


def find_attribute(name: str) -> Attribute:
    """Return the attribute of that name.

    Raises:
        KeyError: there is none.
    """
    return _BY_NAME[name]


def asked_attribute(question: str, language: Language) -> Attribute | None:
    """Return the attribute that a question, its product's name taken out, asks for; None where it asks for none."""
    for name in _SHARPER_FIRST:
        attribute = _BY_NAME[name]
        if attribute.wording(language).cue_pattern.search(question):
            return attribute
    return None
