"""Put the questions to the systems: some one at a time, to be timed, the rest in batches."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Protocol

from shelftalker.evaluate.journal import Answered, Journal
from shelftalker.evaluate.questions import Question
from shelftalker.evaluate.systems import System
from shelftalker.records import Answer, Mode

__all__ = ["Asks", "OnProgress", "Open", "ask_systems"]

OnProgress = Callable[[str, int, int], None]
"""Called with the system's name, answers done and answers wanted."""

_WARM_UP = "What is this?"


class Asks(Protocol):
    """What an evaluation needs of an `answer.Answerer`."""

    def ask(self, question: str, *, mode: Mode) -> Answer:
        """Answer one question."""
        ...

    def ask_many(self, questions: Sequence[str], *, mode: Mode) -> Iterator[Answer]:
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
    for system in systems:
        left = [q for q in questions if (system.name, q.key) not in journal.done]
        done = len(questions) - len(left)

        def tell(count: int, name: str = system.name) -> None:
            if on_progress:
                on_progress(name, count, len(questions))

        tell(done)
        if not left:
            continue
        answerer = open_system(system)
        alone = {q.key for q in timed_questions(questions, timed)}
        singles = [q for q in left if q.key in alone]
        if singles:
            answerer.ask(_WARM_UP, mode=system.mode)
        for question in singles:
            answer = answerer.ask(question.question, mode=system.mode)
            journal.add(system.name, question.key, Answered(answer, alone=True))
            done += 1
            tell(done)
        rest = [q for q in left if q.key not in alone]
        answers = answerer.ask_many([q.question for q in rest], mode=system.mode)
        for question, answer in zip(rest, answers, strict=True):
            journal.add(system.name, question.key, Answered(answer, alone=False))
            done += 1
            tell(done)


def timed_questions(questions: Sequence[Question], count: int) -> list[Question]:
    """Return the questions that are timed: of `unseen` where it is asked, else of the first set."""
    sets = {question.set for question in questions}
    first = "unseen" if "unseen" in sets else questions[0].set if questions else ""
    return [question for question in questions if question.set == first][:count]
