"""The evaluation's page: bars, figures, plots, and the best and worst answers beside their records."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

from markupsafe import Markup

from shelftalker.evaluate.questions import PEOPLE, SETS
from shelftalker.evaluate.result import Evaluation
from shelftalker.evaluate.scoring import MAIN_METRIC
from shelftalker.evaluate.summary import (
    LENGTH_BINS,
    Scored,
    best_and_worst,
    reliability_by_ambiguity,
    reliability_by_length,
)
from shelftalker.evaluate.tables import Grid, bars_table, group_tables, main_table, report_table, set_tables
from shelftalker.metrics import Interval
from shelftalker.pages import (
    AnswerCard,
    Figure,
    Section,
    Table,
    Tile,
    answer_cell,
    missing_cell,
    number,
    plots,
    record_cell,
    render,
)
from shelftalker.pages.plots import Point, Series
from shelftalker.pages.texts import text_for
from shelftalker.records import Language

__all__ = ["as_html"]


def as_html(evaluation: Evaluation, *, language: Language, extremes: int, command: str) -> str:
    """Return the page."""

    def t(key: str, **values: object) -> str:
        return text_for(key, language, **values)

    best, worst = best_and_worst(evaluation.scored, evaluation.main_system, extremes)
    groups = [_table(grid) for grid in group_tables(evaluation, language)]
    people = [Section(t("people_heading"), [t("people_note")], tables=groups, anchor="people")] if groups else []
    figures = _main_figures(evaluation, language)
    main = Section(t("main_heading"), figures=figures, tables=[_table(main_table(evaluation, language))], anchor="main")
    head = [*people, main]
    if evaluation.bars:
        bars = Section(t("bars_heading"), tables=[_table(bars_table(evaluation, language))], anchor="bars")
        head = [*people, bars, main]
    if reliability := _reliability(evaluation, language):
        head.append(Section(t("reliability_heading"), figures=reliability, anchor="reliability"))
    tail = [
        Section(
            t("all_figures"),
            [t("all_figures_note")],
            tables=[_table(grid) for grid in set_tables(evaluation, language)],
            anchor="figures",
        )
    ]
    if baseline := report_table(evaluation, language):
        tail.append(Section(t("report_heading"), tables=[_table(baseline)], anchor="report"))
    if evaluation.notes:
        tail.append(Section(t("notes"), list(evaluation.notes), anchor="notes"))
    systems, sets = evaluation.figures, {name for found in evaluation.figures.values() for name in found}
    questions = {one.question.key for one in evaluation.scored}
    return render(
        "evaluate.html.j2",
        language=language,
        title=t("evaluate_title", run=evaluation.run),
        subtitle=t("evaluate_lead", n=len(questions), sets=len(sets), systems=len(systems)),
        facts=evaluation.facts,
        command=command,
        tiles=_tiles(evaluation, language),
        head=head,
        tail=tail,
        lead=t("extremes_lead", system=t(evaluation.main_system)) if evaluation.main_system else "",
        worst=[_card(one, language) for one in worst],
        best=[_card(one, language) for one in best],
    )


def _tiles(evaluation: Evaluation, language: Language) -> list[Tile]:
    tiles = []
    for name in (*PEOPLE, *SETS):
        metric = MAIN_METRIC[name]
        figure = evaluation.figures.get(evaluation.main_system, {}).get(name, {}).get(metric)
        if figure:
            label = text_for(f"set_{name}", language)
            low, high = number(figure.low, 2, language), number(figure.high, 2, language)
            span = f"{low} {text_for('to', language)} {high}"
            tiles.append(Tile(label, number(figure.value, 3, language), f"{metric}, {span}"))
    return tiles


def _table(grid: Grid) -> Table:
    rows = []
    for name, cells in grid.rows:
        shown: list[str | Markup] = [name]
        for cell in cells:
            text = Markup("<b>{}</b>").format(cell.text) if cell.best else Markup("{}").format(cell.text)
            interval = Markup('<span class="interval">{}</span>').format(cell.interval) if cell.interval else Markup("")
            shown.append(text + interval)
        rows.append(shown)
    return Table(grid.columns, rows, caption=grid.caption)


def _main_figures(evaluation: Evaluation, language: Language) -> list[Figure]:
    sets = [name for name in (*PEOPLE, *SETS) if any(name in found for found in evaluation.figures.values())]
    if not sets:
        return []
    labels = [text_for(f"set_{name}", language) for name in sets]
    right = [
        Series(text_for(system, language), [_point(found.get(name, {}).get(MAIN_METRIC[name])) for name in sets])
        for system, found in evaluation.figures.items()
    ]
    unsupported = [
        Series(
            text_for(system, language),
            [_point(found.get(name, {}).get("answers_with_unsupported")) for name in sets],
        )
        for system, found in evaluation.figures.items()
    ]
    return [
        Figure(plots.bars(text_for("main_heading", language), labels, right), text_for("main_plot", language)),
        Figure(
            plots.bars(text_for("unsupported_plot", language), labels, unsupported),
            text_for("unsupported_plot", language),
        ),
    ]


def _reliability(evaluation: Evaluation, language: Language) -> list[Figure]:
    def t(key: str) -> str:
        return text_for(key, language)

    figures = []
    by_length = reliability_by_length(evaluation.scored, evaluation.seed)
    if by_length:
        series = [Series(t(system), [_point(one) for one in bins]) for system, bins in by_length.items()]
        svg = plots.ranges(t("by_length"), _length_labels(), series, x_label=t("characters"), y_label="ROUGE-L")
        figures.append(Figure(svg, t("by_length")))
    by_ambiguity = reliability_by_ambiguity(evaluation.scored, evaluation.seed)
    if by_ambiguity:
        labels = [t(f"title_{kind}") for kind in ("unique", "near", "shared")]
        series = [Series(t(system), [_point(one) for one in bins.values()]) for system, bins in by_ambiguity.items()]
        svg = plots.ranges(t("by_ambiguity"), labels, series, y_label=t("right"))
        figures.append(Figure(svg, t("by_ambiguity")))
    return figures


def _length_labels() -> list[str]:
    bounds = list(LENGTH_BINS)
    inner = [f"{low} – {high - 1}" for low, high in pairwise(bounds)]
    return [*inner, f"{bounds[-1]} +"]


def _point(figure: Interval | None) -> Point | None:
    return Point(figure.value, figure.low, figure.high) if figure else None


def _card(one: Scored, language: Language) -> AnswerCard:
    cells = [answer_cell(text_for("answer", language), one.answer, score=one.figures.get("rouge_l"), language=language)]
    heading = text_for("right_answer", language)
    if len(one.records) == 1:
        quotes = [quote for source in one.answer.sources for quote in source.quotes]
        cells.append(record_cell(heading, one.records[0], quotes=quotes))
    elif one.records:
        uids = ", ".join(record.uid for record in one.records)
        cells.append(missing_cell(heading, text_for("right_ambiguous", language, uids=uids)))
    elif one.question.reference is not None:
        cells.append(missing_cell(heading, one.question.reference))
    elif one.question.gold:
        cells.append(missing_cell(heading, one.question.gold))
    elif one.question.set == "absent":
        cells.append(missing_cell(heading, text_for("right_refusal", language)))
    return AnswerCard(one.question.question, cells, note=_note(one, language))


def _note(one: Scored, language: Language) -> str:
    parts: Iterable[str | None] = (
        text_for(f"set_{one.question.set}", language),
        one.question.kind or None,
        " / ".join(turn.content for turn in one.question.history if turn.role == "user") or None,
        f"{one.question.attribute}: {one.question.accepted[0]}" if one.question.accepted else None,
        None if one.main is None else f"{MAIN_METRIC[one.question.set]} {number(one.main, 2, language)}",
    )
    return " · ".join(part for part in parts if part)
