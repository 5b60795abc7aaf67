"""Titles of products that a catalogue lacks although they sound as if it had them."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Literal

from shelftalker.errors import CatalogueError
from shelftalker.records import Language
from shelftalker.sample.material import kinds, load
from shelftalker.sample.products import Product, make_brands, title_key
from shelftalker.sample.values import draw_fact, make_model, make_name, make_place

__all__ = ["Absent", "absent_titles"]

Change = Literal["model", "brand", "size", "word", "noun", "all"]
_MOST_MISSES = 2000
"""Draws in a row that give nothing new before the products count as used up."""


@dataclass(frozen=True, slots=True)
class Absent:
    """A product that the catalogue lacks.

    Attributes:
        near_uid: the product that it was made from.
        change: what makes it another product: the model number, the brand, the size, one word of the title,
            the noun, or all of its name.
    """

    title: str
    kind: str
    language: Language
    near_uid: str
    change: Change


def absent_titles(products: Sequence[Product], *, count: int, seed: int) -> list[Absent]:
    """Return `count` different titles of products that are not among `products`.

    No result shares its title, nor its brand with its model number, with a product, letter case, accents and
    punctuation aside.

    Raises:
        CatalogueError: the products are too few to change so many.
    """
    rng = Random(f"shelftalker absent {seed}")
    names = {title_key(product.name) for product in products}
    taken = names | {title_key(product.title) for product in products}
    brands = sorted({product.brand for product in products if product.brand}), [b[0] for b in make_brands(rng, 200)]
    found: dict[str, Absent] = {}
    misses = 0
    while len(found) < count and misses < _MOST_MISSES:
        misses += 1
        product = rng.choice(products)
        change, name, title = (_change_model if product.model else _change_name)(rng, product, *brands)
        key = title_key(title)
        if key and title_key(name) not in names and key not in taken and key not in found:
            found[key] = Absent(title, product.kind, product.language, product.uid, change)
            misses = 0
    if len(found) == count:
        return list(found.values())
    raise CatalogueError(
        f"{len(products)} products give only {len(found)} absent titles, not {count}",
        fix="ask for fewer, or write a larger sample",
    )


_Changed = tuple[Change, str, str]
"""What was changed, the new name where brand or model is new, and the new title; empty where nothing could be."""


def _change_name(rng: Random, product: Product, brands: list[str], others: list[str]) -> _Changed:
    if rng.random() < 0.15 and product.kind == "novel":
        title = make_name(rng, "novel", product.language)
        return "all", title, title
    name = _change_word(rng, product.name, product.language)
    return "word", name, product.title.replace(product.name, name) if name else ""


def _change_model(rng: Random, product: Product, brands: list[str], others: list[str]) -> _Changed:
    draw = rng.random()
    title, brand, model = product.title, product.brand, product.model
    if draw < 0.4:
        other = _change_number(rng, model)
        return "model", f"{brand} {other}", title.replace(model, other)
    if draw < 0.65:
        other = rng.choice(brands if rng.random() < 0.5 else others)
        return "brand", f"{other} {model}", "" if _alike(brand, other) else title.replace(brand, other)
    if draw < 0.8:
        return "size", "", _change_size(rng, product)
    if draw < 0.9:
        return "noun", "", _change_noun(rng, product)
    other, number = rng.choice(others), make_model(rng)
    return "all", f"{other} {number}", title.replace(model, number).replace(brand, other)


def _alike(one: str, other: str) -> bool:
    """Whether one is a typing error of the other rather than something else."""
    return difflib.SequenceMatcher(None, one, other).ratio() > 0.6


def _change_number(rng: Random, model: str) -> str:
    """Change one digit, or the word before the number."""
    series, (word, _, number) = load("names")["series"], model.partition(" ")
    if word in series and rng.random() < 0.4:
        return f"{rng.choice([other for other in series if other != word])} {number}"
    places = [match.start() for match in re.finditer(r"\d", model)]
    place = rng.choice(places)
    low = "1" if place == places[0] else "0"
    digit = rng.choice([d for d in "0123456789" if d != model[place] and d >= low])
    return model[:place] + digit + model[place + 1 :]


def _change_size(rng: Random, product: Product) -> str:
    kind = kinds()[product.kind]
    size = next((fact for fact in product.in_title if fact.name == kind.size), None)
    if size is None:
        return ""
    other = draw_fact(rng, product.language, size.name, kind.facts[size.name]).short
    return product.title.replace(size.short, other)


def _change_noun(rng: Random, product: Product) -> str:
    models = [(kind.name, noun) for kind in kinds().values() if kind.naming == "model" for noun in kind.nouns]
    nouns = [(kind, noun[product.language][0].title()) for kind, noun in models]
    own = [noun for kind, noun in nouns if kind == product.kind and noun in product.title]
    others = [noun for kind, noun in nouns if kind != product.kind]
    return product.title.replace(max(own, key=len), rng.choice(others)) if own else ""


def _change_word(rng: Random, name: str, language: Language) -> str:
    """Put another word of the same sort in the place of one of a name's; empty where the one picked has no like."""
    words = re.findall(r"[^\W\d_]{3,}", name)
    word = rng.choice(words)
    other = rng.choice(_words_like(rng, word, language))
    if other in words or _alike(word, other):
        return ""
    return re.sub(rf"\b{re.escape(word)}\b", other, name, count=1)


def _words_like(rng: Random, word: str, language: Language) -> Sequence[str]:
    """Return the words of the same list, so that an article before them goes on agreeing; for a place another place."""
    for sort in ("adjectives", "made_things", "cooking", "things", "trades"):
        entries = [
            (entry[: entry.find(" ") + 1], entry[entry.find(" ") + 1 :]) for entry in load("names")[sort][language]
        ]
        for article, entry in entries:
            if entry == word:
                return [other for before, other in entries if before == article]
    fixed = " ".join(pattern for form in load("titles")["names"].values() for pattern in form[language])
    return [word] if word[0].islower() or word in re.findall(r"\w+", fixed) else [make_place(rng)]
