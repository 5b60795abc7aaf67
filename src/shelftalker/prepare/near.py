"""Near-duplicates: records whose words are nearly the same, found by MinHash without comparing all with all.

Each record becomes 32 numbers (a MinHash signature of its runs of three words); records that agree in any of 8 bands
of 4 numbers are compared by their whole signatures. The bands are kept beside the records, so that an update compares
only what is new.

Source: Broder 1997 (MinHash); the signatures are those of the package rensa.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

__all__ = ["LEAST_SIMILARITY", "Sketches", "find_pairs", "made_with", "sketch", "sketch_file"]

LEAST_SIMILARITY = 0.8
"""Estimated share of three-word runs in common from which two records count as nearly the same."""

_PERMUTATIONS, _BANDS = 32, 8
_SEED = 1
_CHARS = 600  # of the content; comparing beginnings takes half the time and finds the same products
_ROWS = 20_000
_MIX = (np.uint64(0x9E3779B97F4A7C15), np.uint64(0xC2B2AE3D27D4EB4F))


@dataclass(frozen=True, slots=True)
class Sketches:
    """Shape: signatures (rows, 32), bands (rows, 8)."""

    signatures: NDArray[np.uint32]
    bands: NDArray[np.uint32]


def made_with() -> str:
    """Return what sketches depend on: those of other versions cannot be compared."""
    from rensa import RMinHash

    return f"polars {pl.__version__}, rensa algorithm {RMinHash.ALGORITHM_VERSION}"


def sketch_file(records: Path) -> Sketches:
    """Return the sketches of every record of a Parquet file, in order."""
    scan = pl.scan_parquet(records).select("title", "content")
    total = scan.select(pl.len()).collect().item()
    whole = Sketches(np.empty((total, _PERMUTATIONS), np.uint32), np.empty((total, _BANDS), np.uint32))
    for start in range(0, total, _ROWS):
        frame = scan.slice(start, _ROWS).collect()
        here = sketch(frame["title"], frame["content"])
        whole.signatures[start : start + len(frame)] = here.signatures
        whole.bands[start : start + len(frame)] = here.bands
    return whole


def sketch(titles: pl.Series, contents: pl.Series) -> Sketches:
    """Return the sketches of some records."""
    from rensa import RMinHash

    texts = pl.select(titles + " " + contents.str.slice(0, _CHARS)).to_series().str.to_lowercase()
    hashes, offsets = _shingles(texts)
    matrix = RMinHash.digest_matrix_from_flat_token_hashes(hashes, offsets, _PERMUTATIONS, _SEED)
    signatures = np.array(matrix.to_rows(), dtype=np.uint32).reshape(len(texts), _PERMUTATIONS)
    return Sketches(signatures, _band(signatures))


def _shingles(texts: pl.Series) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    """The hashes of every run of three words (of all words where there are fewer), and where each text's begin."""
    words = texts.str.split(" ")
    lengths = words.list.len().to_numpy().astype(np.int64)
    h = words.explode().hash(_SEED).to_numpy()
    ends = np.cumsum(lengths)
    with np.errstate(over="ignore"):
        runs = h.copy()
        runs[:-1] += h[1:] * _MIX[0]
        runs[:-2] += h[2:] * _MIX[1]
    runs ^= runs >> np.uint64(29)
    long = lengths >= 3
    keep = np.ones(len(runs), dtype=bool)
    keep[ends[long] - 1] = keep[ends[long] - 2] = False  # runs that would reach into the next text
    short = np.flatnonzero(~long & (lengths > 0))
    runs[ends[short] - lengths[short]] = h[ends[short] - lengths[short]]
    offsets = np.concatenate([[0], np.cumsum(np.where(long, lengths - 2, lengths))])
    return np.ascontiguousarray(runs[keep]), offsets.astype(np.uint64)


def _band(signatures: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """One number a band: equal where all of the band's numbers are."""
    parts = signatures.reshape(len(signatures), _BANDS, -1).astype(np.uint64)
    mixed = np.zeros(parts.shape[:2], dtype=np.uint64)
    with np.errstate(over="ignore"):
        for place in range(parts.shape[2]):
            mixed = (mixed ^ parts[:, :, place]) * _MIX[0]
            mixed ^= mixed >> np.uint64(32)
    return mixed.astype(np.uint32)


def find_pairs(sketches: Sketches) -> NDArray[np.int64]:
    """Return pairs of rows that are nearly the same: enough of them to connect all that are alike.

    Shape: (pairs, 2), the smaller row first.
    """
    found = [np.zeros((0, 2), np.int64)]
    for band in range(_BANDS):
        keys = sketches.bands[:, band]
        order = np.argsort(keys, kind="stable")
        ordered = keys[order]
        begins = np.concatenate([[True], ordered[1:] != ordered[:-1]])
        firsts = order[np.maximum.accumulate(np.where(begins, np.arange(len(order)), 0))]
        # With the first of its run and with its neighbour: all with all would grow with the square of the run.
        for other in (firsts, np.concatenate([order[:1], order[:-1]])):
            pairs = np.stack([other, order], axis=1)[~begins]
            found.append(_alike(sketches.signatures, pairs[pairs[:, 0] != pairs[:, 1]]))
    return np.unique(np.sort(np.concatenate(found), axis=1), axis=0)


def _alike(signatures: NDArray[np.uint32], pairs: NDArray[np.int64]) -> NDArray[np.int64]:
    keep = np.zeros(len(pairs), dtype=bool)
    for start in range(0, len(pairs), 1 << 17):
        run = pairs[start : start + (1 << 17)]
        share = (signatures[run[:, 0]] == signatures[run[:, 1]]).mean(axis=1)
        keep[start : start + len(run)] = share >= LEAST_SIMILARITY
    return pairs[keep]


def main(arguments: list[str]) -> None:
    """`python -m shelftalker.prepare.near RECORDS SCRATCH OUT`: a process of its own, beside the indexing."""
    records, scratch, out = map(Path, arguments)
    sketches = sketch_file(records)
    np.save(out / "near.npy", sketches.bands)
    np.save(scratch / "pairs.npy", find_pairs(sketches))


if __name__ == "__main__":
    main(sys.argv[1:])
