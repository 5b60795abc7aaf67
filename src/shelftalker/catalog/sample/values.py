"""Draw a fact's value and word it, with the other spellings that are as right.

Each function but the private ones returns a `Draw`: give it the range or the choices of a kind.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from random import Random

from shelftalker.catalog.sample.facts import Fact
from shelftalker.catalog.sample.kind import Draw
from shelftalker.catalog.sample.wording.units import NUMBER_WORDS, ORDINALS, UNITS
from shelftalker.records import Language

__all__ = [
    "age",
    "battery_life",
    "capacity",
    "choice",
    "dimensions",
    "edition",
    "items",
    "length_like",
    "pages",
    "power",
    "price",
    "voltage",
    "warranty",
    "weight",
    "year",
]


def format_number(amount: float, language: Language, *, grouped: bool = False) -> str:
    """Write a number as a language does: 1,400.5 in English, 1.400,5 in Portuguese."""
    text = f"{amount:,.2f}".rstrip("0").rstrip(".") if grouped else f"{amount:.2f}".rstrip("0").rstrip(".")
    return text.translate(str.maketrans(",.", ".,")) if language == "pt" else text


def _unit_word(unit: str, form: int, amount: float, language: Language) -> str:
    forms = UNITS[unit][0 if language == "en" else 1]
    one, many = forms[form % len(forms)]
    # Portuguese counts in the singular below two ("1,7 litro"), English only at exactly one.
    single = amount < 2 if language == "pt" else amount == 1
    return one if single else many


@lru_cache(maxsize=50_000)
def _spellings(amount: float, unit: str) -> tuple[str, ...]:
    """Return every usual way to write a quantity, in both languages."""
    found = []
    for language in ("en", "pt"):
        numbers = {format_number(amount, language), format_number(amount, language, grouped=True)}
        for form, (one, _) in enumerate(UNITS[unit][0 if language == "en" else 1]):
            word = _unit_word(unit, form, amount, language)
            for number in sorted(numbers):
                found.append(f"{number} {word}")
                if len(one) <= 2:
                    found.append(f"{number}{word}")
    return tuple(found)


def _others(value: str, spellings: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text for text in spellings if text != value))


def _quantity(
    rng: Random, language: Language, name: str, amount: float, unit: str, equal: Sequence[tuple[float, str]] = ()
) -> Fact:
    """Word `amount` of `unit`; `equal` are the same quantity in other units."""
    word = _unit_word(unit, rng.randrange(2), amount, language)
    value = f"{format_number(amount, language, grouped=rng.random() < 0.5)} {word}"
    short = f"{format_number(amount, language)} {_unit_word(unit, 0, amount, language)}"
    spellings = list(_spellings(amount, unit))
    for other, other_unit in equal:
        spellings += _spellings(other, other_unit)
    return Fact(name, value, short, unit, _others(value, spellings))


def weight(low: int, high: int) -> Draw:
    """Between `low` and `high` grams; in English sometimes in pounds or ounces."""

    def draw(rng: Random, language: Language) -> Fact:
        grams = rng.randrange(low, high + 1)
        if language == "en" and rng.random() < 0.4:
            if grams < 450:
                return _quantity(rng, language, "weight", max(1.0, round(grams / 28.35, 1)), "oz")
            return _quantity(rng, language, "weight", round(grams / 453.6, 1), "lb")
        if grams < 1000:
            return _quantity(rng, language, "weight", max(10, grams // 10 * 10), "g")
        tenths = max(10, grams // 100)
        return _quantity(rng, language, "weight", tenths / 10, "kg", [(tenths * 100, "g")])

    return draw


def capacity(*litres: float) -> Draw:
    """One of `litres`; in English sometimes told in quarts, below one litre in millilitres."""

    def draw(rng: Random, language: Language) -> Fact:
        amount = rng.choice(litres)
        if amount < 1:
            return _quantity(rng, language, "capacity", round(amount * 1000), "ml", [(amount, "L")])
        if language == "en" and amount < 10 and rng.random() < 0.25:
            return _quantity(rng, language, "capacity", round(amount * 1.0567, 1), "quarts")
        return _quantity(rng, language, "capacity", amount, "L")

    return draw


def length_like(name: str, low: int, high: int) -> Draw:
    """A height, length or diameter between `low` and `high` centimetres, in English at times in inches."""

    def draw(rng: Random, language: Language) -> Fact:
        amount = rng.randrange(low, high + 1)
        if language == "en" and rng.random() < 0.4:
            return _quantity(rng, language, name, round(amount / 2.54 * 2) / 2, "inches")
        if amount >= 300:
            return _quantity(rng, language, name, amount // 50 / 2, "m", [(amount // 50 * 50, "cm")])
        return _quantity(rng, language, name, amount, "cm", [(amount * 10, "mm")])

    return draw


def dimensions(*ranges: tuple[int, int]) -> Draw:
    """Two or three measures, each from its range in centimetres, as one phrase."""

    def draw(rng: Random, language: Language) -> Fact:
        amounts: list[float] = [rng.randrange(low, high + 1) for low, high in ranges]
        unit = "cm"
        if language == "en" and rng.random() < 0.4:
            amounts = [max(0.5, round(amount / 2.54 * 2) / 2) for amount in amounts]
            unit = "inches"
        sign = rng.choice((" x ", " x ", " × ", "x"))
        numbers = [format_number(amount, language) for amount in amounts]
        words = [_unit_word(unit, form, 2, language) for form in (0, 1)]
        value = f"{sign.join(numbers)} {rng.choice(words)}"
        spellings = []
        for other in ("en", "pt"):
            told = [format_number(amount, other) for amount in amounts]
            by = " by " if other == "en" else " por "
            units = [_unit_word(unit, form, 2, other) for form in (0, 1)]
            spellings += [f"{mark.join(told)} {word}" for mark in (" x ", "x", " × ", by) for word in units]
        return Fact("dimensions", value, value, unit, _others(value, spellings))

    return draw


def price(low: int, high: int) -> Draw:
    """Between `low` and `high` dollars; in Portuguese five times as many reais."""

    def draw(rng: Random, language: Language) -> Fact:
        if language == "pt":
            amount = rng.randrange(low * 5, high * 5) + rng.choice((0.9, 0.99, 0.0, 0.5))
        else:
            amount = rng.randrange(low, high) + rng.choice((0.95, 0.99, 0.0, 0.49, 0.5))
        plain = f"{amount:.2f}"
        grouped = f"{amount:,.2f}"
        if language == "pt":
            swap = str.maketrans(",.", ".,")
            value = f"R$ {grouped.translate(swap)}"
            told = {plain.translate(swap), grouped.translate(swap), plain}
            spellings = [form for n in sorted(told) for form in (f"R$ {n}", f"R${n}", f"{n} reais")]
            return Fact("price", value, value, "BRL", _others(value, spellings))
        value = f"${grouped}"
        whole = [f"{amount:.0f}"] if amount == int(amount) else []
        told = {plain, grouped, *whole}
        spellings = [form for n in sorted(told) for form in (f"${n}", f"US${n}", f"US$ {n}", f"{n} dollars")]
        spellings += [f"US$ {plain.replace('.', ',')}", f"{plain.replace('.', ',')} dólares"]
        return Fact("price", value, value, "USD", _others(value, spellings))

    return draw


def warranty(*months: int) -> Draw:
    """One of `months`, told in months or years, in figures or words."""

    def draw(rng: Random, language: Language) -> Fact:
        count = rng.choice(months)
        amounts: list[tuple[int, str]] = [(count, "months")]
        if count % 12 == 0:
            amounts.append((count // 12, "years"))
        spellings = []
        for amount, unit in amounts:
            spellings += [*_spellings(amount, unit), *_in_words(amount, unit)]
        amount, unit = amounts[-1] if rng.random() < 0.7 else amounts[0]
        fact = _quantity(rng, language, "warranty", amount, unit)
        words = _in_words(amount, unit)
        if words and rng.random() < 0.2:
            value = words[0 if language == "en" else 1]
            return Fact("warranty", value, fact.short, unit, _others(value, spellings))
        return Fact("warranty", fact.value, fact.short, unit, _others(fact.value, spellings))

    return draw


def _in_words(amount: int, unit: str) -> list[str]:
    """English and Portuguese number words with their unit, or nothing for large numbers."""
    if amount not in NUMBER_WORDS:
        return []
    english, portuguese = NUMBER_WORDS[amount]
    return [f"{english} {_unit_word(unit, 0, amount, 'en')}", f"{portuguese} {_unit_word(unit, 0, amount, 'pt')}"]


def power(low: int, high: int, step: int) -> Draw:
    """Between `low` and `high` watts, in steps."""

    def draw(rng: Random, language: Language) -> Fact:
        return _quantity(rng, language, "power", rng.randrange(low, high + 1, step), "W")

    return draw


def voltage(*volts: int) -> Draw:
    """One of `volts`."""

    def draw(rng: Random, language: Language) -> Fact:
        return _quantity(rng, language, "voltage", rng.choice(volts), "V")

    return draw


def battery_life(low: int, high: int) -> Draw:
    """Between `low` and `high` hours."""

    def draw(rng: Random, language: Language) -> Fact:
        return _quantity(rng, language, "battery_life", rng.randrange(low, high + 1), "hours")

    return draw


def pages(low: int, high: int) -> Draw:
    """Between `low` and `high` pages."""

    def draw(rng: Random, language: Language) -> Fact:
        count = rng.randrange(low, high + 1)
        word = "páginas" if language == "pt" else "pages"
        value = f"{count} {word}"
        return Fact("pages", value, value, "pages", _others(value, (f"{count} pages", f"{count} páginas", str(count))))

    return draw


def year(low: int, high: int) -> Draw:
    """A year between `low` and `high`."""

    def draw(rng: Random, language: Language) -> Fact:
        value = str(rng.randrange(low, high + 1))
        return Fact("year", value, value, "year")

    return draw


def edition() -> Draw:
    """The second to the ninth edition, in figures or words."""

    def draw(rng: Random, language: Language) -> Fact:
        number = rng.randrange(2, 10)
        forms = ORDINALS[number]
        told = {"en": [f"{form} edition" for form in forms[:2]], "pt": [f"{form} edição" for form in forms[2:]]}
        value = rng.choice(told[language])
        return Fact("edition", value, told[language][0], None, _others(value, (*told["en"], *told["pt"])))

    return draw


def age(low: int, high: int) -> Draw:
    """A youngest age between `low` and `high` years."""

    def draw(rng: Random, language: Language) -> Fact:
        years = rng.randrange(low, high + 1)
        plural = "" if years == 1 else "s"
        english = (f"{years} year{plural} and up", f"{years} year{plural} and older")
        portuguese = (f"a partir de {years} ano{plural}", f"a partir dos {years} anos")
        value = portuguese[0] if language == "pt" else rng.choice(english)
        more = (*english, *portuguese, f"{years}+", f"{years} and up", f"{years} or older", f"ages {years} and up")
        return Fact("age", value, f"{years}+", "years", _others(value, more))

    return draw


def choice(name: str, options: Sequence[tuple[str, ...]]) -> Draw:
    """One of `options`: English word, Portuguese word, further accepted words. A country's third is its preposition."""

    def draw(rng: Random, language: Language) -> Fact:
        option = rng.choice(options)
        value = option[1] if language == "pt" else option[0]
        preposition = option[2] if name == "origin" else ""
        more = option[:2] if name == "origin" else option
        return Fact(name, value, value, None, _others(value, more), preposition=preposition)

    return draw


def items(fewest: int, most: int, options: Sequence[tuple[str, str]]) -> Draw:
    """What is in the box: `fewest` to `most` of `options`, each told with its article, as one phrase."""

    def draw(rng: Random, language: Language) -> Fact:
        chosen = rng.sample(options, rng.randrange(fewest, most + 1))
        told = [option[1 if language == "pt" else 0] for option in chosen]
        value = _join(told, "e" if language == "pt" else "and")
        bare = [text.partition(" ")[2] for text in told]
        more = [_join(bare, "e" if language == "pt" else "and"), ", ".join(told)]
        if language == "en" and len(told) > 2:
            more.append(f"{', '.join(told[:-1])}, and {told[-1]}")
        return Fact("box_contents", value, value, None, _others(value, more), items=tuple(told))

    return draw


def _join(words: Sequence[str], last: str) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} {last} {words[-1]}"
