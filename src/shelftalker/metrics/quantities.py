"""Numbers in a text, with their units, as English and Portuguese write them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from shelftalker.metrics.units import CURRENCIES, UNIT_PATTERN, Unit, find_unit

__all__ = ["Quantity", "quantities", "same_quantity"]


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number in a text.

    Attributes:
        values: what it can mean: "1,500" is 1500 or 1.5, by who wrote it.
        unit: its unit, where it has one.
        ordinal: it is a rank: "2nd", "3ª", "third".
    """

    text: str
    start: int
    end: int
    values: tuple[float, ...]
    unit: Unit | None = None
    ordinal: bool = False

    @property
    def dimension(self) -> str:
        """Its unit's dimension, "ordinal", or "" for a bare number."""
        if self.ordinal:
            return "ordinal"
        return self.unit.dimension if self.unit else ""


_DIGITS = r"\d{1,3}(?:[.,\u00a0\u202f]\d{3})+(?:[.,]\d{1,2})?(?!\d)|\d+[.,]\d+|\d+"
_FRACTION = r"\d+[ -]\d+/\d+|\d+/\d+|\d*[½¼¾⅓⅔⅛⅜⅝⅞]"
_CURRENCY = "|".join(re.escape(sign) for sign in sorted(CURRENCIES, key=len, reverse=True) if not sign[0].islower())
_NUMBER = re.compile(
    rf"(?P<currency>{_CURRENCY})?\s?(?:(?<![^\W_])|(?<=\d[xX×]))(?P<number>{_FRACTION}|{_DIGITS}|\.\d+)"
    rf"(?P<ordinal>(?:st|nd|rd|th)\b|[ºª°](?![CFcf\w]))?"
    rf"(?P<unit>[\s-]?(?:{UNIT_PATTERN}))?(?P<glued>(?![x×]\s?\d)[^\W\d_]\w*)?",
    re.IGNORECASE,
)
_VULGAR = {"½": 0.5, "¼": 0.25, "¾": 0.75, "⅓": 1 / 3, "⅔": 2 / 3, "⅛": 0.125, "⅜": 0.375, "⅝": 0.625, "⅞": 0.875}

_QUOTE_SIGNS = frozenset({"'", '"', "''", "″", "′"})

# "one" and "um" are pronouns and articles more often than numbers.
_CARDINALS = {
    **{word: float(n) for n, word in enumerate(
        "two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
        "eighteen nineteen twenty".split(), 2)},
    **{word: float(n) for n, word in enumerate(
        "dois três quatro cinco seis sete oito nove dez onze doze treze quatorze quinze dezesseis dezessete dezoito "
        "dezenove vinte".split(), 2)},
    "duas": 2.0, "catorze": 14.0, "thirty": 30.0, "forty": 40.0, "fifty": 50.0, "sixty": 60.0, "seventy": 70.0,
    "eighty": 80.0, "ninety": 90.0, "hundred": 100.0, "thousand": 1000.0, "trinta": 30.0, "quarenta": 40.0,
    "cinquenta": 50.0, "sessenta": 60.0, "setenta": 70.0, "oitenta": 80.0, "noventa": 90.0, "cem": 100.0,
    "mil": 1000.0, "dozen": 12.0, "dúzia": 12.0,
}  # fmt: skip
_ORDINALS = {
    **{word: float(n) for n, word in enumerate(
        "third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth".split(), 3)},
    **{word: float(n) for n, word in enumerate(
        "terceira quarta quinta sexta sétima oitava nona décima".split(), 3)},
    **{word: float(n) for n, word in enumerate(
        "terceiro quarto quinto sexto sétimo oitavo nono décimo".split(), 3)},
}  # fmt: skip
_ONE = {"one": 1.0, "um": 1.0, "uma": 1.0}
_SELDOM = {"first": 1.0, "primeira": 1.0, "primeiro": 1.0, "second": 2.0, "segunda": 2.0, "segundo": 2.0}


def _number_words(words: Iterable[str]) -> re.Pattern[str]:
    """Number words with their unit; "one" counts only with a unit after it."""
    listed = "|".join(sorted(words, key=len, reverse=True))
    return re.compile(
        rf"(?<![\w-])(?:(?P<word>{listed})(?P<unit>[\s-](?:{UNIT_PATTERN}))?"
        rf"|(?P<one>{'|'.join(_ONE)})(?P<one_unit>[\s-](?:{UNIT_PATTERN})))(?!\w)",
        re.IGNORECASE,
    )


_WORDS = _number_words({*_CARDINALS, *_ORDINALS})
_LOOSE = _number_words({*_CARDINALS, *_ORDINALS, *_ONE, *_SELDOM})
# "5 in the box" is no length; "5 in. long" is.
_NOT_INCHES = re.compile(
    r"\s(?:the|a|an|one|all|its|his|her|this|which|any|total|stock|our|each|every|\w+ing)\b", re.IGNORECASE
)
_JOINED = re.compile(r"\s*(?:x|×|by|por|to|a|até|e|and|or|ou|[-–—/,])\s*", re.IGNORECASE)
_SIDES = re.compile(r"[\s\"”']*\s*(?:[hwldHWLD]\b)?[\s\"”']*(?:x|×)\s*", re.IGNORECASE)


def quantities(text: str, *, loose: bool = False) -> list[Quantity]:
    """Return the numbers of a text, in order; digits inside a model number (MP3851) are no numbers.

    A unit said once for several numbers holds for each: "30 x 20 x 10 cm", "3 to 5 years".

    Args:
        text: English or Portuguese.
        loose: take words in that are seldom meant as numbers: "one", "first", "second".
    """
    found = [quantity for match in _NUMBER.finditer(text) if (quantity := _from_digits(text, match))]
    taken = [(quantity.start, quantity.end) for quantity in found]
    for match in (_LOOSE if loose else _WORDS).finditer(text):
        if not any(start < match.end() and match.start() < end for start, end in taken):
            found.append(_from_word(match))
    found.sort(key=lambda quantity: quantity.start)
    return _share_units(text, found)


def same_quantity(claimed: Quantity, stated: Quantity) -> bool:
    """Tell whether two quantities are the same, whatever unit of the dimension each is given in."""
    if claimed.ordinal != stated.ordinal:
        return False
    if claimed.unit is None or stated.unit is None or claimed.unit == stated.unit:
        return any(_near(a, b, 1e-9) for a in claimed.values for b in stated.values)
    if claimed.unit.dimension != stated.unit.dimension:
        return False
    # Between systems people round: 2.2 lb for 1 kg.
    tolerance = 1e-6 if claimed.unit.system == stated.unit.system else 0.01
    return any(
        _near(a * claimed.unit.size, b * stated.unit.size, tolerance) for a in claimed.values for b in stated.values
    )


def _near(a: float, b: float, tolerance: float) -> bool:
    return abs(a - b) <= tolerance * max(abs(a), abs(b), 1e-12)


def _from_digits(text: str, match: re.Match[str]) -> Quantity | None:
    start = match.start("currency") if match["currency"] else match.start("number")
    if match["glued"] and not match["unit"] and not match["ordinal"]:
        return None  # a model number: 3D, 2in1
    if _is_inside_word(text, start):
        return None
    ordinal = bool(match["ordinal"])
    unit, end = _unit_of(text, match)
    if unit is None:
        end = match.end("ordinal") if ordinal else match.end("number")
    return Quantity(text[start:end], start, end, _values(match["number"]), unit, ordinal)


def _is_inside_word(text: str, start: int) -> bool:
    """Tell whether a number is the tail of a model number, as in "X-200"; the end of a range ("3-5") is not."""
    if not start:
        return False
    before, second = text[start - 1], text[max(0, start - 2) : start - 1]
    if before in "xX×" and second.isdigit():
        return False  # 30x20 cm
    if before == "-":
        return second.isalpha()
    return before.isalnum() or before == "_"


def _unit_of(text: str, match: re.Match[str]) -> tuple[Unit | None, int]:
    number_end = match.end("number")
    if match["currency"]:
        code = CURRENCIES.get(match["currency"].upper(), CURRENCIES.get(match["currency"]))
        return Unit(f"money {code}", 1, "money"), number_end
    if not match["unit"]:
        return None, number_end
    name, end = match["unit"].strip(" -\t\n").casefold(), match.end("unit")
    if match["glued"] and name[0].isalpha():
        return None, number_end
    if name == "in" and (_NOT_INCHES.match(text, end) or text[end : end + 1] == "-"):
        return None, number_end
    if name in _QUOTE_SIGNS and text[number_end].isspace():
        return None, number_end  # a quotation mark after a blank
    if name == "s" and not text[number_end].isspace() and len(match["number"]) >= 2 and match["number"].endswith("0"):
        return None, number_end  # the 1980s
    return find_unit(name), end


def _from_word(match: re.Match[str]) -> Quantity:
    word = (match["word"] or match["one"]).casefold()
    unit = match["unit"] or match["one_unit"]
    value = _CARDINALS.get(word, _ONE.get(word))
    if value is not None:
        return Quantity(
            match.group(), match.start(), match.end(), (value,), find_unit(unit.strip(" -")) if unit else None
        )
    value = _ORDINALS.get(word, _SELDOM.get(word))
    assert value is not None
    return Quantity(match["word"], match.start("word"), match.end("word"), (value,), None, ordinal=True)


def _values(number: str) -> tuple[float, ...]:
    if number[-1] in _VULGAR:
        return (float(number[:-1] or 0) + _VULGAR[number[-1]],)
    if "/" in number:
        whole, _, fraction = number.replace("-", " ").rpartition(" ")
        top, _, bottom = fraction.partition("/")
        return (float(whole or 0) + float(top) / (float(bottom) or 1.0),)
    plain = re.sub(r"\s", "", number)
    separators = [sign for sign in plain if sign in ".,"]
    if not separators:
        return (float(plain),)
    decimal = plain.replace("," if separators[-1] == "." else ".", "").replace(",", ".")
    tail = re.split(r"[.,]", plain)[-1]
    if len(set(separators)) == 1 and len(tail) == 3 and not plain.startswith("0"):
        grouped = float(re.sub(r"[.,]", "", plain))
        return (grouped,) if len(separators) > 1 else (grouped, float(decimal))
    if decimal.count(".") > 1:
        return (float(decimal.replace(".", "", decimal.count(".") - 1)),)
    return (float(decimal),)


def _share_units(text: str, found: list[Quantity]) -> list[Quantity]:
    """Give a bare number the unit of the one it is joined to, from the right: in "30 x 20 cm" both are cm."""
    shared = list(found)
    for place, (left, right) in reversed(list(enumerate(pairwise(found)))):
        right = shared[place + 1]
        between = text[left.end : right.start]
        joined = _SIDES.fullmatch(between) or (_JOINED.fullmatch(between) and "," not in between)
        if left.unit is None and right.unit is not None and not left.ordinal and joined and not _is_money(right):
            shared[place] = Quantity(left.text, left.start, left.end, left.values, right.unit)
    return shared


def _is_money(quantity: Quantity) -> bool:
    return quantity.dimension.startswith("money")
