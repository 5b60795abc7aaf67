"""Any input to batches of rows."""

from __future__ import annotations

from collections.abc import Iterator

from shelftalker.catalog.batches import Batch, Columns
from shelftalker.catalog.json_lines import JsonLines
from shelftalker.catalog.sources import Source, read_blocks
from shelftalker.catalog.tables import read_csv, read_parquet

__all__ = ["read_batches"]


def read_batches(source: Source, columns: Columns, max_line_bytes: int) -> Iterator[Batch]:
    """Yield the rows of one source, in order; its `sha256` is set at the end.

    Raises:
        InputNotFound, CatalogueError, SettingsError: it cannot be read.
    """
    if source.kind == "parquet":
        return read_parquet(source, columns)
    if source.kind == "csv":
        return read_csv(source, columns, max_line_bytes)
    return JsonLines(columns).read(source.name, read_blocks(source, max_line_bytes))
