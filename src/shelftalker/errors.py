"""Every error a user can meet, in one tree.

    ShelftalkerError                   exit 1   something failed
    ├── UsageError                     exit 2   asked for in a way that cannot work
    │   ├── SettingsError                       a setting is unknown, of the wrong type or out of range
    │   ├── QuestionError                       the question is empty or too long
    │   └── InputNotFound                       a named file or folder is not there
    ├── CatalogueError                          the catalogue's rows cannot be used
    ├── FolderError                             a folder is not what the verb needs
    │   ├── UnfinishedFolder                    it has no manifest: the work stopped half-way
    │   ├── FormatMismatch                      made by another format version, or another kind of folder
    │   └── ParentChanged                       what it was made from is no longer the same
    ├── StorageError                            disk full, no permission, read-only
    ├── ModelError                              a base model cannot be found, loaded or used
    ├── TrainingError                           training cannot start or go on
    ├── MissingPart                             an optional package is not installed
    ├── ProviderError                           a hosted service refused or failed
    └── BelowBar                       exit 3   a result is below the bar that was asked for

Library code raises these and nothing else for what a user can cause; only `cli` and `serve` catch them.
"""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

__all__ = [
    "BelowBar",
    "CatalogueError",
    "FolderError",
    "FormatMismatch",
    "InputNotFound",
    "MissingPart",
    "ModelError",
    "ParentChanged",
    "ProviderError",
    "QuestionError",
    "SettingsError",
    "ShelftalkerError",
    "StorageError",
    "TrainingError",
    "UnfinishedFolder",
    "UsageError",
    "storage_errors",
]


class ShelftalkerError(Exception):
    """Say what is wrong and what to do about it.

    Args:
        message: one line, lower case, no full stop: what is wrong.
        fix: one line: a command or a change that puts it right. May be empty only in tests.
    """

    exit_code = 1

    def __init__(self, message: str, *, fix: str) -> None:
        super().__init__(message)
        self.message = message
        self.fix = fix

    def __str__(self) -> str:
        return self.message


class UsageError(ShelftalkerError):
    """Asked for in a way that cannot work."""

    exit_code = 2


class SettingsError(UsageError):
    """A setting is unknown, of the wrong type or out of range."""


class QuestionError(UsageError):
    """The question is empty or too long."""


class InputNotFound(UsageError):
    """A named file or folder is not there."""


class CatalogueError(ShelftalkerError):
    """The catalogue's rows cannot be used."""


class FolderError(ShelftalkerError):
    """A folder is not what the verb needs."""


class UnfinishedFolder(FolderError):
    """It has no manifest: the work that makes it stopped half-way."""


class FormatMismatch(FolderError):
    """It was made by another format version, or is another kind of folder."""


class ParentChanged(FolderError):
    """What it was made from is no longer the same."""


class StorageError(ShelftalkerError):
    """The disk is full, read-only, or permission is missing."""


class ModelError(ShelftalkerError):
    """A base model cannot be found, loaded or used."""


class TrainingError(ShelftalkerError):
    """Training cannot start or go on."""


class MissingPart(ShelftalkerError):
    """An optional package is not installed; `fix` is the command that installs it."""


class ProviderError(ShelftalkerError):
    """A hosted service refused or failed."""


class BelowBar(ShelftalkerError):
    """A result is below the bar that was asked for."""

    exit_code = 3


_STORAGE = {
    errno.ENOSPC: ("the disk is full", "free some space, then run the same command again"),
    errno.EDQUOT: ("the disk quota is used up", "free some space, then run the same command again"),
    errno.EFBIG: ("the file is too large for this disk or its limit", "raise the limit or choose another disk"),
    errno.EACCES: ("no permission to write", "choose a folder you may write to"),
    errno.EPERM: ("no permission to write", "choose a folder you may write to"),
    errno.EROFS: ("the disk is read-only", "choose a folder you may write to"),
}


@contextmanager
def storage_errors(path: Path) -> Iterator[None]:
    """Turn the operating system's refusals to write under `path` into `StorageError`.

    Other `OSError`s pass through unchanged.

    Raises:
        StorageError: when the disk is full or read-only, or permission is missing.
    """
    try:
        yield
    except OSError as error:
        if error.errno not in _STORAGE:
            raise
        what, fix = _STORAGE[error.errno]
        raise StorageError(f"{what}: {path}", fix=fix) from error
