"""Titles of products that a catalogue lacks: its own titles with one word or one number changed."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence

from shelftalker.catalog.titles import normalise_title

__all__ = ["near_miss", "replacement_words"]

_TRIES = 20
_FEWEST_LETTERS = 4
_NUMBER = re.compile(r"\d+")
# Words that many titles have in passing; changing one names no other product.
_PASSING = frozenset(
    "the with from this that your edition series book books volume paperback hardcover kindle para pela pelo "
    "como livro edição inch inches pack piece pieces set version dvd format audio about into over under".split()
)


def replacement_words(titles: Sequence[str]) -> list[str]:
    """Return words that can take another's place: what titles of the catalogue are made of."""
    return sorted({word for title in titles for word in title.split() if _can_change(word)})


def near_miss(title: str, words: Sequence[str], is_known: Callable[[str], bool], rng: random.Random) -> str | None:
    """Return a title that differs from `title` in one word or one number and that the catalogue has not.

    Args:
        title: of a product of the catalogue.
        words: what can be put in, as `replacement_words` returns it.
        is_known: tells whether the catalogue has a title, normalised.
        rng: of every choice.

    Returns:
        The title, or None where no change gives one that is plausible and unknown.
    """
    parts = title.split()
    numbers = [place for place, part in enumerate(parts) if _NUMBER.search(part)]
    plain = [place for place, part in enumerate(parts) if _can_change(part)]
    for _ in range(_TRIES):
        places = numbers if numbers and (not plain or rng.random() < 0.5) else plain
        if not places:
            return None
        place = rng.choice(places)
        changed = _other_number(parts[place], rng) if places is numbers else _other_word(parts[place], words, rng)
        candidate = " ".join([*parts[:place], changed, *parts[place + 1 :]])
        key = normalise_title(candidate)
        if key != normalise_title(title) and not is_known(key):
            return candidate
    return None


def _can_change(word: str) -> bool:
    return word.isalpha() and len(word) >= _FEWEST_LETTERS and word.casefold() not in _PASSING


def _other_number(part: str, rng: random.Random) -> str:
    """Change one digit, and never the sign of a decimal or the count of digits."""
    places = [n for n, char in enumerate(part) if char.isdigit()]
    place = rng.choice(places)
    leads = place == 0 or not part[place - 1].isdigit()
    choices = [digit for digit in "0123456789" if digit != part[place] and not (leads and digit == "0")]
    return part[:place] + rng.choice(choices) + part[place + 1 :]


def _other_word(part: str, words: Sequence[str], rng: random.Random) -> str:
    for _ in range(_TRIES):
        word = rng.choice(words) if words else part
        if word.casefold() != part.casefold() and not _same_stem(word.casefold(), part.casefold()):
            break
    else:
        return part
    if part.isupper():
        return word.upper()
    return word.capitalize() if part[0].isupper() else word.lower()


def _same_stem(one: str, other: str) -> bool:
    """Cup and cups, Harbor and harbour: a spelling of the same word, not another product."""
    shared = min(len(one), len(other))
    return abs(len(one) - len(other)) <= 2 and one[: max(3, shared - 1)] == other[: max(3, shared - 1)]
