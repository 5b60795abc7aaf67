"""Draw what is true of a product: the values of its facts, with the spellings that are as right, and its names."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from random import Random
from typing import Any

from shelftalker.records import Language
from shelftalker.sample.material import Fact, load

__all__ = ["draw_fact", "format_number", "make_model", "make_name", "make_person", "make_place"]

_Draw = Callable[[Random, Language, str, Any], Fact]
_SWAPPED = str.maketrans(",.", ".,")


def draw_fact(rng: Random, language: Language, name: str, given: Any) -> Fact:
    """Draw one fact's value; `given` is what its kind's file has: a range, choices, or the name of a list of them."""
    draw: _Draw = _DRAWS.get(name, _measure)
    return draw(rng, language, name, given)


def format_number(amount: float, language: Language, *, grouped: bool = False) -> str:
    """Write a number as a language does: 1,400.5 in English, 1.400,5 in Portuguese."""
    text = (f"{amount:,.2f}" if grouped else f"{amount:.2f}").rstrip("0").rstrip(".")
    return text.translate(_SWAPPED) if language == "pt" else text


def _unit_word(unit: str, form: int, amount: float, language: str) -> str:
    forms = load("values")["units"][unit][language]
    one, many = forms[form % len(forms)]
    # Portuguese counts in the singular below two ("1,7 litro"), English only at exactly one.
    return str(one if (amount < 2 if language == "pt" else amount == 1) else many)


@lru_cache(maxsize=50_000)
def _spellings(amount: float, unit: str) -> tuple[str, ...]:
    """Return every usual way to write a quantity, in both languages."""
    found = []
    languages: tuple[Language, ...] = ("en", "pt")
    for language in languages:
        numbers = {format_number(amount, language), format_number(amount, language, grouped=True)}
        for form, (one, _) in enumerate(load("values")["units"][unit][language]):
            for number in sorted(numbers):
                word = _unit_word(unit, form, amount, language)
                found += [f"{number} {word}", f"{number}{word}"] if len(one) <= 2 else [f"{number} {word}"]
    return tuple(found)


def _fact(name: str, value: str, short: str, unit: str | None, spellings: Iterable[str], **more: Any) -> Fact:
    return Fact(name, value, short, unit, tuple(dict.fromkeys(text for text in spellings if text != value)), **more)


def _number(rng: Random, given: Mapping[str, Any]) -> float:
    if "any" in given:
        return float(rng.choice(given["any"]))
    return rng.randrange(given["from"], given["to"] + 1, given.get("step", 1))


def _quantity(rng: Random, language: Language, name: str, amount: float, unit: str, equal: Sequence[str] = ()) -> Fact:
    """Word `amount` of `unit`; `equal` are spellings of the same quantity in another unit."""
    word = _unit_word(unit, rng.randrange(2), amount, language)
    value = f"{format_number(amount, language, grouped=rng.random() < 0.5)} {word}"
    short = f"{format_number(amount, language)} {_unit_word(unit, 0, amount, language)}"
    return _fact(name, value, short, unit, (*_spellings(amount, unit), *equal))


def _measure(rng: Random, language: Language, name: str, given: Mapping[str, Any]) -> Fact:
    """An amount in the first unit of its scale that it lies in the range of."""
    scales, amount = load("values")["scales"], _number(rng, given)
    for unit in scales.get(name, scales["size"]):
        if unit.get("from", 0) <= amount < unit.get("below", float("inf")) and (
            "chance" not in unit or (language == "en" and rng.random() < unit["chance"])
        ):
            break
    cut, step, also = unit.get("cut"), unit.get("step", 1), unit.get("also")
    amount = amount // cut * cut if cut else amount
    told = round(round(amount / unit.get("per", 1) / step) * step, 2)
    equal = _spellings(round(amount / also["per"], 2), also["unit"]) if also else ()
    return _quantity(rng, language, name, told, unit["unit"], equal)


def _dimensions(rng: Random, language: Language, name: str, given: Sequence[tuple[int, int]]) -> Fact:
    """Two or three measures, each from its range in centimetres, as one phrase."""
    amounts: list[float] = [rng.randrange(low, high + 1) for low, high in given]
    unit, by = "cm", load("values")["by"]
    if language == "en" and rng.random() < 0.4:
        amounts, unit = [max(0.5, round(amount / 2.54 * 2) / 2) for amount in amounts], "inches"

    def told(mark: str, form: int, language: Language) -> str:
        return f"{mark.join(format_number(n, language) for n in amounts)} {_unit_word(unit, form, 2, language)}"

    value = told(rng.choice(by["told"]), rng.choice((0, 1)), language)
    spellings = [told(mark, form, each) for each in ("en", "pt") for mark in by[each] for form in (0, 1)]
    return _fact(name, value, value, unit, spellings)


def _price(rng: Random, language: Language, name: str, given: Mapping[str, int]) -> Fact:
    """Between two prices in dollars; in Portuguese five times as many reais."""
    form = load("values")["price"][language]
    amount = rng.randrange(given["from"] * form["times"], given["to"] * form["times"]) + rng.choice(form["cents"])
    plain, grouped = f"{amount:.2f}", f"{amount:,.2f}"
    told = {plain, grouped} | ({f"{amount:.0f}"} if amount == int(amount) else set())
    if language == "pt":
        grouped = grouped.translate(_SWAPPED)
        told = {plain, plain.translate(_SWAPPED), grouped}
    spellings = [text.format(n=number) for number in sorted(told) for text in form["accepted"]]
    spellings += [text.format(n=plain.translate(_SWAPPED)) for text in form["more"]]
    value = form["value"].format(n=grouped)
    return _fact(name, value, value, form["unit"], spellings)


def _warranty(rng: Random, language: Language, name: str, given: Mapping[str, Any]) -> Fact:
    """A number of months, told in months or years, in figures or words."""
    months = round(_number(rng, given))
    amounts = [(months, "months")] + ([(months // 12, "years")] if months % 12 == 0 else [])
    spellings = [text for same in amounts for text in (*_spellings(*same), *_in_words(*same).values())]
    amount, unit = amounts[-1] if rng.random() < 0.7 else amounts[0]
    fact, words = _quantity(rng, language, name, amount, unit), _in_words(amount, unit)
    return _fact(name, words[language] if words and rng.random() < 0.2 else fact.value, fact.short, unit, spellings)


def _in_words(amount: int, unit: str) -> dict[str, str]:
    """English and Portuguese number words with their unit, or nothing for large numbers."""
    words = load("values")["number_words"].get(str(amount), {})
    return {language: f"{word} {_unit_word(unit, 0, amount, language)}" for language, word in words.items()}


def _worded(rng: Random, language: Language, name: str, given: Mapping[str, int]) -> Fact:
    """A whole number in words of its fact's own: pages, a year, an edition, an age."""
    form, number = load("values")["worded"][name], round(_number(rng, given))
    slots = {"n": number, "s": "" if number == 1 else "s", **load("values")["ordinals"].get(str(number), {})}
    told = {key: [text.format_map(slots) for text in form.get(key, ())] for key in ("en", "pt", "more")}
    value = rng.choice(told[language]) if len(told[language]) > 1 else told[language][0]
    short = form["short"].format_map(slots) if "short" in form else told[language][0]
    return _fact(name, value, short, form.get("unit"), (*told["en"], *told["pt"], *told["more"]))


def _choice(rng: Random, language: Language, name: str, given: str) -> Fact:
    """One of a list: English word, Portuguese word, further accepted words. A country's third is its preposition."""
    option = rng.choice(load("choices")[given])
    value, origin = option[1 if language == "pt" else 0], name == "origin"
    return _fact(name, value, value, None, option[: 2 if origin else None], preposition=option[2] if origin else "")


def _items(rng: Random, language: Language, name: str, given: Mapping[str, Any]) -> Fact:
    """Some things of those that may be in the box, each told with its article, as one phrase."""
    chosen = rng.sample(given["of"], rng.randrange(given["fewest"], given["most"] + 1))
    told = [option[1 if language == "pt" else 0] for option in chosen]
    last = " e " if language == "pt" else " and "
    more = [_join([text.partition(" ")[2] for text in told], last), ", ".join(told)]
    if language == "en" and len(told) > 2:
        more.append(_join(told, f",{last}"))
    value = _join(told, last)
    return _fact(name, value, value, None, more, items=tuple(told))


def _join(words: Sequence[str], last: str) -> str:
    return last.join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else words[0]


def _author(rng: Random, language: Language, name: str, given: str) -> Fact:
    """An invented person; the name with the surname first is accepted too."""
    value = make_person(rng, language)
    first, _, last = value.partition(" ")
    return _fact(name, value, value, None, [f"{last}, {first}"])


_DRAWS: Mapping[str, _Draw] = {
    **dict.fromkeys(("pages", "year", "edition", "age"), _worded),
    **dict.fromkeys(("material", "colour", "origin"), _choice),
    **{"dimensions": _dimensions, "price": _price, "warranty": _warranty, "box_contents": _items, "author": _author},
}


def make_place(rng: Random) -> str:
    """Return an invented place's name."""
    words = load("names")
    return str(rng.choice(words["place_starts"]) + rng.choice(words["place_ends"]))


def make_person(rng: Random, language: Language) -> str:
    """Return a usual first name with an invented surname."""
    words = load("names")
    parts = words["first_names"][language], words["surname_starts"], words["surname_ends"]
    return "{} {}{}".format(*map(rng.choice, parts))


def make_model(rng: Random) -> str:
    """Return a model number such as "K210", "HX-450" or "Aurora 90"."""
    letters = "ABCDEFGHJKLMNPRSTUVWXZ"
    digits = rng.randrange(10, 100) * 10 + rng.choice((0, 0, 0, 5)) if rng.random() < 0.6 else rng.randrange(21, 9900)
    form = rng.random()
    if form >= 0.75:
        return f"{rng.choice(load('names')['series'])} {digits}"
    first, second = rng.choice(letters), rng.choice(letters) if form >= 0.4 else ""
    return f"{first}{second}{'-' if 0.4 <= form < 0.6 else ''}{digits}"


def make_name(rng: Random, naming: str, language: Language) -> str:
    """Return the name of a novel, a cookbook or a game."""
    form, words, slots = load("titles")["names"][naming], load("names"), {}
    for slot in form["draw"]:
        if slot == "place":
            slots["place"] = make_place(rng)
        elif slot in ("adjective", "trade"):
            slots[slot] = rng.choice(words[f"{slot}s"][language])
        else:
            slots["one"], slots["two"] = rng.sample(words[slot][language], 2)
    slots["a"] = "An" if slots.get("adjective", "")[:1] in tuple("AEIOU") else "A"
    slots["One"], slots["bare"] = slots["one"][:1].upper() + slots["one"][1:], slots["one"].partition(" ")[2]
    return str(rng.choice(form[language]).format_map(slots))
