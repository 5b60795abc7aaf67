"""A table from texts to rows, kept on disk: sorted 64-bit hashes, found by bisection in the mapped file.

Opening costs nothing and a look-up some microseconds, at any size. Two texts may share a hash (1 in 10 million for
two million keys), so the caller checks what it gets.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

__all__ = ["KeyTable", "hash_key", "hash_keys", "write_keys"]


def hash_key(text: str) -> int:
    """Return the 64-bit hash of a text, the same on every machine and in every run."""
    return int.from_bytes(hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "little")


def hash_keys(texts: Iterable[str]) -> NDArray[np.uint64]:
    """Return `hash_key` of each text."""
    blake2b = hashlib.blake2b
    digests = b"".join(blake2b(t.encode("utf-8", "surrogatepass"), digest_size=8).digest() for t in texts)
    return np.frombuffer(digests, dtype="<u8")


def write_keys(path: Path, hashes: NDArray[np.uint64], rows: NDArray[np.uint32]) -> None:
    """Write the table at `path` (two files). A hash may stand for several rows; they come back in row order."""
    order = np.lexsort((rows, hashes))
    np.save(path.with_suffix(".hash.npy"), hashes[order])
    np.save(path.with_suffix(".row.npy"), rows[order])


class KeyTable:
    """Reads a table of `write_keys`. Any number of threads may share one."""

    def __init__(self, path: Path) -> None:
        self._hashes: NDArray[np.uint64] = np.load(path.with_suffix(".hash.npy"), mmap_mode="r")
        self._rows: NDArray[np.uint32] = np.load(path.with_suffix(".row.npy"), mmap_mode="r")

    def __len__(self) -> int:
        return len(self._hashes)

    def rows(self, text: str, limit: int | None = None) -> list[int]:
        """Return the rows whose key has the text's hash, at most `limit`, in row order."""
        wanted = np.uint64(hash_key(text))
        first = int(np.searchsorted(self._hashes, wanted, side="left"))
        last = int(np.searchsorted(self._hashes, wanted, side="right"))
        if limit is not None:
            last = min(last, first + limit)
        rows: list[int] = self._rows[first:last].tolist()
        return rows

    def rows_of(self, hashes: NDArray[np.uint64]) -> list[list[int]]:
        """Return for each hash the rows whose key has it, in row order."""
        first = np.searchsorted(self._hashes, hashes, side="left")
        last = np.searchsorted(self._hashes, hashes, side="right")
        return [self._rows[a:b].tolist() if b > a else [] for a, b in zip(first, last, strict=True)]
