"""What the patterns know of an asked attribute: its value, whether a value asked about is right, who has more."""

from __future__ import annotations

import re

from shelftalker.answer.planning import Plan
from shelftalker.examples import COLOURS, MATERIALS, Fact, find_facts, which_has_more
from shelftalker.metrics.quantities import quantities, same_quantity
from shelftalker.records import Record

__all__ = ["expected_yes", "has_value", "plain", "sure_fact", "verdict"]

_LEXICON = {"colour": frozenset(COLOURS), "material": frozenset(MATERIALS)}


def sure_fact(plan: Plan, record: Record) -> Fact | None:
    """Return the asked attribute where a pattern finds it in the record; None where it does not, or none is asked."""
    if plan.asked.attribute is None:
        return None
    for fact in find_facts(record.content):
        if fact.attribute is plan.asked.attribute:
            return fact
    return None


def has_value(text: str, fact: Fact) -> bool:
    """Tell whether a text gives a fact's value, in any unit."""
    if f" {plain(fact.value)} " in f" {plain(text)} ":
        return True
    wanted, given = quantities(fact.value), quantities(text)
    return bool(wanted) and all(any(same_quantity(one, other) for other in given) for one in wanted)


def expected_yes(plan: Plan, fact: Fact) -> bool | None:
    """Tell whether the value a yes/no question names is the record's; None where it names none that can be compared."""
    asked = [one for one in quantities(plan.rest) if one.unit]
    stated = quantities(fact.value)
    if asked and stated:
        return all(any(same_quantity(one, other) for other in stated) for one in asked)
    lexicon = _LEXICON.get(fact.attribute.name)
    if lexicon:
        named = lexicon.intersection(plain(plan.rest).split())
        return bool(named.intersection(plain(fact.value).split())) if named else None
    return True if f" {plain(fact.value)} " in f" {plain(plan.rest)} " else None


def verdict(plan: Plan) -> str:
    """Return the sentence that says which of two products has more of what is asked; "" where it cannot be told."""
    left, right = plan.records
    first, second = sure_fact(plan, left), sure_fact(plan, right)
    if first is None or second is None:
        return ""
    return which_has_more((left.title, first), (right.title, second), plan.language)


def plain(text: str) -> str:
    """Return a text's words, small, single blanks between them."""
    return " ".join(re.findall(r"\w+", text.casefold()))
