"""From a question to what will be done about it: which records, which evidence, which prompt, or which reply."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Literal

from shelftalker.answer import replies
from shelftalker.answer.discovering import discover
from shelftalker.answer.understand import Question, understand
from shelftalker.catalog import Catalogue
from shelftalker.config import AnswerSettings
from shelftalker.find import Finder, Found
from shelftalker.find.asked import read_words
from shelftalker.find.encoder import open_sentence_encoder
from shelftalker.find.evidence import CHARS_COMPARED, Evidence, choose, rank
from shelftalker.metrics.tokens import is_content
from shelftalker.prompts import closed_book_messages
from shelftalker.prompts.reading import reading_messages
from shelftalker.records import Message, Mode, Nearest, Record, Source

__all__ = ["Plan", "Reading", "make_plan"]

Kind = Literal["read", "describe", "several", "unsure", "discover", "absent", "off_topic", "recite"]

_SURE, _VERY_SURE = 0.5, 0.8
_DESCRIBED = 0.65  # of what may be asked of a product
_RATHER = 0.3
"""What is enough of a wish, or of what is off topic, where no product is seen in the question."""
_LISTED = 8
_QUOTES = 3


@dataclass(frozen=True, slots=True)
class Reading:
    """A record and the evidence of it that a model reads.

    Attributes:
        lines: the chosen pieces in the record's order, numbered in the prompt from `first`.
        ranked: all pieces, those that bear most on the question first.
    """

    record: Record
    lines: tuple[Evidence, ...]
    ranked: tuple[Evidence, ...]
    first: int = 1

    def source(self, numbers: Sequence[int] = ()) -> Source:
        """Return the record as a source, quoting the lines of those numbers, then what ranks first."""
        named = [self.lines[n - self.first] for n in numbers if 0 <= n - self.first < len(self.lines)]
        quoted = dict.fromkeys(one.piece.text for one in [*named, *self.ranked[:1]])
        record = self.record
        return Source(record.uid, record.title, record.file, record.line, tuple(quoted)[:_QUOTES])

    @property
    def product(self) -> tuple[str, tuple[str, ...]]:
        """The title and its lines, as the prompt shows them."""
        return self.record.title, tuple(one.piece.shown for one in self.lines)


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be done about a question.

    Attributes:
        kind: "read" evidence with a model; "describe": quote the record; "recite": closed-book; the others are
            replies that no model writes.
        messages: the prompt; empty where no model is needed.
        reply: what is said where none is.
        records: what the answer is about, or the nearest.
    """

    question: Question
    mode: Mode
    kind: Kind
    messages: tuple[Message, ...] = ()
    readings: tuple[Reading, ...] = ()
    records: tuple[Record, ...] = ()
    reply: str = ""
    started: float = field(default_factory=time.perf_counter)

    @property
    def nearest(self) -> tuple[Nearest, ...]:
        """The records as titles to offer."""
        return tuple(Nearest(record.uid, record.title) for record in self.records)


def make_plan(
    text: str,
    mode: Mode,
    finder: Finder,
    catalogue: Catalogue,
    settings: AnswerSettings,
    uid: str | None = None,
    history: Sequence[Message] = (),
    translate: Callable[[str], str] | None = None,
) -> Plan:
    """Decide how a question is answered.

    Args:
        uid: the product meant, where that is known.
        history: earlier turns, the oldest first.
        translate: puts a wish into English, which most catalogues speak; it is looked for in both languages.

    Raises:
        QuestionError: the question is empty or too long.
        CatalogueError: there is no record of that uid.
    """
    started = time.perf_counter()
    question = understand(text, history, most_chars=settings.max_question_chars)
    if uid is not None:
        plan = _about([catalogue.record(uid)], question, settings, "")
    else:
        found = finder.find(question.text)
        plan = _of_found(question, found, finder, settings, translate)
    if mode == "closed-book":
        records = plan.records if plan.kind not in ("absent", "off_topic", "unsure") else ()
        plan = Plan(question, mode, "recite", closed_book_messages(question.text, question.language), (), records)
    return Plan(
        question, mode, plan.kind, plan.messages, plan.readings, plan.records, plan.reply, started
    )  # fmt: skip


def _of_found(
    question: Question, found: Found, finder: Finder, settings: AnswerSettings, translate: Callable[[str], str] | None
) -> Plan:
    intents = question.intents
    if found.status in ("absent", "unsure") and (found.status == "absent" or intents["off_topic"] > _VERY_SURE):
        if question.history and intents["off_topic"] < _VERY_SURE:
            earlier = _topic(question.history, finder)
            if earlier is not None:
                return _about([earlier], question, settings, "")
        if intents["off_topic"] > max(_RATHER, intents["discover"]):
            return Plan(question, "open-book", "off_topic", reply=replies.off_topic(question.language))
    if intents["discover"] > (_RATHER if found.status == "absent" else _SURE) and found.status in ("absent", "unsure"):
        return _discovered(question, finder, translate)
    records = tuple(hit.record for hit in found.hits)
    if found.status == "unsure":
        return Plan(
            question, "open-book", "unsure", records=records[:_LISTED],
            reply=replies.did_you_mean(records, question.language),
        )  # fmt: skip
    if found.status == "absent":
        return Plan(question, "open-book", "absent", records=records, reply=replies.absent(records, question.language))
    if len(found.mentions) > 1:
        return _about([one.hits[0].record for one in found.mentions], question, settings, found.name)
    if found.status == "found" and question.unnamed(found.name).intents["off_topic"] > _VERY_SURE:
        return Plan(question, "open-book", "off_topic", reply=replies.off_topic(question.language))
    if found.status == "several":
        reply = replies.several(records[:_LISTED], question.language, len(records))
        return Plan(question, "open-book", "several", records=records[:_LISTED], reply=reply)
    return _about([records[0]], question, settings, found.name)


def _topic(history: Sequence[Message], finder: Finder) -> Record | None:
    """The product that earlier turns were about: the newest that was named, of each exchange the user's words first."""
    said: list[Message] = []
    for turn in reversed(history):
        said.append(turn)
        if turn.role != "user":
            continue
        for one in reversed(said):
            found = finder.find(one.content[:1000])
            if found.mentions and (found.status != "unsure" or one.role == "user"):
                return found.mentions[-1].hits[0].record
        said = []
    return None


def _discovered(question: Question, finder: Finder, translate: Callable[[str], str] | None) -> Plan:
    wishes = [question.text]
    if translate is not None and question.language != "en":
        wishes.append(translate(question.text))
    found = discover(wishes, finder, open_sentence_encoder())
    reply = replies.fitting([(one.record, one.why) for one in found], question.language)
    return Plan(question, "open-book", "discover", records=tuple(one.record for one in found), reply=reply)


def _about(records: Sequence[Record], question: Question, settings: AnswerSettings, name: str) -> Plan:
    """Read the records, or quote the one whose description is asked for."""
    intents = question.unnamed(name).intents
    of_product = sum(intents[one] for one in ("describe", "summary", "product", "compare"))
    if len(records) == 1 and intents["describe"] > _DESCRIBED * of_product and not question.history and settings.repair:
        return Plan(question, "open-book", "describe", records=tuple(records), reply=records[0].content.strip())
    chars = settings.evidence_chars if len(records) == 1 else CHARS_COMPARED
    encoder = open_sentence_encoder()
    asked = _without_name(question.text, name)
    readings: list[Reading] = []
    first = 1
    for record in records:
        ranked = rank(asked, record, encoder)
        lines = choose(ranked, chars)
        readings.append(Reading(record, tuple(lines), tuple(ranked), first))
        first += len(lines)
    messages = reading_messages(
        question.text, [one.product for one in readings], question.language, before=question.before
    )
    return Plan(question, "open-book", "read", messages, tuple(readings), tuple(records))


def _without_name(text: str, name: str) -> str:
    """The question without the product's name, to which all of its record is near; whole where little is left."""
    left = " ".join(text.replace(name, " ").split()) if name else text
    telling = [word.key for word in read_words(left).words if is_content(word.key)]
    return left if len(telling) > 1 else text
