"""Find the products that a question is about, from the catalogue's side: which titles can be seen in it?"""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Literal

from shelftalker.catalog import Catalogue
from shelftalker.catalog.titles import normalise_title
from shelftalker.errors import FolderError
from shelftalker.find.asked import Asked, read_words
from shelftalker.find.encoder import open_sentence_encoder
from shelftalker.find.frequencies import plainness, stem, typos_allowed
from shelftalker.find.keys import hash_keys
from shelftalker.find.link import Features, look
from shelftalker.find.names import STOP_WORDS, has_digit, name_tokens, squash
from shelftalker.find.nearest import NearestTitles
from shelftalker.find.opening import Index
from shelftalker.find.scorer import Scorer
from shelftalker.metrics.tokens import fold_words
from shelftalker.records import Record

__all__ = ["Finder", "Found", "Hit", "Mention", "Seen"]

Status = Literal["found", "several", "unsure", "absent"]

_MOST_WORDS = 48
_LONGEST_NAME = 24  # words
_BY_TITLE, _BY_CONTENT = 24, 8
_MOST_RETURNED = 50
_MOST_MENTIONS = 4
_MOST_SPELLINGS = 6
_TIE = 2.0
"""Titles that agree with the same words of a question, and whose scores (in logits) are no further apart than this,
are equally likely meant."""
_NEARLY = 2.0
_WHOLE = 0.95
_NO_SUBJECT = 0.95
_CACHED = 16_384


@dataclass(frozen=True, slots=True)
class Hit:
    """A record and how well it fits; scores compare within one `Found` only."""

    record: Record
    score: float


@dataclass(frozen=True, slots=True)
class Mention:
    """A name seen in the question: the records that may bear it, the likeliest first.

    Attributes:
        status: "found" is one record; "several" bear the name; "unsure" is worth asking back.
        first, last: where it stands, as places of words.
    """

    status: Status
    hits: tuple[Hit, ...]
    first: int = 0
    last: int = 0


@dataclass(frozen=True, slots=True)
class Found:
    """What a question is about.

    Attributes:
        status: "found": `hits[0]` is the product. "several": `hits` all bear the name. "unsure": the question may
            mean one of `hits`. "absent": the catalogue has no such product, `hits` have the nearest titles.
        name: the product's name as the question has it, as far as a title was seen in it.
        seconds: wall time.
        mentions: every product that the question names, in its order; two or more are to be compared.
    """

    status: Status
    hits: tuple[Hit, ...]
    name: str
    seconds: float
    mentions: tuple[Mention, ...] = ()


@dataclass(frozen=True, slots=True)
class Seen:
    """A title that was laid over a question."""

    row: int
    features: Features
    score: float


class _Explained:
    """Tells whether a record has a word, in any of its endings. The record is read when that is first asked."""

    def __init__(self, catalogue: Catalogue, row: int) -> None:
        self._catalogue = catalogue
        self._row = row

    @cached_property
    def _words(self) -> frozenset[str]:
        record = self._catalogue.read_rows([self._row])[0]
        return frozenset(fold_words(f"{record.title} {record.content}"))

    def __call__(self, word: str) -> bool:
        return word in self._words or any(other[:3] == word[:3] and stem(other) == stem(word) for other in self._words)


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
        self._count = lru_cache(_CACHED)(self._index.words.count)
        self._explained = lru_cache(4096)(lambda row: _Explained(catalogue, row))
        self._similar = lru_cache(_CACHED)(self._index.words.similar)
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

    @cached_property
    def _scorer(self) -> Scorer:
        return Scorer.read()

    def find(self, text: str, limit: int = 5) -> Found:
        """Return what `text` (a uid, a title, a question) is about.

        Args:
            text: what was asked, in any form.
            limit: nearest titles to return where no product is seen.
        """
        started = time.perf_counter()
        text = " ".join(text.split()).encode("utf-8", "replace").decode("utf-8")
        rows = self._by_uid(text) or self._by_title(text)
        if rows:
            status: Status = "found" if len(rows) == 1 else "several"
            hits = self._hits([(row, 1.0) for row in rows[:_MOST_RETURNED]])
            mention = Mention(status, hits, 0, 1)
            return Found(status, hits, text, time.perf_counter() - started, (mention,))
        asked = read_words(text)
        mentions = self._mentions(asked)
        if not mentions:
            hits = self._hits(self._near(asked, limit))
            return Found("absent", hits, "", time.perf_counter() - started)
        best = mentions[0]
        name = text[asked.words[best.first].start : asked.words[best.last - 1].end] if best.last > best.first else ""
        return Found(best.status, best.hits, name, time.perf_counter() - started, mentions)

    def see(self, text: str, limit: int = _BY_TITLE) -> list[Seen]:
        """Return the titles that can be seen in a question, the likeliest first; `find` decides on them."""
        return self._see(read_words(text), ())[:limit]

    def search(self, text: str, limit: int) -> list[Hit]:
        """Return the records nearest to a wish: by the words of titles and descriptions, and by meaning.

        A score is the nearness in meaning, about 1 for the best there can be; 0 where words alone found the record.
        """
        words = [word.key for word in read_words(text).words if word.key not in STOP_WORDS]
        rare = [word for word in dict.fromkeys(words) if plainness(word) < 1][:_MOST_WORDS] or words
        scores: dict[int, float] = {}
        for wanted in (text, " ".join(word for word in rare if plainness(word) < _NO_SUBJECT)):
            for row, near in self._by_meaning(wanted, limit) if wanted else ():
                scores[row] = max(near, scores.get(row, 0.0))
        for found in (self._search(rare, limit), self._index.by_content(rare, limit)):
            for row, _ in found:
                scores.setdefault(row, 0.0)
        best = sorted(scores, key=lambda row: (-scores[row], row))
        return list(self._hits([(row, scores[row]) for row in best]))

    def rarity(self, word: str) -> float:
        """Return how much a word tells about a record of this catalogue.

        Returns:
            0 where the language or the catalogue is full of it, or where no record has it; 1 where hardly one has.
        """
        count = max(self._count(word), self._index.in_contents(word))
        if not count:
            return 0.0
        share = math.log((len(self._index) + 1) / (count + 1)) / math.log(len(self._index) + 2)
        return (1 - plainness(word)) * share

    @property
    def has_meaning(self) -> bool:
        """Whether records can be found by meaning."""
        encoder = open_sentence_encoder() if self._index.has_meaning else None
        return encoder is not None and encoder.name == self._index.encoder

    def _by_meaning(self, text: str, limit: int) -> list[tuple[int, float]]:
        encoder = open_sentence_encoder() if self.has_meaning else None
        if encoder is None:
            return []
        return self._index.by_meaning(encoder.wish(text), limit)

    def neighbours(self, record: Record, limit: int) -> list[Record]:
        """Return the records with the titles nearest to `record`'s by BM25, itself left out."""
        own = {record.uid, *record.uids}
        rows = [row for row, _ in self._search(name_tokens(record.title), limit + 1)]
        return [r for r in self._catalogue.read_rows(rows) if r.uid not in own][:limit]

    def _hits(self, scored: Sequence[tuple[int, float]]) -> tuple[Hit, ...]:
        records = self._catalogue.read_rows([row for row, _ in scored])
        return tuple(Hit(record, score) for record, (_, score) in zip(records, scored, strict=True))

    def _by_uid(self, text: str) -> list[int]:
        return [row for row in self._index.uids.rows(text) if text in self._catalogue.read_rows([row])[0].uids]

    def _by_title(self, text: str) -> list[int]:
        """The rows whose whole title is the text, told by `normalise_title`."""
        key = squash(text)
        rows = self._index.names.rows(key, limit=_MOST_RETURNED * 100) if key else []
        wanted = normalise_title(text)
        return [
            row for row in sorted(set(rows))
            if normalise_title(title := self._index.titles[row]) == wanted and (wanted or title == text)
        ]  # fmt: skip

    def _mentions(self, asked: Asked) -> tuple[Mention, ...]:
        """The products that a question names, the surest first; what one was seen in is not looked at for the next."""
        found: list[Mention] = []
        taken: list[tuple[int, int]] = []
        for word in asked.words:
            if len(word.key) >= 6 and has_digit(word.key) and (rows := self._by_uid(word.key.upper())):
                return (Mention("found", self._hits([(rows[0], 1.0)])),)
        while len(found) < _MOST_MENTIONS:
            seen = self._see(asked, taken)
            mention = self._decide(seen, second=bool(found))
            if mention is None:
                break
            found.append(mention)
            taken.append((mention.first, mention.last))
            if mention.status == "unsure":
                break
        sure = [one for one in found if one.status != "unsure"]
        return tuple(sorted(sure, key=lambda one: one.first)) if len(sure) > 1 else tuple(sure or found)

    def _decide(self, seen: Sequence[Seen], *, second: bool) -> Mention | None:
        if not seen:
            return None
        best = seen[0]
        accept, ask = self._scorer.thresholds(best.features, second=second)
        if best.score < min(accept, ask) or _names_another_number(seen):
            return None
        stretch = (best.features.first, best.features.last)
        if best.score < accept:
            near = [one for one in seen if one.score >= best.score - _NEARLY and self._scorer.is_calm(one.features)]
            return Mention("unsure", self._hits([(one.row, one.score) for one in near[:5]]), *stretch)
        tied = [one for one in seen if self._equal(one, best)]
        status: Status = "found" if len(tied) == 1 else "several"
        return Mention(status, self._hits([(one.row, one.score) for one in tied[:_MOST_RETURNED]]), *stretch)

    def _equal(self, one: Seen, best: Seen) -> bool:
        """Whether a title is as likely meant as the best: all that the question says of the name fits it as well."""
        if one is best:
            return True
        a, b = one.features, best.features
        if b.whole > _WHOLE and a.whole < b.whole - 0.05:
            return False  # the best was named in full
        return (
            best.score - one.score <= _TIE and abs(a.main - b.main) < 0.1 and self._scorer.is_calm(a)
            and a.agreeing >= b.agreeing and a.phrase >= b.phrase
        )  # fmt: skip

    def _see(self, asked: Asked, taken: Sequence[tuple[int, int]]) -> list[Seen]:
        if not asked.words:
            return []
        seen = []
        for row in self._candidates(asked, taken):
            features = look(asked, self._index.titles[row], self._explained(row), self._weight, taken=taken)
            if features is not None:
                seen.append(Seen(row, features, self._scorer.score(features)))
        return sorted(seen, key=lambda one: (-one.score, one.row))

    def _candidates(self, asked: Asked, taken: Sequence[tuple[int, int]]) -> list[int]:
        """Rows whose name stands in the question as a phrase, then the best by the words of titles and descriptions."""
        keys = [
            word.key for place, word in enumerate(asked.words[:_MOST_WORDS])
            if not any(first <= place < last for first, last in taken)
        ]  # fmt: skip
        rows = dict.fromkeys(self._phrases(keys))
        telling = [key for key in dict.fromkeys(keys) if key not in STOP_WORDS]
        rare = sorted(telling, key=lambda key: -self._weight(key))[:16]
        rows.update(dict.fromkeys(row for row, _ in self._search(rare, _BY_TITLE)))
        rows.update(
            dict.fromkeys(
                row for row, _ in self._index.by_content([k for k in rare if plainness(k) < 0.8], _BY_CONTENT)
            )
        )
        return list(rows)

    def _phrases(self, keys: Sequence[str]) -> list[int]:
        """Rows whose title, or its head, is a stretch of the question; the longest stretches first."""
        spans = [
            (first, last)
            for first in range(len(keys)) for last in range(first + 1, min(len(keys), first + _LONGEST_NAME) + 1)
            if keys[first] not in STOP_WORDS or last - first > 1
        ]  # fmt: skip
        names = {"".join(k for k in keys[first:last] if k != "and"): last - first for first, last in spans}
        found = self._index.names.rows_of(hash_keys(list(names)))
        order = sorted(zip(names.values(), found, strict=True), key=lambda pair: -pair[0])
        return [row for _, rows in order for row in rows[:_MOST_RETURNED]][: 2 * _MOST_RETURNED]

    def _weight(self, word: str) -> float:
        """How much a word tells: little where the language or the catalogue is full of it."""
        if has_digit(word):
            return 0.8
        count = self._count(word)
        share = count / max(1, len(self._index))
        common = 0.5 if share > 0.01 and count > 10 else 1.0
        return (1.0 - 0.6 * plainness(word)) * common

    def _near(self, asked: Asked, limit: int) -> list[tuple[int, float]]:
        """The titles to offer where none was seen."""
        telling = [key for key in dict.fromkeys(asked.keys) if key not in STOP_WORDS and plainness(key) < 0.8]
        name = " ".join(telling[:_MOST_WORDS])
        return self._nearest.rank(name, self._search(telling, 4 * limit), limit) if name else []

    def _spellings(self, token: str) -> list[str]:
        """The words of titles that a word may stand for: itself, or where no title has it, those spelled alike."""
        distance = typos_allowed(token)
        if distance == 0 or not token.isalpha() or self._count(token):
            return [token]
        return [token, *self._similar(token, distance)[:_MOST_SPELLINGS]]

    def _search(self, asked: Sequence[str], limit: int) -> list[tuple[int, float]]:
        """BM25 over titles: rows and scores of the titles with any of the words."""
        return self._index.by_title.any_of([self._spellings(token) for token in asked[:_MOST_WORDS]], limit)


def _names_another_number(seen: Sequence[Seen]) -> bool:
    """Whether a number belongs to the name that was asked for, and the catalogue has that name with others only.

    The best title lacks the number at all; one of its series shows where it stands.
    """
    best = seen[0].features
    return any(
        one.features.numbers and one.features.phrase and one.features.main > _WHOLE
        and one.features.agreeing > best.agreeing
        for one in seen[1:]
    )  # fmt: skip
