"""Measure a run: people's questions and templated sets, no model, base and tuned, every figure with its interval."""

from shelftalker.evaluate.bars import Bar, Held, check_bars, read_bars
from shelftalker.evaluate.comparison import Column, Compared, Comparison, compare
from shelftalker.evaluate.comparison_page import column_name
from shelftalker.evaluate.folder import Choice, Evaluated, evaluate
from shelftalker.evaluate.people import read_questions
from shelftalker.evaluate.questions import PEOPLE, SETS, Question, SetName
from shelftalker.evaluate.result import Evaluation
from shelftalker.evaluate.sets import Pool, Sets, make_sets
from shelftalker.evaluate.systems import SYSTEMS, System, find_system
from shelftalker.evaluate.tables import main_table

__all__ = [
    "PEOPLE",
    "SETS",
    "SYSTEMS",
    "Bar",
    "Choice",
    "Column",
    "Compared",
    "Comparison",
    "Evaluated",
    "Evaluation",
    "Held",
    "Pool",
    "Question",
    "SetName",
    "Sets",
    "System",
    "check_bars",
    "column_name",
    "compare",
    "evaluate",
    "find_system",
    "main_table",
    "make_sets",
    "read_bars",
    "read_questions",
]
