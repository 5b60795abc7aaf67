"""`shelftalker train`: fine-tune a model on a prepared catalogue."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from shelftalker.cli.hosted_training import hosted_settings, is_hosted_wanted, take_hosted, train_hosted
from shelftalker.cli.options import json_option, print_json, settings_options
from shelftalker.cli.provider_options import training_provider_options
from shelftalker.config import Settings, load_settings

if TYPE_CHECKING:
    from collections.abc import Callable

    from shelftalker.artifacts import Manifest
    from shelftalker.train import Progress

__all__ = ["command"]

EPILOG = """\b
Examples:
  shelftalker train data/shop --out runs/shop
  shelftalker train data/shop --out runs/shop --size quick
  shelftalker train data/shop --out runs/shop --pairs faq.csv --pairs data/shop.pairs.jsonl
  shelftalker train data/shop --out runs/heart --mode closed-book --records 100
  shelftalker train data/shop --out runs/shop --resume
  shelftalker train data/shop --out runs/report --preset report --base opt-125m
  shelftalker train data/shop --out runs/big --base mistral-7b --method qlora
  shelftalker train data/shop --out runs/gemini --provider gemini --base gemini-3.5-flash --project P \\
    --bucket gs://BUCKET --dry-run
  torchrun --nproc-per-node 2 -m shelftalker train data/shop --out runs/shop
"""


@click.command(name="train", epilog=EPILOG)
@click.argument("data", type=click.Path(path_type=Path))
@click.option("--out", required=True, type=click.Path(path_type=Path), help="The run's folder.")
@click.option(
    "--base",
    help="Base model: a name of `shelftalker models`, a hub name or a folder; qwen2.5-coder-0.5b where not said, and "
    "smollm2-135m until that is pulled.",
)
@click.option("--mode", type=click.Choice(["open-book", "closed-book", "both"]), help="What the examples teach.")
@click.option(
    "--pairs",
    type=click.Path(path_type=Path),
    multiple=True,
    help="Questions with their answers, JSON Lines or CSV; may be repeated.",
)
@click.option(
    "--from",
    "start_from",
    metavar="reader|base|FOLDER",
    help="Begin from the base's reader (default, where it has one), the base alone, or another adapter.",
)
@click.option("--size", type=click.Choice(["quick", "good", "best"]), help="How much to spend; good where not said.")
@click.option("--preset", type=click.Choice(["report"]), help="report: 2 epochs, batch 4, learning rate 0.001.")
@click.option("--method", type=click.Choice(["lora", "qlora", "full"]), help="An adapter, or every weight.")
@click.option("--records", type=int, help="Products to train on; 0 is all.")
@click.option("--examples", type=int, help="Examples to train on at most; 0 is all.")
@click.option("--epochs", type=float, help="Passes over the examples.")
@click.option("--batch-size", type=int, help="Examples per step, over all processes.")
@click.option("--learning-rate", type=float, help="Highest learning rate.")
@click.option("--rank", type=int, help="Rank of the adapter; where it begins from one, that one's holds.")
@click.option("--alpha", type=int, help="The adapter's output is scaled by alpha / rank; 0 is twice the rank.")
@click.option("--target-modules", help="Layers that get an adapter: all-linear, or names with commas.")
@click.option("--dropout", type=float, help="Dropout before the adapter.")
@click.option("--dora/--no-dora", default=None, help="Train magnitude and direction apart.")
@click.option(
    "--engine",
    type=click.Choice(["auto", "lean", "packed", "peft", "unsloth"]),
    help="Who computes the layers; auto takes the fastest that knows the model.",
)
@click.option("--max-tokens", type=int, help="Longest example, in tokens.")
@click.option("--stop-on", type=click.Choice(["truth", "loss", "never"]), help="What ends training early.")
@click.option("--seed", type=int, help="Seed of examples, order and initial weights.")
@click.option("--resume", is_flag=True, help="Go on from the newest checkpoint, with the settings it began with.")
@click.option("--overwrite", is_flag=True, help="Replace the run that is there.")
@training_provider_options
@settings_options
@json_option
def command(
    data: Path,
    out: Path,
    size: str | None,
    preset: str | None,
    resume: bool,
    overwrite: bool,
    config: Path | None,
    assignments: tuple[str, ...],
    as_json: bool,
    **flags: Any,
) -> int | None:
    """Fine-tune a base model on the catalogue DATA."""
    flags["pairs"] = tuple(map(str, flags["pairs"])) or None
    hosted = take_hosted(flags)
    if is_hosted_wanted(hosted, config, assignments, out, resume=resume):
        chosen = hosted_settings(hosted, config, assignments, flags, size=size, preset=preset)
        return train_hosted(data, out, chosen, hosted, resume=resume, overwrite=overwrite, as_json=as_json)
    from shelftalker.train import TrainingInterrupted, saved_settings, train

    named = {f"train.{key}": value for key, value in flags.items()}
    before = saved_settings(out) if resume else None
    settings = _settings(config, assignments, named, size=size, preset=preset, before=before)
    try:
        with _Display() as show:
            manifest = train(data, out, settings.train, resume=resume, overwrite=overwrite, on_progress=show)
    except TrainingInterrupted as stop:
        click.echo(
            f"interrupted at step {stop.step} of {stop.steps}; a checkpoint is saved\n"
            f"  go on: shelftalker train {data} --out {out} --resume",
            err=True,
        )
        return 130
    if as_json:
        print_json(manifest.model_dump())
    else:
        _print_results(out, manifest)
    return None


def _settings(
    config: Path | None,
    assignments: tuple[str, ...],
    named: dict[str, Any],
    *,
    size: str | None,
    preset: str | None,
    before: dict[str, Any] | None,
) -> Settings:
    """Lay the size, the preset or the stopped run's settings under what was said; tell what the dial sets."""
    from shelftalker.train import PRESETS, size_settings

    if before is not None and size is None and preset is None:
        return load_settings(config, assignments, named, defaults={f"train.{k}": v for k, v in before.items()})
    mode = load_settings(config, assignments, named).train.mode
    dial = size_settings(size or "good", mode) | (PRESETS[preset] if preset else {})  # type: ignore[arg-type]
    if preset or named.get("train.batch_size") is not None:
        dial.pop("batch_tokens", None)  # who counts examples does not count tokens
    settings = load_settings(config, assignments, named, defaults={f"train.{k}": v for k, v in dial.items()})
    told = ", ".join(f"{key} {getattr(settings.train, key)}" for key in dial)
    click.echo(f"size {size or 'good'}{f', preset {preset}' if preset else ''}: {told}", err=True)
    return settings


def _print_results(out: Path, manifest: Manifest) -> None:
    results = manifest.results
    click.echo(f"{out}: {results['steps']} steps, {manifest.counts['examples']} examples, {manifest.seconds:.0f} s")
    for number, epoch in enumerate(results["epochs"], start=1):
        click.echo(f"  epoch {number}: " + ", ".join(f"{k.replace('_', ' ')} {v:.4g}" for k, v in epoch.items()))
    for warning in results.get("warnings", []):
        click.echo(f"warning: {warning}", err=True)
    click.echo(f"  next: shelftalker ask 'What is PRODUCT?' --run {out}")


class _Display:
    """Shows progress on standard error: a bar on a terminal, a line now and then elsewhere."""

    def __enter__(self) -> Callable[[Progress], None]:
        from rich.console import Console
        from rich.progress import BarColumn, TextColumn
        from rich.progress import Progress as Bars

        self._console = Console(stderr=True)
        self._bars = Bars(
            TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[words]}"), console=self._console
        )
        self._task = self._bars.add_task("reading", total=None, words="")
        self._told = 0.0
        if self._console.is_terminal:
            self._bars.start()
        return self._show

    def __exit__(self, *_: object) -> None:
        self._bars.stop()

    def _show(self, progress: Progress) -> None:
        if progress.stage == "note":
            self._console.print(progress.message, markup=False, highlight=False, soft_wrap=True)
            return
        words = _words(progress)
        if self._console.is_terminal:
            self._bars.update(
                self._task,
                description=progress.stage,
                completed=progress.done,
                total=progress.total or None,
                words=words,
            )
        elif progress.stage == "train" and self._is_time(progress):
            click.echo(f"step {progress.done}/{progress.total}  {words}", err=True)

    def _is_time(self, progress: Progress) -> bool:
        """A tenth of the way since the last line, or the first or last step."""
        share = progress.done / max(1, progress.total)
        if progress.done == 1 or progress.done == progress.total or share >= self._told + 0.1:
            self._told = share
            return True
        return False


def _words(progress: Progress) -> str:
    if progress.stage != "train":
        return f"{progress.done}/{progress.total}" if progress.total else ""
    parts = [f"epoch {progress.epoch}", f"loss {progress.loss:.3f}", f"{progress.tokens_per_second:.0f} tokens/s"]
    if progress.seconds_left is not None:
        minutes, seconds = divmod(round(progress.seconds_left), 60)
        parts.append(f"{minutes}:{seconds:02d} left")
    return "  ".join(parts)
