"""Parts of a description that fit a budget: what a question needs, whole sentences, in their order."""

from __future__ import annotations

import re

from shelftalker.metrics.quantities import quantities
from shelftalker.metrics.sentences import Sentence, sentences

__all__ = ["clip", "first_sentence", "quote_around", "window"]

_CLAUSE = re.compile(r"[;:(),–—]\s*|\s(?:and|but|while|with|e|mas|enquanto|com)\s", re.IGNORECASE)


def clip(content: str, limit: int) -> str:
    """Return the first whole sentences that fit `limit` characters, or the first words where none does."""
    if len(content) <= limit:
        return content
    fitting = [sentence for sentence in sentences(content) if sentence.end <= limit]
    if fitting and fitting[-1].end >= limit // 3:
        return content[: fitting[-1].end]
    return content[:limit].rsplit(" ", 1)[0]


def first_sentence(content: str, limit: int = 220) -> str:
    """Return the first sentence that states something, or its first words up to `limit` characters."""
    found = [sentence.text for sentence in sentences(content)[:4]]
    stating = [text for text in found if not text.endswith("?") and len(text.split()) > 3] or found or [content]
    return clip(stating[0], limit)


def window(content: str, start: int, end: int, limit: int) -> str:
    """Return whole sentences around `start` to `end`, at most about `limit` characters."""
    if len(content) <= limit:
        return content
    found = sentences(content)
    first = next((n for n, sentence in enumerate(found) if sentence.end > start), 0)
    last = next((n for n in range(len(found) - 1, -1, -1) if found[n].start < end), first)
    last = max(first, last)
    while True:
        grown = False
        for low, high in ((first - 1, last), (first, last + 1)):
            if low >= 0 and high < len(found) and found[high].end - found[low].start <= limit:
                first, last, grown = low, high, True
                break
        if not grown:
            return _join(content, found, first, last)


def _join(content: str, found: list[Sentence], first: int, last: int) -> str:
    return content[found[first].start : found[last].end]


def quote_around(sentence: str, value: str, limit: int = 200) -> str:
    """Return the part of a sentence that states a value and no other number of its kind; "" where there is none."""
    place = sentence.find(value)
    if place < 0:
        return ""
    kinds = {quantity.dimension for quantity in quantities(value)}
    for start, end in _parts(sentence, place, place + len(value)):
        part = sentence[start:end].strip(" ,;:–—")
        if value not in part or len(part) > limit:
            continue
        rest = part.replace(value, " ", 1)
        if not kinds & {quantity.dimension for quantity in quantities(rest)}:
            return part
    return ""


def _parts(sentence: str, start: int, end: int) -> list[tuple[int, int]]:
    """The sentence, then ever smaller stretches of whole clauses around `start` to `end`."""
    before = [0, *(cut.end() for cut in _CLAUSE.finditer(sentence) if cut.end() <= start)]
    after = [*(cut.start() for cut in _CLAUSE.finditer(sentence) if cut.start() >= end), len(sentence)]
    parts = [(low, high) for low in before for high in after]
    return sorted(set(parts), key=lambda part: part[0] - part[1])
