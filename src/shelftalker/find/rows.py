"""The titles behind an index, by row number, from a mapped file.

They are read by the dozen to check candidates, so one takes microseconds; a whole record takes about 1.3 ms.
"""

from __future__ import annotations

import mmap
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

__all__ = ["TitleReader", "TitleWriter"]


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

    @property
    def size_bytes(self) -> int:
        """Size of all titles."""
        return int(self._ends[-1])

    def __getitem__(self, row: int) -> str:
        return self._bytes[int(self._ends[row]) : int(self._ends[row + 1])].decode("utf-8")


def _map(path: Path) -> mmap.mmap | bytes:
    """The bytes of a file without reading it; an empty file cannot be mapped."""
    if path.stat().st_size == 0:
        return b""
    with path.open("rb") as file:
        return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
