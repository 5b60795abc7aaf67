"""Ask the same questions of the model before and after tuning, and score the answers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from shelftalker.compare.questions import Asked
from shelftalker.metrics import rouge_l
from shelftalker.records import Answer, Mode

__all__ = ["AsksMany", "Column", "Comparison", "Row", "Scored", "fill"]


class AsksMany(Protocol):
    """What a comparison needs of an `answer.Answerer`."""

    def ask_many(self, questions: Sequence[str], *, mode: Mode, temperature: float | None) -> Iterator[Answer]:
        """Answer questions in order."""
        ...


@dataclass(frozen=True, slots=True)
class Column:
    """One system of the table. `key`: "base", "tuned" or "tuned_temperature_0"."""

    key: str
    tuned: bool
    temperature: float


@dataclass(frozen=True, slots=True)
class Scored:
    """An answer and its ROUGE-L against the record's content; None where there is no record."""

    answer: Answer
    rouge_l: float | None


@dataclass(frozen=True, slots=True)
class Row:
    """A question and the answers to it, one a column."""

    asked: Asked
    answers: tuple[Scored, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """The report's table."""

    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    mode: Mode
    drawn_from: str

    def mean(self, column: Column) -> float | None:
        """Return the column's mean ROUGE-L over the questions that have an original; None where none has."""
        place = self.columns.index(column)
        scores = [row.answers[place].rouge_l for row in self.rows]
        known = [score for score in scores if score is not None]
        return sum(known) / len(known) if known else None

    def grounded(self, column: Column) -> int:
        """Return how many of the column's answers hold nothing that stands in no source."""
        place = self.columns.index(column)
        return sum(row.answers[place].answer.grounded for row in self.rows)

    def to_json(self) -> dict[str, Any]:
        """Return plain lists, dicts, strings and numbers."""
        return {
            "mode": self.mode,
            "drawn_from": self.drawn_from,
            "columns": {
                column.key: {
                    "tuned": column.tuned,
                    "temperature": column.temperature,
                    "rouge_l": self.mean(column),
                    "grounded": self.grounded(column),
                }
                for column in self.columns
            },
            "rows": [self._row_json(row) for row in self.rows],
        }

    def _row_json(self, row: Row) -> dict[str, Any]:
        record = row.asked.record
        return {
            "question": row.asked.question,
            "uid": record.uid if record else None,
            "title": record.title if record else None,
            "original": record.content if record else None,
            "answers": {
                column.key: scored.answer.to_json() | {"rouge_l": scored.rouge_l}
                for column, scored in zip(self.columns, row.answers, strict=True)
            },
        }


def fill(
    asked: Sequence[Asked],
    columns: Sequence[Column],
    open_system: Callable[[bool], AsksMany],
    *,
    mode: Mode,
    drawn_from: str,
    on_progress: Callable[[str, int, int], None] | None = None,
) -> Comparison:
    """Ask every question of every column.

    Args:
        asked: the questions.
        columns: the systems; those of the same model stand together, so that each model is loaded once.
        open_system: loads the tuned model (True) or the base model (False); the one before is let go.
        mode: "open-book" or "closed-book", for all columns.
        drawn_from: where the questions come from.
        on_progress: called with the column's key, answers done and answers wanted.
    """
    by_column: list[list[Answer]] = []
    questions = [one.question for one in asked]
    system: AsksMany | None = None
    loaded: bool | None = None
    for column in columns:
        if system is None or loaded != column.tuned:
            system = None  # lets go of the base model's memory before the tuned one is loaded
            system, loaded = open_system(column.tuned), column.tuned
        answers = []
        for answer in system.ask_many(questions, mode=mode, temperature=column.temperature):
            answers.append(answer)
            if on_progress:
                on_progress(column.key, len(answers), len(questions))
        by_column.append(answers)
    rows = [
        Row(one, tuple(_score(answer, one) for answer in answers))
        for one, *answers in zip(asked, *by_column, strict=True)
    ]
    return Comparison(tuple(columns), tuple(rows), mode, drawn_from)


def _score(answer: Answer, asked: Asked) -> Scored:
    return Scored(answer, rouge_l(answer.answer, asked.record.content) if asked.record else None)
