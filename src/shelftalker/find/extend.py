"""Bring an index up to date: a few records more, a few fewer, without building it again."""

from __future__ import annotations

import os
import shutil
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import chain
from pathlib import Path

import numpy as np
import polars as pl
import tantivy
from numpy.typing import NDArray

from shelftalker.errors import storage_errors
from shelftalker.find.encoder import open_sentence_encoder
from shelftalker.find.keys import KeyTable, hash_keys, write_keys
from shelftalker.find.meaning import MeaningIndex, extend_meaning, meant_text
from shelftalker.find.names import heads, name_tokens, squash
from shelftalker.find.rows import TitleReader
from shelftalker.find.words import WordWriter, content_chars

__all__ = ["can_extend", "extend_index"]

_MOST_REMOVED = 4_000
"""A removal costs 5 ms a million records; beyond so many, building the index again is as quick."""

_HEAP_BYTES = 64_000_000
_ENTRIES = frozenset(
    ["search", "contents", "words", "title.bytes", "title.ends.npy"]
    + [f"{table}.{part}.npy" for table in ("name", "uid") for part in ("hash", "row")]
)


def can_extend(old: Path, removed: int) -> bool:
    """Say whether an index is of the kind that `extend_index` knows, and `removed` records few enough."""
    entries = {path.name for path in old.iterdir()}
    encoder = open_sentence_encoder() if "meaning" in entries else None
    meant = "meaning" not in entries or (encoder is not None and MeaningIndex(old / "meaning").encoder == encoder.name)
    return removed <= _MOST_REMOVED and meant and entries - {"meaning"} == _ENTRIES


def extend_index(old: Path, folder: Path, added: pl.DataFrame, removed: Sequence[int]) -> None:
    """Write into a new `folder` the index in `old` with the records `added` and without those at the rows `removed`.

    The files that stay the same are shared with `old`, which is not changed. The rows of what is added go on where
    those of `old` end; a removed row stays empty for ever.

    Args:
        added: columns title, content and uids (a list, the record's own uid first).
        removed: row numbers.

    Raises:
        StorageError: the disk is full or read-only.
    """
    titles: list[str] = added["title"].to_list()
    tokens = [name_tokens(title) for title in titles]
    before = TitleReader(old / "title")
    first = len(before)
    gone = [name_tokens(before[row]) for row in removed]
    with storage_errors(folder):
        folder.mkdir(parents=True)
        _extend_titles(old, folder, titles)
        rows = np.arange(first, first + len(titles), dtype=np.uint32)
        names = [(squash(title), int(row)) for title, row in zip(titles, rows, strict=True)]
        names += [(squash(head), int(row)) for title, row in zip(titles, rows, strict=True) for head in heads(title)]
        _extend_keys(old / "name", folder / "name", names, removed)
        uids = [(uid, int(row)) for several, row in zip(added["uids"], rows, strict=True) for uid in several]
        _extend_keys(old / "uid", folder / "uid", uids, removed)
        openings = added["content"].str.slice(0, content_chars(first)).to_list()
        _extend_search(
            old / "search", folder / "search", "title", [" ".join(words) for words in tokens], first, removed
        )
        _extend_search(old / "contents", folder / "contents", "content", openings, first, removed)
        encoder = open_sentence_encoder() if (old / "meaning").is_dir() else None
        if encoder is not None:
            texts = [meant_text(title, opening) for title, opening in zip(titles, openings, strict=True)]
            extend_meaning(old / "meaning", folder / "meaning", texts, removed, encoder)
        _extend_words(old / "words", folder / "words", tokens, gone)


def _extend_titles(old: Path, folder: Path, titles: Sequence[str]) -> None:
    encoded = [title.encode("utf-8") for title in titles]
    shutil.copyfile(old / "title.bytes", folder / "title.bytes")
    with (folder / "title.bytes").open("ab") as file:
        file.write(b"".join(encoded))
    ends = np.load(old / "title.ends.npy")
    more = ends[-1] + np.cumsum(np.fromiter(map(len, encoded), dtype=np.uint64, count=len(encoded)), dtype=np.uint64)
    np.save(folder / "title.ends.npy", np.concatenate([ends, more]))


def _extend_keys(old: Path, new: Path, added: Sequence[tuple[str, int]], removed: Sequence[int]) -> None:
    hashes: NDArray[np.uint64] = np.load(old.with_suffix(".hash.npy"))
    rows: NDArray[np.uint32] = np.load(old.with_suffix(".row.npy"))
    stay = ~np.isin(rows, np.asarray(removed, dtype=np.uint32))
    more = np.fromiter((row for _, row in added), dtype=np.uint32, count=len(added))
    more_hashes = hash_keys(key for key, _ in added)
    write_keys(new, np.concatenate([hashes[stay], more_hashes]), np.concatenate([rows[stay], more]))


def _extend_search(old: Path, new: Path, field: str, texts: Sequence[str], first: int, removed: Sequence[int]) -> None:
    _share(old, new)
    writer = WordWriter.reopen(new, field)
    writer.remove(removed)
    writer.append(texts, first)
    writer.commit()
    writer.close()


def _extend_words(old: Path, new: Path, added: Iterable[Sequence[str]], gone: Iterable[Sequence[str]]) -> None:
    """Count the words again that came or went; a word is offered for a misspelled one while some title holds it."""
    new.mkdir()
    counts = _count(added)
    counts.subtract(_count(gone))
    table = KeyTable(old / "word")
    titles: NDArray[np.uint32] = np.load(old / "titles.npy")
    known = {word: rows[0] for word in counts if (rows := table.rows(word, limit=1))}
    fresh = [word for word, count in counts.items() if word not in known and count > 0]
    _share(old / "alike", new / "alike")
    alike = tantivy.Index.open(str(new / "alike"))
    writer = alike.writer(_HEAP_BYTES, 1)
    for word, row in known.items():
        had, has = int(titles[row]), int(titles[row]) + counts[word]
        titles[row] = has
        if had and not has:
            writer.delete_documents_by_query(tantivy.Query.term_query(alike.schema, "word", word))
        elif has and not had:
            writer.add_document(tantivy.Document(word=word))
    for word in fresh:
        writer.add_document(tantivy.Document(word=word))
    writer.commit()
    writer.wait_merging_threads()
    more = np.fromiter((counts[word] for word in fresh), dtype=np.uint32, count=len(fresh))
    np.save(new / "titles.npy", np.concatenate([titles, more]))
    numbered = [(word, row) for row, word in enumerate(fresh, start=len(titles))]
    _extend_keys(old / "word", new / "word", numbered, ())


def _count(titles: Iterable[Sequence[str]]) -> Counter[str]:
    return Counter(word for word in chain.from_iterable(titles) if word.isalpha() and len(word) > 1)


def _share(old: Path, new: Path) -> None:
    """Copy a search index: its segments, which never change, are the same files."""
    new.mkdir()
    for path in old.iterdir():
        if path.suffix == ".lock":
            continue
        target = new / path.name
        if path.suffix == ".json":
            shutil.copyfile(path, target)
            continue
        try:
            os.link(path, target)
        except OSError:  # a disk without links
            shutil.copyfile(path, target)
