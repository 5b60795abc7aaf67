"""Checkpoints: everything that a stopped run needs to go on as if it had never stopped.

A checkpoint is one file, written beside its name and moved into place, so that a crash or a full disk while
saving leaves the one before it whole.
"""

from __future__ import annotations

import os
import random
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

import numpy as np
import torch

from shelftalker.errors import StorageError, TrainingError, storage_errors

__all__ = [
    "Checkpoint",
    "checkpoint_to_resume",
    "latest",
    "load_checkpoint",
    "random_state",
    "restore_random",
    "save_checkpoint",
]


@dataclass(frozen=True)
class Checkpoint:
    """The state of a run between two steps.

    Attributes:
        step: steps done; also the position in the data, which the seed lays out.
        weights: what training changes, by name.
        optimizer: AdamW's state.
        random: states of every random number generator.
        fingerprint: what must be the same for a run to go on; see `run`.
        progress: totals and the best epoch so far.
        best: weights of the best epoch by truth or loss, where one is kept.
    """

    step: int
    weights: dict[str, torch.Tensor]
    optimizer: dict[str, Any]
    random: dict[str, Any]
    fingerprint: dict[str, Any]
    progress: dict[str, Any] = field(default_factory=dict)
    best: dict[str, torch.Tensor] = field(default_factory=dict)


def random_state() -> dict[str, Any]:
    """Return the states of every random number generator that training may use."""
    version, keys, gauss = random.getstate()
    name, numbers, *rest = np.random.get_state()
    state: dict[str, Any] = {
        "torch": torch.get_rng_state(),
        "python": [version, list(keys), gauss],
        "numpy": [str(name), torch.from_numpy(np.asarray(numbers, dtype=np.int64)), [float(x) for x in rest]],
    }
    if torch.cuda.is_available():
        state["cuda"] = torch.cuda.get_rng_state_all()
    return state


def restore_random(state: dict[str, Any]) -> None:
    """Put every random number generator back where `random_state` found it."""
    torch.set_rng_state(state["torch"])
    version, keys, gauss = state["python"]
    random.setstate((version, tuple(keys), gauss))
    name, numbers, (position, has_gauss, cached) = state["numpy"]
    np.random.set_state((name, numbers.numpy().astype(np.uint32), int(position), int(has_gauss), cached))
    if "cuda" in state and torch.cuda.is_available():
        torch.cuda.set_rng_state_all(state["cuda"])


def save_checkpoint(folder: Path, checkpoint: Checkpoint, *, keep: int) -> Path:
    """Write a checkpoint and remove all but the newest `keep`.

    Raises:
        StorageError: the disk is full or read-only. The checkpoints before this one are untouched.
    """
    path = folder / f"step-{checkpoint.step:08d}.pt"
    temporary = folder / f".{path.name}.{os.getpid()}"
    with storage_errors(path):
        folder.mkdir(parents=True, exist_ok=True)
        for old in folder.glob(".step-*"):
            old.unlink(missing_ok=True)
        try:
            with temporary.open("wb") as file:
                torch.save({part.name: getattr(checkpoint, part.name) for part in fields(checkpoint)}, file)
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(path)
        except RuntimeError as error:  # how torch's writer says that a write failed
            raise StorageError(
                f"the checkpoint could not be written: {path}: {str(error).splitlines()[0]}",
                fix="free some space, then go on with --resume",
            ) from error
        finally:
            temporary.unlink(missing_ok=True)
    for old in _all(folder)[:-keep]:
        old.unlink(missing_ok=True)
    return path


def _all(folder: Path) -> list[Path]:
    return sorted(path for path in folder.glob("step-*.pt") if path.stem[5:].isdecimal())


def latest(folder: Path) -> Path | None:
    """Return the newest checkpoint, or None."""
    found = _all(folder)
    return found[-1] if found else None


def load_checkpoint(path: Path) -> Checkpoint:
    """Read a checkpoint; nothing in it is executed.

    Raises:
        TrainingError: the file is damaged.
    """
    try:
        return Checkpoint(**torch.load(path, map_location="cpu", weights_only=True))
    except (RuntimeError, EOFError, TypeError, KeyError, ValueError) as error:
        raise TrainingError(
            f"the checkpoint {path} cannot be read", fix=f"remove it, then --resume again: rm {path}"
        ) from error


def checkpoint_to_resume(out: Path, fingerprint: dict[str, Any]) -> Checkpoint | None:
    """Return the newest checkpoint, once sure that this run may go on from it; None where there is none.

    Raises:
        TrainingError: it is of another catalogue, other examples or other settings, or it is damaged.
    """
    path = latest(out / "checkpoints")
    if path is None:
        return None
    checkpoint = load_checkpoint(path)
    before = checkpoint.fingerprint
    if before.get("catalogue") != fingerprint["catalogue"]:
        raise TrainingError(
            f"{out} was trained on another catalogue, or it was prepared again since",
            fix="train into another --out, or resume with the catalogue it began with",
        )
    changed = [key for key, value in fingerprint.items() if before.get(key) != value]
    if changed == ["rows"]:
        raise TrainingError(
            f"{out} was started on other examples: its pairs were changed, or another version made them",
            fix="train into another --out",
        )
    if changed:
        key = changed[0]
        raise TrainingError(
            f"{out} was started with other settings: {key} was {before.get(key)!r}, now {fingerprint[key]!r}",
            fix=f"resume with --set train.{key}={before.get(key)}, or train into another --out",
        )
    return checkpoint
