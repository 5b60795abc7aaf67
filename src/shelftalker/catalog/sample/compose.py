"""Write a product's description from its facts: what is told, in which order, at what length."""

from __future__ import annotations

import re
import string
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from random import Random
from typing import Literal

from shelftalker.catalog.sample.facts import FACT_NAMES, Fact
from shelftalker.catalog.sample.kind import Kind, Noun
from shelftalker.catalog.sample.naming import Brand
from shelftalker.catalog.sample.wording import english, portuguese
from shelftalker.records import Language

__all__ = ["Patterns", "Subject", "Text", "compose", "facts_of", "patterns_of", "slots_of"]

_Shape = Literal["line", "short", "prose", "list", "bullets", "long", "huge"]
_SHAPES: tuple[_Shape, ...] = ("line", "short", "prose", "list", "bullets", "long", "huge")
_SHAPE_WEIGHTS = (10, 22, 33, 10, 8, 14, 3)
_FACTS_TOLD: Mapping[_Shape, tuple[int, int]] = {
    "line": (0, 2),
    "short": (1, 3),
    "prose": (2, 6),
    "list": (3, 8),
    "bullets": (3, 8),
    "long": (3, 8),
    "huge": (4, 9),
}
_TARGET_CHARS: Mapping[_Shape, tuple[int, int]] = {"long": (1500, 3400), "huge": (4100, 7500)}


_NAMED = {"It": "The", "Ele": "O_noun"}


@dataclass(frozen=True, slots=True)
class Subject:
    """What a description is about: a product with all its facts, told or not."""

    kind: Kind
    noun: Noun
    language: Language
    brand: Brand
    name: str
    model: str
    facts: Mapping[str, Fact]

    @property
    def has_brand(self) -> bool:
        """Whether a brand makes it: not so for books."""
        return self.kind.naming in ("model", "game")


@dataclass(frozen=True, slots=True)
class Text:
    """A description: its paragraphs, and the facts that it states."""

    paragraphs: tuple[str, ...]
    stated: tuple[Fact, ...]

    @property
    def content(self) -> str:
        """The paragraphs as one line."""
        return " ".join(self.paragraphs)


class _Slots(dict[str, str]):
    """The slots of one description; those that the product does not fill are drawn from the pools.

    Nothing of a pool comes twice before all of it has come once.
    """

    def __init__(self, fixed: Mapping[str, str], pools: Mapping[str, tuple[str, ...]], rng: Random) -> None:
        super().__init__(fixed)
        self._pools = pools
        self._rng = rng
        self._left: dict[str, list[str]] = {}

    def __missing__(self, key: str) -> str:
        left = self._left.get(key)
        if not left:
            left = self._left[key] = self._rng.sample(self._pools[key], len(self._pools[key]))
        return left.pop()


@cache
def slots_of(pattern: str) -> frozenset[str]:
    """Return the names of a pattern's slots."""
    return frozenset(name for _, name, _, _ in string.Formatter().parse(pattern) if name)


@cache
def facts_of(pattern: str) -> frozenset[str]:
    """Return the facts a pattern states. `{em_origin}` is Portuguese for "in" and the country."""
    slots = slots_of(pattern)
    return frozenset(slots & FACT_NAMES.keys()) | ({"origin"} if "em_origin" in slots else frozenset())


@dataclass(frozen=True, slots=True)
class Patterns:
    """The sentence patterns of one kind in one language, its own and the shared ones."""

    openers: tuple[str, ...]
    statements: tuple[str, ...]
    stating: Mapping[str, tuple[tuple[str, frozenset[str]], ...]]
    colouring: tuple[str, ...]
    shop: tuple[str, ...]
    around: tuple[str, ...]
    closers: tuple[str, ...]
    headings: tuple[str, ...]
    labels: Mapping[str, str]
    pools: Mapping[str, tuple[str, ...]]


_BY_KIND: dict[tuple[str, Language], Patterns] = {}


def patterns_of(kind: Kind, language: Language) -> Patterns:
    """Return every pattern that a kind's descriptions use in a language."""
    key = kind.name, language
    if key not in _BY_KIND:
        shared, own = (portuguese if language == "pt" else english), kind.wording(language)
        made = kind.naming in ("model", "game")
        statements = own.statements + tuple(s for s in shared.STATEMENTS if facts_of(s) <= kind.facts.keys())
        _BY_KIND[key] = Patterns(
            openers=own.openers,
            statements=statements,
            stating={f: tuple((s, facts_of(s)) for s in statements if f in facts_of(s)) for f in kind.facts},
            colouring=own.colouring,
            shop=(shared.SHOP if made else ()) + (shared.APPARATUS if kind.apparatus else ()),
            around=shared.VOICES + (shared.MAKER if made else ()),
            closers=shared.CLOSERS if made else (),
            headings=shared.HEADINGS,
            labels=shared.LABELS,
            pools={**shared.POOLS, **own.pools},
        )
    return _BY_KIND[key]


def compose(rng: Random, subject: Subject) -> Text:
    """Return a description of a subject that states some of its facts, each once."""
    shape = rng.choices(_SHAPES, _SHAPE_WEIGHTS)[0]
    return _Writer(rng, subject).write(shape)


class _Writer:
    """Writes one description; holds which facts are still to tell and which sentences were used."""

    def __init__(self, rng: Random, subject: Subject) -> None:
        self._rng = rng
        self._subject = subject
        self._patterns = patterns_of(subject.kind, subject.language)
        self._fixed = _fixed_slots(subject)
        self._slots = _Slots(self._fixed, self._patterns.pools, rng)
        self._left: list[str] = []
        self._stated: list[str] = []
        self._after_voice = True  # nothing was named yet that "it" could mean

    def write(self, shape: _Shape) -> Text:
        names = list(self._subject.facts)
        low, high = _FACTS_TOLD[shape]
        count = min(len(names), self._rng.randint(low, high))
        self._left = self._rng.sample(names, count)
        if shape == "line":
            paragraphs = self._line()
        elif shape in ("list", "bullets"):
            paragraphs = self._listed(bullets=shape == "bullets")
        elif shape in ("long", "huge"):
            paragraphs = self._long(self._rng.randint(*_TARGET_CHARS[shape]))
        else:
            paragraphs = self._prose(colouring=self._rng.randint(0, 2) if shape == "short" else self._rng.randint(2, 6))
        stated = tuple(self._subject.facts[name] for name in self._stated)
        draw = self._rng.random()
        if draw < 0.45:
            paragraphs = [_requote(paragraph, curly=draw < 0.3) for paragraph in paragraphs]
        return Text(tuple(paragraphs), stated)

    def _say(self, pattern: str) -> str:
        """Fill a pattern's slots and mark its facts as told."""
        for name in facts_of(pattern):
            self._left.remove(name)
            self._stated.append(name)
        # "It" after a reviewer's words would mean the reviewer; and too much of it tires.
        named = self._after_voice or self._rng.random() < 0.4
        for pronoun, noun in _NAMED.items():
            self._slots[pronoun] = self._fixed[noun if named else pronoun]
        sentence = pattern.format_map(self._slots)
        self._after_voice = pattern in self._patterns.around
        return sentence[:1].upper() + sentence[1:]

    def _open(self) -> str:
        left = set(self._left)
        return self._say(self._rng.choice([p for p in self._patterns.openers if facts_of(p) <= left]))

    def _state(self) -> str:
        """Tell the next fact, alone or with another that is still to tell."""
        left = set(self._left)
        return self._say(self._rng.choice([p for p, facts in self._patterns.stating[self._left[0]] if facts <= left]))

    def _label(self) -> str:
        """Tell the next fact as a label and its value."""
        name = self._left.pop(0)
        self._stated.append(name)
        return f"{self._patterns.labels[name]}: {self._subject.facts[name].value}"

    def _line(self) -> list[str]:
        if self._left and self._rng.random() < 0.5:
            noun = self._fixed["long"]
            labels = [self._label() for _ in range(len(self._left))]
            return [f"{self._subject.name}, {noun}. {'. '.join(labels)}."]
        line = [self._open()]
        while self._left:
            line.append(self._state())
        return [" ".join(line)]

    def _prose(self, colouring: int) -> list[str]:
        sentences = [self._open()] if self._rng.random() < 0.85 else []
        # Mostly of the kind's own: what the shop says of everything tells products apart least.
        shop = self._rng.randint(0, colouring // 2) if self._patterns.shop else 0
        chosen = self._rng.sample(self._patterns.colouring, colouring - shop) + self._rng.sample(
            self._patterns.shop, shop
        )
        todo = ["fact"] * len(self._left) + chosen
        self._rng.shuffle(todo)
        for item in todo:
            if item != "fact":
                sentences.append(self._say(item))
            elif self._left:
                sentences.append(self._state())
        if self._rng.random() < 0.25:
            sentences.append(self._say(self._rng.choice(self._patterns.around)))
        if self._patterns.closers and self._rng.random() < 0.3:
            sentences.append(self._say(self._rng.choice(self._patterns.closers)))
        if not sentences:
            sentences.append(self._open())
        if self._rng.random() < 0.12:
            sentences.insert(0, self._rng.choice(self._patterns.headings))
        return [" ".join(sentences)]

    def _listed(self, *, bullets: bool) -> list[str]:
        opening = [self._open()] if self._rng.random() < 0.75 else []
        entries = [self._label() for _ in range(len(self._left))]
        features = self._subject.kind.wording(self._subject.language).features
        extra = self._rng.sample(features, self._rng.randint(0, min(4, len(features))))
        entries += [feature[:1].upper() + feature[1:] for feature in extra]
        self._rng.shuffle(entries)
        if bullets:
            mark = self._rng.choice(("• ", "- ", "* ", "+ "))
            return [*opening, *(mark + entry for entry in entries)]
        separator = self._rng.choice((". ", "; ", " | ", ". "))
        return [*opening, separator.join(entries) + ("" if separator == " | " else ".")]

    def _long(self, target: int) -> list[str]:
        """Several paragraphs: about the product first, then the maker and what buyers say."""
        paragraphs = [self._open()]
        about = [*self._patterns.colouring, *self._rng.sample(self._patterns.shop, len(self._patterns.shop) // 2)]
        self._rng.shuffle(about)
        size, used = len(paragraphs[0]), {paragraphs[0]}
        current: list[str] = []
        while self._left or (about and size < target):
            if self._left and (not about or size >= target or self._rng.random() < 0.4):
                sentence = self._state()
            else:
                sentence = self._say(about.pop())
            current.append(sentence)
            size += len(sentence) + 1
            if len(current) >= self._rng.randint(3, 6):
                paragraphs.append(" ".join(current))
                current = []
        around = list(self._patterns.around) * 10
        self._rng.shuffle(around)
        while size < target and around:
            sentence = self._say(around.pop())
            if sentence in used:
                continue
            used.add(sentence)
            current.append(sentence)
            size += len(sentence) + 1
            if len(current) >= self._rng.randint(3, 6):
                paragraphs.append(" ".join(current))
                current = []
        if current:
            paragraphs.append(" ".join(current))
        return paragraphs


def _requote(text: str, *, curly: bool) -> str:
    """Return the text with typographic or double quotes. No fact's value holds a quote."""
    if curly:
        return re.sub(r"(^|[\s(])'", "\\1\u2018", text).replace("'", "\u2019")
    return re.sub(r"(?<=[.!?])'|'(?=\.|$)|(?<=\s)'", '"', text)


def _fixed_slots(subject: Subject) -> dict[str, str]:
    noun, facts = subject.noun, subject.facts
    fixed = {name: fact.value for name, fact in facts.items()}
    fixed |= {"name": subject.name, "model": subject.model}
    fixed |= {"brand": subject.brand.name, "town": subject.brand.town, "founder": subject.brand.founder}
    if "box_contents" in facts:
        fixed["vem"] = "vem" if len(facts["box_contents"].items) == 1 else "vêm"
    if "origin" in facts:
        fixed["em_origin"] = f"{facts['origin'].preposition} {facts['origin'].value}"
    fixed |= _portuguese_slots(noun) if subject.language == "pt" else _english_slots(noun)
    return fixed


@cache
def _english_slots(noun: Noun) -> dict[str, str]:
    one = not noun.plural
    article = "an" if noun.en[0] in "aeiou" else "a"
    slots = {
        "noun": noun.en_short,
        "long": noun.en,
        "a": f"{article} {noun.en}" if one else f"a pair of {noun.en}",
        "the": f"the {noun.en_short}",
        "this": f"{'this' if one else 'these'} {noun.en_short}",
        "it": "it" if one else "they",
        "its": "its" if one else "their",
        "them": "it" if one else "them",
        "s": "s" if one else "",
        "es": "es" if one else "",
        "is": "is" if one else "are",
        "has": "has" if one else "have",
    }
    capitals = {key.capitalize(): slots[key][:1].upper() + slots[key][1:] for key in ("the", "this", "it", "its", "a")}
    return {**slots, **capitals, "Ele": "", "O_noun": ""}


@cache
def _portuguese_slots(noun: Noun) -> dict[str, str]:
    o = "a" if noun.feminine else "o"
    um = "uma" if noun.feminine else "um"
    ele = "ela" if noun.feminine else "ele"
    return {
        "noun": noun.pt_short,
        "long": noun.pt,
        "o": o,
        "um": um,
        "um_long": f"{um} {noun.pt}",
        "o_noun": f"{o} {noun.pt_short}",
        "O_noun": f"{o.upper()} {noun.pt_short}",
        "o_long": f"{o} {noun.pt}",
        "ele": ele,
        "Ele": ele.capitalize(),
        "The": "",
        "It": "",
    }
