"""`shelftalker answer-all`: answer a question for every record."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

from shelftalker.cli.options import answering_options, settings_options
from shelftalker.cli.progress import progress_bars
from shelftalker.cli.provider_options import answering_provider_options, provider_flags
from shelftalker.config import load_settings

if TYPE_CHECKING:
    from shelftalker.records import Mode

__all__ = ["command"]

_EPILOG = """\b
Examples:
  shelftalker answer-all data/demo --run runs/demo --out answers.jsonl
  shelftalker answer-all data/demo --run runs/demo --out pesos.jsonl --question 'Quanto pesa {x}?'
  shelftalker answer-all data/demo --run runs/demo --out heart.jsonl --closed-book
Stopped half-way, the same command goes on where it was.
"""


@click.command(epilog=_EPILOG)
@click.argument("data", type=click.Path(path_type=Path))
@click.option("--run", type=click.Path(path_type=Path), required=True, help="A run: what `train` wrote.")
@click.option("--out", type=click.Path(path_type=Path), required=True, help="JSON Lines, an answer a record.")
@click.option("--question", "form", default="What is {x}?", show_default=True, help="{x} is the record's title.")
@click.option("--temperature", type=float, help="0, the default, is greedy.")
@click.option("--closed-book", is_flag=True, help="Answer from the weights alone; checked against the record after.")
@answering_options
@click.option("--overwrite", is_flag=True, help="Replace the file that is there.")
@answering_provider_options
@settings_options
def command(
    data: Path,
    run: Path,
    out: Path,
    form: str,
    temperature: float | None,
    closed_book: bool,
    base_model: bool,
    engine: Literal["transformers", "openvino"],
    overwrite: bool,
    config: Path | None,
    assignments: tuple[str, ...],
    **provider: Any,
) -> None:
    """Answer a question for every record of the catalogue DATA, and go on where a stopped run was."""
    settings = load_settings(config, assignments, {"answer.temperature": temperature} | provider_flags(provider))
    from shelftalker.answer import answer_all, open_answerer
    from shelftalker.catalog import Catalogue

    answerer = open_answerer(
        run, settings.answer, tuned=not base_model, engine=engine, data=data, provider=settings.provider
    )
    mode: Mode = "closed-book" if closed_book else "open-book"
    with progress_bars() as on_progress:
        count = answer_all(
            answerer,
            Catalogue.open(data),
            out,
            form=form,
            mode=mode,
            overwrite=overwrite,
            on_progress=lambda done, total: on_progress("answering", done, total),
        )
    click.echo(f"{out}: {count} answers")
