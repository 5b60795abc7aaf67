"""Where a catalogue is built: a new generation beside the old, named by the manifest only once it is whole."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from shelftalker.artifacts import Manifest, read_manifest, write_manifest
from shelftalker.catalog.folder import LOCK, generation_name, generation_of, try_exclusive
from shelftalker.errors import FolderError, FormatMismatch, InputNotFound, UnfinishedFolder, storage_errors

__all__ = ["Workspace", "open_workspace"]

_WRITER_LOCK = ".writing"
_STAGING = "building-"
_OURS = (_WRITER_LOCK, "manifest.json", "report.html", "report.json", "report.txt")


@dataclass(frozen=True, slots=True)
class Workspace:
    """A new generation in the making.

    Attributes:
        out: the catalogue's folder.
        staging: build here; nobody reads it.
        name: what `staging` is called once it is finished; the manifest's paths begin with it.
        scratch: for files that are not kept.
    """

    out: Path
    staging: Path
    name: str

    @property
    def scratch(self) -> Path:
        """A folder for files that are not kept."""
        return self.staging / "scratch"

    def publish(self, manifest: Manifest, copies: tuple[str, ...]) -> None:
        """Give the generation its name, point the manifest at it, and remove generations that nobody reads.

        Args:
            manifest: names the files of this generation.
            copies: files of the generation of which a copy is laid into `out`, for people.
        """
        with storage_errors(self.out):
            shutil.rmtree(self.scratch, ignore_errors=True)
            (self.staging / LOCK).touch()
            _flush(self.staging)
            final = self.out / self.name
            self.staging.rename(final)
            write_manifest(self.out, manifest)
            for copy in copies:
                temporary = self.out / f".{copy}"
                shutil.copyfile(final / copy, temporary)
                temporary.replace(self.out / copy)
        _remove_old(self.out, keep=self.name)


@contextmanager
def open_workspace(out: Path, *, replace: bool) -> Iterator[Workspace]:
    """Give a place to build in, alone; whatever ends the block leaves what was there before untouched.

    Args:
        out: the catalogue's folder, which need not exist.
        replace: a finished catalogue may be there.

    Raises:
        FolderError: a finished catalogue is there, or other files, or another `prepare` is at work on it.
        StorageError: the folder cannot be written.
    """
    _check_place(out, replace=replace)
    with storage_errors(out):
        out.mkdir(parents=True, exist_ok=True)
        lock = try_exclusive(out / _WRITER_LOCK)
        with lock as alone:
            if not alone:
                raise FolderError(
                    f"another prepare is at work on {out}", fix="wait until it has ended, or choose another --out"
                )
            _clear_leftovers(out)
            workspace = _begin(out)
            try:
                yield workspace
            finally:
                shutil.rmtree(workspace.staging, ignore_errors=True)
                _leave_no_trace(out)


def _begin(out: Path) -> Workspace:
    numbers = [number for path in out.iterdir() if (number := generation_of(path.name)) is not None]
    name = generation_name(max(numbers, default=0) + 1)
    staging = out / f"{_STAGING}{name}"
    (staging / "scratch").mkdir(parents=True)
    return Workspace(out, staging, name)


def _check_place(out: Path, *, replace: bool) -> None:
    try:
        manifest: Manifest | None = read_manifest(out, "catalogue")
    except (InputNotFound, UnfinishedFolder):
        manifest = None
    except FormatMismatch as error:
        if out.is_dir() and replace:
            return
        raise FolderError(error.message, fix="choose another --out, or replace it: --overwrite") from error
    if manifest is not None and not replace:
        raise FolderError(
            f"{out} holds a catalogue already",
            fix="choose another --out, replace it: --overwrite, or add to it: --update",
        )
    if manifest is None and out.is_dir():
        foreign = [path.name for path in out.iterdir() if not _is_ours(path.name)]
        if foreign:
            raise FolderError(
                f"{out} holds other files, such as {sorted(foreign)[0]}",
                fix="choose an empty or a new folder for --out",
            )


def _is_ours(name: str) -> bool:
    return (
        name in _OURS or name.startswith((_STAGING, ".manifest.json.", ".report.")) or generation_of(name) is not None
    )


def _clear_leftovers(out: Path) -> None:
    """Remove what a killed run left: half-built generations, and finished ones that no manifest names."""
    for path in out.iterdir():
        if path.name.startswith(_STAGING):
            shutil.rmtree(path, ignore_errors=True)
        elif path.name.startswith((".manifest.json.", ".report.")):
            path.unlink(missing_ok=True)
    try:
        named = Path(read_manifest(out, "catalogue").files["records"]).parts[0]
    except (InputNotFound, UnfinishedFolder, FormatMismatch):
        named = ""
    _remove_old(out, keep=named)


def _remove_old(out: Path, *, keep: str) -> None:
    """Remove the generations that nobody reads; the others go the next time."""
    for path in list(out.iterdir()):
        if generation_of(path.name) is None or path.name == keep:
            continue
        with try_exclusive(path / LOCK) as alone:
            if alone:
                shutil.rmtree(path, ignore_errors=True)


def _leave_no_trace(out: Path) -> None:
    """Take the folder away again when nothing came of it and it is empty but for the lock."""
    if [path.name for path in out.iterdir()] == [_WRITER_LOCK]:
        shutil.rmtree(out, ignore_errors=True)


def _flush(folder: Path) -> None:
    """Bring every file to the disk before the manifest names it."""
    for path in folder.rglob("*"):
        if path.is_file():
            descriptor = os.open(path, os.O_RDONLY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
