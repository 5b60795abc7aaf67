"""What people call a product: its title, or the title's head without subtitle, series or edition."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

__all__ = ["STOP_WORDS", "has_digit", "heads", "is_exact", "is_model", "name_tokens", "squash", "squash_tokens"]

_ARTICLES = frozenset(["the", "a", "an", "o", "os", "as", "um", "uma"])
STOP_WORDS = _ARTICLES.union(
    ["of", "and", "or", "in", "on", "at", "to", "for", "with", "from", "by", "s", "amp", "quot"],
    ["de", "da", "do", "das", "dos", "e", "em", "no", "na", "nos", "nas", "com", "para", "por", "ao", "aos"],
)
"""Words that carry no name: they may be missing or added without making it another product."""

_HEAD_MARKS = (":", "(", "[", " - ", " – ", " — ", " | ")
_HEAD_END = re.compile(r"\s*(?:[:(\[]|\s[-–—|]\s)")
_MOST_HEADS = 3
_UNITS = (
    "mm cm m mt mts km in inch inches ft feet yd mg g kg oz ounce ounces lb lbs pound pounds ml cl l "
    "liter liters litre litres litro litros qt gal gallon v volt volts w watt watts kw mah ah hz khz mhz ghz kb mb gb "
    "tb pc pcs pk pack piece pieces ply count ct x"
)
_UNIT = "|".join(sorted(_UNITS.split(), key=len, reverse=True))
_NUMBER_AND_UNIT = re.compile(rf"(\d+)({_UNIT})")
_TOKEN = re.compile(r"\d+(?:[.,]\d+)+|[^\W_]+")
_SIDES = re.compile(rf"([a-z]?\d+)x(\d+)(?:x(\d+))?({_UNIT})?")
_METRES = dict.fromkeys(("mt", "mts", "metro", "metros", "meter", "meters", "metre", "metres"), "m")
_FRACTIONS = {"½": ".5", "¼": ".25", "¾": ".75"}
_FRACTION = re.compile(r"(?<=\d)\s?([½¼¾])")
_PLAIN = str.maketrans(
    {"™": " ", "®": " ", "©": " ", "ø": "o", "Ø": "O", "æ": "ae", "Æ": "Ae", "œ": "oe", "Œ": "Oe", "ł": "l", "Ł": "L"}
)
_UNIT_ENDS = frozenset(unit[-1] for unit in _UNITS.split())
_DIGIT = re.compile(r"\d")
_DECIMAL = re.compile(r"\d[.,]\d")
_GROUPED = re.compile(r"[1-9]\d{0,2}(?:[.,]\d{3})+")
_YEAR = re.compile(r"(?:19|20)\d\d")
_ROMAN = re.compile(r"[ivxl]{2,}")
_LOWER = str.maketrans({chr(code): chr(code).lower() if chr(code).isalnum() else " " for code in range(128)})


def squash(text: str) -> str:
    """Return the key by which a name is looked up: no leading article, no "and", no spaces.

    "The Boom Box" and "boombox", "Law & Order" and "law and order" share a key. A name without a letter or digit is
    its own key.
    """
    return squash_tokens(name_tokens(text)) or text.strip()


def squash_tokens(tokens: Sequence[str]) -> str:
    """Return `squash` of a text from its `name_tokens`; empty where there are none."""
    if "and" in tokens:
        tokens = [t for t in tokens if t != "and"]
    if len(tokens) > 1 and tokens[0] in _ARTICLES:
        tokens = tokens[1:]
    return "".join(tokens)


def heads(title: str) -> list[str]:
    """Return what stands before a colon, a bracket or a spaced dash, shortest first: the title without its subtitle."""
    if not any(mark in title for mark in _HEAD_MARKS):
        return []
    found = []
    for match in _HEAD_END.finditer(title):
        head = title[: match.start()].strip()
        if head and head not in found:
            found.append(head)
        if len(found) == _MOST_HEADS:
            break
    return found


def name_tokens(text: str) -> list[str]:
    """Return the words and numbers of a name, folded, for comparing it with another.

    Decimals stay one token with a point ("1,5" and "1.5" are the same number, "15" is another), thousands lose
    their separator, a number loses its unit ("850ml" is "850" "ml"), a model name stays whole ("mk2").
    """
    if text.isascii():
        tokens = text.translate(_LOWER).split()
        if "".join(tokens).isalpha():
            return tokens
        folded = text.lower()
    else:
        spelt = _FRACTION.sub(lambda match: _FRACTIONS[match.group(1)], text).translate(_PLAIN)
        folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", spelt.casefold()).casefold())
        folded = "".join(c for c in folded if not unicodedata.combining(c))
        tokens = _TOKEN.findall(folded)
    if ("." in folded or "," in folded) and _DECIMAL.search(folded) is not None:
        tokens = [_number(t) if "." in t or "," in t else t for t in _TOKEN.findall(folded)]
    split: list[str] = []
    for place, token in enumerate(tokens):
        if (
            token == "x"
            and 0 < place < len(tokens) - 1
            and has_digit(tokens[place - 1])
            and has_digit(tokens[place + 1])
        ):
            continue  # "30 x 40 cm" is "30x40cm"
        if (sides := _SIDES.fullmatch(token)) is not None:
            split += [side for side in sides.groups() if side]
            continue
        if token[-1] in _UNIT_ENDS and token[0].isdigit() and (match := _NUMBER_AND_UNIT.fullmatch(token)) is not None:
            split += match.groups()
        else:
            split.append(token)
    return [_METRES.get(token, token) for token in split]


def _number(token: str) -> str:
    return re.sub("[.,]", "", token) if _GROUPED.fullmatch(token) else token.replace(",", ".")


def has_digit(token: str) -> bool:
    """Say whether a token is a number or a model name."""
    return _DIGIT.search(token) is not None


def is_model(token: str) -> bool:
    """Say whether a token is likely a model name rather than an amount or a year: "v990", "310", not "20" or "1998"."""
    if not has_digit(token) or "." in token:
        return False
    return not token.isdigit() or (len(token) >= 3 and _YEAR.fullmatch(token) is None)


def is_exact(token: str) -> bool:
    """Say whether a token tolerates no typo: numbers, model names, Roman numerals, letters that stand alone."""
    return len(token) <= 2 or has_digit(token) or _ROMAN.fullmatch(token) is not None
