"""Train a loaded model on examples: encode, attach, loop, save, check."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch

from shelftalker.artifacts import write_atomic
from shelftalker.config import TrainSettings
from shelftalker.errors import TrainingError
from shelftalker.models import Loaded, encode_example
from shelftalker.pages.loss import loss_png, read_loss
from shelftalker.records import Example
from shelftalker.train.adapters import attach_adapter, save_adapter, trainable
from shelftalker.train.checkpoints import Checkpoint, latest, load_checkpoint
from shelftalker.train.engines import capture_passes, choose_engine
from shelftalker.train.estimate import Estimate, estimate_run, estimated_as, peak_memory_bytes
from shelftalker.train.holding import too_much_to_hold
from shelftalker.train.journal import Journal
from shelftalker.train.loop import Engine, Loop
from shelftalker.train.outcome import Outcome
from shelftalker.train.processes import Processes
from shelftalker.train.progress import OnProgress, Progress
from shelftalker.train.rows import Rows, build_rows
from shelftalker.train.sharding import shard_blocks, whole
from shelftalker.train.training_set import TrainingSet, write_example_log
from shelftalker.train.truth import TruthCheck

__all__ = ["fit", "run_warnings"]


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
        examples: what to learn and to be measured on.
        out: the run's folder.
        settings: how.
        fingerprint: what must be the same for a run to be resumed.
        processes: this process among its equals.
        resume: go on from the newest checkpoint, where there is one.
        on_progress: told of every stage and step.
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
    fingerprint = fingerprint | {"rows": _digest(rows)}
    checkpoint = _checkpoint(out, fingerprint) if resume else None
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


def run_warnings(outcome: Outcome, rows: Rows, changed: tuple[int, int] | None) -> list[str]:
    """Return what the user must hear, the original report's mistake first: its loss rose and nobody stopped it."""
    said = []
    if outcome.rising:
        curve = ", ".join(f"{epoch['train_loss']:.3f}" for epoch in outcome.epochs)
        said.append(f"the loss rose from one epoch to a later one (train: {curve}); lower --learning-rate or --epochs")
    if changed is not None and changed[0] == 0:
        said.append(f"the trained model answers {changed[1]} questions just like its base: training changed nothing")
    counts = rows.counts
    if counts.skipped_overlong or counts.cut_overlong:
        left = f"{counts.skipped_overlong} examples were left out and {counts.cut_overlong} cut"
        said.append(f"{left}: longer than --max-tokens")
    return said


def _encode(loaded: Loaded, examples: Sequence[Example], settings: TrainSettings, tell: OnProgress) -> Rows:
    total = len(examples)

    def count(done: int) -> None:
        if done % 200 == 0 or done == total:
            tell(Progress("examples", done=done, total=total))

    encoded = (encode_example(loaded.tokenizer, example, settings.max_tokens) for example in examples)
    return build_rows(encoded, max_tokens=settings.max_tokens, overlong=settings.overlong, on_row=count)


def _digest(rows: Rows) -> str:
    return hashlib.sha256(rows.tokens.tobytes() + rows.starts.tobytes() + rows.prompts.tobytes()).hexdigest()


def _checkpoint(out: Path, fingerprint: dict[str, Any]) -> Checkpoint | None:
    """Return the newest checkpoint, once sure that this run may go on from it."""
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
