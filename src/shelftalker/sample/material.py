"""What the made-up catalogue is made of: facts, kinds, sentences and words, from the data files beside this module."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Literal

from shelftalker.records import Language

__all__ = ["Fact", "Kind", "Noun", "fact_names", "kinds", "load"]


@cache
def load(name: str) -> dict[str, Any]:
    """Return the data file `name`.toml. Read once: who asks must not change it."""
    return tomllib.loads(files("shelftalker.sample").joinpath(f"{name}.toml").read_text(encoding="utf-8"))


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact of one product, as its description words it.

    Attributes:
        name: a key of `fact_names`.
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

    def long(self, language: Language) -> str:
        """Return the whole noun in a language."""
        return self.pt if language == "pt" else self.en


@dataclass(frozen=True, slots=True, eq=False)
class Kind:
    """A kind of product.

    Attributes:
        naming: "model" (brand and model number), "game" (a name of its own and a brand), "novel" or
            "cookbook" (a book's title).
        facts: fact name to what its value is drawn from.
        size: the fact that tells near twins apart in a title; None where only the model number can.
        apparatus: whether it is a thing that is cleaned, stored, repaired, and comes with instructions.
        wording: its own openers, statements, colouring (sentences that state no fact), features (phrases for a list)
            and pools (slots that are filled by chance) in each language.
    """

    name: str
    naming: Literal["model", "game", "novel", "cookbook"]
    nouns: tuple[Noun, ...]
    facts: Mapping[str, Any]
    size: str | None
    apparatus: bool
    wording: Mapping[Language, Mapping[str, Any]]

    @property
    def branded(self) -> bool:
        """Whether a brand makes it: not so for books."""
        return self.naming in ("model", "game")


def _kind(name: str) -> Kind:
    told = load(f"kinds/{name}")
    nouns = tuple(Noun(**noun) for noun in told["nouns"])
    wording: dict[Language, Any] = {"en": told["en"], "pt": told["pt"]}
    return Kind(name, told["naming"], nouns, told["facts"], told.get("size"), told["apparatus"], wording)


@cache
def kinds() -> tuple[Kind, ...]:
    """Return the kinds of product, one a file of the folder `kinds`, by name."""
    names = sorted(entry.name for entry in files("shelftalker.sample").joinpath("kinds").iterdir())
    return tuple(_kind(name.removesuffix(".toml")) for name in names if name.endswith(".toml"))


def fact_names() -> Mapping[str, str]:
    """Return every fact there is, with its meaning."""
    return load("facts")
