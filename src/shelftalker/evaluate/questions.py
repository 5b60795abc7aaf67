"""A question of an evaluation, and what is known of its right answer."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

from shelftalker.records import Language

__all__ = ["DESCRIBES", "SETS", "Ambiguity", "Question", "SetName"]

SetName = Literal["seen", "reworded", "unseen", "attribute", "absent", "ambiguous", "own"]
Ambiguity = Literal["unique", "near", "shared"]

SETS: tuple[SetName, ...] = ("seen", "reworded", "unseen", "attribute", "absent", "ambiguous")
"""The six sets of the protocol; "own" holds a user's questions."""

DESCRIBES: frozenset[SetName] = frozenset({"seen", "reworded", "unseen", "own"})
"""Sets whose right answer is the whole record."""


@dataclass(frozen=True, slots=True)
class Question:
    """A question.

    Attributes:
        key: names the question within its evaluation; the same settings give the same keys.
        uids: the records that are right; empty where the product is absent.
        group: what the questions about one product share; they are drawn together for the intervals.
        title: of the product asked about, or the made-up title of one that is absent.
        ambiguity: whether another record bears the title, or one that differs in a single word.
        attribute: name of the fact that is asked for.
        accepted: spellings of the fact's value that are right.
        others: values of that kind that other products have.
        items: the things of a value that is a list.
        reference: the right answer as a text, where a user gave one.
    """

    key: str
    set: SetName
    question: str
    language: Language
    uids: tuple[str, ...]
    group: str
    title: str
    ambiguity: Ambiguity = "unique"
    attribute: str = ""
    accepted: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    items: tuple[str, ...] = ()
    reference: str | None = None

    def to_json(self) -> dict[str, Any]:
        """Return plain lists, dicts, strings and numbers."""
        return asdict(self)
