"""The words of a question, and of the title that is laid over it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from shelftalker.find.frequencies import plainness
from shelftalker.find.names import STOP_WORDS, name_tokens
from shelftalker.prompts import detect_language
from shelftalker.records import Language

__all__ = ["Asked", "Word", "read_words", "titles_of"]

_TOKEN = re.compile(r"\d+(?:[.,]\d+)+|[^\W_]+")
_QUOTED = re.compile(r"[\"“«‘']([^\"”»’“]{2,}?)[\"”»’'](?!\w)")
_HEAD_END = re.compile(r"\s*[:(\[|]|\s[-–—]\s|-\s|,\s|;\s|\.\s")


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a question.

    Attributes:
        key: folded, as `name_tokens` has it.
        start, end: its place, in characters.
        capital: it begins with a capital, or stands within quotation marks.
        quoted: it stands within quotation marks.
        large: all of its letters are capitals.
    """

    key: str
    start: int
    end: int
    capital: bool
    quoted: bool = False
    large: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """A question's words, its language, and whether its capitals tell anything (not where all are large or none is)."""

    words: tuple[Word, ...]
    cased: bool
    language: Language = "en"

    @property
    def keys(self) -> list[str]:
        """The folded words."""
        return [word.key for word in self.words]


def read_words(question: str) -> Asked:
    """Return the words of a question."""
    quoted = [match.span(1) for match in _QUOTED.finditer(question)]
    found: list[Word] = []
    for match in _TOKEN.finditer(question):
        inside = any(start <= match.start() < end for start, end in quoted)
        capital = inside or (match.group()[0].isupper() and not _opens(question, match.start()))
        found += [
            Word(key, match.start(), match.end(), capital, inside, match.group().isupper())
            for key in name_tokens(match.group())
        ]
    letters = [char for char in question if char.isalpha()]
    large = sum(char.isupper() for char in letters)
    outside = [word for word in found if word.key.isalpha() and len(word.key) > 2]
    most = sum(word.capital for word in outside) > 0.8 * max(1, len(outside)) and len(outside) > 3
    return Asked(tuple(found), 0 < large < 0.6 * max(1, len(letters)) and not most, detect_language(question))


def _opens(text: str, place: int) -> bool:
    before = text[:place].rstrip(" \"'“‘«([¿¡*-–—")
    return not before or before[-1] in ".!?\n"


def titles_of(title: str) -> tuple[list[str], list[str]]:
    """Return the telling words of the main title, and of the whole title."""
    cut = next((m.start() for m in _HEAD_END.finditer(title) if _tells(name_tokens(title[: m.start()]))), len(title))
    main, whole = name_tokens(title[:cut]), name_tokens(title)
    return _telling(main) or main, _telling(whole) or whole


def _tells(tokens: Sequence[str]) -> bool:
    """A head of one short or plain word ("Mog", "DVD") is a name only if it is rare."""
    telling = _telling(tokens)
    return len(telling) > 1 or (len(telling) == 1 and plainness(telling[0]) < 0.6 and len(telling[0]) > 3)


def _telling(tokens: Sequence[str]) -> list[str]:
    return [token for token in tokens if token not in STOP_WORDS]
