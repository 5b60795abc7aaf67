"""The records behind an index, by row number: titles from a mapped file, whole records from the catalogue's Parquet.

Titles are read by the dozen to check candidates, so they take microseconds; a record takes about 2 ms.
"""

from __future__ import annotations

import mmap
from collections.abc import Sequence
from pathlib import Path
from typing import cast

import numpy as np
import polars as pl
from numpy.typing import NDArray

from shelftalker.records import Record

__all__ = ["TitleReader", "TitleWriter", "read_rows"]

_FIELDS = ["uid", "title", "content", "file", "line", "uids"]


class TitleWriter:
    """Writes titles in the order of their row numbers, which start at 0."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file = path.with_suffix(".bytes").open("wb")
        self._lengths: list[NDArray[np.uint64]] = [np.zeros(1, np.uint64)]

    def append(self, titles: Sequence[str]) -> None:
        """Append a batch of titles."""
        encoded = [title.encode("utf-8") for title in titles]
        self._lengths.append(np.fromiter(map(len, encoded), dtype=np.uint64, count=len(encoded)))
        self._file.write(b"".join(encoded))

    def close(self) -> None:
        """Write where each title ends; nothing is readable before."""
        self._file.close()
        np.save(self._path.with_suffix(".ends.npy"), np.cumsum(np.concatenate(self._lengths), dtype=np.uint64))


class TitleReader:
    """Reads titles by row number. Any number of threads may share one."""

    def __init__(self, path: Path) -> None:
        self._ends: NDArray[np.uint64] = np.load(path.with_suffix(".ends.npy"), mmap_mode="r")
        self._bytes = _map(path.with_suffix(".bytes"))

    def __len__(self) -> int:
        return len(self._ends) - 1

    def __getitem__(self, row: int) -> str:
        return self._bytes[int(self._ends[row]) : int(self._ends[row + 1])].decode("utf-8")


def read_rows(records: pl.LazyFrame, rows: Sequence[int]) -> list[Record]:
    """Return the records at the rows of a scanned Parquet file, in the order asked for."""
    frames = pl.collect_all([records.slice(row, 1).select(_FIELDS) for row in rows])
    return [
        Record(
            uid=cast(str, uid),
            title=cast(str, title),
            content=cast(str, content),
            file=cast(str, file),
            line=cast(int, line),
            uids=tuple(cast(list[str], uids)),
        )
        for frame in frames
        for uid, title, content, file, line, uids in frame.iter_rows()
    ]


def _map(path: Path) -> mmap.mmap | bytes:
    """The bytes of a file without reading it; an empty file cannot be mapped."""
    if path.stat().st_size == 0:
        return b""
    with path.open("rb") as file:
        return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
