"""`shelftalker prepare`: clean, split and index a catalogue, or bring one up to date."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from shelftalker.artifacts import read_manifest
from shelftalker.cli.options import json_option, print_json, settings_options
from shelftalker.config import load_settings
from shelftalker.errors import UsageError

if TYPE_CHECKING:
    from shelftalker.prepare import Progress

__all__ = ["command"]

_EPILOG = """\b
Examples:
  shelftalker prepare trn.json --out data/amazon
  shelftalker prepare trn.json.gz more.jsonl shards/ --out data/all --validation-share 0.1
  shelftalker prepare shop.csv --out data/shop --uid-column sku --title-column name --content-column text
  zcat trn.json.gz | shelftalker prepare - --out data/amazon --json
  shelftalker prepare news.jsonl --out data/amazon --update --remove gone.txt
"""
_STAGES = {"read": "reading", "choose": "choosing", "index": "indexing", "describe": "describing"}


@click.command(name="prepare", epilog=_EPILOG)
@click.argument("inputs", nargs=-1, metavar="CATALOG...")
@click.option("--out", type=click.Path(path_type=Path), required=True, metavar="DIR", help="The catalogue's folder.")
@click.option("--overwrite", is_flag=True, help="Replace a catalogue that is there.")
@click.option(
    "--update", is_flag=True, help="Add the rows to the catalogue that is there; a row whose uid it has replaces it."
)
@click.option("--remove", type=click.Path(), metavar="FILE", help="With --update: uids to take out, one a line.")
@click.option("--title-column", metavar="NAME", help="Field or column that holds the title.")
@click.option("--content-column", metavar="NAME", help="Field or column that holds the description.")
@click.option("--uid-column", metavar="NAME", help="Field or column that holds the identifier.")
@click.option("--max-bad", type=float, metavar="SHARE", help="Largest share of bad lines; 0.01 where not said.")
@click.option("--max-line-mb", type=int, metavar="MB", help="Longest line that is read; 128 where not said.")
@click.option("--keep-raw/--no-keep-raw", default=None, help="Keep the uncleaned title and content beside.")
@click.option("--near-duplicates/--no-near-duplicates", default=None, help="Look for records that are nearly the same.")
@click.option(
    "--meaning",
    type=click.Choice(["auto", "on", "off"]),
    help="Index records by meaning too, for wishes and other languages; auto: up to 1,000 records.",
)
@click.option("--validation-share", type=float, metavar="SHARE", help="Share of products kept for validation.")
@click.option("--test-share", type=float, metavar="SHARE", help="Share of products kept for testing.")
@click.option("--seed", type=int, help="Seed of the split.")
@click.option("--language", type=click.Choice(["en", "pt"]), help="Language of the report.")
@settings_options
@json_option
def command(
    inputs: tuple[str, ...],
    out: Path,
    overwrite: bool,
    update: bool,
    remove: str | None,
    config: Path | None,
    assignments: tuple[str, ...],
    as_json: bool,
    **flags: Any,
) -> None:
    """Clean, split and index a catalogue.

    CATALOG is a file of JSON Lines, CSV or Parquet (also .gz, .zst or .zip), a folder of such files, or - for
    standard input. Malformed lines are counted, not fatal, up to --max-bad.
    """
    from shelftalker.prepare import prepare

    if not inputs and remove is None:
        raise UsageError("no catalogue file is named", fix="shelftalker prepare trn.json --out data/amazon")
    before = read_manifest(out, "catalogue") if update else None
    defaults = {f"prepare.{key}": value for key, value in before.settings.items()} if before else None
    named = {f"prepare.{key}": value for key, value in flags.items()}
    settings = load_settings(config, assignments, named, defaults=defaults).prepare
    with _bars() as show:
        manifest = prepare(inputs, out, settings, overwrite=overwrite, update=update, remove=remove, on_progress=show)
    if as_json:
        print_json(manifest.model_dump(mode="json"))
        return
    if manifest == before:
        click.echo("nothing changed", err=True)
    click.echo((out / manifest.files["report_text"]).read_text(encoding="utf-8"), nl=False)
    click.echo(f"{out / 'report.html'} says more; next: shelftalker train {out} --out runs/{out.name}", err=True)


@contextmanager
def _bars() -> Iterator[Callable[[Progress], None]]:
    """Draw a bar a stage on standard error, where that is a terminal."""
    from rich.console import Console
    from rich.progress import BarColumn, SpinnerColumn, TaskID, TaskProgressColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bars

    console = Console(stderr=True)
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TaskProgressColumn())
    with Bars(*columns, TimeElapsedColumn(), console=console, disable=not console.is_terminal) as bars:
        tasks: dict[str, TaskID] = {}

        def show(progress: Progress) -> None:
            if progress.stage not in tasks:
                for task in tasks.values():
                    bars.update(task, total=1, completed=1)
                tasks[progress.stage] = bars.add_task(_STAGES[progress.stage], total=progress.total)
            bars.update(tasks[progress.stage], completed=progress.done, total=progress.total)

        yield show
