"""Decide, before any model is asked, what a question means, which records it is about and what the prompt holds."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from shelftalker.answer.evidence import evidence
from shelftalker.answer.nameless import names_nothing, without_orders
from shelftalker.answer.question import Asked, compared_names, read_question, take_out, understand
from shelftalker.config import AnswerSettings
from shelftalker.errors import QuestionError
from shelftalker.prompts import (
    closed_book_messages,
    defuse,
    detect_language,
    is_instruction,
    open_book_messages,
)
from shelftalker.records import Language, Message, Mode, Record

if TYPE_CHECKING:
    from shelftalker.catalog import Catalogue
    from shelftalker.find import Finder

__all__ = ["Plan", "make_plan", "render"]


@dataclass(frozen=True)
class Plan:
    """A question made ready.

    Attributes:
        status: "found", "ambiguous", "absent", or "compared" (two records found).
        records: the whole records that the answer may rest on; on "absent" the nearest ones.
        name: the product's name as the question has it, where a product was not found.
        shown: the records as they stand in the prompt, which may hold a part of each.
        messages: the conversation for the model; empty where no model is needed.
        started: `time.perf_counter()` when the question came.
    """

    question: str
    language: Language
    mode: Mode
    status: str
    records: tuple[Record, ...]
    asked: Asked
    rest: str
    started: float
    name: str = ""
    shown: tuple[Record, ...] = ()
    messages: tuple[Message, ...] = field(default=())


def make_plan(
    question: str, mode: Mode, finder: Finder, catalogue: Catalogue, settings: AnswerSettings, uid: str | None = None
) -> Plan:
    """Find the records that a question is about and write the prompt, where a model is to answer.

    Raises:
        QuestionError: the question is empty or too long.
        CatalogueError: there is no record of that `uid`.
    """
    started = time.perf_counter()
    question = read_question(question, settings.max_question_chars)
    language = detect_language(question)
    plan = replace(_find(question, language, mode, finder, catalogue, uid, started), question=question)
    if mode == "closed-book":
        return replace(plan, messages=closed_book_messages(question, language))
    if plan.status in ("absent", "ambiguous"):
        return plan
    whole = plan.asked.kind in ("description", "listing")
    limit = settings.record_chars if whole else settings.passage_chars
    if plan.status == "found" and whole and not _repeatable(plan.records[0], limit):
        return plan
    if plan.asked.kind == "attributes":
        return plan  # the model writes one thing at a time
    shown = tuple(evidence(record, plan.rest, plan.asked, limit // len(plan.records)) for record in plan.records)
    return render(replace(plan, shown=shown))


def render(plan: Plan) -> Plan:
    """Return the plan with the conversation for the records it shows: the finder has settled that they are meant."""
    about = range(1, len(plan.shown) + 1)
    question = without_orders(plan.question)
    return replace(plan, messages=open_book_messages(question, plan.shown, plan.language, about=about))


def _repeatable(record: Record, limit: int) -> bool:
    """Tell whether a model may repeat a description: short enough, and the same once it is safe in a prompt."""
    flat = " ".join(record.content.split())
    return len(flat) <= limit and defuse(flat) == flat and not is_instruction(flat)


def _find(
    question: str,
    language: Language,
    mode: Mode,
    finder: Finder,
    catalogue: Catalogue,
    uid: str | None,
    started: float,
) -> Plan:
    if uid is not None:
        if not uid.strip():
            raise QuestionError("the uid is empty", fix="leave --uid out, or name one that `shelftalker find` lists")
        record = catalogue.record(uid)
        return _plan_found(without_orders(question), language, mode, record, "", started)
    kept = without_orders(question)
    if kept != question and finder.find(kept).status != "absent":
        question = kept  # a title may read like an order; only what is left names a product here
    for left, right in compared_names(question, language):
        plan = _find_pair(question, language, mode, finder, left, right, started)
        if plan:
            return plan
    found = finder.find(question)
    records = tuple(hit.record for hit in found.hits)
    if found.status == "absent" and names_nothing(question, found.name):
        return Plan(question, language, mode, "absent", (), understand("", language), "", started)
    if found.status == "found":
        return _plan_found(question, language, mode, records[0], found.name, started)
    rest = take_out(question, found.name)
    language = _language_of(rest, language)
    asked = understand(rest, language)
    return Plan(question, language, mode, found.status, records, asked, rest, started, found.name)


def _plan_found(question: str, language: Language, mode: Mode, record: Record, name: str, started: float) -> Plan:
    rest = take_out(question, record.title, name)
    language = _language_of(rest, language)
    asked = understand(rest, language)
    return Plan(question, language, mode, "found", (record,), asked, rest, started)


def _language_of(rest: str, whole: Language) -> Language:
    """The language of what is asked: a long English title in a Portuguese question would outvote it."""
    return detect_language(rest) if re.search(r"[^\W\d_]{2}", rest) else whole


def _find_pair(
    question: str, language: Language, mode: Mode, finder: Finder, left: str, right: str, started: float
) -> Plan | None:
    first, second = finder.find(left), finder.find(right)
    if first.status != "found" or second.status != "found":
        return None
    pair = (first.hits[0].record, second.hits[0].record)
    if pair[0].uid == pair[1].uid:
        return None
    rest = take_out(question, left, right)
    language = _language_of(rest, language)
    asked = understand(rest, language)
    return Plan(question, language, mode, "compared", pair, asked, rest, started)
