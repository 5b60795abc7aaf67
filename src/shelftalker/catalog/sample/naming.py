"""Invent brands, model numbers, places, people and titles that do not repeat within a catalogue."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from shelftalker.catalog.sample.facts import Fact
from shelftalker.catalog.sample.kind import Draw
from shelftalker.catalog.sample.wording.names import (
    ADJECTIVES,
    BRAND_ENDS,
    BRAND_STARTS,
    COOKING,
    FIRST_NAMES,
    MADE_THINGS,
    PLACE_ENDS,
    PLACE_STARTS,
    REAL_BRANDS,
    SERIES,
    SURNAME_ENDS,
    SURNAME_STARTS,
    THINGS,
    TRADES,
)
from shelftalker.records import Language

__all__ = [
    "Brand",
    "author",
    "make_book_title",
    "make_brands",
    "make_cookbook_title",
    "make_game_title",
    "make_model",
    "make_person",
    "make_place",
]


@dataclass(frozen=True, slots=True)
class Brand:
    """An invented maker, with the town and the founder that its descriptions tell of."""

    name: str
    town: str
    founder: str


def make_brands(rng: Random, count: int) -> list[Brand]:
    """Return at most `count` brands; the parts give some 2,300 names, none a real maker's that we know of."""
    names = sorted({start + end for start in BRAND_STARTS for end in BRAND_ENDS} - {n.title() for n in REAL_BRANDS})
    chosen = rng.sample(names, min(count, len(names)))
    return [Brand(name, make_place(rng), make_person(rng, "en")) for name in chosen]


def make_place(rng: Random) -> str:
    """Return an invented place's name."""
    return rng.choice(PLACE_STARTS) + rng.choice(PLACE_ENDS)


def make_person(rng: Random, language: Language) -> str:
    """Return a usual first name with an invented surname."""
    return f"{rng.choice(FIRST_NAMES[language])} {rng.choice(SURNAME_STARTS)}{rng.choice(SURNAME_ENDS)}"


def author() -> Draw:
    """An invented author; the name with the surname first is accepted too."""

    def draw(rng: Random, language: Language) -> Fact:
        value = make_person(rng, language)
        first, _, last = value.partition(" ")
        return Fact("author", value, value, None, (f"{last}, {first}",))

    return draw


def make_model(rng: Random) -> str:
    """Return a model number such as "K210", "HX-450" or "Aurora 90"."""
    letters = "ABCDEFGHJKLMNPRSTUVWXZ"
    digits = str(
        rng.randrange(10, 100) * 10 + rng.choice((0, 0, 0, 5)) if rng.random() < 0.6 else rng.randrange(21, 9900)
    )
    form = rng.random()
    if form < 0.4:
        return rng.choice(letters) + digits
    if form < 0.6:
        return f"{rng.choice(letters)}{rng.choice(letters)}-{digits}"
    if form < 0.75:
        return f"{rng.choice(letters)}{rng.choice(letters)}{digits}"
    return f"{rng.choice(SERIES)} {digits}"


def make_game_title(rng: Random, language: Language) -> str:
    """Return the name of a game or toy."""
    things, place = MADE_THINGS[language], make_place(rng)
    one, two = rng.sample(things, 2)
    if language == "pt":
        return rng.choice((f"{one} de {place}", f"{one} e {two}", f"{one} & {two} de {place}", f"{place}: {one}"))
    return rng.choice((f"{one} of {place}", f"{one} and {two}", f"{one} & {two} of {place}", f"{place} {one}"))


def make_book_title(rng: Random, language: Language) -> str:
    """Return the title of a novel."""
    return _portuguese_title(rng) if language == "pt" else _english_title(rng)


def _english_title(rng: Random) -> str:
    one, two = rng.sample(THINGS["en"], 2)
    adjective, trade, place = rng.choice(ADJECTIVES["en"]), rng.choice(TRADES["en"]), make_place(rng)
    a = "An" if adjective[0] in "AEIOU" else "A"
    return rng.choice(
        (
            f"The {adjective} {one}",
            f"The {one} of {place}",
            f"The {trade}'s {one}",
            f"{a} {adjective} {one} in {place}",
            f"The {one} and the {two}",
            f"{a} {adjective} {trade}",
            f"The {trade} of {place}",
            f"The {adjective} {one}: A {place} Mystery",
            f"The {trade}'s {adjective} {one}",
            f"{place} {one} ({adjective} {two} Trilogy)",
        )
    )


def _portuguese_title(rng: Random) -> str:
    one, two = rng.sample(THINGS["pt"], 2)
    adjective, trade, place = rng.choice(ADJECTIVES["pt"]), rng.choice(TRADES["pt"]), make_place(rng)
    capital = one[:1].upper() + one[1:]
    bare = one.partition(" ")[2]
    return rng.choice(
        (
            f"{capital} {adjective}",
            f"{capital} de {place}",
            f"{capital} {trade}",
            f"{capital} e {two}",
            f"{capital} {adjective} de {place}",
            f"{bare} em {place}",
            f"{capital} {adjective} {trade}",
            f"{capital} {trade} em {place}",
        )
    )


def make_cookbook_title(rng: Random, language: Language) -> str:
    """Return the title of a cookbook."""
    one, two = rng.sample(COOKING[language], 2)
    place = make_place(rng)
    if language == "pt":
        return rng.choice(
            (
                f"{one} e {two} de {place}",
                f"A Cozinha de {place}: {one} e {two}",
                f"{one} para Todo Dia em {place}",
                f"À Mesa em {place}: {one}",
                f"O Livro de {one} de {place}",
            )
        )
    return rng.choice(
        (
            f"{one} and {two} of {place}",
            f"The {place} Kitchen: {one} and {two}",
            f"{one} for Every Day in {place}",
            f"At the Table in {place}: {one} & {two}",
            f"The {place} Book of {one}",
        )
    )
