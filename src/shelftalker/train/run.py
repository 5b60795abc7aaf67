"""Train a model on a prepared catalogue: from two folders' names to a finished run."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch

from shelftalker.artifacts import Manifest, hash_manifest, make_manifest, read_manifest, write_atomic, write_manifest
from shelftalker.config import TrainSettings
from shelftalker.errors import MissingPart, UsageError
from shelftalker.models import Loaded, choose_device, default_base, encode_example, load_base
from shelftalker.pages.loss import loss_png, read_loss
from shelftalker.records import Example
from shelftalker.train.adapters import Start, attach_adapter, choose_start, load_unsloth, save_adapter, trainable
from shelftalker.train.checkpoints import checkpoint_to_resume
from shelftalker.train.cuda import fix_workspaces
from shelftalker.train.dataset import read_training_set, too_much_to_hold
from shelftalker.train.engines import Engine, capture_passes, choose_engine
from shelftalker.train.estimate import Estimate, estimate_run, estimated_as, peak_memory_bytes, refuse_too_large
from shelftalker.train.loop import Loop
from shelftalker.train.processes import Processes, check_sharding, join_processes, shard_blocks, whole
from shelftalker.train.progress import Journal, OnProgress, Outcome, Progress, run_warnings
from shelftalker.train.training_set import Rows, TrainingSet, build_rows, write_example_log
from shelftalker.train.truth import TruthCheck

__all__ = ["fit", "saved_settings", "train"]

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
        resume: go on from the newest checkpoint in `out`; without one, start.
        overwrite: replace a run that is already there.

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


def fit(
    loaded: Loaded,
    examples: TrainingSet,
    out: Path,
    settings: TrainSettings,
    *,
    fingerprint: dict[str, Any],
    processes: Processes,
    resume: bool,
    on_progress: OnProgress,
    start: Path | None = None,
) -> dict[str, Any]:
    """Train a loaded model and write everything of a run's folder but the manifest.

    Args:
        loaded: the base model; it carries the adapter afterwards.
        fingerprint: what must be the same for a run to be resumed.
        resume: go on from the newest checkpoint, where there is one.
        start: folder of the adapter to begin from; None is a fresh one.

    Returns:
        The manifest's `results`, and its `counts` under that key.

    Raises:
        TrainingInterrupted: SIGINT or SIGTERM came; a checkpoint is saved.
        TrainingError: nothing to train on, or a checkpoint that does not belong to this run.
    """
    tell = on_progress
    rows = _encode(loaded, examples.training, settings, tell)
    validation = _encode(loaded, examples.validation, settings, tell) if examples.validation else None
    model = attach_adapter(loaded.model, settings, start)
    device, sharded = loaded.device, settings.sharding == "fsdp"
    if sharded:
        device = processes.device()
        shard_blocks(model, device)
    model.train()
    weights = trainable(model)
    held = too_much_to_hold(sum(w.numel() for w in weights.values()), examples.information_bytes, examples.by_heart)
    if held:
        tell(Progress("note", message=f"warning: {held}"))
    engine = choose_engine(model, device, settings)
    truth = None
    if examples.truth and not sharded:  # answering takes the whole model
        truth = TruthCheck(model, loaded, examples.truth, base=settings.base, method=settings.method, on_progress=tell)
    fingerprint = fingerprint | {"rows": rows.digest()}
    checkpoint = checkpoint_to_resume(out, fingerprint) if resume else None
    estimate = _estimate(model, rows, settings, engine, device, processes, tell)
    # a resumed run keeps what it had: sums in another order would differ in their last bits
    at_once = int(checkpoint.progress["tokens_per_forward"]) if checkpoint else estimate.tokens_per_forward
    if processes.count == 1:
        longest = rows.counts.longest
        capture_passes(engine, model, settings, device, estimate, tokens_per_forward=at_once, longest=longest)
    loop = Loop(
        engine,
        weights,
        rows,
        validation=validation,
        truth=truth if settings.stop_on == "truth" else None,
        settings=settings,
        tokens_per_forward=at_once,
        folder=out,
        fingerprint=fingerprint,
        processes=processes,
        on_progress=tell,
    )
    if checkpoint is not None:
        loop.load(checkpoint)
        tell(Progress("note", message=f"going on after step {checkpoint.step} of {len(loop.steps)}"))
    if processes.rank == 0:
        write_example_log(out, examples, rows.left_out)
    outcome = _run(loop, out, checkpoint.step if checkpoint else 0, processes)
    model.eval()
    tell(Progress("save"))
    state = {name: whole(weight).cpu() for name, weight in model.state_dict().items()} if sharded else None
    if processes.rank == 0:
        save_adapter(model, out / "adapter", base=loaded.name, method=settings.method, state=state)
        if settings.method == "full":  # a whole model: it loads from its folder alone
            loaded.tokenizer.save_pretrained(out / "adapter")
    changed = truth.changed() if truth is not None and processes.rank == 0 else None
    return {
        "counts": asdict(rows.counts) | {"trained_weights": sum(w.numel() for w in weights.values())},
        "engine": engine.name,
        "tokens_per_forward": at_once,
        "steps": outcome.steps,
        "planned_steps": outcome.planned_steps,
        "processes": processes.count,
        "estimated_memory_gb": round(estimate.memory_bytes / 1e9, 2),
        "peak_memory_gb": round(peak_memory_bytes(device) / 1e9, 2),
        "estimated_seconds": round(estimate.seconds, 1),
        "tokens_per_second": round(outcome.tokens / max(outcome.seconds, 1e-9), 1),
        "training_seconds": round(outcome.seconds, 3),
        "epochs": outcome.epochs,
        "stopped_early": outcome.stopped_early,
        "best_epoch": outcome.best_epoch + 1,
        "loss_rose": outcome.rising,
        "answers_changed": f"{changed[0]} of {changed[1]}" if changed else "not asked",
        "warnings": [*([held] if held else []), *run_warnings(outcome, rows, changed)],
    }


def _run(loop: Loop, out: Path, done: int, processes: Processes) -> Outcome:
    journal = Journal(out if processes.rank == 0 else out / f".rank-{processes.rank}", keep_steps=done)
    try:
        return loop.run(journal)
    finally:
        journal.close()
        if processes.rank == 0:
            write_atomic(out / "loss.png", loss_png(read_loss(out / "loss.jsonl")))
        else:
            shutil.rmtree(out / f".rank-{processes.rank}", ignore_errors=True)


def _estimate(
    model: Any,
    rows: Rows,
    settings: TrainSettings,
    engine: Engine,
    device: torch.device,
    processes: Processes,
    tell: OnProgress,
) -> Estimate:
    """Say what the run will take, before its first step, and make the model save memory where it must."""
    estimate = estimate_run(
        model,
        settings,
        engine=estimated_as(engine.name, device),
        tokens=round(rows.counts.tokens * settings.epochs),
        longest=rows.counts.longest,
        device=device,
        shares=processes.count if settings.sharding == "fsdp" else 1,
    )
    counts = rows.counts
    size = f"{counts.examples} examples, {counts.tokens} tokens, {counts.answer_tokens} of them answers"
    batch = f"{settings.batch_tokens} tokens" if settings.batch_tokens else f"{settings.batch_size} examples"
    batch += " a step"
    if processes.count > 1:
        batch += f" over {processes.count} processes"
    tell(Progress("note", message=f"{size}; {batch}; {estimate}"))
    if estimate.gradient_checkpointing:
        model.gradient_checkpointing_enable(gradient_checkpointing_kwargs={"use_reentrant": False})
    return estimate


def _encode(loaded: Loaded, examples: Sequence[Example], settings: TrainSettings, tell: OnProgress) -> Rows:
    total = len(examples)

    def count(done: int) -> None:
        if done % 200 == 0 or done == total:
            tell(Progress("examples", done=done, total=total))

    encoded = (encode_example(loaded.tokenizer, example, settings.max_tokens) for example in examples)
    return build_rows(encoded, max_tokens=settings.max_tokens, overlong=settings.overlong, on_row=count)


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
