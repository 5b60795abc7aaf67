"""The group of verbs, and the only place where errors become text and exit codes."""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Sequence

import click

from shelftalker import __version__
from shelftalker.errors import ShelftalkerError

__all__ = ["main", "shelftalker"]

# verb -> its line in --help; the module shelftalker.cli.VERB holds `command`.
VERBS = {
    "sample": "write a made-up catalogue with known facts",
    "prepare": "clean, split and index a catalogue",
    "find": "find a product in a prepared catalogue",
    "examples": "show the examples a catalogue gives for training",
    "train": "fine-tune a model on a prepared catalogue",
    "ask": "ask a run about a product",
    "chat": "talk with a run about the products",
    "compare": "before / after / after at temperature 0 / original",
    "evaluate": "measure a run on people's questions, and on question sets",
    "serve": "serve a run: HTTP API and chat page",
    "export": "take a run away: merged, GGUF, Ollama",
    "answer-all": "answer a question for every record",
    "models": "list the base models",
    "doctor": "say what this machine has and lacks",
}


class _Verbs(click.Group):
    """Loads a verb's module when the verb is called, so that --help starts at once and without torch."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in VERBS:
            return None
        module = importlib.import_module(f"shelftalker.cli.{cmd_name.replace('-', '_')}")
        command: click.Command = module.command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Verbs"):
            formatter.write_dl(list(VERBS.items()))


@click.group(
    name="shelftalker",
    cls=_Verbs,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Start with: shelftalker sample --out my.jsonl, then prepare, train, ask.",
)
@click.version_option(__version__, prog_name="shelftalker")
def shelftalker() -> None:
    """Turn a product catalogue into a model that answers questions about the products."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and leave with its exit code.

    0 done, 1 failed, 2 misused, 3 below the asked bar, 130 interrupted.
    """
    # Read when a library with OpenMP is loaded: threads that wait must sleep, not keep a core from those that work.
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")
    sys.exit(run(arguments))


def run(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code; `main` without leaving the process."""
    try:
        code = shelftalker.main(args=arguments, prog_name="shelftalker", standalone_mode=False)
    except ShelftalkerError as error:
        _say(error.message, error.fix)
        return error.exit_code
    except click.UsageError as error:
        verb = error.ctx.command_path if error.ctx else "shelftalker"
        _say(_lower(error.format_message()), f"{verb} --help")
        return 2
    except click.ClickException as error:
        _say(_lower(error.format_message()), "shelftalker --help")
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        click.echo("interrupted", err=True)
        return 130
    return code if isinstance(code, int) else 0


def _say(message: str, fix: str) -> None:
    click.echo(f"error: {message}\n  try: {fix}", err=True)


def _lower(text: str) -> str:
    """Click's messages as ours: lower case, no full stop, one line."""
    line = " ".join(text.split()).removesuffix(".")
    return line[:1].lower() + line[1:]
