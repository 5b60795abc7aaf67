"""Find the product that a question is about, or say that the catalogue has none."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

from shelftalker.catalog import Catalogue
from shelftalker.catalog.titles import normalise_title
from shelftalker.errors import FolderError
from shelftalker.find.entity import Counts, Likeness, compare_title, typos_allowed
from shelftalker.find.forms import strip_form
from shelftalker.find.frames import NAMELESS
from shelftalker.find.names import STOP_WORDS, has_digit, heads, name_tokens, squash
from shelftalker.find.nearest import NearestTitles
from shelftalker.find.opening import Index
from shelftalker.find.question import Reading, Trust, product_name, quoted, readings, split_words
from shelftalker.records import Record

__all__ = ["Finder", "Found", "Hit"]

Status = Literal["found", "ambiguous", "absent"]

_MOST_NAMED = 5_000  # keys looked at: the title "Holy Bible" may stand behind many that begin with it
_MOST_RETURNED = 200
_MOST_CANDIDATES = 50
_MOST_READINGS = 8
_MOST_NEAREST = 20
_MOST_SHORTENED = 25
_MOST_SPELLINGS = 8
_MOST_WORDS = 64
_CACHED = 16_384


@dataclass(frozen=True, slots=True)
class Hit:
    """A record and how well it fits; scores compare within one `Found` only."""

    record: Record
    score: float


@dataclass(frozen=True, slots=True)
class Found:
    """What a question is about.

    Attributes:
        status: "found": `hits[0]` is the product. "ambiguous": several records bear the name, `hits` are all of
            them. "absent": the catalogue has no such product, `hits` have the nearest titles.
        name: the product's name as the question has it.
        seconds: wall time.
    """

    status: Status
    hits: tuple[Hit, ...]
    name: str
    seconds: float


class Finder:
    """Finds the records of a catalogue. Any number of threads may share one."""

    def __init__(self, catalogue: Catalogue) -> None:
        """Open the index of a catalogue, which must stay open meanwhile; `open` takes a folder.

        Raises:
            FolderError: its index cannot be read.
        """
        try:
            self._index = Index(catalogue.path_of("index"))
        except (OSError, ValueError, EOFError) as error:
            raise FolderError(
                f"{catalogue.path} holds no readable index",
                fix="make the catalogue again: shelftalker prepare CATALOG --out DIR",
            ) from error
        self._catalogue = catalogue
        self._counts = Counts(lru_cache(_CACHED)(self._index.words.count), len(self._index))
        self._similar = lru_cache(_CACHED)(self._index.words.similar)
        self._variants = lru_cache(_CACHED)(self._read_variants)
        self._nearest = NearestTitles(self._index, lambda row: catalogue.read_rows([row])[0].content)

    @classmethod
    def open(cls, data: Path) -> Finder:
        """Open the index of a prepared catalogue.

        Raises:
            InputNotFound, UnfinishedFolder, FormatMismatch, FolderError: it is not one.
        """
        return cls(Catalogue.open(data))

    def __len__(self) -> int:
        return len(self._catalogue)

    def find(self, text: str, limit: int = 5) -> Found:
        """Return the product that `text` (a uid, a title, a question) is about.

        Args:
            text: what was asked, in any form.
            limit: nearest titles to return where the product is absent.
        """
        started = time.perf_counter()
        status, rows, name = self._resolve(text.strip(), limit)
        records = self._catalogue.read_rows([row for row, _ in rows])
        hits = tuple(Hit(record, score) for record, (_, score) in zip(records, rows, strict=True))
        return Found(status, hits, name, time.perf_counter() - started)

    def neighbours(self, record: Record, limit: int) -> list[Record]:
        """Return the records with the titles nearest to `record`'s by BM25, itself left out."""
        own = {record.uid, *record.uids}
        rows = [row for row, _ in self._search(name_tokens(record.title), limit + 1)]
        return [r for r in self._catalogue.read_rows(rows) if r.uid not in own][:limit]

    def _resolve(self, text: str, limit: int) -> tuple[Status, list[tuple[int, float]], str]:
        if rows := self._by_uid(text):
            return _named(rows, text)
        stretches = readings(text)
        for stretch in [text, *sorted(quoted(text), key=len, reverse=True)]:
            if rows := self._by_name(stretch, heads_too=True):
                return _named(rows, stretch)
        for reading in stretches:
            if rows := self._by_reading(reading):
                return _named(rows, reading.text)
        for word in text.split():
            bare = word.strip(".,;:?!\"'()[]")
            if len(bare) >= 6 and any(c.isdigit() for c in bare) and (rows := self._by_uid(bare)):
                return _named(rows, bare)
        return self._by_likeness(text, stretches, limit)

    def _by_uid(self, text: str) -> list[int]:
        return [row for row in self._index.uids.rows(text) if text in self._catalogue.read_rows([row])[0].uids]

    def _by_reading(self, reading: Reading) -> list[int]:
        if reading.nameless or (reading.trust < Trust.SURE and len(_telling(reading.text)) < 2):
            return []
        return self._by_name(reading.text, heads_too=reading.trust > Trust.LOOSE)

    def _by_name(self, text: str, *, heads_too: bool) -> list[int]:
        """The rows whose title, or else whose title's head, is the text."""
        key = squash(text)
        rows = sorted(set(self._index.names.rows(key, limit=_MOST_NAMED))) if key else []
        if not rows:
            return []
        numbers = _numbers(text)
        normalised = normalise_title(text)
        titles = {row: self._index.titles[row] for row in rows}
        exact = [
            row for row in rows if normalise_title(titles[row]) == normalised and (normalised or titles[row] == text)
        ]
        whole = exact or [row for row in rows if squash(titles[row]) == key and _numbers(titles[row]) == numbers]
        if not whole and heads_too:
            whole = [
                row for row in rows if any(squash(h) == key and _numbers(h) == numbers for h in heads(titles[row]))
            ]
        return whole[:_MOST_RETURNED]

    def _by_likeness(
        self, text: str, stretches: Sequence[Reading], limit: int
    ) -> tuple[Status, list[tuple[int, float]], str]:
        """Titles that agree with the name but for typos and words left out; the nearest where none does."""
        name = product_name(text)
        form = strip_form(text)
        tried: dict[tuple[str, ...], tuple[str, bool]] = {}
        for stretch in [*quoted(text), *([form] if form is not None else []), text]:
            tried.setdefault(_telling(stretch), (stretch, True))
        for reading in reversed(stretches):
            sure = reading.trust is Trust.SURE or (reading.trust is Trust.OPEN and reading.bounded)
            if sure and not reading.nameless:
                tried.setdefault(_telling(reading.text), (reading.text, form is None and reading.bounded))
        attempts = [(name_tokens(stretch), stretch, short) for stretch, short in tried.values()][:_MOST_READINGS]
        for asked, stretch, may_shorten in attempts:
            if like := self._alike(asked, self._with_all_words(asked), may_shorten=may_shorten):
                return _named(like, stretch)
        if all(word.key in NAMELESS for word in split_words(name)):
            return "absent", [], name
        nearest = self._search(name_tokens(name), max(limit, _MOST_NEAREST))
        for asked, stretch, may_shorten in attempts:
            if like := self._alike(asked, [row for row, _ in nearest], may_shorten=may_shorten):
                return _named(like, stretch)
        return "absent", self._nearest.rank(name, nearest, limit), name

    def _alike(self, asked: Sequence[str], rows: Sequence[int], *, may_shorten: bool) -> list[int]:
        """The rows whose titles agree best with the name; all of them where several do."""
        found: list[tuple[Likeness, int]] = []
        for row in rows:
            likeness = compare_title(asked, self._variants(row), self._counts)
            if likeness is not None and (may_shorten or not likeness.shortened):
                found.append((likeness, row))
        whole = [(likeness, row) for likeness, row in found if likeness.left_out == 0]
        if not whole:
            # Which of two longer titles is meant, fewer words left out or more, is anybody's guess.
            return [row for _, row in found] if len(found) <= _MOST_SHORTENED else []
        best = min(whole)[0]
        return [row for likeness, row in whole if likeness == best]

    def _read_variants(self, row: int) -> tuple[tuple[str, ...], ...]:
        title = self._index.titles[row]
        return tuple(tuple(name_tokens(text)) for text in (title, *heads(title)))

    def _with_all_words(self, asked: Sequence[str]) -> list[int]:
        """The rows whose titles hold all telling words, each as it is or corrected."""
        needed = [t for t in dict.fromkeys(asked) if t not in STOP_WORDS]
        spellings = [self._spellings(token) for token in needed]
        return [row for row, _ in self._index.by_title.all_of(spellings, _MOST_CANDIDATES)] if all(spellings) else []

    def _spellings(self, token: str) -> list[str]:
        """The words of titles that a word may stand for: itself, or where no title has it, those spelled alike."""
        distance = typos_allowed(token)
        if distance == 0 or not token.isalpha() or self._counts.of(token):
            return [token]
        return self._similar(token, distance)[:_MOST_SPELLINGS]

    def _search(self, asked: Sequence[str], limit: int) -> list[tuple[int, float]]:
        """BM25 over titles: rows and scores of the titles with any of the words."""
        telling = [t for t in dict.fromkeys(asked) if t not in STOP_WORDS] or list(dict.fromkeys(asked))
        return self._index.by_title.any_of([self._spellings(token) for token in telling[:_MOST_WORDS]], limit)


def _named(rows: Sequence[int], name: str) -> tuple[Status, list[tuple[int, float]], str]:
    return "found" if len(rows) == 1 else "ambiguous", [(row, 1.0) for row in rows], name


def _telling(text: str) -> tuple[str, ...]:
    return tuple(token for token in name_tokens(text) if token not in STOP_WORDS)


def _numbers(text: str) -> list[str]:
    return [token for token in name_tokens(text) if has_digit(token)]
