"""Base models that Python packages carry, converted once to safetensors."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from shelftalker.artifacts import hash_file, write_atomic
from shelftalker.errors import MissingPart, ModelError, storage_errors
from shelftalker.models.carried import CARRIED, Carried
from shelftalker.models.storage import cache_folder, locked

__all__ = ["EMBEDDED_INSTALL", "SMALL_BASE", "embedded_folder", "embedded_gguf"]

SMALL_BASE = "smollm2-135m"
"""The base whose package is installed along with Shelftalker."""

EMBEDDED_INSTALL = CARRIED[SMALL_BASE].install

_LAYOUT = 1
"""Raised when the conversion itself changes, so that older caches are left aside."""

_SEAL = "sealed.json"


def embedded_gguf(name: str = SMALL_BASE) -> Path | None:
    """Return a carried model's GGUF file, or None where its package is not installed or it was not pulled."""
    return CARRIED[name].gguf()


def embedded_folder(name: str = SMALL_BASE, on_convert: Callable[[], None] | None = None) -> Path:
    """Return the folder with a carried model as safetensors, converting it on first use; `on_convert` is told then.

    Safe with several processes at once: one converts, the others wait, and the folder appears whole.
    A folder that was damaged since is made again.

    Raises:
        MissingPart: the package with the model is not installed, or the model was not pulled.
        ModelError: its file cannot be read, or is not what its maker published.
        StorageError: the cache folder cannot be written.
    """
    carried = CARRIED[name]
    gguf = carried.gguf()
    if gguf is None:
        raise MissingPart(f"the base model {name} is not on this machine yet", fix=carried.install)
    folder = cache_folder() / f"{name}-{gguf.stat().st_size:x}-v{_LAYOUT}"
    if _is_whole(folder):
        return folder
    with storage_errors(folder):
        folder.parent.mkdir(parents=True, exist_ok=True)
        with locked(folder.with_name(f"{folder.name}.lock")):
            if not _is_whole(folder):  # another process may have made it while we waited
                if on_convert is not None:
                    on_convert()
                _convert_into(carried, gguf, folder)
    return folder


def _is_whole(folder: Path) -> bool:
    """Whether every file is as it was sealed; bytes are read again only for a file touched since."""
    try:
        sealed: dict[str, dict[str, Any]] = json.loads((folder / _SEAL).read_text(encoding="utf-8"))["files"]
        for name, facts in sealed.items():
            stat = (folder / name).stat()
            if stat.st_size != facts["bytes"]:
                return False
            if stat.st_mtime_ns != facts["mtime_ns"] and hash_file(folder / name) != facts["sha256"]:
                return False
    except (OSError, ValueError, KeyError, TypeError):
        return False
    return bool(sealed)


def _convert_into(carried: Carried, gguf: Path, folder: Path) -> None:
    for left_behind in folder.parent.glob(f".{folder.name}.*"):  # of a run that was killed; we hold the lock
        shutil.rmtree(left_behind, ignore_errors=True)
    building = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f".{folder.name}."))
    try:
        _convert(carried, gguf, building)
        _seal(building)
        building.chmod(0o755)
        if folder.exists():
            shutil.rmtree(folder)
        building.rename(folder)
    except BaseException:
        shutil.rmtree(building, ignore_errors=True)
        raise


def _convert(carried: Carried, gguf: Path, folder: Path) -> None:
    from shelftalker.models.gguf_reading import convert_gguf

    again = f"{carried.install} --force-reinstall" if carried.module else f"rm {gguf} && {carried.install}"
    if carried.sha256 and hash_file(gguf) != carried.sha256:
        raise ModelError(f"the file {gguf} is not the one that was published: it is damaged", fix=again)
    try:
        convert_gguf(gguf, folder)
    except (ValueError, KeyError, IndexError) as error:
        raise ModelError(
            f"the base model's file {gguf} cannot be read: {' '.join(str(error).split())[:200]}",
            fix=f"bring it again: {again}",
        ) from error


def _seal(folder: Path) -> None:
    """Write down every file's size, time and hash, last: a folder without the seal is not whole."""
    files = {}
    for path in sorted(p for p in folder.iterdir() if p.is_file()):
        path.chmod(0o644)
        stat = path.stat()
        files[path.name] = {"bytes": stat.st_size, "mtime_ns": stat.st_mtime_ns, "sha256": hash_file(path)}
    write_atomic(folder / _SEAL, json.dumps({"files": files}, indent=2) + "\n")
