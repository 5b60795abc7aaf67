"""Statements that say of the same words the opposite of what a source says."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

from shelftalker.metrics.tokens import Token, alike, is_content, is_negator, tokens

__all__ = ["Clause", "clauses", "is_contradicted"]

_REACH = 3
"""How many words before a stretch a negation may stand and still govern it."""

_MOST_MISSING = 0.2
"""Share of a clause's meaning words that a stretch of the source may lack and still be about the same."""

_AUXILIARIES = frozenset("do does did is are was were can could will would has have had é são foi".split())

_CUT = re.compile(
    r"[,;:.!?()–—]+(?=\s|$)|[“”«»\"()]|(?<!\w)['‘]|['’](?!\w)"
    r"|\s(?=(?:but|although|though|while|whereas|mas|embora|porém|enquanto)\s)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Clause:
    """A stretch between punctuation marks, `start` to `end` in characters, with its words."""

    start: int
    end: int
    words: tuple[Token, ...]

    @property
    def content(self) -> list[str]:
        """Its words that carry meaning, folded."""
        return [word.key for word in self.words if is_content(word.key)]

    @property
    def negated(self) -> bool:
        """Whether an odd number of negations stands in it."""
        return sum(is_negator(word.key) for word in self.words) % 2 == 1


def clauses(text: str) -> list[Clause]:
    """Return the clauses of a text, in order."""
    words = tokens(text)
    cuts = [0, *(match.start() for match in _CUT.finditer(text)), len(text)]
    found = []
    for start, end in pairwise(cuts):
        inside = tuple(word for word in words if start <= word.start and word.end <= end)
        if inside:
            found.append(Clause(inside[0].start, inside[-1].end, inside))
    return found


def is_contradicted(clause: Clause, source: list[list[Clause]], subject: frozenset[str] = frozenset()) -> bool:
    """Tell whether the source speaks of a clause's words only in the opposite sense.

    Args:
        clause: of the answer.
        source: the source's clauses, sentence by sentence.
        subject: words of the product's title, which a source's sentence leaves out as it likes.
    """
    wanted = [key for key in dict.fromkeys(clause.content) if key not in subject]
    if not wanted or all(word.text[0].isupper() for word in clause.words):
        return False  # a name by itself says nothing that could be turned round
    senses = [sense for sentence in source for sense in _senses(wanted, sentence)]
    return bool(senses) and all(sense != clause.negated for sense in senses)


def _senses(wanted: list[str], sentence: list[Clause]) -> list[bool]:
    """For each way the words stand in a sentence: whether they stand there negated."""
    words = [(word, place) for place, clause in enumerate(sentence) for word in clause.words]
    hits: dict[str, list[int]] = {
        key: [n for n, (word, _) in enumerate(words) if alike(key, word.key)] for key in wanted
    }
    present = [key for key in wanted if hits[key]]
    if len(wanted) - len(present) > _MOST_MISSING * len(wanted):
        return []
    if len(present) == 1:
        return [_is_negated(words, place, place) for place in hits[present[0]]]
    first, last = _narrowest([hits[key] for key in present])
    return [_is_negated(words, first, last)]


def _narrowest(places: list[list[int]]) -> tuple[int, int]:
    """The shortest stretch that holds one place of each list."""
    best: tuple[int, int] | None = None
    for start in sorted({place for one in places for place in one}):
        ends = [next((place for place in one if place >= start), None) for one in places]
        reached = [end for end in ends if end is not None]
        if len(reached) == len(places) and (best is None or max(reached) - start < best[1] - best[0]):
            best = (start, max(reached))
    assert best is not None
    return best


def _is_negated(words: list[tuple[Token, int]], first: int, last: int) -> bool:
    """Count the negations inside a stretch, shortly before it, and right after it at a clause's end."""
    count = sum(is_negator(word.key) for word, _ in words[first : last + 1])
    clause = words[first][1]
    for word, place in reversed(words[max(0, first - _REACH) : first]):
        if place != clause:
            break
        count += is_negator(word.key)
    after = words[last + 1 : last + 3]
    if after and after[0][1] == words[last][1] and is_negator(after[0][0].key):
        # "the adapter is not": the negation ends its clause
        count += len(after) == 1 or after[1][1] != after[0][1]
    elif len(after) == 2 and after[0][0].key in _AUXILIARIES and is_negator(after[1][0].key):
        count += after[0][1] == after[1][1] == words[last][1]  # "where others do not"
    return count % 2 == 1
