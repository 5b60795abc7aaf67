"""The layout of a catalogue folder, and the lock that keeps what is being read from being removed.

    data/NAME/
        manifest.json          names every file below; written last, so it is what makes a catalogue
        report.html, ...       copies of the newest report, for people
        generation-3/          what the manifest names; an update writes generation-4 beside it
            in-use             readers hold a shared lock on it; it is removed only when nobody does

A reader that opened generation 3 goes on reading generation 3 while generation 4 is written and named.
"""

from __future__ import annotations

import fcntl
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from shelftalker.artifacts import Manifest, read_manifest
from shelftalker.errors import UnfinishedFolder

__all__ = ["LOCK", "generation_name", "generation_of", "hold", "open_generation", "try_exclusive"]

LOCK = "in-use"
_NAME = re.compile(r"generation-(\d+)")
_TRIES = 20


def generation_name(number: int) -> str:
    """Return the folder name of a generation."""
    return f"generation-{number}"


def generation_of(name: str) -> int | None:
    """Return the number of a generation's folder, None for any other name."""
    match = _NAME.fullmatch(name)
    return int(match.group(1)) if match else None


def open_generation(folder: Path) -> tuple[Manifest, int]:
    """Return the manifest of a finished catalogue and a descriptor that keeps what it names in place.

    Close the descriptor when reading is over.

    Raises:
        InputNotFound, UnfinishedFolder, FormatMismatch: it is no finished catalogue.
    """
    for _ in range(_TRIES):
        manifest = read_manifest(folder, "catalogue")
        lock = folder / Path(manifest.files["records"]).parent / LOCK
        try:
            descriptor = hold(lock)
        except FileNotFoundError:
            continue  # an update came between: read the newer manifest
        if lock.exists():
            return manifest, descriptor
        os.close(descriptor)  # removed between opening and locking
    raise UnfinishedFolder(
        f"{folder} lacks files that its manifest names",
        fix=f"make it again: shelftalker prepare CATALOG --out {folder} --overwrite",
    )


def hold(lock: Path) -> int:
    """Take a shared lock, waiting for nobody but a remover, and return its descriptor."""
    descriptor = os.open(lock, os.O_RDONLY | os.O_CLOEXEC)
    fcntl.flock(descriptor, fcntl.LOCK_SH)
    return descriptor


@contextmanager
def try_exclusive(path: Path) -> Iterator[bool]:
    """Hold `path` alone while the block runs; gives False where somebody else holds it."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True
    finally:
        os.close(descriptor)
