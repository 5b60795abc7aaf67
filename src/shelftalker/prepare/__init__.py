"""Turn catalogue files into a finished catalogue folder."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from shelftalker.artifacts import Manifest
from shelftalker.config import PrepareSettings
from shelftalker.prepare.running import Progress, prepare_new

__all__ = ["Progress", "prepare"]


def prepare(
    inputs: Sequence[Path | str],
    out: Path,
    settings: PrepareSettings,
    *,
    overwrite: bool = False,
    update: bool = False,
    on_progress: Callable[[Progress], None] | None = None,
) -> Manifest:
    """Make a catalogue folder of files of titles and descriptions, or bring one up to date.

    Whatever happens meanwhile, `out` holds what it held before until the new state is whole; readers at work go on
    seeing the old state.

    Args:
        inputs: files (JSON Lines, CSV, Parquet; .gz, .zst, .zip), folders of them, or "-" for standard input.
        out: the catalogue's folder, made where it is missing.
        settings: how to read, clean and split.
        overwrite: replace a catalogue that is there.
        update: add the inputs to the catalogue that is there; a uid that is there already is changed.
        on_progress: called with how far which stage is.

    Returns:
        The manifest of the finished folder.

    Raises:
        UsageError: an input or a setting is wrong.
        CatalogueError: the rows cannot be used.
        FolderError: `out` is not what is needed.
        StorageError: there is no room or no permission.
    """
    tell = on_progress or (lambda _: None)
    return prepare_new(inputs, out, settings, overwrite=overwrite, tell=tell)
