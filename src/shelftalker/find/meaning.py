"""Records near in meaning: the vectors of a sentence encoder, kept small enough to be compared one and all.

A vector is kept twice: one bit a dimension, compared first, and one byte a dimension, which puts the best in order.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from shelftalker.find.encoder import SentenceEncoder

__all__ = ["MeaningIndex", "extend_meaning", "meant_text", "pack_bits", "write_meaning"]

_BATCH = 4096
_FIRST_CHOICE = 256
_SCALE = 127
_OPENING_CHARS = 160


def write_meaning(
    folder: Path, texts: Sequence[str], encoder: SentenceEncoder, on_progress: Callable[[int], None] | None = None
) -> None:
    """Write the vectors of texts, in their order, into a new folder.

    Args:
        folder: is created.
        texts: one a row.
        encoder: turns texts into vectors of length 1.
        on_progress: called with the number of texts done.
    """
    _write(folder, _encode(texts, encoder, on_progress), encoder.name)


def extend_meaning(
    old: Path, folder: Path, added: Sequence[str], removed: Sequence[int], encoder: SentenceEncoder
) -> None:
    """Write into a new `folder` the vectors in `old`, those at `removed` blank, and then those of the texts `added`."""
    kept: NDArray[np.int8] = np.load(old / "bytes.npy")
    kept[list(removed)] = 0
    _write(folder, np.concatenate([kept, _encode(added, encoder)]), encoder.name)


def _encode(
    texts: Sequence[str], encoder: SentenceEncoder, on_progress: Callable[[int], None] | None = None
) -> NDArray[np.int8]:
    batches: list[NDArray[np.int8]] = [np.zeros((0, encoder.dimensions), np.int8)]
    for first in range(0, len(texts), _BATCH):
        vectors = encoder.encode(texts[first : first + _BATCH])
        batches.append(np.rint(vectors * _SCALE).astype(np.int8))
        if on_progress is not None:
            on_progress(min(first + _BATCH, len(texts)))
    return np.concatenate(batches)


def meant_text(title: str, content: str) -> str:
    """Return what of a record is turned into a vector: its title and the beginning of its description."""
    return f"{title}. {content[:_OPENING_CHARS]}"


def _write(folder: Path, vectors: NDArray[np.int8], encoder: str) -> None:
    folder.mkdir(parents=True)
    (folder / "encoder.txt").write_text(encoder + "\n", encoding="utf-8")
    np.save(folder / "bytes.npy", vectors)
    np.save(folder / "bits.npy", pack_bits(vectors))


def pack_bits(vectors: NDArray[np.int8] | NDArray[np.float32]) -> NDArray[np.uint64]:
    """Return the signs of vectors as bits, 64 to a number. Shape: [rows, dimensions / 64]."""
    return np.packbits(vectors > 0, axis=-1).view(np.uint64)


class MeaningIndex:
    """Reads what `write_meaning` wrote. Any number of threads may share one.

    Attributes:
        encoder: name of the encoder that made the vectors.
    """

    def __init__(self, folder: Path) -> None:
        self._bytes: NDArray[np.int8] = np.load(folder / "bytes.npy", mmap_mode="r")
        self._bits: NDArray[np.uint64] = np.load(folder / "bits.npy", mmap_mode="r")
        self.encoder = (folder / "encoder.txt").read_text(encoding="utf-8").strip()

    def __len__(self) -> int:
        return len(self._bits)

    def nearest(self, vector: NDArray[np.float32], limit: int) -> list[tuple[int, float]]:
        """Return rows and cosines of the texts nearest in meaning, best first."""
        apart = np.bitwise_count(self._bits ^ pack_bits(vector)).sum(axis=1, dtype=np.uint16)
        most = max(limit, _FIRST_CHOICE)
        rows = np.argpartition(apart, most)[:most] if most < len(apart) else np.arange(len(apart))
        cosines = self._bytes[rows].astype(np.float32) @ vector / _SCALE
        best = np.argsort(-cosines, kind="stable")[:limit]
        # The vector of a removed record is blank: its cosine is 0, and what has none above 0 is not near anyway.
        return [(int(rows[i]), float(cosines[i])) for i in best if cosines[i] > 0]
