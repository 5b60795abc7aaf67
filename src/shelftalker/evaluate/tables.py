"""The tables of an evaluation, for the page, the Markdown file and the model card; people's questions come first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from shelftalker.evaluate.questions import PEOPLE, SETS
from shelftalker.evaluate.result import Evaluation
from shelftalker.evaluate.scoring import LOWER_IS_BETTER, MAIN_METRIC
from shelftalker.metrics import Interval
from shelftalker.pages import number
from shelftalker.pages.texts import text_for
from shelftalker.records import Language

__all__ = [
    "Cell", "Grid", "as_markdown", "bars_table", "figure_text", "group_tables", "main_table", "report_table",
    "set_tables", "to_markdown",
]  # fmt: skip

_SECONDS = frozenset({"seconds_p50", "seconds_p95"})


@dataclass(frozen=True, slots=True)
class Cell:
    """A figure's text, its interval's text, and whether it is the best of its row."""

    text: str
    interval: str = ""
    best: bool = False


@dataclass(frozen=True, slots=True)
class Grid:
    """A table: its caption, its column heads, and rows that start with a name."""

    caption: str
    columns: Sequence[str]
    rows: Sequence[tuple[str, Sequence[Cell]]]


def main_table(evaluation: Evaluation, language: Language) -> Grid:
    """Return the main metric of each set, and of people's questions the model's own words and denials beside it."""
    rows = []
    for name in _sets(evaluation):
        main = MAIN_METRIC[name]
        for metric in (main, f"raw_{main}", "denied", "trap_told") if name in PEOPLE else (main,):
            figures = [evaluation.figures[system].get(name, {}).get(metric) for system in evaluation.figures]
            if any(figures):
                rows.append((f"{_set_name(name, language)}: {metric}", _cells(metric, figures, language)))
    return Grid(text_for("main_caption", language), [text_for("set", language), *_systems(evaluation, language)], rows)


def group_tables(evaluation: Evaluation, language: Language) -> list[Grid]:
    """Return how right the answers to people's questions are, by kind and by language, a table a set."""
    grids = []
    for name, parts in evaluation.groups.items():
        rows = []
        for values in parts.values():
            for value, cells in values.items():
                for metric in ("right", "raw_right"):
                    figures = [cells.get(system, {}).get(metric) for system in evaluation.figures]
                    if any(figures):
                        rows.append((f"{value}: {metric}", _cells(metric, figures, language)))
        caption = f"{_set_name(name, language)}: {text_for(f'asks_{name}', language)}"
        grids.append(Grid(caption, [text_for("kind", language), *_systems(evaluation, language)], rows))
    return grids


def set_tables(evaluation: Evaluation, language: Language) -> list[Grid]:
    """Return every figure, a table a set, a row a metric, a column a system."""
    grids = []
    for name in _sets(evaluation):
        metrics: dict[str, None] = {}
        for sets in evaluation.figures.values():
            metrics |= dict.fromkeys(sets.get(name, {}))
        rows = []
        for metric in metrics:
            figures = [sets.get(name, {}).get(metric) for sets in evaluation.figures.values()]
            rows.append((metric, _cells(metric, figures, language)))
        caption = f"{_set_name(name, language)}: {text_for(f'asks_{name}', language)}"
        grids.append(Grid(caption, [text_for("metric", language), *_systems(evaluation, language)], rows))
    return grids


def report_table(evaluation: Evaluation, language: Language) -> Grid | None:
    """Return the original report's answers by the same metrics; None where they were not given."""
    if not evaluation.report:
        return None
    metrics = list(next(iter(evaluation.report.values())))
    rows = [
        (metric, _cells(metric, [figures.get(metric) for figures in evaluation.report.values()], language, rank=False))
        for metric in metrics
    ]
    heads = [text_for(system, language) for system in evaluation.report]
    return Grid(text_for("report_caption", language), [text_for("metric", language), *heads], rows)


def bars_table(evaluation: Evaluation, language: Language) -> Grid:
    """Return the protocol's bars: what was asked, what was measured, whether it was reached."""
    rows = []
    for held in evaluation.bars:
        value = "" if held.value is None else number(held.value, 3, language)
        verdict = {True: "reached", False: "not_reached", None: "not_measured"}[held.reached]
        sign = "≥" if held.bar.at_least else "≤"
        bound = f"{sign} {number(held.bar.bound, 2, language)}"
        rows.append((held.bar.name, [Cell(bound), Cell(value), Cell(text_for(verdict, language))]))
    heads = [text_for(key, language) for key in ("bar", "asked_for", "measured", "verdict")]
    return Grid("", heads, rows)


def figure_text(metric: str, figure: Interval, language: Language) -> tuple[str, str]:
    """Return a figure and its interval with n, as they are written in tables."""
    digits = 2 if metric in _SECONDS else 1 if metric == "tokens_per_second" else 3
    low, high = number(figure.low, digits, language), number(figure.high, digits, language)
    to = text_for("to", language)
    return number(figure.value, digits, language), f"{low} {to} {high}, n {figure.n}"


def to_markdown(grid: Grid) -> str:
    """Return a table in Markdown."""
    lines = ["| " + " | ".join(grid.columns) + " |", "|" + " --- |" * len(grid.columns)]
    for name, cells in grid.rows:
        shown = [f"{'**' * cell.best}{cell.text}{'**' * cell.best}{_in_brackets(cell.interval)}" for cell in cells]
        lines.append("| " + " | ".join([name, *shown]) + " |")
    return "\n".join(lines)


def as_markdown(evaluation: Evaluation, language: Language, command: str) -> str:
    """Return the tables of the page."""

    def t(key: str) -> str:
        return text_for(key, language)

    parts = [f"# {text_for('evaluate_title', language, run=evaluation.run)}"]
    parts.append("\n".join(f"- {label}: {value}" for label, value in evaluation.facts.items()))
    if command:
        parts[-1] += f"\n- `{command}`"
    if evaluation.groups:
        parts.append(f"## {t('people_heading')}")
        parts += [
            part for grid in group_tables(evaluation, language) for part in (f"### {grid.caption}", to_markdown(grid))
        ]
    parts += [f"## {t('main_heading')}", t("main_caption"), to_markdown(main_table(evaluation, language))]
    if evaluation.bars:
        parts += [f"## {t('bars_heading')}", to_markdown(bars_table(evaluation, language))]
    parts += [f"## {t('all_figures')}", t("all_figures_note")]
    parts += [part for grid in set_tables(evaluation, language) for part in (f"### {grid.caption}", to_markdown(grid))]
    if baseline := report_table(evaluation, language):
        parts += [f"## {t('report_heading')}", baseline.caption, to_markdown(baseline)]
    if evaluation.notes:
        parts += [f"## {t('notes')}", "\n".join(f"- {note}" for note in evaluation.notes)]
    return "\n\n".join(parts) + "\n"


def _in_brackets(text: str) -> str:
    return f" ({text})" if text else ""


def _sets(evaluation: Evaluation) -> list[str]:
    found = {name for sets in evaluation.figures.values() for name in sets}
    return [name for name in (*PEOPLE, "own", *SETS) if name in found]


def _systems(evaluation: Evaluation, language: Language) -> list[str]:
    return [text_for(system, language) for system in evaluation.figures]


def _set_name(name: str, language: Language) -> str:
    return text_for(f"set_{name}", language)


def _cells(metric: str, figures: Sequence[Interval | None], language: Language, *, rank: bool = True) -> list[Cell]:
    values = [figure.value for figure in figures if figure is not None]
    best = (min if metric in LOWER_IS_BETTER else max)(values) if values else None
    ranked = rank and not metric.startswith("written_by") and len(set(values)) > 1
    cells = []
    for figure in figures:
        if figure is None:
            cells.append(Cell(""))
            continue
        text, interval = figure_text(metric, figure, language)
        cells.append(Cell(text, interval, best=ranked and figure.value == best))
    return cells
