"""What a made-up product is known for: the fixed vocabulary of facts, and one fact in words."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType

__all__ = ["FACT_NAMES", "Fact"]

FACT_NAMES = MappingProxyType(
    {
        "weight": "mass of the product, without its packing",
        "price": "price in dollars (English) or reais (Portuguese)",
        "material": "what it is made of",
        "colour": "its one colour",
        "warranty": "how long it is guaranteed",
        "capacity": "volume that it holds",
        "dimensions": "its two or three outer measures, in one phrase",
        "height": "its height, where that is told alone",
        "length": "its length, where that is told alone",
        "diameter": "its diameter",
        "power": "electric power",
        "voltage": "electric tension",
        "battery_life": "hours of use on one charge or one set of batteries",
        "pages": "number of pages",
        "author": "who wrote it",
        "year": "year in which it was published",
        "edition": "which edition it is",
        "box_contents": "what comes with it",
        "age": "youngest age that it is meant for",
        "origin": "country in which it is made",
    }
)
"""Every fact there is, with its meaning. No product has a fact of another name."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact of one product, as its description words it.

    Attributes:
        name: a key of `FACT_NAMES`.
        value: the words that stand in the cleaned description.
        short: the shortest usual form, for titles ("1.7 L" where the description says "1.7 liters").
        unit: unit of the value, a key such as "kg" or "hours"; None where it is no quantity.
        accepted: other spellings of the same value in English and Portuguese, right as an answer too.
        items: the single things of a value that is a list.
        preposition: Portuguese "em", "no" or "na" before a country; empty elsewhere.
    """

    name: str
    value: str
    short: str
    unit: str | None = None
    accepted: tuple[str, ...] = ()
    items: tuple[str, ...] = ()
    preposition: str = ""
