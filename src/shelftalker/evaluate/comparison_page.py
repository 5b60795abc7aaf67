"""Write a comparison as HTML, Markdown and JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from shelftalker.pages import (
    AnswerCard,
    AnswerCell,
    Figure,
    Section,
    Tile,
    answer_cell,
    missing_cell,
    number,
    record_cell,
    render,
)
from shelftalker.pages.loss import loss_svg
from shelftalker.pages.texts import text_for
from shelftalker.records import Answer, Language, Source

if TYPE_CHECKING:
    from shelftalker.evaluate.comparison import Column, Comparison, Row

__all__ = ["as_html", "as_json", "as_markdown", "column_name"]


def column_name(column: Column, language: Language) -> str:
    """Return a column's heading: the model and the temperature it was asked at."""
    key = "tuned_at" if column.tuned else "base_at"
    return text_for(key, language, temperature=number(column.temperature, 1, language).rstrip("0").rstrip(".,"))


def as_html(
    comparison: Comparison,
    loss: Sequence[Mapping[str, Any]],
    *,
    run: str,
    facts: Mapping[str, str],
    sources: bool,
    language: Language,
    command: str,
) -> str:
    """Return the page: means, a card a question, the loss plot."""

    def t(key: str, **values: object) -> str:
        return text_for(key, language, **values)

    tiles = [
        Tile(column_name(column, language), number(mean, 3, language), t("mean_rouge_l"))
        for column in comparison.columns
        if (mean := comparison.mean(column)) is not None
    ]
    sections = []
    if loss:
        figure = Figure(loss_svg(loss, language), t("loss_caption"))
        sections = [Section(t("loss_title"), figures=[figure], anchor="loss")]
    return render(
        "compare.html.j2",
        language=language,
        title=t("compare_title", run=run),
        subtitle=t("compare_lead", n=len(comparison.rows), drawn_from=t(f"from_{comparison.drawn_from}")),
        facts=facts,
        tiles=tiles,
        note=t("compare_note"),
        cards=[_card(row, comparison, sources, language) for row in comparison.rows],
        sections=sections,
        command=command,
    )


def _card(row: Row, comparison: Comparison, sources: bool, language: Language) -> AnswerCard:
    cells: list[AnswerCell] = [
        answer_cell(
            column_name(column, language), scored.answer, score=scored.rouge_l, language=language, sources=sources
        )
        for column, scored in zip(comparison.columns, row.answers, strict=True)
    ]
    record = row.record
    if record is not None:
        cells.append(record_cell(text_for("original", language), record, sources=sources))
    else:
        cells.append(missing_cell(text_for("original", language), text_for("no_record", language)))
    note = record.title if record and record.title not in row.question else ""
    return AnswerCard(row.question, cells, note=note)


def as_markdown(comparison: Comparison, *, run: str, sources: bool, language: Language) -> str:
    """Return the report's table: a row a question, the ROUGE-L first in each answer's cell."""
    names = [column_name(column, language) for column in comparison.columns]
    head = [text_for("question", language), *names, text_for("original", language)]
    lines = [f"# {text_for('compare_title', language, run=run)}", "", _table_row(head), _table_row(["---"] * len(head))]
    for row in comparison.rows:
        record = row.record
        original = record.content if record else text_for("no_record", language)
        if record and sources:
            original = _with_sources(original, [Source(record.uid, record.title, record.file, record.line)], language)
        cells = [_markdown_answer(s.answer, s.rouge_l, sources, language) for s in row.answers]
        lines.append(_table_row([row.question, *cells, original]))
    means = [comparison.mean(column) for column in comparison.columns]
    if any(mean is not None for mean in means):
        shown = ["" if mean is None else f"**{number(mean, 3, language)}**" for mean in means]
        lines.append(_table_row([f"**{text_for('mean_rouge_l', language)}**", *shown, ""]))
    return "\n".join(lines) + "\n"


def _markdown_answer(answer: Answer, score: float | None, sources: bool, language: Language) -> str:
    text = answer.answer or text_for("empty_answer", language)
    if score is not None:
        text = f"{text_for('rouge_l', language)} {number(score, 2, language)}\n\n{text}"
    return _with_sources(text, answer.sources, language) if sources else text


def _with_sources(text: str, sources: Sequence[Source], language: Language) -> str:
    label, line = text_for("source", language), text_for("line", language)
    stated = [f"{label}: {s.title} ({s.uid}; {s.file}, {line} {s.line})" for s in sources]
    return "\n\n".join([text, *stated])


def _table_row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(_cell(cell) for cell in cells) + " |"


def _cell(text: str) -> str:
    """One line that neither ends the cell nor is read as HTML."""
    safe = re.sub(r"([\\|*_`\[\]])", r"\\\1", text).replace("<", "&lt;")
    return "<br>".join(line.strip() for line in safe.splitlines()).strip()


def as_json(comparison: Comparison, *, run: str, seconds: float) -> str:
    """Return the whole comparison as one JSON document."""
    document = {"run": run, **comparison.to_json(), "seconds": round(seconds, 3)}
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"
