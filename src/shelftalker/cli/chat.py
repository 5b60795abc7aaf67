"""`shelftalker chat`: talk with a run about the products."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

import click

from shelftalker.cli.answer_text import answer_text
from shelftalker.cli.options import answering_options, check_named, run_or_data, settings_options, stdin_lines
from shelftalker.cli.provider_options import answering_provider_options, provider_flags
from shelftalker.config import load_settings
from shelftalker.errors import CatalogueError, QuestionError
from shelftalker.records import Message

__all__ = ["command"]

_EPILOG = """\b
Examples:
  shelftalker chat --run runs/demo
  shelftalker chat --no-model --data data/demo
  printf 'What is the Memorex Sport CD Boombox?\\nDoes it play tapes?\\n' | shelftalker chat --run runs/demo
"""
_COMMANDS = "/new starts over, /quit leaves"


@click.command(epilog=_EPILOG)
@run_or_data
@answering_options
@answering_provider_options
@settings_options
def command(
    run: Path | None,
    data: Path | None,
    no_model: bool,
    base_model: bool,
    engine: Literal["transformers", "openvino"],
    config: Path | None,
    assignments: tuple[str, ...],
    **provider: Any,
) -> None:
    """Talk about products: a question goes on from those before it. /new starts over, /quit leaves."""
    settings = load_settings(config, assignments, provider_flags(provider))
    check_named(run, data)
    from shelftalker.answer import open_answerer

    answerer = open_answerer(
        run, settings.answer, tuned=not base_model, model=not no_model, engine=engine, data=data,
        provider=settings.provider,
    )  # fmt: skip
    history: list[Message] = []
    if sys.stdin.isatty():
        click.echo(f"Ask about the products ({_COMMANDS}).")
    for line in _lines():
        if line == "/quit":
            return
        if line == "/new":
            history.clear()
            click.echo("(a new conversation)\n")
            continue
        if line.startswith("/"):
            click.echo(f"error: there is no {line.split()[0]}\n  try: {_COMMANDS}\n")
            continue
        try:
            answer = answerer.ask(line, history=history)
        except (QuestionError, CatalogueError) as error:
            click.echo(f"error: {error.message}\n  try: {error.fix}\n")
            continue
        history += [Message("user", answer.question), Message("assistant", answer.answer)]
        click.echo(f"{answer_text(answer, with_badge=True)}\n")


def _lines() -> Iterator[str]:
    """What is typed, or comes through a pipe and is then shown; empty lines are left out."""
    if sys.stdin.isatty():
        while True:
            try:
                line = input("> ").strip()
            except EOFError:
                return
            if line:
                yield line
    for line in map(str.strip, stdin_lines()):
        if line:
            click.echo(f"> {line}")
            yield line
