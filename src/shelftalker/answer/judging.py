"""Judge what a model wrote: what the check of the grounding finds, and what an answer to such a question must have."""

from __future__ import annotations

import re
from difflib import SequenceMatcher

from shelftalker.answer.evidence import shares_words
from shelftalker.answer.facts import expected_yes, has_value, plain, sure_fact, verdict
from shelftalker.answer.planning import Plan
from shelftalker.examples import Fact, holds_value_of, mentions
from shelftalker.metrics.claims import claims
from shelftalker.metrics.grounding import check_grounding
from shelftalker.prompts import cited_numbers, says_absent, says_unanswerable, strip_marker
from shelftalker.records import Record

__all__ = ["faults", "tidy"]

_FULL_COPY = 0.985
"""Share of words in common, in order, from which a repeated description counts as whole."""

_LONGEST_VALUE = 400
"""Characters of an answer that gives one fact and quotes it: a whole description is no answer to "How heavy is it?"."""

_LONGEST_LIST = 1.2
"""Words of a list to words of its record; dashes and a little wording are more, the same item twice is too many."""

_YES = re.compile(r"^\W*(?:yes|sim)\b", re.IGNORECASE)
_NO = re.compile(r"^\W*(?:no|não)\b", re.IGNORECASE)
_NOT_MENTIONED = re.compile(r"(?:does not mention|não menciona)\W+(?P<term>[^”\"]+)[”\"]", re.IGNORECASE)


def tidy(plan: Plan, text: str) -> str:
    """Return a model's text as an answer shows it: the record's number stays only where there are several records."""
    text = text.strip()
    return text if plan.status == "compared" else strip_marker(text)


def faults(plan: Plan, text: str) -> list[str]:
    """Return what is wrong with an open-book answer, in words; empty when it may stand."""
    if not text.strip():
        return ["it is empty"]
    if says_absent(text):
        return ["it denies a product that the catalogue has"]
    found = []
    if not check_grounding(text, plan.records).grounded:
        found.append("it says what the record does not")
    if plan.status == "compared":
        return found + _comparison_faults(plan, text)
    record = plan.records[0]
    if plan.asked.kind == "description" and _likeness(text, record.content) < _FULL_COPY:
        found.append("it is not the whole description")
    elif plan.asked.kind == "attribute":
        found += _attribute_faults(plan, text, record)
    elif plan.asked.kind == "yes_no":
        found += _yes_no_faults(plan, text, record)
    elif plan.asked.kind == "listing" and len(text.split()) > _LONGEST_LIST * len(record.content.split()):
        found.append("it says the same twice")
    return found


def _likeness(text: str, content: str) -> float:
    left, right = text.split(), content.split()
    if left == right:
        return 1.0
    return SequenceMatcher(None, left, right, autojunk=False).ratio()


def _attribute_faults(plan: Plan, text: str, record: Record) -> list[str]:
    assert plan.asked.attribute is not None
    fact = sure_fact(plan, record)
    if says_unanswerable(text):
        states = fact or holds_value_of(record.content, plan.asked.attribute)
        return ["the record states it"] if states else []
    if fact and not has_value(text, fact):
        return ["it gives another value than the record's"]
    if fact and _says_more(text, fact, record):
        return ["it says more than was asked"]
    if not fact and not mentions(f"{record.title} {record.content}", plan.asked.attribute):
        return ["the record does not state it"]
    return ["it says more than was asked"] if not fact and len(text) > _LONGEST_VALUE else []


def _says_more(text: str, fact: Fact, record: Record) -> bool:
    """Tell whether numbers or names stand beside the value that are neither quoted nor the product's own name."""
    own = plain(f"{fact.value} {record.title}")
    return any(claim.kind != "quote" and plain(claim.text) not in own for claim in claims(text))


def _yes_no_faults(plan: Plan, text: str, record: Record) -> list[str]:
    whole = f"{record.title} {record.content}"
    denied = _NOT_MENTIONED.search(text)
    if denied:
        return ["the record mentions it"] if f" {plain(denied['term'])} " in f" {plain(whole)} " else []
    fact = sure_fact(plan, record)
    if says_unanswerable(text):
        return ["the record states it"] if fact else []
    if fact:
        expected = expected_yes(plan, fact)
        if expected is not None and (_NO if expected else _YES).match(text):
            return ["it is the other way round"]
        return [] if has_value(text, fact) else ["it does not give the record's value"]
    if plan.asked.attribute and not mentions(whole, plan.asked.attribute):
        return ["the record does not state it"]
    quoted = " ".join(claim.text for claim in claims(text) if claim.kind == "quote")
    return [] if shares_words(plan.rest, quoted) else ["it quotes nothing about what was asked"]


def _comparison_faults(plan: Plan, text: str) -> list[str]:
    left_out = set(range(1, len(plan.records) + 1)).difference(cited_numbers(text))
    found = ["it leaves a product out"] if left_out else []
    expected = verdict(plan)
    return [*found, "it does not say which"] if expected and expected not in text else found
