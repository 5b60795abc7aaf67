"""JSON Lines to rows: whole blocks at once, line by line only where a block holds something odd."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from operator import attrgetter
from typing import Any, cast

import msgspec
import numpy as np
import polars as pl

from shelftalker.catalog.batches import SCHEMA, BadLine, Batch, Columns
from shelftalker.catalog.sources import Block

__all__ = ["JsonLines"]

_SHOWN_CHARS = 120
_OPEN, _CLOSE, _NEWLINE = b"{}\n"
_TYPES: dict[str, Any] = {"uid": str | int | None, "title": str | None, "content": str | None}


class _Row(msgspec.Struct, gc=False):
    uid: str | int | None = None
    title: str | None = None
    content: str | None = None


class JsonLines:
    """Reads JSON Lines whose fields have the names of `columns`.

    A line counts as `json.loads` reads it, which also takes NaN and a name that stands twice.
    """

    def __init__(self, columns: Columns) -> None:
        fields = [(name, kind, None) for name, kind in _TYPES.items()]
        names = {name: getattr(columns, name) for name in _TYPES}
        self._names = names
        named = cast(type[_Row], msgspec.defstruct("_Named", fields, bases=(_Row,), rename=names, gc=False))
        self._decoder = msgspec.json.Decoder(named)

    def read(self, file: str, blocks: Iterable[Block]) -> Iterator[Batch]:
        """Yield a batch a block; `file` is the name that the records carry."""
        first = 1
        for block in blocks:
            batch = self.parse(file, block, first)
            first += batch.lines
            yield batch

    def parse(self, file: str, block: Block, first: int) -> Batch:
        """Return the rows of a block, the first line of which has the number `first`."""
        if block.cut:
            bad = BadLine(first, "too_long", _beginning(block.data))
            return Batch(file, 1, _frame([], []), bad=(bad,), read_bytes=block.read_bytes)
        data = block.data.removeprefix(b"\xef\xbb\xbf") if first == 1 else block.data
        if b"\r" in data:  # one byte is found ten times as fast as two
            data = data.replace(b"\r\n", b"\n")
        count = data.count(b"\n") + (not data.endswith(b"\n") and data != b"")
        rows = self._decode_whole(data, count)
        if rows is None:
            return self._decode_each(file, data, first, block.read_bytes)
        return Batch(file, count, _frame(rows, range(first, first + count)), read_bytes=block.read_bytes)

    def _decode_whole(self, data: bytes, count: int) -> list[_Row] | None:
        """The rows, or None unless every line is surely one good object."""
        if not data.isascii():
            try:
                data.decode("utf-8")
            except UnicodeDecodeError:
                return None
        if not _one_object_a_line(data):
            return None
        try:
            rows: list[_Row] = self._decoder.decode_lines(data)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            return None
        return rows if len(rows) == count else None

    def _decode_each(self, file: str, data: bytes, first: int, read_bytes: int) -> Batch:
        rows: list[_Row] = []
        numbers: list[int] = []
        blank: list[int] = []
        bad: list[BadLine] = []
        lines = data.split(b"\n")
        if not lines[-1]:
            lines.pop()
        for number, line in enumerate(lines, start=first):
            if not line.strip():
                blank.append(number)
                continue
            row = self._decode_line(line)
            if isinstance(row, str):
                bad.append(BadLine(number, row, _beginning(line)))
            else:
                rows.append(row)
                numbers.append(number)
        return Batch(file, len(lines), _frame(rows, numbers), tuple(blank), tuple(bad), read_bytes)

    def _decode_line(self, line: bytes) -> _Row | str:
        """The row, or the reason why there is none."""
        if b"\0" in line:
            return "nul_byte"
        try:
            text = line.decode("utf-8")
        except UnicodeDecodeError:
            return "broken_utf8"
        try:
            row: _Row = self._decoder.decode(line)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            pass  # what the strict decoder refuses may still be what Python writes: NaN, a name twice
        else:
            return row
        try:
            found = json.loads(text)
        except (ValueError, RecursionError):
            return "not_json"
        return self._from_dict(found) if isinstance(found, dict) else "not_an_object"

    def _from_dict(self, found: dict[str, Any]) -> _Row | str:
        uid, title, content = (found.get(self._names[name]) for name in _TYPES)
        if not all(value is None or isinstance(value, str) for value in (title, content)):
            return "wrong_type"
        if isinstance(uid, bool) or not (uid is None or isinstance(uid, str | int)):
            return "wrong_type"
        try:
            for value in (uid, title, content):
                str(value).encode("utf-8")
        except UnicodeEncodeError:
            return "broken_utf8"  # half of a surrogate pair
        except ValueError:
            return "wrong_type"  # a uid of more digits than Python prints
        return _Row(uid, title, content)


def _one_object_a_line(block: bytes) -> bool:
    """Whether every line begins with { and ends with }. Then no object spans lines: "}" never precedes "{" in JSON."""
    characters = np.frombuffer(block, dtype=np.uint8)
    ends = np.flatnonzero(characters == _NEWLINE)
    if not len(characters) or characters[-1] != _NEWLINE:
        ends = np.append(ends, len(characters))
    starts = np.concatenate([[0], ends[:-1] + 1])
    if (ends - starts).min() < 2:
        return False
    return bool((characters[starts] == _OPEN).all() and (characters[ends - 1] == _CLOSE).all())


def _beginning(line: bytes) -> str:
    return line[: 4 * _SHOWN_CHARS].decode("utf-8", "replace")[:_SHOWN_CHARS]


def _frame(rows: list[_Row], numbers: Iterable[int]) -> pl.DataFrame:
    uids = list(map(attrgetter("uid"), rows))
    try:
        uid = pl.Series("uid", uids, dtype=pl.String, strict=True)
    except TypeError:  # some are numbers
        uid = pl.Series("uid", [u if u is None else str(u) for u in uids], dtype=pl.String)
    return pl.DataFrame(
        [
            uid,
            pl.Series("title", list(map(attrgetter("title"), rows)), dtype=pl.String),
            pl.Series("content", list(map(attrgetter("content"), rows)), dtype=pl.String),
            pl.Series("line", numbers, dtype=pl.UInt64),
        ],
        schema=SCHEMA,
    )
