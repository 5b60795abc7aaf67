"""Answer questions: the finder says which record is meant, the model reads and writes, the check has the last word."""

from shelftalker.answer.answering import Answerer, Asked
from shelftalker.answer.everything import answer_all
from shelftalker.answer.lines import Failed, answer_lines, read_history, read_line, read_lines, read_turns
from shelftalker.answer.opening import catalogue_of, open_answerer, open_writer

__all__ = [
    "Answerer",
    "Asked",
    "Failed",
    "answer_all",
    "answer_lines",
    "catalogue_of",
    "open_answerer",
    "open_writer",
    "read_history",
    "read_line",
    "read_lines",
    "read_turns",
]
