"""Which of two products has more of an attribute that both state."""

from __future__ import annotations

from shelftalker.examples.facts import Fact
from shelftalker.metrics.quantities import Quantity, quantities
from shelftalker.records import Language

__all__ = ["which_has_more"]


def which_has_more(left: tuple[str, Fact], right: tuple[str, Fact], language: Language) -> str:
    """Return the sentence that says which has more; "" where it cannot be told.

    Args:
        left: a product's title and its fact.
        right: another's, about the same attribute.
        language: of the sentence.
    """
    bigger = left[1].attribute.bigger
    first, second = _amount(left[1]), _amount(right[1])
    if bigger is None or first is None or second is None or _kind(first) != _kind(second):
        return ""
    sizes = [one.values[0] * (one.unit.size if one.unit else 1.0) for one in (first, second)]
    if sizes[0] == sizes[1]:
        return ""
    title = (left if sizes[0] > sizes[1] else right)[0]
    return f"{title} é {bigger[1]}." if language == "pt" else f"{title} is {bigger[0]}."


def _amount(fact: Fact) -> Quantity | None:
    found = quantities(fact.value)
    return found[0] if len(found) == 1 and len(found[0].values) == 1 else None


def _kind(quantity: Quantity) -> tuple[str, bool]:
    """Quantities of one kind compare by size; months and hours do not."""
    return quantity.dimension, bool(quantity.unit and quantity.unit.system == "calendar")
