"""A question of an evaluation, and what is known of its right answer."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

from shelftalker.records import Language, Message

__all__ = ["DESCRIBES", "PEOPLE", "SETS", "Ambiguity", "Question", "SetName"]

SetName = Literal["free", "shoppers", "stated", "own", "seen", "reworded", "unseen", "attribute", "absent", "ambiguous"]
Ambiguity = Literal["unique", "near", "shared"]

PEOPLE: tuple[SetName, ...] = ("free", "shoppers", "stated")
"""Sets of people's questions, and of the facts that people found: they come from files, and are judged by kind."""

SETS: tuple[SetName, ...] = ("seen", "reworded", "unseen", "attribute", "absent", "ambiguous")
"""The templated sets, regression tests; "own" holds a user's questions."""

DESCRIBES: frozenset[SetName] = frozenset({"seen", "reworded", "unseen", "own"})
"""Sets whose right answer is the whole record, where no other is given."""


@dataclass(frozen=True, slots=True)
class Question:
    """A question.

    Attributes:
        key: names the question within its evaluation; the same settings give the same keys.
        uids: the records that are right; empty where the product is absent.
        group: what the questions about one product share; they are drawn together for the intervals.
        title: of the product asked about, or the made-up title of one that is absent.
        kind: what sort of question it is, of a set that has sorts; the judge's rules go by it.
        uid: the product that is given with the question, as on a product's page.
        history: the turns before.
        gold: a right answer, or the right value.
        quote: stretches of the record that hold it, joined by " || ".
        answers: right answers that people wrote.
        evidence: stretches of the record that hold the answer.
        traps: values that stand in the record and are wrong.
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
    kind: str = ""
    uid: str | None = None
    history: tuple[Message, ...] = ()
    gold: str = ""
    quote: str = ""
    answers: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()
    traps: tuple[str, ...] = ()
    ambiguity: Ambiguity = "unique"
    attribute: str = ""
    accepted: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    items: tuple[str, ...] = ()
    reference: str | None = None

    def to_json(self) -> dict[str, Any]:
        """Return plain lists, dicts, strings and numbers."""
        return asdict(self)
