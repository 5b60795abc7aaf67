"""Second pass: the kept rows, with what was decided of them, into the finished files."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import polars as pl

from shelftalker.errors import storage_errors
from shelftalker.prepare.gathering import Gathered

__all__ = ["MARKS", "ROW_GROUP_ROWS", "write_marks", "write_records", "write_table", "write_uids"]

ROW_GROUP_ROWS = 2048
"""Small, so that one record is read in about a millisecond; the file grows by 3 % for it."""

MARKS = ["split", "ambiguous", "alive", "near", "group", "title_crc", "title_chars", "content_chars"]
_COLUMNS = ["uid", "title", "content", "title_key", "file", "line", "uids"]


def write_records(gathered: Gathered, rows: pl.DataFrame, names: Sequence[str], path: Path) -> None:
    """Write the rows to keep, in the order they were read, without ever holding all of them.

    Args:
        gathered: the first pass.
        rows: a row a gathered row: keep and uids, null where it has its own alone.
        names: what the sources are called.

    Raises:
        StorageError: the disk is full or read-only.
    """
    frames = []
    start = 0
    for part, marks in zip(gathered.parts, gathered.marks, strict=True):
        decided = rows.slice(start, len(marks)).lazy()
        file = pl.lit(names[marks["file"][0]]).alias("file")
        frames.append(pl.concat([pl.scan_ipc(part), decided], how="horizontal").filter("keep").with_columns(file))
        start += len(marks)
    raw = [name for name in ("raw_title", "raw_content") if name in pl.read_ipc_schema(gathered.parts[0])]
    uids = pl.coalesce("uids", pl.concat_list("uid"))
    write_table(pl.concat(frames).with_columns(uids).select(*_COLUMNS, *raw), path)


def write_table(frame: pl.LazyFrame, path: Path) -> None:
    """Write records as a stream, in small row groups."""
    with storage_errors(path):
        frame.sink_parquet(
            path,
            compression="zstd",
            compression_level=1,
            row_group_size=ROW_GROUP_ROWS,
            statistics=False,
            maintain_order=True,
        )


def write_marks(marks: pl.DataFrame, path: Path) -> None:
    """Write what may change about a record while its text does not.

    A row a record: the columns of `MARKS`; group is the smallest row of those that are alike, near says whether the
    record is nearly the same as another.
    """
    with storage_errors(path):
        marks.select(MARKS).write_parquet(path, compression="zstd", compression_level=1)


def write_uids(uids: pl.DataFrame, path: Path) -> None:
    """Write every uid and its row, in the order of the uids."""
    with storage_errors(path):
        uids.select("uid", pl.col("row").cast(pl.UInt32)).sort("uid").write_parquet(
            path, compression="zstd", compression_level=1
        )
