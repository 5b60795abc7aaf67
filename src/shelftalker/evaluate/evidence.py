"""Whether the evidence that people marked ranks first, measured apart from what is made of it."""

from __future__ import annotations

from collections.abc import Sequence

from shelftalker.answer.planning import make_plan
from shelftalker.catalog import Catalogue
from shelftalker.config import AnswerSettings
from shelftalker.evaluate.questions import Question
from shelftalker.find import Finder
from shelftalker.find.evidence import Evidence
from shelftalker.metrics import words

__all__ = ["evidence_place"]

_SAME = 0.8
"""Share of the shorter one's words that two stretches share where one holds what the other says."""


def evidence_place(question: Question, finder: Finder, catalogue: Catalogue, settings: AnswerSettings) -> int | None:
    """Return the place, from 1, of the first piece of the right record that is marked evidence; 0 where none is.

    The record is ranked as answering does it, or as it would had it found the record. None where no evidence is
    marked, or where the whole record is the answer.
    """
    marked = question.evidence or tuple(part.strip() for part in question.quote.split(" || ") if part.strip())
    if not marked or not question.uids:
        return None
    for uid in dict.fromkeys((question.uid, question.uids[0])):
        plan = make_plan(question.question, "open-book", finder, catalogue, settings, uid, question.history)
        if plan.kind == "describe":
            return None
        ranked = [one.ranked for one in plan.readings if one.record.uid in question.uids]
        if ranked:
            return min((place for one in ranked if (place := _place(one, marked))), default=0)
    return 0


def _place(ranked: Sequence[Evidence], marked: Sequence[str]) -> int:
    wanted = [set(words(text)) for text in marked]
    for place, one in enumerate(ranked, 1):
        held = set(words(one.piece.text))
        if any(len(held & text) >= _SAME * min(len(held), len(text)) > 0 for text in wanted):
            return place
    return 0
