"""Train a model on a prepared catalogue: from two folders' names to a finished run."""

from __future__ import annotations

import json
import shutil
import time
from pathlib import Path
from typing import Any

import torch

from shelftalker.artifacts import Manifest, hash_manifest, make_manifest, read_manifest, write_atomic, write_manifest
from shelftalker.config import TrainSettings
from shelftalker.errors import MissingPart, UsageError
from shelftalker.models import Loaded, choose_device, default_base, load_base
from shelftalker.train.dataset import read_training_set
from shelftalker.train.estimate import refuse_too_large
from shelftalker.train.fit import fit
from shelftalker.train.processes import Processes, join_processes
from shelftalker.train.progress import OnProgress, Progress
from shelftalker.train.same_runs import fix_workspaces
from shelftalker.train.sharding import check_sharding
from shelftalker.train.start import Start, choose_start
from shelftalker.train.unsloth_model import load_unsloth

__all__ = ["saved_settings", "train"]

_FREE_TO_CHANGE = {
    "epochs", "checkpoint_steps", "checkpoint_minutes", "keep_checkpoints", "memory_gb", "patience", "cuda_graphs",
    "pairs",
}  # fmt: skip
"""Settings that a resumed run may change: they alter when things are saved, or how long the run is, not a step.
Files of pairs may have moved; that they say the same is told by the examples."""


_OURS = {
    "manifest.json", "adapter", "checkpoints", "loss.jsonl", "loss.png", "examples.json", "settings.json",
    "tensorboard",
}  # fmt: skip
"""What a run's folder holds; only these are ever removed."""


def train(
    data: Path,
    out: Path,
    settings: TrainSettings,
    *,
    resume: bool = False,
    overwrite: bool = False,
    on_progress: OnProgress | None = None,
) -> Manifest:
    """Fine-tune a base model on a prepared catalogue and write the run's folder.

    Args:
        data: a folder that `prepare` made.
        out: the run: `adapter/`, `loss.jsonl`, `loss.png`, `checkpoints/`, `examples.json`, `manifest.json`.
        settings: how.
        resume: go on from the newest checkpoint in `out`; without one, start.
        overwrite: replace a run that is already there.
        on_progress: told of every stage and step.

    Raises:
        TrainingInterrupted: SIGINT or SIGTERM came; what was done is saved.
        TrainingError, ShelftalkerError: as the parts say.
    """
    tell = on_progress or (lambda _: None)
    started = time.monotonic()
    fix_workspaces()
    if settings.base == "auto":
        base, note = default_base()
        settings = settings.model_copy(update={"base": base})
        if note:
            tell(Progress("note", message=note))
    with join_processes(settings.device) as processes:
        catalogue = read_manifest(data, "catalogue")
        if not resume and not overwrite:
            _check_free(out)
        processes.wait()
        check_sharding(settings, processes)
        settings, start = choose_start(settings)
        tell(Progress("note", message=f"begins from: {start.name}{f' ({start.why})' if start.why else ''}"))
        tell(Progress("examples"))
        examples = read_training_set(data, settings)
        for note in examples.notes:
            tell(Progress("note", message=note))
        tell(Progress("model"))
        loaded = _load(settings, processes)
        if processes.rank == 0:
            _begin(out, settings, resume=resume)
        fingerprint = _fingerprint(settings, loaded, hash_manifest(data), start)
        results = fit(
            loaded,
            examples,
            out,
            settings,
            fingerprint=fingerprint,
            processes=processes,
            resume=resume,
            on_progress=tell,
            start=start.folder,
        )
        results |= {"began_from": start.to_json(), "pairs": dict(examples.pairs)}
        manifest = make_manifest(
            "run",
            settings=settings.model_dump(mode="json"),
            seed=settings.seed,
            inputs=catalogue.inputs,
            parent={"path": str(data.resolve()), "manifest_sha256": hash_manifest(data)},
            counts=results.pop("counts"),
            files={
                "adapter" if settings.method != "full" else "model": "adapter",
                "loss": "loss.jsonl",
                "plot": "loss.png",
                "examples": "examples.json",
            },
            device={"torch_device": str(loaded.device), "threads": torch.get_num_threads()},
            seconds=round(time.monotonic() - started, 3),
            results=results,
        )
        if processes.rank == 0:
            write_manifest(out, manifest)
        processes.wait()
        return manifest


def saved_settings(out: Path) -> dict[str, Any]:
    """Return the settings that the run in `out` was last started with; empty where there is none."""
    try:
        found = json.loads((out / "settings.json").read_text(encoding="utf-8"))
    except (OSError, json.JSONDecodeError):
        return {}
    return found if isinstance(found, dict) else {}


def _check_free(out: Path) -> None:
    """Make sure that nobody's work in `out` would be lost."""
    if not out.exists():
        return
    if not out.is_dir():
        raise UsageError(f"{out} is a file", fix="name another folder with --out")
    if (out / "manifest.json").exists():
        raise UsageError(
            f"{out} already holds a run", fix="name another --out, or add --overwrite, or --resume with more --epochs"
        )
    if (out / "checkpoints").exists():
        raise UsageError(
            f"{out} holds a run that was stopped", fix="add --resume to go on, or --overwrite to start again"
        )
    if any(path.name not in _OURS for path in out.iterdir()):
        raise UsageError(f"{out} is not empty and is no run", fix="name another folder with --out")


def _begin(out: Path, settings: TrainSettings, *, resume: bool) -> None:
    """Take away the mark of a finished run, and all of the run before unless it goes on."""
    (out / "manifest.json").unlink(missing_ok=True)
    if not resume and out.exists():
        for path in out.iterdir():
            if path.name in _OURS:
                shutil.rmtree(path) if path.is_dir() else path.unlink()
    write_atomic(out / "settings.json", settings.model_dump_json(indent=1) + "\n")


def _load(settings: TrainSettings, processes: Processes) -> Loaded:
    if settings.engine == "unsloth":
        return load_unsloth(settings)
    dtypes = {"auto": "auto", "bf16": "bfloat16", "fp32": "float32"}
    four_bit = settings.method == "qlora"
    if four_bit and not torch.cuda.is_available():
        raise MissingPart(
            "qlora needs a CUDA GPU and the package bitsandbytes", fix="use --method lora on this machine"
        )
    # full keeps fp32 weights: in bf16 most of its small updates would be rounded away
    dtype = "float32" if settings.method == "full" else dtypes[settings.dtype]
    device = settings.device
    if device == "auto" and torch.cuda.is_available() and processes.count > 1:
        device = f"cuda:{processes.local_rank}"
    if settings.sharding == "none":
        refuse_too_large(settings, torch.device(choose_device(device)))
    else:
        device = "cpu"  # each process takes its share to its own device later
    return load_base(settings.base, dtype=dtype, device=device, four_bit=four_bit)  # type: ignore[arg-type]


def _fingerprint(settings: TrainSettings, loaded: Loaded, catalogue: str, start: Start) -> dict[str, Any]:
    fixed = {key: value for key, value in settings.model_dump().items() if key not in _FREE_TO_CHANGE}
    known = {"catalogue": catalogue, "base": loaded.name, "adapter": start.sha256, **fixed}
    return json.loads(json.dumps(known))  # type: ignore[no-any-return]
