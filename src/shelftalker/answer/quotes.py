"""The stretches of a record that an answer repeats word for word."""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import SequenceMatcher

from shelftalker.records import Record, Source

__all__ = ["find_quotes", "make_source"]

_WORD = re.compile(r"\S+")
_OPENING = "\"'“‘(["
_CLOSING = "\"'”’)]"
_PUNCTUATION = ".,;:!?\"'“‘”’()[]-–—"
_FEWEST_WORDS = 3
_MOST_QUOTES = 5


def make_source(record: Record, answer: str = "") -> Source:
    """Return a record as an answer's source, with what the answer quotes of it."""
    return Source(record.uid, record.title, record.file, record.line, find_quotes(answer, record.content))


def find_quotes(answer: str, content: str) -> tuple[str, ...]:
    """Return the stretches of `content`, of three words or more, that `answer` repeats, in the content's order."""
    answered, stated = list(_WORD.finditer(answer)), list(_WORD.finditer(content))
    if not answered or not stated:
        return ()
    left, right = [_plain(match) for match in answered], [_plain(match) for match in stated]
    if left == right:
        return (content.strip(),)
    blocks = SequenceMatcher(None, left, right, autojunk=False).get_matching_blocks()
    long = sorted((block for block in blocks if _tells(right[block.b : block.b + block.size])), key=lambda b: -b.size)
    places = sorted(
        (stated[b.b].start(), _end(answered[b.a + b.size - 1], stated[b.b + b.size - 1])) for b in long[:_MOST_QUOTES]
    )
    return tuple(content[start:end].strip(_OPENING) for start, end in places)


def _end(answered: re.Match[str], stated: re.Match[str]) -> int:
    """Where a quote ends: with the punctuation that the answer repeats too, and no more."""
    body = stated.group().rstrip(_PUNCTUATION)
    tail = answered.group().rstrip(_CLOSING)[len(answered.group().rstrip(_PUNCTUATION)) :]
    own = stated.group()[len(body) :]
    shared = tail if own.startswith(tail) else ""
    return stated.start() + len(body) + len(shared)


def _plain(match: re.Match[str]) -> str:
    return match.group().casefold().strip(".,;:!?\"'“”‘’()[]-–—")


def _tells(words: Sequence[str]) -> bool:
    """A short stretch tells something only with a number in it."""
    return len(words) >= _FEWEST_WORDS or (len(words) >= 2 and any(char.isdigit() for word in words for char in word))
