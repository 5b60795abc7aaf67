"""Plan a catalogue and make its products: single ones, near twins, and titles that several bear."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import cycle
from random import Random

from shelftalker.catalog.sample.compose import Subject, compose
from shelftalker.catalog.sample.facts import Fact
from shelftalker.catalog.sample.kind import Kind, Noun
from shelftalker.catalog.sample.kinds import KINDS
from shelftalker.catalog.sample.naming import (
    Brand,
    make_book_title,
    make_brands,
    make_cookbook_title,
    make_game_title,
    make_model,
)
from shelftalker.catalog.sample.titles import TitleForm, choose_form, sized_form, write_title
from shelftalker.records import Language

__all__ = ["Product", "make_products", "sample_uids", "title_key"]

_PORTUGUESE_SHARE = 0.25
_AMBIGUOUS_SHARE = 0.10
_TWIN_SHARE = 0.20
_NO_SHARED = frozenset({"weight", "price", "pages", "year", "dimensions", "height"})  # what a twin has of its own


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


@dataclass(frozen=True, slots=True)
class _Group:
    """Products made together: one alone, near twins, or bearers of one title."""

    relation: str
    members: int
    kind: Kind
    language: Language


def title_key(text: str) -> str:
    """Return a title's letters and digits alone, without accents or case: stricter than any "same title" rule."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return re.sub(r"[^a-z0-9]", "", plain)


def make_products(*, products: int, seed: int) -> list[Product]:
    """Return `products` made-up products in the order of the file; the same seed gives the same ones."""
    rng = Random(f"shelftalker sample {seed}")
    maker = _Maker(rng, make_brands(rng, max(40, products // 4)))
    groups = [maker.make(group) for group in _plan(rng, products)]
    made = [product for group in groups for product in group]
    rng.shuffle(made)
    return made


def _plan(rng: Random, products: int) -> list[_Group]:
    """Split `products` into groups; kinds take turns, so that all are there in a small catalogue too."""
    kinds = list(KINDS)
    rng.shuffle(kinds)
    turns = cycle(kinds)
    groups: list[_Group] = []
    for relation, share in (("same_title", _AMBIGUOUS_SHARE), ("twins", _TWIN_SHARE), ("single", 1.0)):
        left = products - sum(group.members for group in groups)
        quota = left if relation == "single" else min(left, round(products * share))
        while quota > 0:
            members = 1 if relation == "single" else rng.choice((2, 2, 2, 3))
            if members > quota:
                members = quota
            if members == 1 and relation != "single":
                break
            language: Language = "pt" if rng.random() < _PORTUGUESE_SHARE else "en"
            groups.append(_Group(relation, members, next(turns), language))
            quota -= members
    return groups


class _Maker:
    """Makes groups of products, holding what is already taken so that nothing repeats."""

    def __init__(self, rng: Random, brands: list[Brand]) -> None:
        self._rng = rng
        self._brands = brands
        self._titles: set[str] = set()
        self._names: set[str] = set()
        self._uids = sample_uids(rng)

    def make(self, group: _Group) -> list[Product]:
        rng, kind, language = self._rng, group.kind, group.language
        while True:  # a title that is taken is drawn again; the pools are far larger than any catalogue
            brand = rng.choice(self._brands)
            noun = rng.choice(kind.nouns)
            subjects = self._draw_subjects(group, brand, noun)
            form = self._choose_form(group)
            titles = [write_title(form, subject, language) for subject in subjects]
            names = {title_key(subject.name) for subject in subjects}
            keys = {title_key(title) for title in titles}
            expected = 1 if group.relation == "same_title" else group.members
            if len(keys) == expected and not keys & self._titles and not names & self._names:
                break
        self._titles |= keys
        self._names |= names
        return self._tell(group, form, subjects, titles)

    def _choose_form(self, group: _Group) -> TitleForm:
        if group.relation == "twins" and group.kind.size:
            return sized_form(self._rng, group.kind, group.language)
        bare = group.relation != "single"
        return choose_form(self._rng, group.kind, group.language, bare=bare)

    def _draw_subjects(self, group: _Group, brand: Brand, noun: Noun) -> list[Subject]:
        rng, kind, language = self._rng, group.kind, group.language
        name, model = self._draw_name(kind, language, brand)
        first = {fact: draw(rng, language) for fact, draw in kind.facts.items()}
        subjects = [Subject(kind, noun, language, brand, name, model, first)]
        for number in range(1, group.members):
            facts = {fact: draw(rng, language) for fact, draw in kind.facts.items()}
            if group.relation == "twins":
                own = _NO_SHARED | {kind.size}
                facts = {fact: value if fact in own else first[fact] for fact, value in facts.items()}
                if not kind.size:
                    sister = _sister(name, model, number)
                    subjects.append(Subject(kind, noun, language, brand, *sister, facts))
                    continue
            subjects.append(Subject(kind, noun, language, brand, name, model, facts))
        return subjects

    def _draw_name(self, kind: Kind, language: Language, brand: Brand) -> tuple[str, str]:
        if kind.naming == "novel":
            return make_book_title(self._rng, language), ""
        if kind.naming == "cookbook":
            return make_cookbook_title(self._rng, language), ""
        if kind.naming == "game":
            return make_game_title(self._rng, language), ""
        model = make_model(self._rng)
        return f"{brand.name} {model}", model

    def _tell(self, group: _Group, form: TitleForm, subjects: list[Subject], titles: list[str]) -> list[Product]:
        uids = [next(self._uids) for _ in subjects]
        contents: set[str] = set()
        told = []
        for subject in subjects:
            text = compose(self._rng, subject)
            while text.content.casefold() in contents:
                text = compose(self._rng, subject)
            contents.add(text.content.casefold())
            told.append(text)
        made = []
        for uid, subject, title, text in zip(uids, subjects, titles, told, strict=True):
            others = tuple(other for other in uids if other != uid)
            known = {fact.name for fact in text.stated} | set(form.facts)
            made.append(
                Product(
                    uid=uid,
                    title=title,
                    paragraphs=text.paragraphs,
                    kind=group.kind.name,
                    language=group.language,
                    name=subject.name,
                    brand=subject.brand.name if subject.has_brand else "",
                    model=subject.model,
                    stated=text.stated,
                    in_title=tuple(subject.facts[fact] for fact in form.facts),
                    not_stated=tuple(fact for fact in group.kind.facts if fact not in known),
                    twins=others if group.relation == "twins" else (),
                    same_title=others if group.relation == "same_title" else (),
                )
            )
        return made


def _sister(name: str, model: str, step: int) -> tuple[str, str]:
    """Return name and model of a sister product: the model number raised by five a step, or a game's sequel."""
    match = re.search(r"\d+$", model)
    if match is None:
        return f"{name} {step + 1}", model
    other = model[: match.start()] + str(int(match[0]) + 5 * step)
    return name.removesuffix(model) + other, other


def sample_uids(rng: Random, *, dropped: bool = False) -> Iterator[str]:
    """Yield identifiers in the form of the real file's, ten letters and digits, none twice.

    Those of rows that are dropped start otherwise than those of products, so that they never meet.
    """
    alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    size = 36**8
    number, step = rng.randrange(size), 1_500_450_271  # odd and no multiple of three: every number comes once
    while True:
        number = (number + step) % size
        digits, rest = "", number
        for _ in range(8):
            rest, digit = divmod(rest, 36)
            digits = alphabet[digit] + digits
        yield f"S{'X' if dropped else '0'}{digits}"
