"""Whether an answer gives the one value that was asked for."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from shelftalker.metrics.claims import claims
from shelftalker.metrics.grounding import is_supported
from shelftalker.metrics.quantities import Quantity, quantities, same_quantity
from shelftalker.metrics.scores import words
from shelftalker.records import Record

__all__ = ["attribute_accuracy", "value_recall"]

_QUOTED = re.compile(r"[“\"]([^“”\"]+)[”\"]")
_SIDES = re.compile(r"(?<=\d)\s*[x×]\s*(?=\d)")
_MARKER = re.compile(r"\[\d{1,2}\]")


def attribute_accuracy(
    answer: str,
    accepted: Sequence[str],
    *,
    others: Sequence[str] = (),
    items: Sequence[str] = (),
    title: str = "",
    evidence: str = "",
) -> float:
    """Return 1 where the asked value is in the answer and no other value of that kind is, else 0.

    A quantity is right in whatever unit it is given ("1.2 kg" is "1,200 g"), but not without a unit where the
    value has one. The product's title does not count: "The Blue Mug is red" gives one colour. Nor does a
    passage in quotation marks that stands in the record count as another value: it is the proof, and may state
    the size beside the weight.

    Args:
        answer: what was answered.
        accepted: spellings of the value that are right; the first is the record's own.
        others: values of that kind that other products have, for kinds that are no quantity.
        items: the things of a value that is a list; all of them named is as good as the list itself.
        title: of the product.
        evidence: the record's content.
    """
    text = _apart(_MARKER.sub(" ", answer))
    accepted, title, evidence = [_apart(value) for value in accepted], _apart(title), _apart(evidence)
    if title:
        text = re.sub(re.escape(title), " ", text, flags=re.IGNORECASE)
    claimed = _without_proof(text, evidence)
    if not words(claimed):
        claimed = text
    if not (_gives(text, accepted) or (items and all(_names(text, item) for item in items))):
        return 0.0
    return 0.0 if _gives_another(claimed, accepted, others) else 1.0


def _gives(text: str, accepted: Sequence[str]) -> bool:
    if any(_names(text, value) for value in accepted):
        return True
    wanted = quantities(accepted[0])
    said = quantities(text)
    return bool(wanted) and any(q.unit for q in wanted) and all(any(_same(s, w) for s in said) for w in wanted)


def _gives_another(text: str, accepted: Sequence[str], others: Sequence[str]) -> bool:
    wanted = [quantity for value in accepted for quantity in quantities(value)]
    dimensions = {quantity.dimension for quantity in wanted if quantity.dimension}
    if dimensions:
        said = [quantity for quantity in quantities(text) if quantity.dimension in dimensions]
        return any(not any(same_quantity(s, w) for w in wanted) for s in said)
    own = " ".join(f" {' '.join(words(value))} " for value in accepted)
    return any(_names(text, other) and f" {' '.join(words(other))} " not in own for other in others)


def _same(said: Quantity, wanted: Quantity) -> bool:
    return (wanted.unit is None or said.unit is not None) and same_quantity(said, wanted)


def _names(text: str, value: str) -> bool:
    wanted = " ".join(words(value))
    return bool(wanted) and f" {wanted} " in f" {' '.join(words(text))} "


def _apart(text: str) -> str:
    """Write "11x19x2 cm" as "11 x 19 x 2 cm", so that each side is a number."""
    return _SIDES.sub(" x ", text)


def _without_proof(text: str, evidence: str) -> str:
    stated = " ".join(words(evidence))

    def keep(match: re.Match[str]) -> str:
        quoted = " ".join(words(match.group(1)))
        return " " if quoted and quoted in stated else match.group()

    return _QUOTED.sub(keep, text)


def value_recall(answer: str, record: Record) -> float | None:
    """Return the share of the record's numbers, names and quotations that the answer repeats.

    The grounding check turned round: the record claims, and the answer is its source.

    Returns:
        None where the record holds none.
    """
    stated = claims(record.content)
    if not stated:
        return None
    told = [replace(record, title="", content=answer)]
    return sum(is_supported(claim, told) for claim in stated) / len(stated)
