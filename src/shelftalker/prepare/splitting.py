"""Which side of the split a record is on: the same on every machine, and one side for what is alike."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from shelftalker.catalog.catalogue import SPLITS
from shelftalker.config import PrepareSettings

__all__ = ["group_rows", "split_groups", "spread"]

_LARGEST_SHARE = 0.02
_LARGEST_ROWS = 100


def group_rows(count: int, pairs: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return for each of `count` rows the smallest row that a chain of pairs leads to.

    Shape: pairs (n, 2).
    """
    labels = np.arange(count)
    a, b = pairs[:, 0], pairs[:, 1]
    while True:
        least = np.minimum(labels[a], labels[b])
        before = labels.copy()
        np.minimum.at(labels, labels[a], least)
        np.minimum.at(labels, labels[b], least)
        labels = labels[labels]
        if (labels == before).all():
            return labels


def title_pairs(groups: pl.Series) -> NDArray[np.int64]:
    """Return a pair (first row, row) for each row whose title group stood before."""
    frame = pl.DataFrame({"group": groups}).with_row_index("row")
    frame = frame.with_columns(pl.col("row").first().over("group").alias("first")).filter(
        pl.col("row") != pl.col("first")
    )
    pairs: NDArray[np.int64] = frame.select("first", "row").to_numpy().astype(np.int64)
    return pairs


def split_groups(groups: NDArray[np.int64], crc: NDArray[np.uint32], settings: PrepareSettings) -> pl.Series:
    """Return the split of each row: that of its group, which a number made from its titles decides.

    A group so large that it would fill a held-out side goes to training.

    Args:
        groups: the smallest row of the group, by row.
        crc: CRC-32 of the normalised title, by row.
    """
    count = len(groups)
    least = np.full(count, np.iinfo(np.uint64).max, dtype=np.uint64)
    np.minimum.at(least, groups, spread(crc, settings.seed))
    share = least[groups].astype(np.float64) / 2.0**64
    code = np.zeros(count, dtype=np.uint8)
    code[share < settings.validation_share + settings.test_share] = SPLITS.index("test")
    code[share < settings.validation_share] = SPLITS.index("validation")
    sizes = np.bincount(groups, minlength=count)[groups]
    code[sizes > max(_LARGEST_ROWS, _LARGEST_SHARE * count)] = SPLITS.index("train")
    return pl.Series("split", code).replace_strict([0, 1, 2], list(SPLITS), return_dtype=pl.String)


def spread(crc: NDArray[np.uint32], seed: int) -> NDArray[np.uint64]:
    """Return numbers from 0 to 2**64 - 1, evenly spread and the same on every machine.

    Source: the finaliser of splitmix64 (Steele, Lea and Flood 2014).
    """
    z = crc.astype(np.uint64) + (np.uint64(seed % 2**32) << np.uint64(32))
    with np.errstate(over="ignore"):
        z += np.uint64(0x9E3779B97F4A7C15)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))
