"""Build the index of a catalogue: names, titles and words, in one pass over the records."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from itertools import chain
from pathlib import Path

import numpy as np
import polars as pl
import tantivy
from numpy.typing import NDArray

from shelftalker.errors import CatalogueError, storage_errors
from shelftalker.index.keys import hash_keys, write_keys
from shelftalker.index.names import heads, name_tokens, squash, squash_tokens
from shelftalker.index.rows import TitleWriter
from shelftalker.index.vocabulary import write_vocabulary

__all__ = ["build_index", "title_schema"]

_BATCH = 65_536
_HEAP_BYTES = 256_000_000


def build_index(records_parquet: Path, folder: Path, *, on_progress: Callable[[int], None] | None = None) -> None:
    """Build the index of the records in `records_parquet` into a new `folder`.

    The row number of a record is its position in the file.

    Args:
        records_parquet: columns uid, title, content, file, line and uids (a list, the record's own uid first).
        folder: is created; must not hold an index yet.
        on_progress: called with the number of records read so far.

    Raises:
        CatalogueError: the file is not a Parquet file with those columns.
        StorageError: the disk is full or read-only.
    """
    columns = _read(records_parquet)
    with storage_errors(folder):
        (folder / "search").mkdir(parents=True)
        writer = tantivy.Index(title_schema(), str(folder / "search")).writer(_HEAP_BYTES, 1)
        words: Counter[str] = Counter()
        names = _Keys()
        store = TitleWriter(folder / "title")
        for first in range(0, len(columns), _BATCH):
            titles: list[str] = columns["title"].slice(first, _BATCH).to_list()
            tokens = [name_tokens(title) for title in titles]
            for row, title in enumerate(map(" ".join, tokens), start=first):
                writer.add_document(tantivy.Document(title=title, row=row))
            _count(words, tokens)
            _add_names(names, titles, tokens, first)
            store.append(titles)
            if on_progress is not None:
                on_progress(first + len(titles))
        writer.commit()
        store.close()
        names.write(folder / "name")
        _write_uids(columns["uids"], folder / "uid")
        write_vocabulary(folder / "words", words)
        writer.wait_merging_threads()


def title_schema() -> tantivy.Schema:
    """The search index of the titles: the words of `name_tokens`, joined by spaces."""
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("title", stored=False, tokenizer_name="whitespace", index_option="freq")
    builder.add_integer_field("row", fast=True)
    return builder.build()


class _Keys:
    """Gathers keys and their rows, as hashes, for a `KeyTable`."""

    def __init__(self) -> None:
        self._hashes: list[NDArray[np.uint64]] = [np.zeros(0, np.uint64)]
        self._rows: list[NDArray[np.uint32]] = [np.zeros(0, np.uint32)]

    def add(self, texts: Sequence[str], rows: Sequence[int]) -> None:
        self._hashes.append(hash_keys(texts))
        self._rows.append(np.asarray(rows, dtype=np.uint32))

    def write(self, path: Path) -> None:
        write_keys(path, np.concatenate(self._hashes), np.concatenate(self._rows))


def _add_names(names: _Keys, titles: Sequence[str], tokens: Sequence[Sequence[str]], first: int) -> None:
    rows = range(first, first + len(titles))
    names.add([squash_tokens(t) for t in tokens], rows)
    shorter = [(squash(head), row) for row, title in zip(rows, titles, strict=True) for head in heads(title)]
    names.add([key for key, _ in shorter], [row for _, row in shorter])


def _write_uids(uids: pl.Series, path: Path) -> None:
    table = pl.DataFrame({"uid": uids}).with_row_index("row").explode("uid")
    write_keys(path, hash_keys(table["uid"].to_list()), table["row"].to_numpy().astype(np.uint32))


def _count(words: Counter[str], titles: Sequence[Sequence[str]]) -> None:
    """Count words of letters; numbers would fill the memory with what nobody misspells."""
    for word, count in Counter(chain.from_iterable(titles)).items():
        if word.isalpha():
            words[word] += count


def _read(path: Path) -> pl.DataFrame:
    try:
        return pl.read_parquet(path, columns=["title", "uids"])
    except (pl.exceptions.PolarsError, OSError) as error:
        raise CatalogueError(
            f"{path} is not a file of records: {str(error).splitlines()[0]}",
            fix="make the catalogue again: shelftalker prepare CATALOG --out DIR",
        ) from error
