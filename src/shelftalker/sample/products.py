"""Plan a catalogue and make its products: single ones, near twins, and titles that several bear."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import cycle
from random import Random
from typing import Literal

from shelftalker.records import Language
from shelftalker.sample.describe import Subject, Text, choose_title, describe, write_title
from shelftalker.sample.material import Fact, Kind, kinds, load
from shelftalker.sample.values import draw_fact, make_model, make_name, make_person, make_place

__all__ = ["Product", "make_brands", "make_products", "sample_uids", "title_key"]

_PORTUGUESE_SHARE = 0.25
_AMBIGUOUS_SHARE = 0.10
_TWIN_SHARE = 0.20
_NO_SHARED = frozenset({"weight", "price", "pages", "year", "dimensions", "height"})  # what a twin has of its own

_Relation = Literal["same_title", "twins", "single"]


@dataclass(frozen=True, slots=True)
class Product:
    """A made-up product, clean, before noise.

    Attributes:
        paragraphs: the description as a reader should see it once markup and boilerplate are gone.
        name: what the description calls it: brand and model, or a book's title.
        stated: facts that stand in the content.
        in_title: facts that stand in the title.
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


def title_key(text: str) -> str:
    """Return a title's letters and digits alone, without accents or case: stricter than any "same title" rule."""
    return re.sub(r"[^a-z0-9]", "", unicodedata.normalize("NFKD", text.casefold()))


def make_brands(rng: Random, count: int) -> list[tuple[str, str, str]]:
    """Return at most `count` brands, each with its town and founder; the parts give some 2,300 names.

    None is a real maker's that we know of.
    """
    words = load("names")
    names = {start + end for start in words["brand_starts"] for end in words["brand_ends"]}
    names -= {name.title() for name in words["real_brands"]}
    chosen = rng.sample(sorted(names), min(count, len(names)))
    return [(name, make_place(rng), make_person(rng, "en")) for name in chosen]


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
    maker = _Maker(rng, make_brands(rng, max(40, products // 4)))
    made = [product for group in list(_plan(rng, products)) for product in maker.make(*group)]
    rng.shuffle(made)
    return made


def _plan(rng: Random, products: int) -> Iterator[tuple[_Relation, int, Kind, Language]]:
    """Split `products` into groups; kinds take turns, so that all are there in a small catalogue too."""
    order = list(kinds().values())
    rng.shuffle(order)
    turns = cycle(order)
    left = products
    shares: tuple[tuple[_Relation, float], ...] = (("same_title", _AMBIGUOUS_SHARE), ("twins", _TWIN_SHARE))
    for relation, share in shares:
        quota = min(left, round(products * share))
        while quota and (members := min(quota, rng.choice((2, 2, 2, 3)))) > 1:
            yield relation, members, next(turns), _language(rng)
            quota, left = quota - members, left - members
    for _ in range(left):
        yield "single", 1, next(turns), _language(rng)


def _language(rng: Random) -> Language:
    return "pt" if rng.random() < _PORTUGUESE_SHARE else "en"


class _Maker:
    """Makes groups of products, holding what is already taken so that nothing repeats."""

    def __init__(self, rng: Random, brands: list[tuple[str, str, str]]) -> None:
        self._rng, self._brands = rng, brands
        self._titles: set[str] = set()
        self._names: set[str] = set()
        self._uids = sample_uids(rng)

    def make(self, relation: _Relation, members: int, kind: Kind, language: Language) -> list[Product]:
        """Make products together: one alone, near twins, or bearers of one title."""
        while True:  # a title that is taken is drawn again; the pools are far larger than any catalogue
            subjects = self._draw(relation, members, kind, language)
            pattern = choose_title(self._rng, kind, language, relation)
            titles = [write_title(pattern, subject) for subject in subjects]
            names = {title_key(subject.name) for subject in subjects}
            keys = {title_key(title.content) for title in titles}
            expected = 1 if relation == "same_title" else members
            if len(keys) == expected and not keys & self._titles and not names & self._names:
                break
        self._titles |= keys
        self._names |= names
        return self._tell(relation, subjects, titles)

    def _draw(self, relation: _Relation, members: int, kind: Kind, language: Language) -> list[Subject]:
        rng = self._rng
        brand, noun = rng.choice(self._brands), rng.choice(kind.nouns)
        model = make_model(rng) if kind.naming == "model" else ""
        name = f"{brand[0]} {model}" if model else make_name(rng, kind.naming, language)
        first = Subject(kind, noun, language, *brand, name, model, self._facts(kind, language))
        subjects = [first]
        for step in range(1, members):
            facts = self._facts(kind, language)
            if relation == "twins":
                own = _NO_SHARED | {kind.size}
                facts = {fact: value if fact in own else first.facts[fact] for fact, value in facts.items()}
                if not kind.size:
                    name, model = _sister(first, step)
            subjects.append(replace(first, name=name, model=model, facts=facts))
        return subjects

    def _facts(self, kind: Kind, language: Language) -> dict[str, Fact]:
        return {name: draw_fact(self._rng, language, name, given) for name, given in kind.facts.items()}

    def _tell(self, relation: _Relation, subjects: list[Subject], titles: list[Text]) -> list[Product]:
        uids = [next(self._uids) for _ in subjects]
        texts: dict[str, Text] = {}
        while len(texts) < len(subjects):  # no two of them in the same words
            text = describe(self._rng, subjects[len(texts)])
            texts.setdefault(text.content.casefold(), text)
        made = []
        for uid, subject, title, text in zip(uids, subjects, titles, texts.values(), strict=True):
            others = tuple(other for other in uids if other != uid)
            known = {fact.name for fact in (*text.stated, *title.stated)}
            made.append(
                Product(
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
            )
        return made


def _sister(first: Subject, step: int) -> tuple[str, str]:
    """Return name and model of a sister product: the model number raised by five a step, or a game's sequel."""
    match = re.search(r"\d+$", first.model)
    if match is None:
        return f"{first.name} {step + 1}", first.model
    model = first.model[: match.start()] + str(int(match[0]) + 5 * step)
    return first.name.removesuffix(first.model) + model, model
