"""Questions to the whole catalogue: the products that fit a wish, each with the words that show it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from shelftalker.find import Finder
from shelftalker.find.asked import Asked, read_words
from shelftalker.find.encoder import SentenceEncoder
from shelftalker.find.evidence import pieces
from shelftalker.find.frequencies import stem
from shelftalker.find.names import STOP_WORDS, name_tokens
from shelftalker.metrics.tokens import fold_words
from shelftalker.records import Record

__all__ = ["Fit", "discover"]

_CANDIDATES = 40
_MOST = 10
_MEANING, _WORDS = 1.8, 1.0
_TELLING = 0.35
_CLOSE = 0.5
"""Products whose score is at least this share of the best one's are listed too."""
_LEAST = 0.9
_JOINING = frozenset("the of and with a o os as de do da dos das e".split())
"""Small words within names."""


@dataclass(frozen=True, slots=True)
class Fit:
    """A product that fits, the stretch of its record that shows it, and how well it fits."""

    record: Record
    why: str
    score: float


def discover(wishes: Sequence[str], finder: Finder, encoder: SentenceEncoder | None) -> list[Fit]:
    """Return the products of a catalogue that fit a wish, the best first; none where nothing comes near.

    A name of several words must stand in what fits: who asks for it wants no other.

    Args:
        wishes: the wish as it was put, and translated; a product that fits one of them fits.
    """
    best: dict[str, Fit] = {}
    for wish in filter(None, wishes):
        names = _names(read_words(wish))
        for fit in _fitting(wish, finder, encoder):
            if not _bears(fit.record, names):
                continue
            known = best.get(fit.record.uid)
            if known is None or known.score < fit.score:
                best[fit.record.uid] = fit
    found = sorted(best.values(), key=lambda fit: -fit.score)[:_MOST]
    return [fit for fit in found if fit.score >= _CLOSE * found[0].score]


def _names(asked: Asked) -> list[set[str]]:
    """The names of several words that a wish holds: in capitals side by side, or within quotation marks."""
    found: list[set[str]] = [set()]
    for word in asked.words:
        if (word.capital and asked.cased) or word.quoted:
            found[-1].add(word.key)
        elif word.key not in _JOINING:
            found.append(set())
    return [name - STOP_WORDS for name in found if len(name - STOP_WORDS) > 1]


def _bears(record: Record, names: Sequence[set[str]]) -> bool:
    """Tell whether all words of every name stand in a record."""
    if not names:
        return True
    held = set(name_tokens(f"{record.title} {record.content}"))
    return all(name <= held for name in names)


def _fitting(wish: str, finder: Finder, encoder: SentenceEncoder | None) -> list[Fit]:
    subject = _subject(wish, finder)
    hits = finder.search(wish, _CANDIDATES)
    if not hits:
        return []
    candidates = [hit.record for hit in hits]
    lexical = np.array([_held(subject, record) for record in candidates])
    near = _MEANING * np.clip([hit.score for hit in hits], 0, 1) if finder.has_meaning else lexical
    scores = near + _WORDS * lexical
    order = np.argsort(-scores, kind="stable")
    chosen = [i for i in order[:_MOST] if scores[i] >= max(_LEAST, _CLOSE * scores[order[0]])]
    return [Fit(candidates[i], _why(wish, subject[0], candidates[i], encoder), float(scores[i])) for i in chosen]


def _subject(text: str, finder: Finder) -> tuple[dict[str, float], list[tuple[str, str]]]:
    """What a wish is about: its words by their stems, with how much each tells, and those that stand side by side."""
    words = read_words(text).words
    weights = {stem(word.key): finder.rarity(word.key) for word in words if word.key not in STOP_WORDS}
    pairs = [
        (stem(a.key), stem(b.key))
        for a, b in pairwise(words)
        if min(weights.get(stem(a.key), 0), weights.get(stem(b.key), 0)) > _TELLING
    ]
    return {word: weight for word, weight in weights.items() if weight > 0}, pairs


def _held(subject: tuple[dict[str, float], list[tuple[str, str]]], record: Record) -> float:
    """How much of what a wish is about stands in a record, 0 to 1; names must stand there side by side."""
    weights, pairs = subject
    if not weights:
        return 0.0
    title = [stem(word) for word in fold_words(record.title)]
    content = [stem(word) for word in fold_words(record.content)]
    inside, held = set(title), set(content)
    beside = {*pairwise(title), *pairwise(content)}
    apart = {word for pair in pairs if pair not in beside for word in pair}
    told = sum(
        weight * (1.0 if word in inside else 0.8 if word in held else 0.0) * (0.7 if word in apart else 1.0)
        for word, weight in weights.items()
    )
    return told / sum(weights.values())


def _why(text: str, subject: dict[str, float], record: Record, encoder: SentenceEncoder | None) -> str:
    """The piece of a record that shows best why it fits."""
    found: Sequence[str] = [piece.shown for piece in pieces(record.content)]
    if not found:
        return ""
    held = [sum(w for word, w in subject.items() if word in {stem(x) for x in fold_words(piece)}) for piece in found]
    scores = np.array(held) / (sum(subject.values()) or 1)
    if encoder is not None:
        scores = scores + encoder.similarity(text, found)
    best = found[int(np.argmax(scores))]
    return best if len(best) <= 160 else best[:160].rsplit(" ", 1)[0] + " …"
