"""Options that several verbs share."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import click

from shelftalker.errors import UsageError

__all__ = [
    "answering_options",
    "check_named",
    "json_option",
    "print_failed",
    "print_json",
    "run_or_data",
    "settings_options",
    "stdin_lines",
]

_F = TypeVar("_F", bound=Callable[..., Any])


def settings_options(function: _F) -> _F:
    """Add --config and --set; the verb receives `config` and `assignments` for `load_settings`."""
    function = click.option(
        "--set", "assignments", multiple=True, metavar="SECTION.KEY=VALUE", help="Change one setting; may be repeated."
    )(function)
    return click.option("--config", type=click.Path(path_type=Path), help="Settings in a TOML file.")(function)


def run_or_data(function: _F) -> _F:
    """Add --run, --data and --no-model; the verb receives `run`, `data` and `no_model`."""
    function = click.option("--no-model", is_flag=True, help="Load no model: quote the best evidence.")(function)
    function = click.option(
        "--data",
        type=click.Path(path_type=Path),
        help="A prepared catalogue to answer from, in place of the run's own; alone, the embedded reader reads it.",
    )(function)
    return click.option("--run", type=click.Path(path_type=Path), help="A run: what `train` wrote.")(function)


def check_named(run: Path | None, data: Path | None) -> None:
    """Make sure that there is something to ask.

    Raises:
        UsageError: neither a run nor a catalogue is named.
    """
    if run is None and data is None:
        raise UsageError("there is nothing to ask", fix="add --run RUN, or --data DIR to ask a catalogue with no run")


def answering_options(function: _F) -> _F:
    """Add --base-model and --engine: which model of a run answers, and with which inference backend."""
    function = click.option(
        "--engine",
        type=click.Choice(["transformers", "openvino"]),
        default="transformers",
        show_default=True,
        help="Inference backend; openvino is faster and optional.",
    )(function)
    help_text = "Answer with the base model as it was before training."
    return click.option("--base-model", is_flag=True, help=help_text)(function)


def json_option(function: _F) -> _F:
    """Add --json; the verb receives `as_json`."""
    return click.option("--json", "as_json", is_flag=True, help="Print one JSON document and nothing else.")(function)


def print_json(document: Any) -> None:
    """Print one JSON document to standard output, letters of every language as they are."""
    click.echo(json.dumps(document, ensure_ascii=False))


def stdin_lines() -> Iterator[str]:
    """Yield the lines of standard input, read as UTF-8; what is none becomes a replacement character."""
    if isinstance(sys.stdin, io.TextIOWrapper):
        sys.stdin.reconfigure(encoding="utf-8", errors="replace")
    yield from sys.stdin


def print_failed(failed: Any, *, as_json: bool) -> None:
    """Print why a line was not answered: a document in its place, or two lines under the question."""
    if as_json:
        print_json(failed.to_json())
    else:
        click.echo(f"> {failed.question}\nerror: {failed.error}\n  try: {failed.fix}\n")
