"""Where in a question the product's name stands: forms first, then the words that are left.

`product_name` needs no catalogue. `readings` lists every stretch that may be the name, longest first; the finder
takes the first that the catalogue knows.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

from shelftalker.catalog.titles import normalise_title
from shelftalker.find.forms import strip_form
from shelftalker.find.frames import (
    ADJECTIVES,
    AFTER,
    BEFORE,
    BEFORE_VERBS,
    CLAUSE_OPENERS,
    LINKING,
    NAMELESS,
    OPENERS,
    PREPOSITIONS,
    TAIL_OPENERS,
    YES_NO,
)

__all__ = ["Reading", "Trust", "Word", "product_name", "quoted", "readings", "split_words"]

_QUOTED = re.compile(r"[\"“”„«»‟]([^\"“”„«»‟]{2,})[\"“”„«»‟]|(?<!\w)['‘’`]([^‘’`\n]{2,}?)['’`](?!\w)")
_RUN = re.compile(r"[^\W_]+")
_SENTENCE_GAP = re.compile(r"[^\S\n]*[\"'”’)\]]*[?!…]+[\"'”’)\]]*\s+|\s*\n\s*")
_STOP_GAP = re.compile(r"[\"'”’)\]]*\.+[\"'”’)\]]*\s+")
_CLAUSE_GAP = re.compile(r".*(?:\s[-–—]+\s|[-–—]{2}|—|[,:;?…]\s|\.\.\.).*", re.DOTALL)
_MEASURE = re.compile(
    r"\d[\d.,]*\s*(?:mm|cm|m|km|in|inch|inches|ft|feet|g|kg|mg|oz|ounces?|lbs?|pounds?|ml|l|lit(?:er|re)s?|litros?|gallons?|"
    r"v|volts?|w|watts?|hours?|horas?|days?|dias?|months?|meses|years?|anos?|pages?|p[aá]ginas|pieces?|pe[cç]as|gramas|"
    r"quilos?|kilos?|metros?|cent[ií]metros?|dollars?|reais)\b",
    re.IGNORECASE,
)
_BEFORE_ADJECTIVES = frozenset(
    ["how", "is", "are", "more", "less", "mais", "menos", "quao", "e", "eh", "which", "qual"]
)
_REFERRING = frozenset("it its they them this that one ele ela eles elas isso dele dela".split())
_VERB = "eh"  # "é" and "e" are two words: is, and
_MOST_WORDS = 80
_MOST_UNKNOWN = 3


class Trust(IntEnum):
    """How surely a stretch is the whole name."""

    LOOSE = 0  # a yes/no question: any word may follow the name
    OPEN = 1  # a word that often follows (or precedes) a name bounds it
    SURE = 2  # nothing but words that questions are made of stands around it


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a question: its key, where it stands in characters, and what parts it from the word before."""

    key: str
    start: int
    end: int
    capital: bool
    gap: str


@dataclass(frozen=True, slots=True)
class Reading:
    """A stretch of a question that may be the product's name, as written.

    Attributes:
        nameless: it is made of words that name nothing ("it", "the weight").
        bounded: the words next to it are such that nothing of the name can hide among them.
    """

    text: str
    trust: Trust
    nameless: bool
    bounded: bool


def split_words(text: str) -> list[Word]:
    """Return the words of a text with their keys; letters that fold into several words stay one."""
    words: list[Word] = []
    end = 0
    for match in _RUN.finditer(text):
        key = _VERB if match.group() in "éÉ" else normalise_title(match.group()).replace(" ", "")
        if key:
            words.append(Word(key, match.start(), match.end(), match.group()[0].isupper(), text[end : match.start()]))
            end = match.end()
    return words


def quoted(text: str) -> list[str]:
    """Return what stands in quotation marks of any kind, first to last."""
    return [(a or b).strip() for a, b in _QUOTED.findall(text) if normalise_title(a or b)]


def product_name(question: str) -> str:
    """Return the product's name that a question asks about, as it is written there.

    Where no form of a question is recognised, the words at both ends that only questions use are taken off; what
    has no name in it comes back whole.
    """
    text = question.strip()
    in_quotes = quoted(text)
    if in_quotes:
        return max(in_quotes, key=len)
    by_form = strip_form(text)
    if by_form is not None:
        return by_form
    sure = [r for r in readings(text) if r.trust is Trust.SURE and not r.nameless]
    return min(sure, key=lambda r: len(r.text)).text if sure else text


def readings(text: str) -> list[Reading]:
    """Return the stretches of a question that may be the name, longest first, the whole text left out."""
    words = split_words(text)
    if len(words) > _MOST_WORDS:
        return []
    mixed = any(w.capital for w in words[1:]) and any(text[w.start].islower() for w in words)
    sentences = {0} | {i for i in range(1, len(words)) if _ends_sentence(words, i)}
    starts = _starts(words, sentences, mixed)
    ends = _ends(text, words, sentences, mixed)
    found = [
        (first - last, first, _reading(text, words, first, last, (a, b), mixed))
        for first, a in starts.items()
        for last, b in ends.items()
        if first < last and not (first == 0 and last == len(words))
    ]
    return [reading for _, _, reading in sorted(found, key=lambda f: f[:2])]


def _reading(
    text: str, words: Sequence[Word], first: int, last: int, trusts: tuple[Trust, Trust], mixed: bool
) -> Reading:
    stretch = words[first:last]
    nameless = all(w.key in NAMELESS and not (mixed and w.capital) for w in stretch)
    before = words[first - 1].key if first else ""
    left = not before or before in LINKING | CLAUSE_OPENERS | BEFORE_VERBS or words[first].gap.strip() != ""
    right = last == len(words) or words[last].key in TAIL_OPENERS or words[last].gap.strip() != ""
    bounded = left and right and trusts[0] is Trust.SURE
    return Reading(text[stretch[0].start : stretch[-1].end], min(trusts), nameless, bounded)


def _starts(words: Sequence[Word], sentences: set[int], mixed: bool) -> dict[int, Trust]:
    """The words that a name may start with."""
    starts: dict[int, Trust] = {}
    first = unknown = 0
    named = False
    for i, word in enumerate(words):
        if i in sentences:
            first, unknown, named = i, 0, False
            starts[i] = Trust.SURE
        elif named:
            continue
        elif unknown == 0:
            starts[i] = Trust.SURE
        elif words[first].key in OPENERS and words[i - 1].key in LINKING and unknown <= _MOST_UNKNOWN:
            starts[i] = Trust.OPEN
        previous = words[i - 1].key if i > first else ""
        frame = word.key in BEFORE or (word.key in ADJECTIVES and previous in _BEFORE_ADJECTIVES)
        unknown += not frame
        # A capital inside a sentence, or a number, belongs to a name: what follows is not the start of another.
        named = _is_named(word, mixed and i > first) or (not frame and any(c.isdigit() for c in word.key))
    return starts


def _ends(text: str, words: Sequence[Word], sentences: set[int], mixed: bool) -> dict[int, Trust]:
    """The words that a name may end before."""
    ends = {len(words): Trust.SURE}
    yes_no = bool(words) and words[0].key in YES_NO
    all_frame, refers = True, False
    for i in range(len(words) - 1, 0, -1):
        word = words[i]
        if i + 1 in sentences:
            all_frame = True
        named = _is_named(word, mixed and i not in sentences)
        all_frame = all_frame and word.key in AFTER and not named
        refers = (refers and i + 1 not in sentences) or word.key in _REFERRING
        clause = _CLAUSE_GAP.fullmatch(word.gap) is not None and word.key in CLAUSE_OPENERS
        # A capital after a colon starts a subtitle, unless the clause speaks of the product: "X: How heavy is it?"
        if i in sentences or all_frame or (clause and (refers or not named)):
            ends[i] = Trust.SURE
        elif named or word.gap.strip(" \t'\")”’]") != "":
            continue
        elif word.key in TAIL_OPENERS or _MEASURE.match(text, word.start) or _is_phrase(text, words, i, mixed):
            ends[i] = Trust.OPEN
        elif yes_no and not any(c.isdigit() for c in word.key):
            ends[i] = Trust.LOOSE
    return ends


def _is_phrase(text: str, words: Sequence[Word], i: int, mixed: bool) -> bool:
    """Whether a preposition and a word that questions use start here: "for kids", not "for Every Day in Ashmore"."""
    following = words[i + 1] if i + 1 < len(words) else None
    return words[i].key in PREPOSITIONS and (
        following is None
        or (following.key in AFTER and not _is_named(following, mixed))
        or _MEASURE.match(text, following.start) is not None
    )


def _is_named(word: Word, capitals_tell: bool) -> bool:
    return capitals_tell and word.capital and word.key not in ("i", "amazon")


def _ends_sentence(words: Sequence[Word], i: int) -> bool:
    """Whether a sentence ends before a word. "Vol. 5", "Dr. Dee" and "a.m." end none."""
    gap = words[i].gap
    if _SENTENCE_GAP.fullmatch(gap):
        return True
    return _STOP_GAP.fullmatch(gap) is not None and words[i].capital and len(words[i - 1].key) > 3
