"""shelftalker evaluate."""

from __future__ import annotations

import re
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from shelftalker.cli.options import json_option, print_json
from shelftalker.cli.provider_options import answering_provider_options, provider_flags
from shelftalker.config import load_settings
from shelftalker.errors import UsageError

if TYPE_CHECKING:
    from shelftalker.evaluate import Choice, Evaluated

__all__ = ["command"]

_ASSIGNMENT = re.compile(r"[a-z_]+\.[a-z_]+\s*=")


@click.command(
    name="evaluate",
    epilog="""\b
Examples:
  shelftalker evaluate runs/demo --quick
  shelftalker evaluate runs/demo --quick --sets unseen --systems base_open,tuned_open
  shelftalker evaluate runs/demo --set my-questions.jsonl
  shelftalker evaluate runs/demo --data data/shop --set shoppers.jsonl --systems no_model,base_open,tuned_open
  shelftalker evaluate runs/demo --min tuned_open.unseen.rouge_l=0.95
  shelftalker evaluate runs/demo --provider openai-compatible --url http://127.0.0.1:8080/v1 --serves base
""",
)
@click.argument("run", type=click.Path(path_type=Path))
@click.option("--quick", is_flag=True, help="40 questions a set in place of 200, and shorter closed-book answers.")
@click.option("--sets", metavar="A,B", help="Only these: seen, reworded, unseen, attribute, absent, ambiguous.")
@click.option(
    "--systems", metavar="A,B", help="Only these: no_model, base_closed, base_open, tuned_closed, tuned_open."
)
@click.option(
    "--set",
    "assigned",
    multiple=True,
    metavar="FILE | SECTION.KEY=VALUE",
    help="Ask the questions of a file: people's sets, or your own; or change one setting. May be repeated.",
)
@click.option("--all-kinds", is_flag=True, help="Also ask people's questions that have no sure answer.")
@click.option("--data", type=click.Path(path_type=Path), help="A prepared catalogue to ask about, not the run's own.")
@click.option("--config", type=click.Path(path_type=Path), help="Settings in a TOML file.")
@click.option("--facts", type=click.Path(path_type=Path), help="Known facts (default FILE.facts.jsonl by the input).")
@click.option("--report-answers", type=click.Path(path_type=Path), help="The original report's answers, a baseline.")
@click.option("--min", "at_least", multiple=True, metavar="SYSTEM.SET.METRIC=VALUE", help="Exit 3 below this bar.")
@click.option("--max", "at_most", multiple=True, metavar="SYSTEM.SET.METRIC=VALUE", help="Exit 3 above this bar.")
@click.option("--out", type=click.Path(path_type=Path), help="Folder to write (default RUN/eval).")
@click.option("--fresh", is_flag=True, help="Discard saved answers and start over.")
@click.option("--language", type=click.Choice(["en", "pt"]), help="Language of the page.")
@click.option("--seed", type=int, help="Random seed of the question sets and of the intervals.")
@answering_provider_options
@json_option
def command(
    run: Path,
    assigned: tuple[str, ...],
    config: Path | None,
    language: str | None,
    seed: int | None,
    at_least: tuple[str, ...],
    at_most: tuple[str, ...],
    as_json: bool,
    **chosen: Any,
) -> None:
    """Measure a run: no model, base and tuned, on people's questions and on templated sets.

    Writes figures with 95 % intervals as JSON, Markdown and a page, and the run's model card. Interrupted, the
    same command goes on where it stopped.
    """
    from shelftalker.cli.progress import progress_bars
    from shelftalker.evaluate import check_bars, evaluate, read_bars

    bars = read_bars(at_least, at_least=True) + read_bars(at_most, at_least=False)
    assignments = [text for text in assigned if _ASSIGNMENT.match(text)]
    files = [text for text in assigned if not _ASSIGNMENT.match(text)]
    flags = {"evaluate.language": language, "evaluate.seed": seed, **provider_flags(chosen)}
    settings = load_settings(config, assignments, flags)
    choice = _choose(files, **chosen)
    with progress_bars() as on_progress:
        done = evaluate(
            run, settings.evaluate, settings.answer, choice, provider=settings.provider, on_progress=on_progress
        )
    if as_json:
        print_json(done.document)
    else:
        click.echo(_summary(done))
    check_bars(bars, done.evaluation.figures)


def _choose(files: list[str], *, sets: str | None, systems: str | None, **others: Any) -> Choice:
    from shelftalker.evaluate import SETS, SYSTEMS, Choice, find_system

    names = _split(sets, SETS, "--sets") if sets else () if files else SETS
    named = _split(systems, [system.name for system in SYSTEMS], "--systems") if systems else []
    return Choice(
        sets=tuple(names),  # type: ignore[arg-type]  # _split lets only set names through
        systems=tuple(map(find_system, named)),
        files=tuple(map(Path, files)),
        command=shlex.join(["shelftalker", *sys.argv[1:]]),
        **others,
    )


def _split(text: str, known: Any, flag: str) -> list[str]:
    names = [name.strip() for name in text.split(",") if name.strip()]
    unknown = [name for name in names if name not in known]
    if unknown or not names:
        raise UsageError(f"{flag} has no {', '.join(unknown) or 'name'}", fix=f"choose from {', '.join(known)}")
    return [name for name in known if name in names]


def _summary(done: Evaluated) -> str:
    """The main figures, a row a set, what is to be said of the sets, and where the files lie."""
    from shelftalker.evaluate import main_table

    evaluation = done.evaluation
    grid = main_table(evaluation, "en")
    rows = [["", *evaluation.figures]]
    rows += [
        [name.replace(": ", " "), *(f"{cell.text} ({cell.interval})" if cell.text else "" for cell in cells)]
        for name, cells in grid.rows
    ]
    widths = [max(len(row[place]) for row in rows) for place in range(len(rows[0]))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    lines += ["", *evaluation.notes] if evaluation.notes else []
    return "\n".join([*lines, "", *(str(path) for path in done.files.values())])
