"""What `shelftalker train` does when a provider trains: say what is sent, ask, show how it goes."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from shelftalker.cli.options import print_json
from shelftalker.config import Settings
from shelftalker.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from shelftalker.artifacts import Manifest
    from shelftalker.providers import HostedProgress
    from shelftalker.providers.gemini import Plan

__all__ = ["train_hosted"]


def train_hosted(
    data: Path,
    out: Path,
    settings: Settings,
    *,
    resume: bool,
    overwrite: bool,
    yes: bool,
    dry_run: bool,
    accept_changes: bool,
    cancel: bool,
    as_json: bool,
) -> int | None:
    """Tune at the provider, or cancel, or only show what would be sent; return an exit code."""
    from shelftalker.providers import TuningInterrupted, gemini

    if cancel:
        job = gemini.cancel(out)
        click.echo(f"cancelled: {job or 'no job had been started'}")
        return None
    from shelftalker.train.hosted import hosted_examples

    make_examples = hosted_examples(data, out, settings.train)
    try:
        with _Display() as show:
            if dry_run:
                made = gemini.plan(
                    data, out, make_examples, settings.train, settings.provider,
                    overwrite=overwrite, accept_changes=accept_changes, on_progress=show,
                )  # fmt: skip
            else:
                manifest = gemini.tune(
                    data, out, make_examples, settings.train, settings.provider,
                    confirm=_confirm(yes), resume=resume, overwrite=overwrite, accept_changes=accept_changes,
                    on_progress=show,
                )  # fmt: skip
    except TuningInterrupted as stop:
        again = shlex.join(["shelftalker", "train", str(data), "--out", str(out), "--provider", "gemini"])
        going = f"the job goes on at the provider: {stop.job}" if stop.job else "no job was started"
        click.echo(f"interrupted; {going}\n  go on: {again} --resume\n  stop it: {again} --cancel", err=True)
        return 130
    if dry_run:
        _print_plan(made, as_json)
    elif as_json:
        print_json(manifest.model_dump())
    else:
        _print_results(out, manifest)
    return None


def _confirm(yes: bool) -> Callable[[Plan], bool]:
    def confirm(plan: Plan) -> bool:
        click.echo("\n".join(plan.lines()), err=True)
        if yes:
            return True
        if not sys.stdin.isatty():
            raise UsageError("nobody is there to be asked whether to send this", fix="add --yes")
        return click.confirm("Send this, and be charged for it?", err=True)

    return confirm


def _print_plan(plan: Plan, as_json: bool) -> None:
    if as_json:
        print_json(plan.to_json())
    else:
        click.echo("\n".join([*plan.lines(), "nothing was sent"]))


def _print_results(out: Path, manifest: Manifest) -> None:
    provider: dict[str, Any] = manifest.results["provider"]
    told = ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in provider["effective"].items())
    click.echo(f"{out}: tuned {provider['base']} on {manifest.counts['examples']} examples, {manifest.seconds:.0f} s")
    click.echo(f"  job       {provider['job']}")
    click.echo(f"  endpoint  {provider['endpoint']}")
    click.echo(f"  settings  {told}")
    click.echo(f"  loss      {manifest.results['loss']}")
    for warning in manifest.results["warnings"]:
        click.echo(f"warning: {warning}", err=True)
    click.echo(f"  next: shelftalker ask 'What is PRODUCT?' --run {out}")


class _Display:
    """Shows progress on standard error: a bar a stage on a terminal, a line a change elsewhere."""

    def __enter__(self) -> Callable[[HostedProgress], None]:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

        console = Console(stderr=True)
        self._bars = Progress(
            TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn(), TextColumn("{task.fields[words]}"),
            console=console,
        )  # fmt: skip
        self._tasks: dict[str, TaskID] = {}
        self._last = ""
        return self._bar if console.is_terminal else self._line

    def __exit__(self, *_: object) -> None:
        self._bars.stop()

    def _bar(self, progress: HostedProgress) -> None:
        if progress.stage not in self._tasks:
            self._bars.start()
            self._tasks[progress.stage] = self._bars.add_task(progress.stage, words="")
        self._bars.update(
            self._tasks[progress.stage],
            completed=progress.done,
            total=progress.total or None,
            words=progress.message.replace("JOB_STATE_", "").replace("TUNING_", "").lower(),
        )

    def _line(self, progress: HostedProgress) -> None:
        line = f"{progress.stage}  {progress.done}/{progress.total}  {progress.message}".rstrip()
        if line != self._last:
            self._last = line
            click.echo(line, err=True)
