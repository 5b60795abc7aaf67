"""The report's table: the base model, the tuned one, the tuned one at temperature 0, and the original content."""

from shelftalker.compare.folder import Compared, compare
from shelftalker.compare.output import column_name
from shelftalker.compare.questions import Asked, read_questions, sample_questions
from shelftalker.compare.table import AsksMany, Column, Comparison, Row, Scored, fill

__all__ = [
    "Asked",
    "AsksMany",
    "Column",
    "Compared",
    "Comparison",
    "Row",
    "Scored",
    "column_name",
    "compare",
    "fill",
    "read_questions",
    "sample_questions",
]
