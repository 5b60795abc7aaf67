"""CSV and Parquet to rows."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from itertools import islice
from typing import BinaryIO, cast

import polars as pl

from shelftalker.artifacts import hash_file
from shelftalker.catalog.batches import SCHEMA, BadLine, Batch, Columns
from shelftalker.catalog.sources import Source, open_stream
from shelftalker.errors import CatalogueError, SettingsError

__all__ = ["read_csv", "read_parquet"]

_ROWS = 20_000
_SHOWN_CHARS = 120
_DELIMITERS = (",", ";", "\t", "|")
_NAMES = ("uid", "title", "content")


def read_csv(source: Source, columns: Columns, max_line_bytes: int) -> Iterator[Batch]:
    """Yield the rows of a CSV file with a header; comma, semicolon, tab or bar between the columns.

    A row's line number is that of the line it begins on, the header being line 1. Rows are what is counted.

    Raises:
        SettingsError: a column is not there.
        CatalogueError: a quoted field is longer than the limit: most often its quote is never closed.
    """
    with open_stream(source) as opened:
        raw = cast(BinaryIO, _Raw(opened.stream))
        text = io.TextIOWrapper(raw, encoding="utf-8-sig", errors="surrogateescape", newline="")
        header = text.readline()
        if not header.strip():
            return
        delimiter = max(_DELIMITERS, key=header.count)
        names = next(csv.reader([header], delimiter=delimiter))
        places = _places(source.name, columns, names)
        csv.field_size_limit(max_line_bytes)
        reader = csv.reader(text, delimiter=delimiter)
        before = 1
        while True:
            chunk: list[tuple[int, list[str]]] = []
            try:
                for row in islice(reader, _ROWS):
                    chunk.append((before + 1, row))
                    before = 1 + reader.line_num
            except csv.Error as error:
                raise CatalogueError(
                    f"{source.name} cannot be read as CSV from line {before + 1}: {error}",
                    fix="look for a quotation mark that is never closed, and double those inside a field",
                ) from error
            if not chunk:
                return
            yield _csv_batch(source.name, chunk, places, len(names), opened.read_bytes)


class _Raw(io.RawIOBase):
    """What TextIOWrapper needs of a stream that can only read."""

    def __init__(self, stream: object) -> None:
        self._read = stream.read  # type: ignore[attr-defined]

    def readable(self) -> bool:
        return True

    def read1(self, size: int = -1, /) -> bytes:
        data: bytes = self._read(size if size > 0 else 1 << 16)
        return data

    def read(self, size: int = -1, /) -> bytes:
        return self.read1(size)


def _places(file: str, columns: Columns, names: list[str]) -> dict[str, int]:
    places = {}
    for field in _NAMES:
        wanted = getattr(columns, field)
        folded = [name.strip().casefold() for name in names]
        if wanted.strip().casefold() not in folded:
            if field == "uid" and wanted == Columns().uid:
                continue  # rows without a uid get one
            raise SettingsError(
                f"{file} has no column {wanted!r}; it has {', '.join(map(repr, names))}",
                fix=f"say which column it is: --{field}-column NAME",
            )
        places[field] = folded.index(wanted.strip().casefold())
    return places


def _csv_batch(
    file: str, chunk: list[tuple[int, list[str]]], places: dict[str, int], width: int, read_bytes: int
) -> Batch:
    blank: list[int] = []
    bad: list[BadLine] = []
    lines: list[int] = []
    found: dict[str, list[str | None]] = {name: [] for name in _NAMES}
    for line, row in chunk:
        if not row:
            blank.append(line)
            continue
        reason = _fault(row, width)
        if reason:
            shown = ",".join(row)[:_SHOWN_CHARS].encode("utf-8", "replace").decode("utf-8")
            bad.append(BadLine(line, reason, shown))
            continue
        lines.append(line)
        for name in _NAMES:
            found[name].append(row[places[name]] if name in places else None)
    rows = pl.DataFrame({**found, "line": lines}, schema=SCHEMA)
    return Batch(file, len(chunk), rows, tuple(blank), tuple(bad), read_bytes)


def _fault(row: list[str], width: int) -> str:
    if len(row) != width:
        return "wrong_columns"
    for value in row:
        if "\0" in value:
            return "nul_byte"
        if not value.isascii():
            try:
                value.encode("utf-8")
            except UnicodeEncodeError:
                return "broken_utf8"
    return ""


def read_parquet(source: Source, columns: Columns) -> Iterator[Batch]:
    """Yield the rows of a Parquet file; a row's line is its number, counted from 1.

    Raises:
        SettingsError: a column is not there.
        CatalogueError: it is no Parquet file, or a column does not hold text.
    """
    if source.path is None or source.path.suffix.lower() != ".parquet":
        raise CatalogueError(
            f"{source.name} is compressed Parquet", fix="unpack it first: Parquet is compressed inside"
        )
    try:
        frame = pl.scan_parquet(source.path)
        schema = dict(frame.collect_schema())
        places = _places(source.name, columns, list(schema))
        names = list(schema)
        chosen = [pl.col(names[place]).alias(field) for field, place in places.items()]
        _check_types(source.name, {field: (names[place], schema[names[place]]) for field, place in places.items()})
        total = frame.select(pl.len()).collect().item()
        for start in range(0, total, _ROWS):
            rows = frame.select(chosen).slice(start, _ROWS).collect()
            rows = rows.with_columns(pl.int_range(start + 1, start + 1 + len(rows), dtype=pl.UInt64).alias("line"))
            missing = [pl.lit(None, pl.String).alias(name) for name in _NAMES if name not in rows.columns]
            rows = rows.with_columns(missing).select(pl.col(name).cast(kind) for name, kind in SCHEMA.items())
            yield Batch(source.name, len(rows), rows, read_bytes=source.size_bytes * (start + len(rows)) // total)
    except (pl.exceptions.PolarsError, OSError) as error:
        said = str(error).splitlines()[0] if str(error) else "damaged"
        raise CatalogueError(
            f"{source.name} cannot be read as Parquet: {said}", fix="write or fetch it again"
        ) from error
    source.sha256 = hash_file(source.path)


def _check_types(file: str, found: dict[str, tuple[str, pl.DataType]]) -> None:
    for field, (name, kind) in found.items():
        text = kind in (pl.String, pl.Categorical) or isinstance(kind, pl.Enum)
        if not text and not (field == "uid" and kind.is_integer()):
            raise CatalogueError(
                f"column {name!r} of {file} holds {kind}, not text", fix=f"name another: --{field}-column NAME"
            )
