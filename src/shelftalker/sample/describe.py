"""Write a product's title and its description: what is told, in which order, at what length."""

from __future__ import annotations

import re
import string
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from random import Random
from typing import Any

from shelftalker.records import Language
from shelftalker.sample.material import Fact, Kind, Noun, fact_names, load

__all__ = ["Subject", "choose_title", "describe", "facts_of", "patterns_of", "sized_title", "slots_of", "write_title"]

# Shape of a description to how often it comes, and the fewest and the most facts that it states.
_SHAPES = {
    "line": (10, 0, 2),
    "short": (22, 1, 3),
    "prose": (33, 2, 6),
    "list": (10, 3, 8),
    "bullets": (8, 3, 8),
    "long": (14, 3, 8),
    "huge": (3, 4, 9),
}
_CHARS = {"long": (1500, 3400), "huge": (4100, 7500)}


@dataclass(frozen=True, slots=True)
class Subject:
    """What a description is about: a product with all its facts, told or not."""

    kind: Kind
    noun: Noun
    language: Language
    brand: str
    town: str
    founder: str
    name: str
    model: str
    facts: Mapping[str, Fact]


def choose_title(rng: Random, kind: Kind, language: Language, *, bare: bool) -> str:
    """Return a title's pattern; a bare one tells no fact, so that several products can bear it."""
    forms = load("titles")
    plain = str(rng.choice(forms["bare"][kind.naming][language]))
    if bare:
        return plain
    draw = rng.random()
    if not kind.branded:
        return sized_title(rng, kind, language) if draw < 0.1 else plain
    if kind.naming == "game" or draw < 0.45:
        return plain
    if draw < 0.55:
        pattern = str(rng.choice(forms["featured"][language]))
        return pattern.replace("{feature}", rng.choice(kind.wording[language]["features"]))
    if draw < 0.7 and "colour" in kind.facts:
        return str(rng.choice(forms["coloured"][language]))
    if draw < 0.8 and "colour" in kind.facts and kind.size:
        return str(rng.choice(forms["both"][language]))
    return sized_title(rng, kind, language) if kind.size else plain


def sized_title(rng: Random, kind: Kind, language: Language) -> str:
    """Return a pattern that tells the size (of books: the edition), which sets near twins apart."""
    return str(rng.choice(load("titles")["editions" if kind.size == "edition" else "sized"][language]))


def write_title(pattern: str, subject: Subject) -> tuple[str, tuple[Fact, ...]]:
    """Return the title of a subject, and the facts that it tells."""
    names = {"size": subject.kind.size, "colour": "colour"}
    facts = {slot: subject.facts[name] for slot, name in names.items() if name and slot in slots_of(pattern)}
    short = {
        slot: _title_case(fact.short) if fact.name in ("colour", "edition") else fact.short
        for slot, fact in facts.items()
    }
    noun = _title_case(subject.noun.long(subject.language))
    title = pattern.format(name=subject.name, brand=subject.brand, model=subject.model, Long=noun, **short)
    return title, tuple(facts.values())


def _title_case(text: str) -> str:
    small = load("titles")["small_words"]
    return " ".join(word if word in small else word[:1].upper() + word[1:] for word in text.split(" "))


@cache
def slots_of(pattern: str) -> frozenset[str]:
    """Return the names of a pattern's slots."""
    return frozenset(name for _, name, _, _ in string.Formatter().parse(pattern) if name)


@cache
def facts_of(pattern: str) -> frozenset[str]:
    """Return the facts a pattern states. `{em_origin}` is Portuguese for "in" and the country."""
    slots = slots_of(pattern)
    return frozenset(slots & fact_names().keys()) | ({"origin"} if "em_origin" in slots else frozenset())


@dataclass(frozen=True, slots=True)
class Patterns:
    """The sentence patterns of one kind in one language, its own and the shared ones."""

    openers: list[str]
    statements: list[str]
    stating: Mapping[str, list[str]]
    colouring: list[str]
    features: list[str]
    shop: list[str]
    around: list[str]
    closers: list[str]
    headings: list[str]
    labels: Mapping[str, str]
    pools: Mapping[str, list[str]]


@cache
def patterns_of(kind: Kind, language: Language) -> Patterns:
    """Return every pattern that a kind's descriptions use in a language."""
    shared, own = load(f"sentences.{language}"), kind.wording[language]
    statements = own["statements"] + [s for s in shared["statements"] if facts_of(s) <= kind.facts.keys()]
    return Patterns(
        openers=own["openers"],
        statements=statements,
        stating={fact: [s for s in statements if fact in facts_of(s)] for fact in kind.facts},
        colouring=own["colouring"],
        features=own["features"],
        shop=(shared["shop"] if kind.branded else []) + (shared["apparatus"] if kind.apparatus else []),
        around=shared["voices"] + (shared["maker"] if kind.branded else []),
        closers=shared["closers"] if kind.branded else [],
        headings=shared["headings"],
        labels=shared["labels"],
        pools={**shared["pools"], **own["pools"]},
    )


def describe(rng: Random, subject: Subject) -> tuple[tuple[str, ...], tuple[Fact, ...]]:
    """Return a description's paragraphs, and the facts that it states, each once."""
    shape = rng.choices(list(_SHAPES), [weight for weight, _, _ in _SHAPES.values()])[0]
    return _Writer(rng, subject).write(shape)


class _Slots(dict[str, str]):
    """The slots of one description; those that the product does not fill are drawn from the pools.

    Nothing of a pool comes twice before all of it has come once.
    """

    def __init__(self, fixed: Mapping[str, str], pools: Mapping[str, list[str]], rng: Random) -> None:
        super().__init__(fixed)
        self._pools, self._rng = pools, rng
        self._left: dict[str, list[str]] = {}

    def __missing__(self, key: str) -> str:
        if not self._left.get(key):
            self._left[key] = self._rng.sample(self._pools[key], len(self._pools[key]))
        return self._left[key].pop()


class _Writer:
    """Writes one description; holds which facts are still to tell and which were told."""

    def __init__(self, rng: Random, subject: Subject) -> None:
        self._rng, self._subject = rng, subject
        self._patterns = patterns_of(subject.kind, subject.language)
        self._fixed = _fixed_slots(subject)
        self._slots = _Slots(self._fixed, self._patterns.pools, rng)
        self._left: list[str] = []
        self._stated: list[str] = []
        self._after_voice = True  # nothing was named yet that "it" could mean

    def write(self, shape: str) -> tuple[tuple[str, ...], tuple[Fact, ...]]:
        names, rng = list(self._subject.facts), self._rng
        _, low, high = _SHAPES[shape]
        self._left = rng.sample(names, min(len(names), rng.randint(low, high)))
        if shape == "line":
            paragraphs = self._line()
        elif shape in ("list", "bullets"):
            paragraphs = self._listed(bullets=shape == "bullets")
        elif shape in _CHARS:
            paragraphs = self._long(rng.randint(*_CHARS[shape]))
        else:
            paragraphs = self._prose(rng.randint(0, 2) if shape == "short" else rng.randint(2, 6))
        draw = rng.random()
        if draw < 0.45:
            paragraphs = [_requote(paragraph, curly=draw < 0.3) for paragraph in paragraphs]
        return tuple(paragraphs), tuple(self._subject.facts[name] for name in self._stated)

    def _say(self, pattern: str) -> str:
        """Fill a pattern's slots and mark its facts as told."""
        for name in sorted(facts_of(pattern)):
            self._left.remove(name)
            self._stated.append(name)
        # "It" after a reviewer's words would mean the reviewer; and too much of it tires.
        named = self._after_voice or self._rng.random() < 0.4
        noun, pronoun = load(f"sentences.{self._subject.language}")["naming"]
        self._slots[pronoun] = self._fixed[noun if named else pronoun]
        sentence = pattern.format_map(self._slots)
        self._after_voice = pattern in self._patterns.around
        return sentence[:1].upper() + sentence[1:]

    def _pick(self, patterns: list[str]) -> str:
        """Say one of the patterns that state only what is still to tell."""
        left = set(self._left)
        return self._say(self._rng.choice([pattern for pattern in patterns if facts_of(pattern) <= left]))

    def _open(self) -> str:
        return self._pick(self._patterns.openers)

    def _state(self) -> str:
        """Tell the next fact, alone or with another that is still to tell."""
        return self._pick(self._patterns.stating[self._left[0]])

    def _labels(self) -> list[str]:
        """Tell the facts that are left as labels and values."""
        names, self._left = self._left, []
        self._stated += names
        return [f"{self._patterns.labels[name]}: {self._subject.facts[name].value}" for name in names]

    def _line(self) -> list[str]:
        if self._left and self._rng.random() < 0.5:
            return [f"{self._subject.name}, {self._fixed['long']}. {'. '.join(self._labels())}."]
        line = [self._open()]
        while self._left:
            line.append(self._state())
        return [" ".join(line)]

    def _prose(self, colouring: int) -> list[str]:
        rng, patterns = self._rng, self._patterns
        sentences = [self._open()] if rng.random() < 0.85 else []
        # Mostly of the kind's own: what the shop says of everything tells products apart least.
        shop = rng.randint(0, colouring // 2) if patterns.shop else 0
        todo = (
            [""] * len(self._left) + rng.sample(patterns.colouring, colouring - shop) + rng.sample(patterns.shop, shop)
        )
        rng.shuffle(todo)
        for pattern in todo:
            if pattern:
                sentences.append(self._say(pattern))
            elif self._left:
                sentences.append(self._state())
        if rng.random() < 0.25:
            sentences.append(self._pick(patterns.around))
        if patterns.closers and rng.random() < 0.3:
            sentences.append(self._pick(patterns.closers))
        if not sentences:
            sentences.append(self._open())
        if rng.random() < 0.12:
            sentences.insert(0, rng.choice(patterns.headings))
        return [" ".join(sentences)]

    def _listed(self, *, bullets: bool) -> list[str]:
        rng, features = self._rng, self._patterns.features
        opening = [self._open()] if rng.random() < 0.75 else []
        extra = rng.sample(features, rng.randint(0, min(4, len(features))))
        entries = [*self._labels(), *(feature[:1].upper() + feature[1:] for feature in extra)]
        rng.shuffle(entries)
        if bullets:
            mark = rng.choice(("• ", "- ", "* ", "+ "))
            return [*opening, *(mark + entry for entry in entries)]
        separator = rng.choice((". ", "; ", " | ", ". "))
        return [*opening, separator.join(entries) + ("" if separator == " | " else ".")]

    def _long(self, target: int) -> list[str]:
        """Several paragraphs: about the product first, then the maker and what buyers say."""
        paragraphs, current = [self._open()], list[str]()
        size = len(paragraphs[0])

        def sentences() -> Iterator[str]:
            about = [*self._patterns.colouring, *self._rng.sample(self._patterns.shop, len(self._patterns.shop) // 2)]
            self._rng.shuffle(about)
            while self._left or (about and size < target):
                fact = self._left and (not about or size >= target or self._rng.random() < 0.4)
                yield self._state() if fact else self._say(about.pop())
            around, used = list(self._patterns.around) * 10, {paragraphs[0]}
            self._rng.shuffle(around)
            while size < target and around:
                sentence = self._say(around.pop())
                if sentence not in used:
                    used.add(sentence)
                    yield sentence

        for sentence in sentences():
            current.append(sentence)
            size += len(sentence) + 1
            if len(current) >= self._rng.randint(3, 6):
                paragraphs.append(" ".join(current))
                current = []
        return [*paragraphs, " ".join(current)] if current else paragraphs


def _requote(text: str, *, curly: bool) -> str:
    """Return the text with typographic or double quotes. No fact's value holds a quote."""
    if curly:
        return re.sub(r"(^|[\s(])'", "\\1\u2018", text).replace("'", "\u2019")
    return re.sub(r"(?<=[.!?])'|'(?=\.|$)|(?<=\s)'", '"', text)


def _fixed_slots(subject: Subject) -> dict[str, str]:
    facts = subject.facts
    fixed = {name: fact.value for name, fact in facts.items()}
    fixed |= {name: getattr(subject, name) for name in ("name", "model", "brand", "town", "founder")}
    if "box_contents" in facts:
        fixed["vem"] = "vem" if len(facts["box_contents"].items) == 1 else "vêm"
    if "origin" in facts:
        fixed["em_origin"] = f"{facts['origin'].preposition} {facts['origin'].value}"
    return fixed | _noun_slots(subject.noun, subject.language)


@cache
def _noun_slots(noun: Noun, language: Language) -> dict[str, str]:
    """Return what a pattern may call the product, and the words that agree with it."""
    other = noun.feminine if language == "pt" else noun.plural
    words = {"long": noun.long(language), "noun": noun.pt_short if language == "pt" else noun.en_short}
    words["article"] = "an" if words["long"][0] in "aeiou" else "a"
    forms: dict[str, Any] = load(f"sentences.{language}")["slots"]
    slots = {key: form[other].format_map(words) for key, form in forms.items()}
    capitals = {key[:1].upper() + key[1:]: text[:1].upper() + text[1:] for key, text in slots.items()}
    return {**words, **slots, **capitals}
