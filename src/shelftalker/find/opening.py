"""The files of an index, opened together: look-ups by uid, name, words and meaning."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from shelftalker.find.keys import KeyTable
from shelftalker.find.meaning import MeaningIndex
from shelftalker.find.rows import TitleReader
from shelftalker.find.vocabulary import Vocabulary
from shelftalker.find.words import WordIndex

__all__ = ["Index"]


class Index:
    """What `build_index` wrote. Any number of threads may share one.

    Attributes:
        titles: by row, those of removed records too.
        uids, names: tables of keys; two keys may share a hash, so check what they give.
        words: of all titles.
        by_title: BM25 over titles.
    """

    def __init__(self, folder: Path) -> None:
        """Open an index.

        Raises:
            OSError, ValueError: the folder holds no readable index.
        """
        self.titles = TitleReader(folder / "title")
        self.uids = KeyTable(folder / "uid")
        self.names = KeyTable(folder / "name")
        self.words = Vocabulary(folder / "words")
        self.by_title = WordIndex(folder / "search", "title")
        contents = folder / "contents"  # catalogues of early versions have none
        self._by_content = WordIndex(contents, "content") if contents.is_dir() else None
        self._by_meaning = MeaningIndex(folder / "meaning") if (folder / "meaning").is_dir() else None

    def __len__(self) -> int:
        return len(self.titles)

    @property
    def encoder(self) -> str:
        """Name of the encoder that records were indexed by meaning with; "" where they were not."""
        return self._by_meaning.encoder if self._by_meaning else ""

    @property
    def has_meaning(self) -> bool:
        """Whether records were indexed by meaning."""
        return self._by_meaning is not None

    def by_content(self, words: Sequence[str], limit: int) -> list[tuple[int, float]]:
        """Return rows and BM25 scores of the descriptions with any of the words (`content_tokens`), best first."""
        return self._by_content.any_of([[word] for word in words], limit) if self._by_content else []

    def in_contents(self, word: str) -> int:
        """Return how many descriptions hold a word (one of `content_tokens`)."""
        return self._by_content.count(word) if self._by_content else 0

    def by_meaning(self, vector: NDArray[np.float32], limit: int) -> list[tuple[int, float]]:
        """Return rows and cosines of the records nearest in meaning, best first."""
        return self._by_meaning.nearest(vector, limit) if self._by_meaning else []
