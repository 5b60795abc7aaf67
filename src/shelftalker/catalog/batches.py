"""What reading gives: batches of rows from one input file, and the lines that could not be read."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

__all__ = ["BAD_REASONS", "SCHEMA", "BadLine", "Batch", "Columns"]

SCHEMA: dict[str, pl.DataType] = {"uid": pl.String(), "title": pl.String(), "content": pl.String(), "line": pl.UInt64()}

BAD_REASONS = {
    "not_json": "not JSON",
    "not_an_object": "JSON, but not an object",
    "wrong_type": "the uid, title or content is not text",
    "nul_byte": "holds a NUL byte",
    "broken_utf8": "not valid UTF-8",
    "too_long": "longer than the limit",
    "wrong_columns": "another number of columns than the header",
}


@dataclass(frozen=True, slots=True)
class Columns:
    """What the input calls the three fields."""

    uid: str = "uid"
    title: str = "title"
    content: str = "content"


@dataclass(frozen=True, slots=True)
class BadLine:
    """A line that could not be read: which one, why (a key of `BAD_REASONS`), and its beginning."""

    line: int
    reason: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class Batch:
    """Some lines of one file, in order; every one is a row, blank or bad.

    Attributes:
        file: the name that its records carry.
        lines: how many lines it covers.
        rows: columns of `SCHEMA`; uid, title and content may be null.
        blank: line numbers of lines with nothing but white space.
        bad: the lines that could not be read.
        read_bytes: how far into its input the batch ends, in bytes on disk.
    """

    file: str
    lines: int
    rows: pl.DataFrame
    blank: tuple[int, ...] = ()
    bad: tuple[BadLine, ...] = ()
    read_bytes: int = 0
