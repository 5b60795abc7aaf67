"""The titles to offer where a product is absent: by the words of titles, of descriptions, and by meaning, fused.

Tried and left: reciprocal rank fusion. It knows ranks only, so a title that holds all words but one fell behind
titles that were second here and third there: the neighbour of a near miss came first for 67 to 83 of 100 where
adding up scores gives 96 to 98 (docs/finding.md).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Sequence

from shelftalker.find.encoder import open_sentence_encoder
from shelftalker.find.names import STOP_WORDS, name_tokens
from shelftalker.find.opening import Index
from shelftalker.find.words import content_tokens

__all__ = ["NearestTitles", "add_up"]

_CONTENT, _MEANING = 0.8, 0.3  # a title counts 1
_NEAR_MISS = 1.0
_DEEP = 50
_MOST_WORDS = 24
Scored = Sequence[tuple[int, float]]


class NearestTitles:
    """Fuses three rankings. Threads may share one."""

    def __init__(self, index: Index, read_content: Callable[[int], str]) -> None:
        """Rank the titles of an index.

        Args:
            index: open.
            read_content: gives the description at a row.
        """
        self._index = index
        self._read_content = read_content

    def rank(self, name: str, by_title: Scored, limit: int) -> list[tuple[int, float]]:
        """Return rows and scores of what is nearest to a name, best first.

        A ranking counts as much as its best text holds of the name's words: what stands in no title is looked for in
        descriptions. A near miss of a title, one word other than the name's, comes before what only shares some words.

        Args:
            name: what was asked for.
            by_title: rows and scores that BM25 over titles found, best first.
            limit: most rows.
        """
        name = name.encode("utf-8", "replace").decode("utf-8")  # half a surrogate pair is no text to tantivy
        by_content = self._by_content(name)
        rankings = [
            (_held(name_tokens(name), self._title_tokens(by_title)), by_title),
            (_NEAR_MISS, [(row, 1.0) for row, _ in by_title if self._is_near_miss(name, row)]),
            (_CONTENT * _held(content_tokens(name), self._content_tokens(by_content)), by_content),
        ]
        encoder = open_sentence_encoder() if self._index.has_meaning else None
        if encoder is not None and encoder.name == self._index.encoder:
            by_meaning = self._index.by_meaning(encoder.wish(name), _DEEP)
            rankings.append((_MEANING * by_meaning[0][1] if by_meaning else 0.0, by_meaning))
        return add_up(rankings)[:limit]

    def _by_content(self, name: str) -> list[tuple[int, float]]:
        return self._index.by_content(_telling(content_tokens(name))[:_MOST_WORDS], _DEEP)

    def _is_near_miss(self, name: str, row: int) -> bool:
        asked, held = (Counter(_telling(name_tokens(text))) for text in (name, self._index.titles[row]))
        return max((asked - held).total(), (held - asked).total()) == 1 < asked.total()

    def _title_tokens(self, found: Scored) -> set[str]:
        return set(name_tokens(self._index.titles[found[0][0]])) if found else set()

    def _content_tokens(self, found: Scored) -> set[str]:
        return set(content_tokens(self._read_content(found[0][0]))) if found else set()


def add_up(rankings: Sequence[tuple[float, Scored]]) -> list[tuple[int, float]]:
    """Return the rows of several rankings by the sum of their scores, best first.

    Args:
        rankings: of each its weight, which the best row gets in full, and its rows and scores, best first.
    """
    scores: dict[int, float] = defaultdict(float)
    for weight, scored in rankings:
        for row, score in scored:
            scores[row] += weight * score / scored[0][1]
    return sorted(scores.items(), key=lambda one: (-one[1], one[0]))


def _telling(words: Sequence[str]) -> list[str]:
    return [word for word in dict.fromkeys(words) if word not in STOP_WORDS]


def _held(words: Sequence[str], held: Collection[str]) -> float:
    """The share of the telling words that a text holds."""
    telling = _telling(words)
    return sum(word in held for word in telling) / max(1, len(telling))
