"""Measure a run: four systems, six question sets, every figure with its interval."""

from shelftalker.evaluate.bars import Bar, Held, check_bars, read_bars
from shelftalker.evaluate.folder import Choice, Evaluated, evaluate
from shelftalker.evaluate.questions import SETS, Question, SetName
from shelftalker.evaluate.result import Evaluation
from shelftalker.evaluate.sets import Pool, Sets, make_sets
from shelftalker.evaluate.systems import SYSTEMS, System, find_system
from shelftalker.evaluate.tables import main_table

__all__ = [
    "SETS",
    "SYSTEMS",
    "Bar",
    "Choice",
    "Evaluated",
    "Evaluation",
    "Held",
    "Pool",
    "Question",
    "SetName",
    "Sets",
    "System",
    "check_bars",
    "evaluate",
    "find_system",
    "main_table",
    "make_sets",
    "read_bars",
]
