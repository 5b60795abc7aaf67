"""The disk's refusals, in whatever words a library tells them."""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from shelftalker.errors import ShelftalkerError, StorageError, storage_errors

__all__ = ["disk_errors", "storage_code"]

_CODE = re.compile(r"\((?:os error|code:) (\d+)|\[Errno (\d+)\]")  # as Rust's libraries say it, and as Python does
_SHORT = re.compile(r"\d+ requested and \d+ written")  # numpy's words for a disk that takes no more


def storage_code(said: str) -> int | None:
    """Return the operating system's number for an error from its text, None where it tells none."""
    if _SHORT.search(said):
        return errno.ENOSPC
    found = _CODE.search(said)
    return int(found.group(1) or found.group(2)) if found else None


@contextmanager
def disk_errors(out: Path) -> Iterator[None]:
    """Turn every refusal to write under `out` into `StorageError`, also those of polars, tantivy and numpy.

    Raises:
        StorageError: the disk is full or read-only, permission is missing, or the folder cannot be made.
    """
    try:
        yield
    except ShelftalkerError:
        raise
    except Exception as error:
        code = getattr(error, "errno", None) or storage_code(str(error))
        if code is None:
            raise
        with storage_errors(out):
            try:
                raise OSError(code, os.strerror(code), str(out)) from error
            except (FileNotFoundError, NotADirectoryError, FileExistsError) as refused:
                raise StorageError(
                    f"{out} cannot be made: {os.strerror(code)}", fix="choose another --out"
                ) from refused
        raise
