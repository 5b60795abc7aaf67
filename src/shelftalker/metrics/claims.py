"""What an answer claims that can be looked up: its numbers with units, names and quotations."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from shelftalker.metrics.quantities import Quantity, quantities
from shelftalker.metrics.sentences import sentences
from shelftalker.metrics.tokens import Token, is_content, is_negator, tokens

__all__ = ["Claim", "blank_markers", "claims"]


# A verb that opens a sentence before a name: "Uses Bluetooth".
_OPENING_VERB = re.compile(
    r"\w+(?:ing|ed|ly)|uses?|has|makes?|includes?|features?|supports?|works?|comes?|offers?|holds?|runs?|plays?|needs?|"
    r"takes?|gives?|contains?|meet|read|see|usa|tem|inclui|traz|feit[oa]|com|vem|acompanha|leia|veja",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Claim:
    """A stretch of a text, `start` to `end` in characters, that a source can bear out or not."""

    kind: Literal["number", "name", "quote"]
    text: str
    start: int
    end: int
    quantity: Quantity | None = None


_MARKER = re.compile(r"\[\d{1,2}\](?=\s*(?:$|\n|\[\d))")
_QUOTES = re.compile(
    r"“(?P<a>[^“”]{2,})”|«(?P<b>[^«»]{2,})»|\"(?P<c>[^\"\n]{2,})\"|(?<![\w’'])[‘'](?P<d>[^\n]{6,}?)[’'](?![\w’'])"
)
_OPENS = frozenset(":“\"‘'«([*•|")
_CONNECTORS = frozenset("of de da do das dos del di van von der den la le el e and & the y".split())
# What a sentence may open with although no source has it.
_NEVER_NAMES = frozenset(
    "i yes no sim não ok a an the o os as um uma mr mrs ms dr sr sra this that these those it he she they we you "
    "its their in on at by for from with to of and or but so if when while since because although as é".split()
)


def claims(text: str) -> list[Claim]:
    """Return the numbers, names and quotations of a text in order; what stands in a quotation is not told twice.

    A name is a word or a row of words with a capital (or digits among letters) that does not only open a sentence.
    """
    text = blank_markers(text)
    quoted = _quotations(text)
    inside = [(claim.start, claim.end) for claim in quoted]
    numbers = [
        Claim("number", quantity.text, quantity.start, quantity.end, quantity)
        for quantity in quantities(text)
        if not _within(quantity.start, inside)
    ]
    taken = inside + [(claim.start, claim.end) for claim in numbers]
    names = [
        claim for claim in _names(text) if not any(claim.start < end and start < claim.end for start, end in taken)
    ]
    return sorted([*quoted, *numbers, *names], key=lambda claim: (claim.start, claim.end))


def blank_markers(text: str) -> str:
    """Return a text with the record numbers at the ends of its lines blanked out; every place stays what it was."""
    while True:
        blanked = _MARKER.sub(lambda match: " " * len(match.group()), text)
        if blanked == text:
            return text
        text = blanked


def _within(place: int, stretches: list[tuple[int, int]]) -> bool:
    return any(start <= place < end for start, end in stretches)


def _quotations(text: str) -> list[Claim]:
    """Quotations of two words or more; a lone word in quotation marks is a term, and checked as one."""
    found = []
    for match in _QUOTES.finditer(text):
        body = next(group for group in match.groups() if group is not None)
        if len(tokens(body)) > 1:
            found.append(Claim("quote", body, match.start(match.lastgroup or 0), match.end(match.lastgroup or 0)))
    return found


def _names(text: str) -> list[Claim]:
    found: list[Claim] = []
    for sentence in sentences(text):
        row: list[Token] = []
        words = tokens(sentence.text)
        for place, word in enumerate(words):
            following = words[place + 1] if place + 1 < len(words) else None
            if _is_name(word, first=not place or _opens(sentence.text, word), following=following):
                if row and not _adjoins(sentence.text, row[-1], word):
                    found.append(_row(sentence.text, sentence.start, row))
                    row = []
                row.append(word)
        if row:
            found.append(_row(sentence.text, sentence.start, row))
    return found


def _opens(text: str, word: Token) -> bool:
    """Tell whether a word opens a part that is written like a sentence: after a colon, a bracket, a quotation mark."""
    return text[: word.start].rstrip()[-1:] in _OPENS


def _is_name(word: Token, *, first: bool, following: Token | None) -> bool:
    if word.key in _NEVER_NAMES or is_negator(word.key):
        return False
    if any(char.isdigit() for char in word.text):
        return any(char.isalpha() for char in word.text) and not word.text[0].isdigit()
    if not word.text[0].isupper() or len(word.text) < 2:
        return False
    if not first:
        return True
    # Every sentence opens with a capital: only another name after it, or an owner's "'s", tells.
    if word.text[1:].isupper() or word.text.endswith(("'s", "’s")):
        return True
    if following is None or not following.text[0].isupper() or len(following.text) == 1:
        return False
    return is_content(word.key) and not _OPENING_VERB.fullmatch(word.text)


def _adjoins(text: str, left: Token, right: Token) -> bool:
    """Tell whether two names are one: nothing between them but a blank, or a small connecting word."""
    between = text[left.end : right.start].strip(" -&'’")
    return not between or between.casefold() in _CONNECTORS


def _row(text: str, offset: int, row: list[Token]) -> Claim:
    start, end = row[0].start, row[-1].end
    return Claim("name", text[start:end], offset + start, offset + end)
