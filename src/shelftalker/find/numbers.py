"""Numbers in names: volumes, editions, sizes and model codes must agree. Their words stand in numbers.toml."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Sequence
from functools import cache
from importlib.resources import files
from itertools import pairwise
from typing import Any

from shelftalker.find.asked import Word
from shelftalker.find.frequencies import stem
from shelftalker.find.names import STOP_WORDS, has_digit, name_tokens

__all__ = ["number_of", "numbers_differ"]

_ORDINAL = re.compile(r"(\d{1,2})(?:a|o|st|nd|rd|th)")


@cache
def _table() -> dict[str, Any]:
    return tomllib.loads(files("shelftalker.find").joinpath("numbers.toml").read_text(encoding="utf-8"))


@cache
def _spelt() -> dict[str, str]:
    return {word: number for number, words in _table()["spelt"].items() for word in words}


@cache
def _volumes() -> frozenset[str]:
    return frozenset(map(stem, _table()["volumes"]))


def number_of(word: str) -> str | None:
    """Return what number a word stands for, as digits: "7", "07", "7th", "vii"; None where it is none."""
    if word.isdigit():
        return word.lstrip("0") or "0"
    if (ordinal := _ORDINAL.fullmatch(word)) is not None:
        return ordinal.group(1)
    roman: dict[str, str] = _table()["roman"]
    return roman.get(word)


def numbers_differ(
    words: Sequence[Word],
    title: str,
    whole: Sequence[str],
    first: int,
    last: int,
    explains: Callable[[str], bool],
    free: Sequence[bool],
) -> bool:
    """Whether the name in the question bears another number or model code than the title."""
    own = [number for word in whole if (number := number_of(word)) is not None]
    own += [_spelt()[word] for word in whole if word in _spelt()]
    codes = {word for word in whole if has_digit(word)} | {a + b for a, b in pairwise(whole) if has_digit(b)}
    tokens = name_tokens(title)
    labels = {stem(tokens[n - 1]) for n in range(1, len(tokens)) if number_of(tokens[n]) and tokens[n - 1].isalpha()}
    volumes = _volumes()
    labels |= volumes | {
        stem(tokens[n + 1]) for n in range(len(tokens) - 1) if tokens[n] in _spelt() and tokens[n + 1].isalpha()
    }
    for place, word in enumerate(words):
        if not free[place]:
            continue
        near = first - 2 <= place < last + 2
        before = words[place - 1].key if place else ""
        after = words[place + 1].key if place + 1 < len(words) else ""
        number = number_of(word.key)
        if number is not None and word.key.isalpha() and not word.large:
            number = None  # "vi" is also a word
        spelt = _spelt().get(word.key)
        if number is None and has_digit(word.key):
            if near and word.key not in codes and not explains(word.key) and (codes or first <= place < last):
                return True
            continue
        if number is None and spelt is None:
            continue
        labelled = stem(before) in labels or stem(after) in labels
        value = number or spelt
        if spelt is not None and not {stem(before), stem(after)} & volumes:
            continue  # "is one Corvane kettle enough"
        if value in own:
            continue
        beside = first <= place <= last and not explains(word.key)
        if (labelled and near and (own or stem(before) in volumes or stem(after) in volumes)) or (
            beside and number is not None and (own or first <= place < last or (place == last and _ends(words, place)))
        ):
            return True
    return False


def _ends(words: Sequence[Word], place: int) -> bool:
    """A bare number behind a title is part of the name unless it counts what follows ("200 pages")."""
    return place + 1 >= len(words) or words[place + 1].key in STOP_WORDS
