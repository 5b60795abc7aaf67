"""Cut a text into sentences, with their places, as product texts are written."""

from __future__ import annotations

import re
from dataclasses import dataclass

__all__ = ["Sentence", "sentences"]

_ABBREVIATIONS = frozenset(
    "mr mrs ms dr prof sr sra jr st vs vol no nr ed eds inc ltd co corp approx max min fig ca cf al etc e.g i.e u.s "
    "dept univ rev gen col sgt capt lt aprox núm pág págs tel av".split()
)
_MONTHS = frozenset("jan feb mar apr jun jul aug sep sept oct nov dec".split())
# A full stop, its closing quotes or brackets, then white space and what can open a sentence; a line break; a bullet.
_END = re.compile(
    r"[.!?…]+[\"'”’)\]]*(?=\s+[\"'“‘(\[*•-]*[\w¿¡$€£])|\n+|(?:^|\s)[*•|·](?=\s)|(?<=[.!?][\"'”’])(?=[A-ZÀ-Þ])"
)
_BULLETS = frozenset("*•|·")


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence and its place in the text, in characters."""

    text: str
    start: int
    end: int


def sentences(text: str) -> list[Sentence]:
    """Return the sentences of a text; nothing but blanks and the bullets of lists is left out."""
    found: list[Sentence] = []
    start = 0
    small = _is_in_small_letters(text)
    for end in _END.finditer(text):
        if _is_inside(text, start, end, small):
            continue
        bullet = end.group().strip() in _BULLETS
        _add(found, text, start, end.start() if bullet else end.end())
        start = end.end()
    _add(found, text, start, len(text))
    return found


def _is_in_small_letters(text: str) -> bool:
    """Tell whether a text is written without capitals, so that a small letter opens its sentences too."""
    opened = [text[end.end() :].lstrip()[:1] for end in _END.finditer(text)]
    letters = [char for char in opened if char.isalpha()]
    return bool(letters) and sum(char.islower() for char in letters) > 0.7 * len(letters) and not text[:1].isupper()


def _is_inside(text: str, start: int, end: re.Match[str], small: bool) -> bool:
    """A full stop after an abbreviation or an initial, or before a small letter, ends nothing."""
    if not end.group().startswith("."):
        return False
    following = text[end.end() :].lstrip().lstrip("\"'“‘([*")
    if following[:1].islower() and not small:
        return True
    before = text[start : end.start()].split()
    if not before or end.group() != ".":
        return False
    word = before[-1].lstrip("\"'“‘([")
    if word.casefold() in _ABBREVIATIONS or (word.casefold() in _MONTHS and following[:1].isdigit()):
        return True
    initial = len(word) == 1 and word.isalpha() and word.isupper()
    return initial and not (len(before) > 1 and before[-2][-1].isdigit())  # "9 W." ends with a unit


def _add(found: list[Sentence], text: str, start: int, end: int) -> None:
    piece = text[start:end]
    stripped = piece.strip()
    if stripped:
        offset = start + len(piece) - len(piece.lstrip())
        found.append(Sentence(stripped, offset, offset + len(stripped)))
