"""200 planted falsehoods and 200 true answers, drawn with a fixed seed from `grounding_texts`.

Made before the check was tuned. A case is an answer and the record it is said of.
"""

from __future__ import annotations

import random
import re
from dataclasses import dataclass
from itertools import combinations

from grounding_texts import TEXTS, Text

from shelftalker.records import Record

SEED = 20261124


@dataclass(frozen=True)
class Case:
    kind: str
    answer: str
    record: Record


def planted_falsehoods(seed: int = SEED) -> list[Case]:
    """40 of each kind: changed number, swapped name, another record's quote, negation, changed unit."""
    rng = random.Random(seed)
    return [
        *_pick(rng, [c for text in TEXTS for c in _numbers(rng, text)], 40),
        *_pick(rng, [c for text in TEXTS for c in _names(rng, text)], 40),
        *_pick(rng, [c for text in TEXTS for c in _quotes(rng, text)], 40),
        *_pick(rng, [Case("negation", answer, text.record) for text in TEXTS for answer in text.negated], 40),
        *_pick(rng, [c for text in TEXTS for c in _units(rng, text)], 40),
    ]


def true_answers(seed: int = SEED) -> list[Case]:
    """24 whole contents, 76 partial paraphrases, 40 values, 30 single sentences, 30 pairs of sentences."""
    rng = random.Random(seed)
    whole = [Case("whole", text.content, text.record) for text in TEXTS]
    paraphrased = [Case("paraphrase", answer, text.record) for text in TEXTS for answer in text.true]
    values = [c for text in TEXTS for c in _values(text)]
    single = [Case("sentence", one, text.record) for text in TEXTS for one in _split(text.content)]
    pairs = [
        Case("pair", f"{second} {first}", text.record)
        for text in TEXTS
        for first, second in combinations(_split(text.content), 2)
    ]
    return [
        *whole,
        *_pick(rng, paraphrased, 76),
        *_pick(rng, values, 40),
        *_pick(rng, single, 30),
        *_pick(rng, pairs, 30),
    ]


def _pick(rng: random.Random, cases: list[Case], count: int) -> list[Case]:
    assert len(cases) >= count, f"{len(cases)} of {count} {cases[0].kind}"
    return rng.sample(cases, count)


def _split(content: str) -> list[str]:
    return [part for part in re.split(r"(?<=[.!?])\s+(?=[A-ZÀ-Þ0-9'])", content) if len(part) > 12]


def _statements(text: Text) -> list[str]:
    """True answers of every length, to plant falsehoods in."""
    return [*text.true, *_split(text.content), *(case.answer for case in _values(text)), text.content]


def _values(text: Text) -> list[Case]:
    """Answers to attribute questions, in both languages; one says what isn't stated."""
    cases = []
    for name, value in text.values:
        quote = next((one for one in _split(text.content) if value in one), value)
        for language in ("en", "pt"):
            answer = _stated(name, value, quote, language)
            cases.append(Case("value", answer, text.record))
        cases.append(Case("value", _stated(name, value, "", text.language), text.record))
    unknown = "pages" if "pages" not in text.content and "páginas" not in text.content else "voltage"
    unstated = "The record does not say the {}." if text.language == "en" else "O registro não diz: {}."
    cases.append(Case("value", unstated.format(unknown), text.record))
    return cases


def _stated(name: str, value: str, quote: str, language: str) -> str:
    words = name.replace("_", " ")
    told = f"The {words}: {value}." if language == "en" else f"Sobre {words}: {value}."
    said = "The record says" if language == "en" else "O registro diz"
    return f"{told} {said}: “{quote}”" if quote else told


def _numbers(rng: random.Random, text: Text) -> list[Case]:
    cases = []
    for statement in _statements(text):
        spots = list(re.finditer(r"(?<![\w.,\[])\d+(?:[.,]\d+)?(?![\w\]])", statement))
        if not spots:
            continue
        spot = rng.choice(spots)
        cases.append(Case("number", _replaced(statement, spot, _other_number(rng, spot.group(), text)), text.record))
    return cases


def _other_number(rng: random.Random, number: str, text: Text) -> str:
    """Change one digit, so that the new number stands nowhere in the record."""
    while True:
        place = rng.choice([n for n, char in enumerate(number) if char.isdigit()])
        changed = number[:place] + rng.choice([d for d in "123456789" if d != number[place]]) + number[place + 1 :]
        plain = changed.replace(",", ".")
        if not re.search(rf"(?<!\d){re.escape(plain)}(?!\d)", f"{text.title} {text.content}".replace(",", ".")):
            return changed


def _names(rng: random.Random, text: Text) -> list[Case]:
    others = [name for other in TEXTS if other is not text for name in other.names if len(name) > 4]
    cases = []
    for statement in _statements(text):
        there = [name for name in text.names if len(name) > 3 and re.search(rf"\b{re.escape(name)}\b", statement)]
        if there:
            name = rng.choice(there)
            new = rng.choice([other for other in others if other not in text.content and other not in text.title])
            cases.append(Case("name", statement.replace(name, new), text.record))
    return cases


def _quotes(rng: random.Random, text: Text) -> list[Case]:
    others = [other for other in TEXTS if other is not text and other.language == text.language]
    cases = []
    for _ in range(3):
        other = rng.choice(others)
        quote = rng.choice(_split(other.content))
        cases.append(Case("quote", rng.choice((f"“{quote}”", f"The record says: “{quote}” [1]", quote)), text.record))
    return cases


_UNITS = (
    (r"kg", ("g", "lb")), (r"g", ("kg", "oz")), (r"lb|pounds", ("kg", "g")), (r"liters|litros?", ("ml", "gallons")),
    (r"ml", ("liters", "cl")), (r"cm", ("m", "inches", "mm")), (r"mm", ("cm", "m")), (r"m", ("cm", "ft")),
    (r"W|watts?", ("kW", "V")), (r"V|volts", ("W", "mV")), (r"hours|horas", ("minutes", "days")),
    (r"minutes|minutos", ("hours", "seconds")), (r"months|meses", ("years", "days")),
    (r"years?|-year", (" months", " days")),
    (r"mAh", ("Wh", "V")), (r"°C", ("°F",)), (r"rpm", ("Hz",)), (r"dB", ("W",)),
)  # fmt: skip


def _units(rng: random.Random, text: Text) -> list[Case]:
    cases = []
    for statement in _statements(text):
        spots = [
            (match, others)
            for pattern, others in _UNITS
            for match in re.finditer(rf"(?<=\d)(?:\s?(?:{pattern}))(?![\w-])", statement)
        ]
        if spots:
            match, others = rng.choice(spots)
            blank = " " if match.group().startswith(" ") else ""
            cases.append(Case("unit", _replaced(statement, match, blank + rng.choice(others).strip()), text.record))
    return cases


def _replaced(text: str, match: re.Match[str], new: str) -> str:
    return text[: match.start()] + new + text[match.end() :]
