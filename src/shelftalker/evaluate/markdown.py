"""The evaluation as Markdown."""

from __future__ import annotations

from shelftalker.evaluate.result import Evaluation
from shelftalker.evaluate.tables import bars_table, main_table, report_table, set_tables, to_markdown
from shelftalker.pages.texts import text_for
from shelftalker.records import Language

__all__ = ["as_markdown"]


def as_markdown(evaluation: Evaluation, language: Language, command: str) -> str:
    """Return the tables of the page."""

    def t(key: str) -> str:
        return text_for(key, language)

    parts = [f"# {text_for('evaluate_title', language, run=evaluation.run)}"]
    parts += [f"- {label}: {value}" for label, value in evaluation.facts.items()]
    if command:
        parts.append(f"- `{command}`")
    parts += ["", f"## {t('main_heading')}", "", t("main_caption"), "", to_markdown(main_table(evaluation, language))]
    parts += ["", f"## {t('bars_heading')}", "", to_markdown(bars_table(evaluation, language))]
    parts += ["", f"## {t('all_figures')}", "", t("all_figures_note")]
    for grid in set_tables(evaluation, language):
        parts += ["", f"### {grid.caption}", "", to_markdown(grid)]
    if baseline := report_table(evaluation, language):
        parts += ["", f"## {t('report_heading')}", "", baseline.caption, "", to_markdown(baseline)]
    if evaluation.notes:
        parts += ["", f"## {t('notes')}", "", *(f"- {note}" for note in evaluation.notes)]
    return "\n".join(parts).replace("\n- ", "\n\n- ", 1) + "\n"
