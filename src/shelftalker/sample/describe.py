"""Write a product's title and its description: what is told, in which order, at what length."""

from __future__ import annotations

import re
import string
from collections.abc import Iterator, KeysView, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from random import Random
from typing import Any

from shelftalker.records import Language
from shelftalker.sample.material import Fact, Kind, fact_names, load

__all__ = ["Subject", "Text", "choose_title", "describe", "facts_of", "patterns_of", "slots_of", "write_title"]


@dataclass(frozen=True, slots=True)
class Subject:
    """What a description is about: a product with all its facts, told or not."""

    kind: Kind
    noun: Mapping[str, Any]
    language: Language
    brand: str
    town: str
    founder: str
    name: str
    model: str
    facts: Mapping[str, Fact]


@dataclass(frozen=True, slots=True)
class Text:
    """A title or description: its paragraphs, and the facts that it states."""

    paragraphs: tuple[str, ...]
    stated: tuple[Fact, ...]

    @property
    def content(self) -> str:
        """The paragraphs as one line."""
        return " ".join(self.paragraphs)


def choose_title(rng: Random, kind: Kind, language: Language, relation: str) -> str:
    """Return a title's pattern. One that several products share tells no fact; those of near twins tell the size."""
    forms = load("titles")
    sorts = forms["sorts"][kind.naming]
    if relation == "twins" and kind.size:
        return str(rng.choice(forms[sorts[-1][1]][language]))
    plain = str(rng.choice(forms["bare"][kind.naming][language]))
    draw = rng.random() if relation == "single" else 1.0
    for below, sort in sorts:
        if draw < below and (sort == "bare" or {*_told(kind, forms[sort][language][0]).values()} <= kind.facts.keys()):
            pattern = plain if sort == "bare" else str(rng.choice(forms[sort][language]))
            feature = rng.choice(kind.wording(language)["features"]) if sort == "featured" else ""
            return pattern.replace("{feature}", feature)
    return plain


def _told(kind: Kind, title: str) -> dict[str, str | None]:
    """Return the facts that a title's pattern tells, by their slots."""
    return {slot: name for slot, name in (("size", kind.size), ("colour", "colour")) if slot in slots_of(title)}


def write_title(pattern: str, subject: Subject) -> Text:
    """Return the title of a subject."""
    told = {slot: subject.facts[name] for slot, name in _told(subject.kind, pattern).items() if name}
    short = {slot: fact.short if fact.unit else _title_case(fact.short) for slot, fact in told.items()}
    noun = _title_case(subject.noun[subject.language][0])
    title = pattern.format(name=subject.name, brand=subject.brand, model=subject.model, Long=noun, **short)
    return Text((title,), tuple(told.values()))


def _title_case(text: str) -> str:
    small = load("titles")["small_words"]
    return " ".join(word if word in small else word[:1].upper() + word[1:] for word in text.split(" "))


@cache
def slots_of(pattern: str) -> KeysView[str]:
    """Return the names of a pattern's slots, in their order."""
    return {name: None for _, name, _, _ in string.Formatter().parse(pattern) if name}.keys()


@cache
def facts_of(pattern: str) -> frozenset[str]:
    """Return the facts a pattern states. `{em_origin}` is Portuguese for "in" and the country."""
    return frozenset(slot.removeprefix("em_") for slot in slots_of(pattern)) & fact_names().keys()


@cache
def patterns_of(kind: Kind, language: Language) -> Mapping[str, Any]:
    """Return every pattern that a kind's descriptions use in a language, its own and the shared ones.

    "stating" holds the statements by the facts that they state; "shop" and "around" tell of the shop, and of the maker
    and what buyers say.
    """
    shared, own = load(f"sentences.{language}"), kind.wording(language)
    statements = own["statements"] + [s for s in shared["statements"] if facts_of(s) <= kind.facts.keys()]
    return {
        **shared,
        **own,
        "statements": statements,
        "stating": {fact: [s for s in statements if fact in facts_of(s)] for fact in kind.facts},
        "shop": (shared["shop"] if kind.branded else []) + (shared["apparatus"] if kind.apparatus else []),
        "around": shared["voices"] + (shared["maker"] if kind.branded else []),
        "closers": shared["closers"] if kind.branded else [],
        "pools": {**shared["pools"], **own["pools"]},
    }


def describe(rng: Random, subject: Subject) -> Text:
    """Return a description of a subject that states some of its facts, each once."""
    return _Writer(rng, subject).write()


class _Writer:
    """Writes one description; holds which facts are still to tell, which were told, and what is left in the pools."""

    def __init__(self, rng: Random, subject: Subject) -> None:
        self._rng, self._subject = rng, subject
        self._patterns = patterns_of(subject.kind, subject.language)
        self._fixed = _fixed_slots(subject)
        self._pools: dict[str, list[str]] = {}
        self._left: list[str] = []
        self._stated: list[str] = []
        self._after_voice = True  # nothing was named yet that "it" could mean

    def write(self) -> Text:
        rng, names = self._rng, list(self._subject.facts)
        shapes = load("shares")["shapes"]
        name = rng.choices(list(shapes), [shape["weight"] for shape in shapes.values()])[0]
        shape = shapes[name]
        self._left = rng.sample(names, min(len(names), rng.randint(*shape["facts"])))
        if "colouring" in shape:
            paragraphs = self._prose(rng.randint(*shape["colouring"]))
        elif "characters" in shape:
            paragraphs = self._long(rng.randint(*shape["characters"]))
        else:
            paragraphs = self._line() if name == "line" else self._listed(bullets=name == "bullets")
        draw = rng.random()
        if draw < 0.45:
            paragraphs = [_requote(paragraph, curly=draw < 0.3) for paragraph in paragraphs]
        return Text(tuple(paragraphs), tuple(self._subject.facts[name] for name in self._stated))

    def _say(self, pattern: str) -> str:
        """Fill a pattern's slots and mark its facts as told."""
        for name in sorted(facts_of(pattern)):
            self._left.remove(name)
            self._stated.append(name)
        # "It" after a reviewer's words would mean the reviewer; and too much of it tires.
        named = self._after_voice or self._rng.random() < 0.4
        noun, pronoun = self._patterns["naming"]
        slots = {**self._fixed, pronoun: self._fixed[noun if named else pronoun]}
        slots |= {slot: self._draw(slot) for slot in slots_of(pattern) if slot not in slots}
        self._after_voice = pattern in self._patterns["around"]
        return _capital(pattern.format_map(slots))

    def _draw(self, pool: str) -> str:
        """Return one of a pool; nothing of it comes twice before all of it has come once."""
        if not self._pools.get(pool):
            words = self._patterns["pools"][pool]
            self._pools[pool] = self._rng.sample(words, len(words))
        return self._pools[pool].pop()

    def _pick(self, patterns: Sequence[str]) -> str:
        """Say one of the patterns that state only what is still to tell."""
        left = set(self._left)
        return self._say(self._rng.choice([pattern for pattern in patterns if facts_of(pattern) <= left]))

    def _open(self) -> str:
        return self._pick(self._patterns["openers"])

    def _state(self) -> str:
        """Tell the next fact, alone or with another that is still to tell."""
        return self._pick(self._patterns["stating"][self._left[0]])

    def _labels(self) -> list[str]:
        """Tell the facts that are left as labels and values."""
        names, self._left = self._left, []
        self._stated += names
        return [f"{self._patterns['labels'][name]}: {self._fixed[name]}" for name in names]

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
        shop = rng.randint(0, colouring // 2) if patterns["shop"] else 0
        chosen = rng.sample(patterns["colouring"], colouring - shop) + rng.sample(patterns["shop"], shop)
        todo = [""] * len(self._left) + chosen
        rng.shuffle(todo)
        for pattern in todo:
            if pattern or self._left:
                sentences.append(self._say(pattern) if pattern else self._state())
        if rng.random() < 0.25:
            sentences.append(self._pick(patterns["around"]))
        if patterns["closers"] and rng.random() < 0.3:
            sentences.append(self._pick(patterns["closers"]))
        sentences = sentences or [self._open()]
        heading = [rng.choice(patterns["headings"])] if rng.random() < 0.12 else []
        return [" ".join([*heading, *sentences])]

    def _listed(self, *, bullets: bool) -> list[str]:
        rng, features = self._rng, self._patterns["features"]
        opening = [self._open()] if rng.random() < 0.75 else []
        extra = rng.sample(features, rng.randint(0, min(4, len(features))))
        entries = [*self._labels(), *map(_capital, extra)]
        rng.shuffle(entries)
        if bullets:
            mark = rng.choice(("• ", "- ", "* ", "+ "))
            return [*opening, *(mark + entry for entry in entries)]
        separator = rng.choice((". ", "; ", " | ", ". "))
        return [*opening, separator.join(entries) + ("" if separator == " | " else ".")]

    def _long(self, target: int) -> list[str]:
        """Several paragraphs of about `target` characters: the product first, then the maker and what buyers say."""
        rng, patterns = self._rng, self._patterns
        paragraphs = [self._open()]
        current: list[str] = []
        size = len(paragraphs[0])

        def sentences() -> Iterator[str]:
            about = patterns["colouring"] + rng.sample(patterns["shop"], len(patterns["shop"]) // 2)
            rng.shuffle(about)
            while self._left or (about and size < target):
                fact = self._left and (not about or size >= target or rng.random() < 0.4)
                yield self._state() if fact else self._say(about.pop())
            around, used = patterns["around"] * 10, {paragraphs[0]}
            rng.shuffle(around)
            while size < target and around:
                sentence = self._say(around.pop())
                if sentence not in used:
                    used.add(sentence)
                    yield sentence

        for sentence in sentences():
            current.append(sentence)
            size += len(sentence) + 1
            if len(current) >= rng.randint(3, 6):
                paragraphs.append(" ".join(current))
                current = []
        return [*paragraphs, " ".join(current)] if current else paragraphs


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _requote(text: str, *, curly: bool) -> str:
    """Return the text with typographic or double quotes. No fact's value holds a quote."""
    if curly:
        return re.sub(r"(^|[\s(])'", "\\1\u2018", text).replace("'", "\u2019")
    return re.sub(r"(?<=[.!?])'|'(?=\.|$)|(?<=\s)'", '"', text)


def _fixed_slots(subject: Subject) -> dict[str, str]:
    """Return the slots that the product fills: its facts, its names, its noun and the words that agree with it."""
    facts, language = subject.facts, subject.language
    fixed = {name: fact.value for name, fact in facts.items()}
    fixed |= {name: getattr(subject, name) for name in ("name", "model", "brand", "town", "founder")}
    fixed["long"], fixed["noun"] = subject.noun[language]
    fixed["article"] = "an" if fixed["long"][0] in "aeiou" else "a"
    other = "feminine" if language == "pt" else "plural"
    for slot, forms in load(f"sentences.{language}")["slots"].items():
        fixed[slot] = forms[subject.noun.get(other, False)].format_map(fixed)
        fixed[_capital(slot)] = _capital(fixed[slot])
    if "box_contents" in facts:
        fixed["vem"] = "vem" if len(facts["box_contents"].items) == 1 else "vêm"
    if "origin" in facts:
        fixed["em_origin"] = f"{facts['origin'].preposition} {facts['origin'].value}"
    return fixed
