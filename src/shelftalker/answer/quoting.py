"""Answers in the record's own words, where the model's do not pass."""

from __future__ import annotations

import re
from dataclasses import replace

from shelftalker.answer.evidence import best_sentences
from shelftalker.answer.facts import expected_yes, sure_fact, verdict
from shelftalker.answer.planning import Plan
from shelftalker.answer.question import Asked
from shelftalker.examples import Fact, first_sentence, mentions, quote_around
from shelftalker.metrics.sentences import sentences
from shelftalker.prompts import (
    attribute_text,
    comparison_text,
    is_instruction,
    listing_text,
    strip_marker,
    unanswerable_text,
    yes_no_text,
)
from shelftalker.records import Record

__all__ = ["own_words"]

_QUOTED_CHARS = 400
_ITEM = re.compile(r";\s+|\s[|+•–-]\s")
_FEWEST_ITEMS = 2


def own_words(plan: Plan) -> str:
    """Return the answer in the record's own sentences, or say that it has none that answer."""
    if plan.status == "compared":
        verdict_text = verdict(plan) if plan.asked.kind != "attributes" else ""
        return comparison_text([(one.title, _compared(plan, one)) for one in plan.records], verdict_text)
    record = plan.records[0]
    if plan.asked.kind == "description":
        return record.content.strip()
    content = " ".join(record.content.split())
    if plan.asked.kind == "listing":
        return strip_marker(listing_text(_points(content)))
    if plan.asked.kind == "attributes" and plan.asked.attribute:
        each = (Asked("attribute", one) for one in (plan.asked.attribute, *plan.asked.others))
        return "\n".join(own_words(replace(plan, asked=asked)) for asked in each)
    fact = sure_fact(plan, record)
    if fact:
        return strip_marker(_fact_text(plan, fact))
    attribute = plan.asked.attribute
    if attribute and not mentions(f"{record.title} {content}", attribute):
        return unanswerable_text(attribute, plan.language, None)
    stating = " ".join(one.text for one in sentences(content) if not is_instruction(one.text))
    telling = best_sentences(stating, plan.rest, attribute, _QUOTED_CHARS)
    return f"“{telling}”" if telling else unanswerable_text(attribute, plan.language, None)


def _points(content: str) -> list[str]:
    """Return what a description says point by point: its sentences, and the items of lists within them."""
    points: list[str] = []
    for sentence in sentences(content):
        items = _ITEM.split(sentence.text)
        points += items if len(items) > _FEWEST_ITEMS else [sentence.text]
    return [point.strip() for point in points if point.strip() and not is_instruction(point)]


def _fact_text(plan: Plan, fact: Fact) -> str:
    quote = quote_around(" ".join(fact.sentence.split()), " ".join(fact.value.split()))
    right = expected_yes(plan, fact) if plan.asked.kind == "yes_no" else None
    if right is None:
        return attribute_text(fact.attribute, fact.value, quote, plan.language)
    return yes_no_text(fact.attribute, fact.value, quote, plan.language, right=right)


def _compared(plan: Plan, record: Record) -> str:
    fact = sure_fact(plan, record)
    if fact:
        return strip_marker(_fact_text(plan, fact))
    if plan.asked.attribute:
        return unanswerable_text(plan.asked.attribute, plan.language, None)
    return f"“{first_sentence(' '.join(record.content.split()))}”"
