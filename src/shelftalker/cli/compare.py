"""shelftalker compare."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from shelftalker.cli.options import json_option, print_json, settings_options
from shelftalker.cli.provider_options import answering_provider_options, provider_flags
from shelftalker.config import load_settings

if TYPE_CHECKING:
    from shelftalker.evaluate import Compared

__all__ = ["command"]


@click.command(
    name="compare",
    epilog="""\b
Examples:
  shelftalker compare runs/demo
  shelftalker compare runs/demo --questions my-questions.txt --out before-after
  shelftalker compare runs/demo --limit 3 --no-sources --language pt
  shelftalker compare runs/demo --provider openai-compatible --url http://127.0.0.1:8080/v1 --serves base
""",
)
@click.argument("run", type=click.Path(path_type=Path))
@click.option(
    "--questions", type=click.Path(path_type=Path), help="One question a line, or JSON Lines with question and uid."
)
@click.option("--data", type=click.Path(path_type=Path), help="A prepared catalogue to ask about, not the run's own.")
@click.option("--limit", type=click.IntRange(min=1), help="Ask at most so many questions.")
@click.option(
    "--sources/--no-sources", default=None, help="Show each answer's source, as the report's second version did."
)
@click.option("--temperature", type=float, help="Temperature of the first two columns (default 0.7).")
@click.option("--closed-book", "mode", flag_value="closed-book", help="Ask the models' memory, without records.")
@click.option("--open-book", "mode", flag_value="open-book", help="Give the models the record found.")
@click.option("--language", type=click.Choice(["en", "pt"]), help="Language of the page.")
@click.option("--seed", type=int, help="Random seed of the sample of questions.")
@click.option("--out", type=click.Path(path_type=Path), help="Folder to write (default RUN/compare).")
@answering_provider_options
@settings_options
@json_option
def command(
    run: Path,
    questions: Path | None,
    data: Path | None,
    limit: int | None,
    sources: bool | None,
    temperature: float | None,
    mode: Any,
    language: str | None,
    seed: int | None,
    out: Path | None,
    config: Path | None,
    assignments: tuple[str, ...],
    as_json: bool,
    **provider: Any,
) -> None:
    """Set the base model, the tuned model, the tuned model at temperature 0 and the original side by side.

    Writes a page, a Markdown table and a JSON document. Without --questions a sample of the validation set is
    asked about.
    """
    from shelftalker.cli.progress import progress_bars
    from shelftalker.evaluate import compare

    flags = {
        "compare.sources": sources,
        "compare.temperature": temperature,
        "compare.language": language,
        "compare.seed": seed,
        **provider_flags(provider),
    }
    settings = load_settings(config, assignments, flags)
    with progress_bars() as on_progress:
        compared = compare(
            run,
            settings.compare,
            settings.answer,
            questions=questions,
            data=data,
            out=out,
            mode=mode,
            limit=limit,
            command=shlex.join(["shelftalker", *sys.argv[1:]]),
            provider=settings.provider,
            on_progress=on_progress,
        )
    if as_json:
        print_json(compared.to_json())
    else:
        click.echo(_summary(compared))


def _summary(compared: Compared) -> str:
    """The means, a line a column, and where the files lie."""
    from shelftalker.evaluate import column_name

    comparison = compared.comparison
    lines = [f"{'':<28} {'ROUGE-L':>7}  grounded"]
    for column in comparison.columns:
        mean = comparison.mean(column)
        score = "" if mean is None else f"{mean:.3f}"
        grounded, total = comparison.grounded(column), len(comparison.rows)
        lines.append(f"{column_name(column, 'en'):<28} {score:>7}  {grounded} of {total}")
    lines += ["", *(f"{path}" for path in compared.files.values())]
    return "\n".join(lines)
