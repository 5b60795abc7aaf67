"""Titles of products that a catalogue lacks although they sound as if it had them."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Literal

from shelftalker.catalog.sample.kinds import KINDS
from shelftalker.catalog.sample.naming import make_book_title, make_brands, make_model, make_place
from shelftalker.catalog.sample.products import Product, title_key
from shelftalker.catalog.sample.wording.names import ADJECTIVES, COOKING, MADE_THINGS, SERIES, THINGS, TRADES
from shelftalker.errors import CatalogueError
from shelftalker.records import Language

__all__ = ["Absent", "Change", "absent_titles"]

Change = Literal["model", "brand", "size", "word", "noun", "all"]
_MOST_MISSES = 2000
"""Draws in a row that give nothing new before the products count as used up."""
_KINDS = {kind.name: kind for kind in KINDS}


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
    known = _Known(
        {title_key(product.title) for product in products},
        {title_key(product.name) for product in products},
        sorted({product.brand for product in products if product.brand}),
        [brand.name for brand in make_brands(rng, 200)],
    )
    found: dict[str, Absent] = {}
    misses = 0
    while len(found) < count and misses < _MOST_MISSES:
        misses += 1
        product = rng.choice(products)
        changed = _change(rng, product, known)
        if changed is None:
            continue
        title, change = changed
        key = title_key(title)
        if key not in known.titles and key not in known.names and key not in found:
            found[key] = Absent(title, product.kind, product.language, product.uid, change)
            misses = 0
    if len(found) == count:
        return list(found.values())
    raise CatalogueError(
        f"{len(products)} products give only {len(found)} absent titles, not {count}",
        fix="ask for fewer, or write a larger sample",
    )


@dataclass(frozen=True, slots=True)
class _Known:
    """What the catalogue has: keys of titles and of names, its brands; and brands that it may lack."""

    titles: set[str]
    names: set[str]
    brands: list[str]
    others: list[str]


def _change(rng: Random, product: Product, known: _Known) -> tuple[str, Change] | None:
    if product.model:
        return _change_model_product(rng, product, known)
    if rng.random() < 0.15 and product.kind == "novel":
        title = make_book_title(rng, product.language)
        return (title, "all") if title_key(title) not in known.names else None
    name = _change_word(rng, product.name, product.language)
    if name is None or title_key(name) in known.names:
        return None
    return product.title.replace(product.name, name), "word"


def _change_model_product(rng: Random, product: Product, known: _Known) -> tuple[str, Change] | None:
    draw = rng.random()
    title, brand, model = product.title, product.brand, product.model
    if draw < 0.4:
        other = _change_number(rng, model)
        return _if_new(known, f"{brand} {other}", title.replace(model, other), "model")
    if draw < 0.65:
        other = rng.choice(known.brands if rng.random() < 0.5 else known.others)
        if difflib.SequenceMatcher(None, brand, other).ratio() > 0.6:  # a typing error, not another brand
            return None
        return _if_new(known, f"{other} {model}", title.replace(brand, other), "brand")
    if draw < 0.8:
        return _change_size(rng, product)
    if draw < 0.9:
        return _change_noun(rng, product)
    other, number = rng.choice(known.others), make_model(rng)
    return _if_new(known, f"{other} {number}", title.replace(model, number).replace(brand, other), "all")


def _if_new(known: _Known, name: str, title: str, change: Change) -> tuple[str, Change] | None:
    return None if title_key(name) in known.names else (title, change)


def _change_number(rng: Random, model: str) -> str:
    """Change one digit, or the word before the number."""
    word, _, number = model.partition(" ")
    if word in SERIES and rng.random() < 0.4:
        return f"{rng.choice([other for other in SERIES if other != word])} {number}"
    places = [match.start() for match in re.finditer(r"\d", model)]
    place = rng.choice(places)
    low = "1" if place == places[0] else "0"
    digit = rng.choice([d for d in "0123456789" if d != model[place] and d >= low])
    return model[:place] + digit + model[place + 1 :]


def _change_size(rng: Random, product: Product) -> tuple[str, Change] | None:
    kind = _KINDS[product.kind]
    sizes = [fact.short for fact in product.in_title if fact.name == kind.size]
    if not sizes or kind.size is None:
        return None
    other = kind.facts[kind.size](rng, product.language).short
    return product.title.replace(sizes[0], other), "size"


def _change_noun(rng: Random, product: Product) -> tuple[str, Change] | None:
    title = product.title
    pt = product.language == "pt"
    nouns = [(noun.pt if pt else noun.en).title() for noun in _KINDS[product.kind].nouns]
    others = [
        (n.pt if pt else n.en).title() for k in KINDS if k.naming == "model" and k.name != product.kind for n in k.nouns
    ]
    for noun in sorted(nouns, key=len, reverse=True):
        if noun in title:
            return title.replace(noun, rng.choice(others)), "noun"
    return None


def _change_word(rng: Random, name: str, language: Language) -> str | None:
    """Put another word of the same sort in the place of one of a name's; None where the one picked has no like."""
    words = re.findall(r"[^\W\d_]{3,}", name)
    word = rng.choice(words)
    other = rng.choice(_words_like(rng, word, language))
    if other in words or difflib.SequenceMatcher(None, word, other).ratio() > 0.6:
        return None
    return re.sub(rf"\b{re.escape(word)}\b", other, name, count=1)


def _words_like(rng: Random, word: str, language: Language) -> Sequence[str]:
    things: list[Sequence[str]] = [ADJECTIVES[language], MADE_THINGS[language], COOKING[language]]
    if language == "pt":  # the article before it must go on agreeing
        for article in "oa":
            things.append([t[2:] for t in THINGS["pt"] if t.startswith(f"{article} ")])
        things += [[t[3:] for t in TRADES["pt"] if t.startswith(start)] for start in ("do ", "da ")]
    else:
        things += [THINGS["en"], TRADES["en"]]
    for pool in things:
        if word in pool:
            return pool
    if word[0].isupper() and word not in ("The", "Table", "Kitchen", "Book", "Trilogy", "Mystery", "Every", "Day"):
        return (
            [make_place(rng)]
            if language == "en" or word not in ("Cozinha", "Livro", "Mesa", "Todo", "Dia", "Uma")
            else [word]
        )
    return [word]
