"""Folders on disk: manifests, hashes, atomic writes.

A verb builds its folder, then writes `manifest.json` last and atomically: no manifest, not finished.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
import os
import platform
import tempfile
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from shelftalker.errors import FormatMismatch, InputNotFound, ParentChanged, UnfinishedFolder, storage_errors

__all__ = [
    "FORMAT",
    "Kind",
    "Manifest",
    "Parent",
    "check_parent",
    "hash_file",
    "hash_manifest",
    "make_manifest",
    "package_versions",
    "read_manifest",
    "write_atomic",
    "write_manifest",
]

FORMAT = 1
"""Version of the folder layout. Raised when an older reader would misread a newer folder."""

Kind = Literal["catalogue", "run", "evaluation", "comparison", "export"]

_MADE_BY: dict[Kind, str] = {
    "catalogue": "shelftalker prepare CATALOG --out {path}",
    "run": "shelftalker train data/NAME --out {path}",
    "evaluation": "shelftalker evaluate runs/NAME",
    "comparison": "shelftalker compare runs/NAME",
    "export": "shelftalker export runs/NAME --to merged --out {path}",
}
_MANIFEST = "manifest.json"
_VERSIONED_PACKAGES = ("torch", "transformers", "peft", "tantivy", "polars", "tokenizers", "safetensors")


class Parent(BaseModel):
    """The folder that this one was made from, and the hash of its manifest at that time."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    path: str
    manifest_sha256: str


class Manifest(BaseModel):
    """What a finished folder says of itself."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: int = FORMAT
    kind: Kind
    created: str
    settings: dict[str, Any] = Field(default_factory=dict)
    seed: int | None = None
    inputs: dict[str, str] = Field(default_factory=dict, description="input file to sha256")
    parent: Parent | None = None
    counts: dict[str, int] = Field(default_factory=dict)
    dropped: dict[str, Any] = Field(default_factory=dict, description="reason to count and first line")
    files: dict[str, str] = Field(default_factory=dict, description="role to path inside the folder")
    versions: dict[str, str] = Field(default_factory=dict)
    device: dict[str, Any] = Field(default_factory=dict)
    seconds: float = 0.0
    results: dict[str, Any] = Field(default_factory=dict)


def make_manifest(kind: Kind, **fields: Any) -> Manifest:
    """Return a manifest stamped with the time, the package versions and this machine."""
    stamped = {
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "versions": package_versions(),
        "device": {
            "machine": platform.machine(),
            "system": platform.system(),
            "python": platform.python_version(),
            "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        },
    }
    device = stamped["device"] | fields.pop("device", {})
    return Manifest.model_validate({**stamped, **fields, "kind": kind, "device": device})


def package_versions() -> dict[str, str]:
    """Return the versions of Shelftalker and of the packages that shape its results, where installed."""
    versions = {}
    for name in ("shelftalker", *_VERSIONED_PACKAGES):
        try:
            versions[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    return versions


def write_atomic(path: Path, data: str | bytes) -> None:
    """Write `data` so that a reader, or a crash, sees the old file or the new one and nothing between.

    Raises:
        StorageError: the disk is full or read-only, or permission is missing.
    """
    payload = data.encode("utf-8") if isinstance(data, str) else data
    with storage_errors(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(payload)
                file.flush()
                os.fsync(file.fileno())
            Path(temporary).chmod(0o644)
            Path(temporary).replace(path)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Write the manifest, which declares the folder finished."""
    write_atomic(folder / _MANIFEST, manifest.model_dump_json(indent=2) + "\n")


def read_manifest(folder: Path, kind: Kind) -> Manifest:
    """Return the manifest of a finished folder.

    Raises:
        InputNotFound: there is no such folder.
        UnfinishedFolder: it has no manifest.
        FormatMismatch: it is of another format version, or another kind of folder.
    """
    made_by = _MADE_BY[kind].format(path=folder)
    path = folder / _MANIFEST
    try:
        text = path.read_text(encoding="utf-8")
    except NotADirectoryError as error:
        raise FormatMismatch(f"{folder} is a file, not a {kind} folder", fix=f"make one: {made_by}") from error
    except FileNotFoundError as error:
        if not folder.exists():
            raise InputNotFound(f"there is no folder {folder}", fix=f"make it: {made_by}") from error
        raise UnfinishedFolder(f"{folder} is not finished: it has no {_MANIFEST}", fix=f"make it: {made_by}") from error
    try:
        raw = json.loads(text)
        found = raw.get("format"), raw.get("kind")
    except (json.JSONDecodeError, AttributeError) as error:
        raise FormatMismatch(f"{path} is not a manifest of Shelftalker", fix=f"make it again: {made_by}") from error
    if found[0] != FORMAT:
        raise FormatMismatch(
            f"{folder} has format {found[0]}, this version reads format {FORMAT}", fix=f"make it again: {made_by}"
        )
    if found[1] != kind:
        raise FormatMismatch(f"{folder} is a {found[1]} folder, not a {kind} folder", fix=f"make one: {made_by}")
    try:
        return Manifest.model_validate(raw)
    except ValidationError as error:
        raise FormatMismatch(f"{path} is damaged", fix=f"make it again: {made_by}") from error


def hash_file(path: Path) -> str:
    """Return the SHA-256 of a file's bytes, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def hash_manifest(folder: Path) -> str:
    """Return the SHA-256 of a folder's manifest: it changes whenever the folder is made again."""
    return hash_file(folder / _MANIFEST)


def check_parent(parent: Mapping[str, str] | Parent, kind: Kind, *, child: Path) -> Path:
    """Return the parent's folder, once sure that it is the one `child` was made from.

    Raises:
        ParentChanged: it was made again, or is gone, since.
    """
    parent = parent if isinstance(parent, Parent) else Parent.model_validate(parent)
    folder = Path(parent.path)
    made_by = _MADE_BY[kind].format(path=folder)
    if not (folder / _MANIFEST).is_file():
        raise ParentChanged(f"{child} was made from {folder}, which is no longer there", fix=f"make it: {made_by}")
    if hash_manifest(folder) != parent.manifest_sha256:
        raise ParentChanged(f"{folder} changed since {child} was made from it", fix=f"make {child} again from it")
    return folder
