"""How an answer stands on a page: its text with marked spans, its score, what is to be said of it, its sources."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

from shelftalker.pages.marking import find_quotes, mark
from shelftalker.pages.texts import text_for
from shelftalker.records import Answer, Language, Record, Source, Span

__all__ = ["AnswerCard", "AnswerCell", "Flag", "answer_cell", "missing_cell", "record_cell"]

_FOLD_AFTER = 900
"""Characters of a text that are shown at once; the rest unfolds."""


@dataclass(frozen=True, slots=True)
class Flag:
    """A word about an answer. `tone`: "", "good" or "bad"."""

    text: str
    tone: str = ""


@dataclass(frozen=True, slots=True)
class AnswerCell:
    """One answer, or the record it should equal (`reference`)."""

    heading: str
    shown: Markup
    folded: Markup | None = None
    score: float | None = None
    flags: Sequence[Flag] = ()
    sources: Sequence[Source] = ()
    nearest: Sequence[str] = ()
    reference: bool = False


@dataclass(frozen=True, slots=True)
class AnswerCard:
    """A question and the answers to it, side by side."""

    question: str
    cells: Sequence[AnswerCell]
    note: str = ""
    anchor: str = ""


def missing_cell(heading: str, note: str) -> AnswerCell:
    """Return the cell that stands where no record is."""
    return AnswerCell(heading, escape(note), reference=True)


def answer_cell(
    heading: str, answer: Answer, *, score: float | None = None, language: Language = "en", sources: bool = True
) -> AnswerCell:
    """Return the cell of an answer, its unsupported spans marked."""
    shown, folded = _fold(answer.answer, answer.unsupported, "unsupported")
    return AnswerCell(
        heading=heading,
        shown=shown,
        folded=folded,
        score=score,
        flags=tuple(_flags(answer, language)),
        sources=answer.sources if sources else (),
        nearest=tuple(near.title for near in answer.nearest) if answer.refused else (),
    )


def record_cell(heading: str, record: Record, *, quotes: Sequence[str] = (), sources: bool = True) -> AnswerCell:
    """Return the cell of a record's own text, what an answer quoted from it marked."""
    shown, folded = _fold(record.content, find_quotes(record.content, quotes), "quote")
    source = Source(record.uid, record.title, record.file, record.line)
    return AnswerCell(heading, shown, folded, sources=(source,) if sources else (), reference=True)


def _fold(text: str, spans: Sequence[Span], style: str) -> tuple[Markup, Markup | None]:
    """Cut a long text at a blank into what is shown at once and what unfolds."""
    if len(text) <= _FOLD_AFTER * 1.2:
        return mark(text, spans, style), None
    cut = text.rfind(" ", 0, _FOLD_AFTER) + 1 or _FOLD_AFTER
    return mark(text, spans, style, end=cut), mark(text, spans, style, start=cut)


def _flags(answer: Answer, language: Language) -> list[Flag]:
    flags = []
    if answer.refused:
        flags.append(Flag(text_for("refused", language)))
    if answer.ambiguous:
        flags.append(Flag(text_for("ambiguous", language)))
    count = len(answer.unsupported)
    if count == 1:
        flags.append(Flag(text_for("unsupported_one", language), "bad"))
    elif count:
        flags.append(Flag(text_for("unsupported_many", language, n=count), "bad"))
    elif answer.grounded and answer.sources and not answer.refused:
        flags.append(Flag(text_for("grounded", language), "good"))
    if answer.written_by != "model":
        flags.append(Flag(text_for(f"written_{answer.written_by}", language)))
    return flags
