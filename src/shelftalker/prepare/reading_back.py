"""Columns of some records of a catalogue that is there, read a few row groups at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from shelftalker.catalog import Part
from shelftalker.prepare.writing import ROW_GROUP_ROWS

__all__ = ["read_back", "stream_back"]

_GROUPS_AT_ONCE = 16


def stream_back(parts: Sequence[Part], rows: NDArray[np.int64], *columns: pl.Expr | str) -> Iterator[pl.DataFrame]:
    """Yield columns of the records at `rows`, which are in order, with their row numbers as the column `row`."""
    for part in parts:
        here = rows[np.searchsorted(rows, part.first) : np.searchsorted(rows, part.first + part.rows)] - part.first
        groups = here // ROW_GROUP_ROWS
        wanted = np.unique(groups)
        scan = pl.scan_parquet(part.records).select(*columns)
        for start in range(0, len(wanted), _GROUPS_AT_ONCE):
            run = wanted[start : start + _GROUPS_AT_ONCE].tolist()
            frames = pl.collect_all([scan.slice(group * ROW_GROUP_ROWS, ROW_GROUP_ROWS) for group in run])
            for group, frame in zip(run, frames, strict=True):
                places = here[groups == group]
                yield frame[places - group * ROW_GROUP_ROWS].with_columns(pl.Series("row", places + part.first))


def read_back(parts: Sequence[Part], rows: NDArray[np.int64], *columns: pl.Expr | str) -> pl.DataFrame:
    """Return what `stream_back` yields, in one frame."""
    frames = list(stream_back(parts, rows, *columns))
    if frames:
        return pl.concat(frames)
    empty = pl.scan_parquet(parts[0].records).select(*columns).head(0).collect()
    return empty.with_columns(pl.lit(None, pl.Int64).alias("row"))
