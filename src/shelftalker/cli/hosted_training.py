"""What `shelftalker train` does when a provider trains: say what is sent, ask, show how it goes."""

from __future__ import annotations

import shlex
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from shelftalker.cli.options import print_json
from shelftalker.cli.provider_options import provider_flags
from shelftalker.config import Settings, load_settings
from shelftalker.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from shelftalker.artifacts import Manifest
    from shelftalker.providers import HostedProgress
    from shelftalker.providers.gemini import Plan

__all__ = ["HostedOptions", "hosted_settings", "is_hosted_wanted", "take_hosted", "train_hosted"]


@dataclass(frozen=True)
class HostedOptions:
    """What was said on the command line for hosted tuning; `provider` are flags for `load_settings`."""

    provider: dict[str, Any]
    yes: bool
    dry_run: bool
    accept_changes: bool
    cancel: bool

    def named(self) -> list[str]:
        """Return the options that were given."""
        given = [key.removeprefix("provider.") for key, value in self.provider.items() if value is not None]
        given += [name for name in ("yes", "dry_run", "accept_changes", "cancel") if getattr(self, name)]
        return [f"--{name.replace('_', '-')}" for name in given]


def take_hosted(flags: dict[str, Any]) -> HostedOptions:
    """Take the options of hosted tuning out of what `train` received."""
    switches = {name: bool(flags.pop(name)) for name in ("yes", "dry_run", "accept_changes", "cancel")}
    return HostedOptions(provider_flags(flags), **switches)


def is_hosted_wanted(
    options: HostedOptions, config: Path | None, assignments: tuple[str, ...], out: Path, *, resume: bool
) -> bool:
    """Whether a provider is to train: it is named, or `out` holds a hosted tuning that is to go on or to stop.

    Raises:
        UsageError: an option was given that only hosted tuning knows; to ignore a --dry-run would be worst.
    """
    if load_settings(config, assignments, options.provider).provider.name == "gemini":
        return True
    if (resume or options.cancel) and out.is_dir():
        from shelftalker.providers.gemini.state import read_state

        if read_state(out) is not None:
            return True
    if options.named():
        raise UsageError(f"{', '.join(options.named())}: only for hosted tuning", fix="add --provider gemini")
    return False


def hosted_settings(
    options: HostedOptions,
    config: Path | None,
    assignments: tuple[str, ...],
    flags: dict[str, Any],
    *,
    size: str | None,
    preset: str | None,
) -> Settings:
    """Return the settings of a hosted tuning: nothing counts as asked for but what the user said.

    Raises:
        UsageError: --size was given, which sets what only training on this machine has.
    """
    if size:
        raise UsageError("--size is for training on this machine", fix="say --records, --examples and --epochs")
    defaults: dict[str, Any] = {}
    if preset:
        from shelftalker.train import PRESETS

        defaults = {f"train.{key}": value for key, value in PRESETS[preset].items()}
    named = {f"train.{key}": value for key, value in flags.items()}
    return load_settings(config, assignments, named | options.provider, defaults=defaults)


def train_hosted(
    data: Path,
    out: Path,
    settings: Settings,
    options: HostedOptions,
    *,
    resume: bool,
    overwrite: bool,
    as_json: bool,
) -> int | None:
    """Tune at the provider, or cancel, or only show what would be sent; return an exit code."""
    from shelftalker.providers import TuningInterrupted, gemini

    if options.cancel:
        job = gemini.cancel(out)
        click.echo(f"cancelled: {job or 'no job had been started'}")
        return None
    gemini.require_parts()  # before the examples' own imports, which take seconds
    from shelftalker.train.hosted import hosted_examples

    if options.dry_run and overwrite:
        raise UsageError("a dry run replaces nothing", fix="name another --out, or leave out --overwrite")
    make_examples = hosted_examples(data, out, settings.train)
    try:
        with _Display() as display:
            if options.dry_run:
                made = gemini.plan(
                    data, out, make_examples, settings.train, settings.provider,
                    overwrite=overwrite, accept_changes=options.accept_changes, on_progress=display.show,
                )  # fmt: skip
            else:
                manifest = gemini.tune(
                    data, out, make_examples, settings.train, settings.provider,
                    confirm=_confirm(options.yes, display), resume=resume, overwrite=overwrite,
                    accept_changes=options.accept_changes, on_progress=display.show,
                )  # fmt: skip
    except TuningInterrupted as stop:
        again = shlex.join(["shelftalker", "train", str(data), "--out", str(out), "--provider", "gemini"])
        going = f"the job goes on at the provider: {stop.job}" if stop.job else "no job was started"
        click.echo(f"interrupted; {going}\n  go on: {again} --resume\n  stop it: {again} --cancel", err=True)
        return 130
    if options.dry_run:
        _print_plan(made, as_json)
    elif as_json:
        print_json(manifest.model_dump())
    else:
        _print_results(out, manifest)
    return None


def _confirm(yes: bool, display: _Display) -> Callable[[Plan], bool]:
    def confirm(plan: Plan) -> bool:
        display.pause()  # a moving bar would write over the question
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

    def __enter__(self) -> _Display:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

        console = Console(stderr=True)
        self._bars = Progress(
            TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn(), TextColumn("{task.fields[words]}"),
            console=console,
        )  # fmt: skip
        self._tasks: dict[str, TaskID] = {}
        self._last = ""
        self._draws = console.is_terminal
        return self

    def __exit__(self, *_: object) -> None:
        self.pause()

    def pause(self) -> None:
        """Leave the terminal to others until the next moment is shown."""
        if self._draws:
            self._bars.stop()

    def show(self, progress: HostedProgress) -> None:
        """Show one moment."""
        if self._draws:
            self._bar(progress)
        else:
            self._line(progress)

    def _bar(self, progress: HostedProgress) -> None:
        self._bars.start()  # again, after a pause
        if progress.stage not in self._tasks:
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
