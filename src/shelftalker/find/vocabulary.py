"""The words of all titles with the number of titles that hold them, and the words that are spelled alike."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import tantivy
from numpy.typing import NDArray

from shelftalker.find.keys import KeyTable, hash_keys, write_keys

__all__ = ["Vocabulary", "edit_distance", "write_vocabulary"]

_MOST_SIMILAR = 40


def write_vocabulary(folder: Path, words: Counter[str]) -> None:
    """Write the words made of letters only; numbers and model names are never corrected, so never listed."""
    folder.mkdir(parents=True, exist_ok=True)
    listed = [(word, count) for word, count in words.items() if word.isalpha() and len(word) > 1]
    titles: NDArray[np.uint32] = np.fromiter((c for _, c in listed), dtype=np.uint32, count=len(listed))
    np.save(folder / "titles.npy", titles)
    write_keys(folder / "word", hash_keys(w for w, _ in listed), np.arange(len(listed), dtype=np.uint32))
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("word", stored=True, tokenizer_name="raw", index_option="basic")
    alike = folder / "alike"
    alike.mkdir(exist_ok=True)
    writer = tantivy.Index(builder.build(), str(alike)).writer(64_000_000, 1)
    for word, _ in listed:
        writer.add_document(tantivy.Document(word=word))
    writer.commit()
    writer.wait_merging_threads()


class Vocabulary:
    """Reads what `write_vocabulary` wrote. Any number of threads may share one."""

    def __init__(self, folder: Path) -> None:
        self._titles: NDArray[np.uint32] = np.load(folder / "titles.npy", mmap_mode="r")
        self._words = KeyTable(folder / "word")
        index = tantivy.Index.open(str(folder / "alike"))
        self._schema = index.schema
        self._searcher = index.searcher()

    def __len__(self) -> int:
        return len(self._titles)

    def count(self, word: str) -> int:
        """Return in how many titles a word stands; 0 where in none. Numbers are not counted: 0."""
        rows = self._words.rows(word, limit=1)
        return int(self._titles[rows[0]]) if rows else 0

    def similar(self, word: str, distance: int) -> list[str]:
        """Return other words within `distance` edits (a swap of neighbours is one), the most frequent first."""
        query = tantivy.Query.fuzzy_term_query(self._schema, "word", word, distance, transposition_cost_one=True)
        hits = self._searcher.search(query, _MOST_SIMILAR, count=False).hits
        words = [str(self._searcher.doc(address).get_first("word")) for _, address in hits]
        return sorted((w for w in words if w != word), key=lambda w: (-self.count(w), w))


def edit_distance(a: str, b: str, most: int) -> int:
    """Return the edits between two words (insert, delete, replace, swap of neighbours), or `most` + 1 where more."""
    if a == b:
        return 0
    if abs(len(a) - len(b)) > most:
        return most + 1
    before: list[int] = []
    above = list(range(len(b) + 1))
    for i, x in enumerate(a, start=1):
        row = [i]
        for j, y in enumerate(b, start=1):
            best = min(above[j] + 1, row[j - 1] + 1, above[j - 1] + (x != y))
            if i > 1 and j > 1 and x == b[j - 2] and a[i - 2] == y:
                best = min(best, before[j - 2] + 1)
            row.append(best)
        if min(row) > most:
            return most + 1
        before, above = above, row
    return min(above[-1], most + 1)
