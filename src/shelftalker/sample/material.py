"""What the made-up catalogue is made of: kinds of product, facts, sentences and words, from the data files beside."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from shelftalker.records import Language

__all__ = ["Fact", "Kind", "fact_names", "kinds", "load"]


@cache
def load(name: str) -> dict[str, Any]:
    """Return the data file `name`.toml. It is read once, so who asks must not change it."""
    return tomllib.loads(files("shelftalker.sample").joinpath(f"{name}.toml").read_text(encoding="utf-8"))


def fact_names() -> Mapping[str, str]:
    """Return every fact there is, with its meaning."""
    return load("facts")


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact of one product, as its description words it.

    Attributes:
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


@dataclass(frozen=True, slots=True, eq=False)
class Kind:
    """A kind of product, as its file in the folder `kinds` has it.

    Attributes:
        naming: "model" (brand and model number), "game" (a name of its own and a brand), "novel" or "cookbook".
        nouns: what one may be called: in each language the whole noun and a short form that makes sense alone, and
            whether the English one is "plural", the Portuguese one "feminine".
        facts: fact name to what its value is drawn from.
        en, pt: openers, statements, colouring (sentences without a fact), features (phrases for a list) and pools
            (slots that are filled by chance).
        apparatus: whether it is a thing that is cleaned, stored, repaired, and comes with instructions.
        size: the fact that tells near twins apart in a title; None where only the model number can.
    """

    name: str
    naming: str
    nouns: Sequence[Mapping[str, Any]]
    facts: Mapping[str, Any]
    en: Mapping[str, Any]
    pt: Mapping[str, Any]
    apparatus: bool
    size: str | None = None

    @property
    def branded(self) -> bool:
        """Whether a brand makes it: not so for books."""
        return self.naming in ("model", "game")

    def wording(self, language: Language) -> Mapping[str, Any]:
        """Return its own sentences in a language."""
        return self.pt if language == "pt" else self.en


@cache
def kinds() -> Mapping[str, Kind]:
    """Return the kinds of product by name."""
    found = sorted(
        entry.name.removesuffix(".toml") for entry in files("shelftalker.sample").joinpath("kinds").iterdir()
    )
    return {name: Kind(name, **load(f"kinds/{name}")) for name in found}
