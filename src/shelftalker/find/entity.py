"""Is the product that was found the product that was asked about?

Numbers and model names must agree to the letter. A rare word may hold a typo; a word that the catalogue knows is no
typo but another word. Words of the title may be left out, words of the question may not.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from shelftalker.find.names import STOP_WORDS, has_digit, is_exact, is_model
from shelftalker.find.vocabulary import edit_distance

__all__ = ["Counts", "Likeness", "compare", "compare_title", "is_typo", "typos_allowed"]

_TYPO, _JOIN, _LEFT_OUT, _ADDED, _STOP = 0.6, 0.3, 1.0, 2.0, 0.2
_LEAST_KEPT, _LEAST_KEPT_OF_FEW = 0.6, 0.7
_LITTLE_CHANCE = 0.05
_SURE_WORDS = 3
_GENERIC_SHARE, _GENERIC_TITLES, _GENERIC_WEIGHT = 0.01, 10, 0.1


@dataclass(frozen=True, slots=True)
class Counts:
    """How common the words of a catalogue's titles are.

    Attributes:
        of: in how many titles a word stands; numbers are not counted.
        titles: how many titles there are.
    """

    of: Callable[[str], int]
    titles: int

    def is_generic(self, word: str) -> bool:
        """Say whether a word stands in so many titles ("board", "game", "edition") that it tells little."""
        return not has_digit(word) and self.of(word) >= max(_GENERIC_TITLES, _GENERIC_SHARE * self.titles)

    def by_chance(self, words: Sequence[str]) -> float:
        """Return in how many titles all these words would stand if they had nothing to do with each other."""
        shares = [_GENERIC_SHARE if has_digit(word) else self.of(word) / self.titles for word in words]
        return self.titles * math.prod(shares)


@dataclass(frozen=True, slots=True, order=True)
class Likeness:
    """How a title agrees with the name that was asked for; the smaller, the closer.

    Attributes:
        left_out: telling words of the title that the name lacks.
        head: the name is the title without its subtitle, series or edition.
        generic_left_out: words of the title that tell little and that the name lacks.
        typos: words that differ by a typo.
    """

    left_out: int
    head: bool
    generic_left_out: int
    typos: int

    @property
    def shortened(self) -> bool:
        """Whether the name lacks words of the title, or of its head."""
        return self.left_out > 0 or self.generic_left_out > 0


def typos_allowed(word: str) -> int:
    """Return how many edits still make a typo of a word: none in numbers, model names and the shortest words."""
    if is_exact(word):
        return 0
    return 1 if len(word) < 8 else 2


def is_typo(asked: str, word: str, counts: Counts, *, company: int = 0) -> bool:
    """Say whether `asked` is `word` misspelled rather than another word.

    A word that other titles hold is another word, unless a single edit parts it from a more frequent one in the
    company of enough words that agree: "Back Rooms and Clan Air" is no other book than "Back Rooms and Clean Air".

    Args:
        asked: the word of the question.
        word: the word of the title.
        counts: of the catalogue.
        company: how many telling words besides this one agree to the letter.
    """
    allowed = min(typos_allowed(asked), typos_allowed(word))
    if not allowed or not (asked.isalpha() and word.isalpha()):
        return False
    distance = edit_distance(asked, word, allowed)
    if distance > allowed:
        return False
    known = counts.of(asked)
    if known == 0:
        # A short rare word is as likely a model name: "Rixo" is not "Rico".
        return len(asked) > 4 or len(word) > 4 or company > 0
    return distance == 1 and company >= _SURE_WORDS and min(len(asked), len(word)) >= 4 and known <= counts.of(word)


def compare_title(asked: Sequence[str], variants: Sequence[Sequence[str]], counts: Counts) -> Likeness | None:
    """Return how a title, or its head, agrees with the asked name; None where they name different products.

    Args:
        asked: `name_tokens` of the name.
        variants: `name_tokens` of the title, then of each of its heads.
        counts: of the catalogue.
    """
    whole = compare(asked, variants[0], counts)
    if whole is not None and not whole.shortened:
        return whole
    found = [compare(asked, head, counts) for head in variants[1:]]
    by_head = [Likeness(0, True, 0, like.typos) for like in found if like is not None and not like.shortened]
    return min(by_head, default=whole)


def compare(asked: Sequence[str], title: Sequence[str], counts: Counts) -> Likeness | None:
    """Return how the words of a title agree with those of the asked name, or None where they name different products.

    Args:
        asked: `name_tokens` of the name.
        title: `name_tokens` of the title.
        counts: of the catalogue.
    """
    company = len({t for t in asked if t not in STOP_WORDS} & set(title))

    def typo(a: str, t: str) -> bool:
        return is_typo(a, t, counts, company=company)

    if not _may_agree(asked, title, typo):
        return None
    typos = 0
    kept: list[str] = []
    left_out: list[str] = []
    gap_asked: list[str] = []
    gap_title: list[str] = []
    for step in [*_align(asked, title, typo), _END]:
        if step.kind == "added":
            gap_asked += asked[step.asked : step.asked_end]
        elif step.kind == "left_out":
            gap_title += title[step.title : step.title_end]
        else:
            missing = [t for t in gap_title if t not in STOP_WORDS]
            if any(t not in STOP_WORDS for t in gap_asked):
                return _in_another_order(asked, title, counts)
            # A stop word in the place of a telling one: something else is meant.
            if gap_asked and missing:
                return None
            left_out += missing
            gap_asked, gap_title = [], []
            typos += step.kind == "typo"
            kept += [t for t in title[step.title : step.title_end] if t not in STOP_WORDS]
    if typos > 1 and typos * 2 > len(kept):
        return None
    return _likeness(kept, left_out, typos, counts)


def _likeness(kept: Sequence[str], left_out: Sequence[str], typos: int, counts: Counts) -> Likeness | None:
    """The likeness where what is left of a title still tells which product it is."""
    telling = [t for t in left_out if not counts.is_generic(t)]
    if left_out and not any(map(is_model, kept)):
        # "Atlas 2" is not short for "Atlas 2, Part 3".
        if len(left_out) > 1 and any(map(has_digit, telling)) and any(map(has_digit, kept)):
            return None
        weight = sum(_GENERIC_WEIGHT if counts.is_generic(t) else 1.0 for t in kept)
        whole = weight + len(telling) + _GENERIC_WEIGHT * (len(left_out) - len(telling))
        few = weight < 3 and counts.by_chance(kept) > _LITTLE_CHANCE
        if weight < 2 or weight < (_LEAST_KEPT_OF_FEW if few else _LEAST_KEPT) * whole:
            return None
    elif left_out and len(kept) < 2:
        return None
    return Likeness(len(telling), False, len(left_out) - len(telling), typos)


def _in_another_order(asked: Sequence[str], title: Sequence[str], counts: Counts) -> Likeness | None:
    """The same telling words shuffled; a part of them does where a model name is among them."""
    kept = Counter(t for t in asked if t not in STOP_WORDS)
    words = Counter(t for t in title if t not in STOP_WORDS)
    left_out = list((words - kept).elements())
    if kept - words or (left_out and not any(map(is_model, kept))):
        return None
    numbers = [t for t in asked if has_digit(t)]
    if numbers != [t for t in title if has_digit(t) and t in numbers]:
        return None
    return _likeness(list(kept.elements()), left_out, 1, counts)


def _may_agree(asked: Sequence[str], title: Sequence[str], typo: Callable[[str, str], bool]) -> bool:
    """Whether every telling word of the name has a counterpart at all; spares nearly all alignments."""
    words = set(title)
    joined = ""
    for a in asked:
        if a in words or a in STOP_WORDS or any(typo(a, t) for t in words):
            continue
        joined = joined or "".join(title)
        if a not in joined:
            return False
    return True


@dataclass(frozen=True, slots=True)
class _Step:
    kind: Literal["same", "typo", "joined", "added", "left_out", "end"]
    asked: int
    asked_end: int
    title: int
    title_end: int


_END = _Step("end", 0, 0, 0, 0)


def _align(asked: Sequence[str], title: Sequence[str], typo: Callable[[str, str], bool]) -> list[_Step]:
    """The cheapest way to turn the asked words into the title's, in order."""
    best: list[list[float]] = [[0.0] * (len(title) + 1) for _ in range(len(asked) + 1)]
    came: list[list[_Step | None]] = [[None] * (len(title) + 1) for _ in range(len(asked) + 1)]
    for i in range(len(asked) + 1):
        for j in range(len(title) + 1):
            if i or j:
                best[i][j], came[i][j] = min(_moves(asked, title, i, j, best, typo), key=lambda move: move[0])
    steps: list[_Step] = []
    i, j = len(asked), len(title)
    while (back := came[i][j]) is not None:
        steps.append(back)
        i, j = back.asked, back.title
    return steps[::-1]


def _moves(
    asked: Sequence[str],
    title: Sequence[str],
    i: int,
    j: int,
    best: list[list[float]],
    typo: Callable[[str, str], bool],
) -> list[tuple[float, _Step]]:
    moves: list[tuple[float, _Step]] = []
    if i and j:
        a, t = asked[i - 1], title[j - 1]
        if a == t:
            return [(best[i - 1][j - 1], _Step("same", i - 1, i, j - 1, j))]
        if typo(a, t):
            moves.append((best[i - 1][j - 1] + _TYPO, _Step("typo", i - 1, i, j - 1, j)))
        if i > 1 and asked[i - 2] + a == t and not t.isdigit():
            moves.append((best[i - 2][j - 1] + _JOIN, _Step("joined", i - 2, i, j - 1, j)))
        if j > 1 and title[j - 2] + t == a and not a.isdigit():
            moves.append((best[i - 1][j - 2] + _JOIN, _Step("joined", i - 1, i, j - 2, j)))
    if i:
        cost = _STOP if asked[i - 1] in STOP_WORDS else _ADDED
        moves.append((best[i - 1][j] + cost, _Step("added", i - 1, i, j, j)))
    if j:
        cost = _STOP if title[j - 1] in STOP_WORDS else _LEFT_OUT
        moves.append((best[i][j - 1] + cost, _Step("left_out", i, i, j - 1, j)))
    return moves
