"""Make the products of a catalogue (single ones, near twins, titles that several bear), and titles that it lacks."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import cycle
from random import Random
from typing import Literal

from shelftalker.errors import CatalogueError
from shelftalker.records import Language
from shelftalker.sample.describe import Subject, Text, choose_title, describe, write_title
from shelftalker.sample.material import Fact, Kind, kinds, load
from shelftalker.sample.values import draw_fact, make_model, make_name, make_person, make_place

__all__ = ["Absent", "Product", "absent_titles", "make_products", "sample_uids", "title_key"]

_OWN = frozenset({"weight", "price", "pages", "year", "dimensions", "height"})
"""What a near twin has of its own, beside the size."""
_MOST_MISSES = 2000
"""Draws in a row that give no new absent title before the products count as used up."""

Change = Literal["model", "brand", "size", "word", "noun", "all"]


@dataclass(frozen=True, slots=True)
class Product:
    """A made-up product, clean, before noise.

    Attributes:
        paragraphs: the description as a reader should see it once markup and boilerplate are gone.
        name: what the description calls it: brand and model, or a book's title.
        stated, in_title: facts that stand in the content, in the title.
        not_stated: facts that the kind has and neither title nor content tells.
        twins: uids of the near twins: one model or size apart.
        same_title: uids of the other products that bear the very same title.
    """

    uid: str
    title: str
    paragraphs: tuple[str, ...]
    kind: str
    language: Language
    name: str
    brand: str
    model: str
    stated: tuple[Fact, ...]
    in_title: tuple[Fact, ...]
    not_stated: tuple[str, ...]
    twins: tuple[str, ...]
    same_title: tuple[str, ...]

    @property
    def content(self) -> str:
        """The description in one line, as it is after cleaning."""
        return " ".join(self.paragraphs)


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


def title_key(text: str) -> str:
    """Return a title's letters and digits alone, without accents or case: stricter than any "same title" rule."""
    return re.sub(r"[^a-z0-9]", "", unicodedata.normalize("NFKD", text.casefold()))


def sample_uids(rng: Random, *, dropped: bool = False) -> Iterator[str]:
    """Yield identifiers in the form of the real file's, ten letters and digits, none twice.

    Those of rows that are dropped start otherwise than those of products, so that they never meet.
    """
    alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    size = 36**8
    number, step = rng.randrange(size), 1_500_450_271  # odd and no multiple of three: every number comes once
    while True:
        number = (number + step) % size
        yield ("SX" if dropped else "S0") + "".join(alphabet[number // 36**place % 36] for place in range(7, -1, -1))


def make_products(*, products: int, seed: int) -> list[Product]:
    """Return `products` made-up products in the order of the file; the same seed gives the same ones."""
    rng = Random(f"shelftalker sample {seed}")
    brands = _make_brands(rng, max(40, products // 4))
    taken: set[str] = set()
    uids = sample_uids(rng)
    made: list[Product] = []
    for relation, members, kind, language in list(_plan(rng, products)):
        while True:  # what is taken is drawn again; the pools are far larger than any catalogue
            subjects = _draw_subjects(rng, brands, relation, members, kind, language)
            pattern = choose_title(rng, kind, language, relation)
            titles = [write_title(pattern, subject) for subject in subjects]
            keys = {f"title {title_key(title.content)}" for title in titles}
            new = keys | {f"name {title_key(subject.name)}" for subject in subjects}
            if len(keys) == (1 if relation == "same_title" else members) and not new & taken:
                break
        taken |= new
        made += _tell(rng, relation, subjects, titles, [next(uids) for _ in subjects])
    rng.shuffle(made)
    return made


def _make_brands(rng: Random, count: int) -> list[tuple[str, str, str]]:
    """Return at most `count` of some 2,300 invented brands, each with its town and founder."""
    words = load("names")
    names = {start + end for start in words["brand_starts"] for end in words["brand_ends"]}
    names -= {name.title() for name in words["real_brands"]}
    chosen = rng.sample(sorted(names), min(count, len(names)))
    return [(name, make_place(rng), make_person(rng, "en")) for name in chosen]


def _plan(rng: Random, products: int) -> Iterator[tuple[str, int, Kind, Language]]:
    """Split `products` into groups; kinds take turns, so that all are there in a small catalogue too."""
    order, shares, left = list(kinds().values()), load("shares"), products
    rng.shuffle(order)
    turns = cycle(order)

    def language() -> Language:
        return "pt" if rng.random() < shares["portuguese"] else "en"

    for relation in ("same_title", "twins"):
        quota = min(left, round(products * shares[relation]))
        while quota and (members := min(quota, rng.choice(shares["members"]))) > 1:
            yield relation, members, next(turns), language()
            quota, left = quota - members, left - members
    for _ in range(left):
        yield "single", 1, next(turns), language()


def _draw_subjects(
    rng: Random, brands: Sequence[tuple[str, str, str]], relation: str, members: int, kind: Kind, language: Language
) -> list[Subject]:
    """Draw products that belong together: one alone, near twins, or bearers of one title."""

    def facts() -> dict[str, Fact]:
        return {name: draw_fact(rng, language, name, given) for name, given in kind.facts.items()}

    brand, noun = rng.choice(brands), rng.choice(kind.nouns)
    model = make_model(rng) if kind.naming == "model" else ""
    name = f"{brand[0]} {model}" if model else make_name(rng, kind.naming, language)
    first = Subject(kind, noun, language, *brand, name, model, facts())
    subjects = [first]
    for step in range(1, members):
        other = replace(first, facts=facts())
        if relation == "twins":
            own = {fact: value for fact, value in other.facts.items() if fact in _OWN or fact == kind.size}
            other = replace(other if kind.size else _sister(first, step), facts={**first.facts, **own})
        subjects.append(other)
    return subjects


def _sister(first: Subject, step: int) -> Subject:
    """Return a sister product: the model number raised by five a step, or a game's sequel."""
    match = re.search(r"\d+$", first.model)
    if match is None:
        return replace(first, name=f"{first.name} {step + 1}")
    model = first.model[: match.start()] + str(int(match[0]) + 5 * step)
    return replace(first, name=first.name.removesuffix(first.model) + model, model=model)


def _tell(
    rng: Random, relation: str, subjects: list[Subject], titles: list[Text], uids: list[str]
) -> Iterator[Product]:
    texts: dict[str, Text] = {}
    while len(texts) < len(subjects):  # no two of them in the same words
        text = describe(rng, subjects[len(texts)])
        texts.setdefault(text.content.casefold(), text)
    for uid, subject, title, text in zip(uids, subjects, titles, texts.values(), strict=True):
        others = tuple(other for other in uids if other != uid)
        known = {fact.name for fact in (*text.stated, *title.stated)}
        yield Product(
            uid=uid,
            title=title.content,
            paragraphs=text.paragraphs,
            kind=subject.kind.name,
            language=subject.language,
            name=subject.name,
            brand=subject.brand if subject.kind.branded else "",
            model=subject.model,
            stated=text.stated,
            in_title=title.stated,
            not_stated=tuple(fact for fact in subject.kind.facts if fact not in known),
            twins=others if relation == "twins" else (),
            same_title=others if relation == "same_title" else (),
        )


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
    brands = sorted({product.brand for product in products if product.brand})
    others = [name for name, _, _ in _make_brands(rng, 200)]
    found: dict[str, Absent] = {}
    misses = 0
    while len(found) < count and misses < _MOST_MISSES:
        misses += 1
        product = rng.choice(products)
        change, parts = _change(rng, product, brands, others)
        title, name = _put(parts, product.title), _put(parts, product.name)
        key = title_key(title)
        if key not in taken and key not in found and (change in ("size", "noun") or title_key(name) not in names):
            found[key] = Absent(title, product.kind, product.language, product.uid, change)
            misses = 0
    if len(found) == count:
        return list(found.values())
    raise CatalogueError(
        f"{len(products)} products give only {len(found)} absent titles, not {count}",
        fix="ask for fewer, or write a larger sample",
    )


def _put(parts: Mapping[str, str], text: str) -> str:
    for part, other in parts.items():
        text = text.replace(part, other)
    return text


def _change(
    rng: Random, product: Product, brands: Sequence[str], others: Sequence[str]
) -> tuple[Change, dict[str, str]]:
    """Return what makes it another product, and what takes the place of what; nothing does where that cannot be."""
    name, brand, model, language = product.name, product.brand, product.model, product.language
    draw = rng.random()
    if not model and draw < 0.15 and product.kind == "novel":
        title = make_name(rng, "novel", language)
        return "all", {product.title: title, name: title}
    if not model:
        return "word", _change_word(rng, name, language)
    if draw < 0.4:
        return "model", {model: _change_number(rng, model)}
    if draw < 0.65:
        other = rng.choice(brands if rng.random() < 0.5 else others)
        return "brand", {} if _alike(brand, other) else {brand: other}
    if draw < 0.8:
        sizes = [fact for fact in product.in_title if fact.name == kinds()[product.kind].size]
        facts = kinds()[product.kind].facts
        return "size", {size.short: draw_fact(rng, language, size.name, facts[size.name]).short for size in sizes}
    if draw < 0.9:
        return "noun", _change_noun(rng, product)
    other = rng.choice(others)
    return "all", {model: make_model(rng), brand: other}


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
    digits = "123456789" if place == places[0] else "0123456789"
    return model[:place] + rng.choice(digits.replace(model[place], "")) + model[place + 1 :]


def _change_noun(rng: Random, product: Product) -> dict[str, str]:
    models = [(kind.name, noun) for kind in kinds().values() if kind.naming == "model" for noun in kind.nouns]
    nouns = [(kind, noun[product.language][0].title()) for kind, noun in models]
    own = [noun for kind, noun in nouns if kind == product.kind and noun in product.title]
    others = [noun for kind, noun in nouns if kind != product.kind]
    return {max(own, key=len): rng.choice(others)} if own else {}


def _change_word(rng: Random, name: str, language: Language) -> dict[str, str]:
    """Put another word of the same sort in the place of one of a name's, where the one that is picked has its like."""
    words = re.findall(r"[^\W\d_]{3,}", name)
    word = rng.choice(words)
    other = rng.choice(_words_like(rng, word, language))
    if other in words or _alike(word, other):
        return {}
    return {name: re.sub(rf"\b{re.escape(word)}\b", other, name, count=1)}


def _words_like(rng: Random, word: str, language: Language) -> Sequence[str]:
    """Return the words of the same list, so that an article before them goes on agreeing; for a place another place."""

    def split(entry: str) -> tuple[str, str]:
        article, _, bare = entry.partition(" ")
        return (article, bare) if bare else ("", entry)

    for sort in ("adjectives", "made_things", "cooking", "things", "trades"):
        entries = [split(entry) for entry in load("names")[sort][language]]
        for article in [before for before, entry in entries if entry == word]:
            return [entry for before, entry in entries if before == article]
    fixed = " ".join(pattern for form in load("titles")["names"].values() for pattern in form[language])
    return [word] if word[0].islower() or word in re.findall(r"\w+", fixed) else [make_place(rng)]
