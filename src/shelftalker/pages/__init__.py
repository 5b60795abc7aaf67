"""Self-contained HTML pages, one style for the catalogue's report, `compare` and `evaluate`."""

from shelftalker.pages.answers import AnswerCard, AnswerCell, Flag, answer_cell, missing_cell, record_cell
from shelftalker.pages.marking import find_quotes, mark
from shelftalker.pages.rendering import Figure, Section, Table, Tile, integer, number, percent, render
from shelftalker.pages.texts import TEXTS, text_for

__all__ = [
    "TEXTS",
    "AnswerCard",
    "AnswerCell",
    "Figure",
    "Flag",
    "Section",
    "Table",
    "Tile",
    "answer_cell",
    "find_quotes",
    "integer",
    "mark",
    "missing_cell",
    "number",
    "percent",
    "record_cell",
    "render",
    "text_for",
]
