"""Answer questions: the finder says which record is meant, the model reads and writes, the check has the last word."""

from shelftalker.answer.answering import Answerer
from shelftalker.answer.everything import answer_all
from shelftalker.answer.opening import open_answerer, open_writer

__all__ = ["Answerer", "answer_all", "open_answerer", "open_writer"]
