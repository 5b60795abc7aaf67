"""Put the questions to the systems: some one at a time, to be timed, the rest in batches."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Protocol

from shelftalker.answer import Asked
from shelftalker.evaluate.journal import Answered, Journal
from shelftalker.evaluate.questions import Question
from shelftalker.evaluate.systems import System
from shelftalker.records import Answer, Message, Mode

__all__ = ["Asks", "OnProgress", "Open", "ask_systems"]

OnProgress = Callable[[str, int, int], None]
"""Called with the system's name, answers done and answers wanted."""

_WARM_UP = "What is this?"


class Asks(Protocol):
    """What measuring needs of an `answer.Answerer`."""

    def ask(
        self, question: str, *, mode: Mode = ..., uid: str | None = ..., history: Sequence[Message] = ...
    ) -> Answer:
        """Answer one question."""
        ...

    def ask_all(self, asked: Iterable[Asked], *, mode: Mode = ..., temperature: float | None = ...) -> Iterator[Answer]:
        """Answer questions in order."""
        ...


Open = Callable[[System], Asks]
"""Gives a system's answerer; asked for systems of one model in a row."""


def ask_systems(
    questions: Sequence[Question],
    systems: Sequence[System],
    open_system: Open,
    journal: Journal,
    *,
    timed: int,
    on_progress: OnProgress | None = None,
) -> None:
    """Ask every question of every system that has not answered it yet; answers go to the journal as they come.

    Args:
        questions: in the order they are asked.
        systems: the order they are asked in.
        open_system: gives a system's answerer.
        journal: holds the answers, also those of an interrupted evaluation.
        timed: so many questions of the first set are asked one at a time, after one that warms up.
        on_progress: told of each answer.
    """
    alone = {question.key for question in timed_questions(questions, timed)}
    for system in systems:
        left = [q for q in questions if (system.name, q.key) not in journal.done]
        if on_progress:
            on_progress(system.name, len(questions) - len(left), len(questions))
        if not left:
            continue
        answerer = open_system(system)
        singles, rest = [q for q in left if q.key in alone], [q for q in left if q.key not in alone]
        if singles:
            answerer.ask(_WARM_UP, mode=system.mode)
        one_by_one = (answerer.ask(q.question, mode=system.mode, uid=q.uid, history=q.history) for q in singles)
        together = answerer.ask_all([Asked(q.question, q.uid, q.history) for q in rest], mode=system.mode)
        done = len(questions) - len(left)
        for asked, answers in ((singles, one_by_one), (rest, together)):
            for question, answer in zip(asked, answers, strict=True):
                journal.add(system.name, question.key, Answered(answer, alone=question.key in alone))
                done += 1
                if on_progress:
                    on_progress(system.name, done, len(questions))


def timed_questions(questions: Sequence[Question], count: int) -> list[Question]:
    """Return the questions that are timed: of `unseen` where it is asked, else of the first set."""
    sets = {question.set for question in questions}
    first = "unseen" if "unseen" in sets else questions[0].set if questions else ""
    return [question for question in questions if question.set == first][:count]
