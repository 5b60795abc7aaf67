"""The prompt of closed-book questions, and the system message of either mode; `reading` has the open-book prompt."""

from __future__ import annotations

from shelftalker.prompts.reading import reading_messages
from shelftalker.prompts.template import defuse
from shelftalker.records import Language, Message

__all__ = ["closed_book_messages", "system_prompt"]

_CLOSED_BOOK: dict[Language, str] = {
    "en": "You describe the products of a catalogue.",
    "pt": "Você descreve os produtos de um catálogo.",
}


def system_prompt(mode: str, language: Language) -> str:
    """Return the system message of a mode, "open-book" or "closed-book"."""
    return _CLOSED_BOOK[language] if mode == "closed-book" else reading_messages("", (), language)[0].content


def closed_book_messages(question: str, language: Language) -> tuple[Message, ...]:
    """Return the conversation that asks a question of the model's own memory."""
    return (Message("system", _CLOSED_BOOK[language]), Message("user", defuse(question)))
