"""Turn catalogue files into a finished catalogue folder."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from shelftalker.artifacts import Manifest
from shelftalker.config import PrepareSettings
from shelftalker.errors import UsageError
from shelftalker.prepare.disk import disk_errors
from shelftalker.prepare.running import Progress, prepare_new
from shelftalker.prepare.updating import update_catalogue

__all__ = ["Progress", "prepare"]


def prepare(
    inputs: Sequence[Path | str],
    out: Path,
    settings: PrepareSettings,
    *,
    overwrite: bool = False,
    update: bool = False,
    remove: Path | str | None = None,
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
    if update and overwrite:
        raise UsageError("a catalogue is updated or replaced, not both", fix="leave out --update or --overwrite")
    if remove is not None and not update:
        raise UsageError("there is nothing to remove from a new catalogue", fix="say --update with --remove")
    if [*map(str, inputs), str(remove)].count("-") > 1:
        raise UsageError("standard input is named twice", fix="name - once, and files for the rest")
    if not inputs and not update:
        raise UsageError("no catalogue file is named", fix="shelftalker prepare trn.json --out data/amazon")
    if not inputs and remove is None:
        raise UsageError("there is nothing to do", fix="name files to add, or uids to take out: --remove FILE")
    with disk_errors(out), _garbage_collection_paused():
        if update:
            return update_catalogue(inputs, out, settings, remove=remove, tell=tell)
        return prepare_new(inputs, out, settings, overwrite=overwrite, tell=tell)


@contextmanager
def _garbage_collection_paused() -> Iterator[None]:
    """Look for no cycles meanwhile: millions of short lists make Python look again and again, a tenth of the time."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()
