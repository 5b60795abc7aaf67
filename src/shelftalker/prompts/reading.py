"""The one prompt for reading: a title, its numbered evidence, and the question. Training and answering share it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from shelftalker.prompts.template import defuse
from shelftalker.records import Language, Message

__all__ = ["cited", "reading_messages", "split_citations", "translation_messages", "with_citations"]

_SYSTEM = {
    "en": "Answer shortly from the numbered lines and name those you used, like [2]; or say: The record does not say.",
    "pt": "Responda curto em português a partir das linhas e cite as usadas, como [2]; ou diga: O registro não diz.",
}
_TRANSLATE = "Translate the customer's message into English. Write the translation only."
_ASKS = {"en": "Question", "pt": "Pergunta"}
_BEFORE = {"en": "Asked before", "pt": "Perguntado antes"}
_MARK = re.compile(r"\s*\[(\d{1,2})\]")


def reading_messages(
    question: str,
    products: Sequence[tuple[str, Sequence[str]]],
    language: Language,
    *,
    before: str = "",
) -> tuple[Message, ...]:
    """Return the conversation that asks a question about the evidence of one or more products.

    Args:
        question: as the user put it.
        products: of each its title, and the lines of its record that bear on the question. Lines are numbered from 1
            through all products.
        language: of the question; the answer's too.
        before: what was asked in the turn before, where this question goes on from it.
    """
    blocks: list[str] = []
    number = 0
    for title, lines in products:
        block = [defuse(title)] if title else []
        for line in lines:
            number += 1
            block.append(f"[{number}] {defuse(' '.join(line.split()))}")
        blocks.append("\n".join(block))
    asked = f"{_BEFORE[language]}: {defuse(before)}\n" if before else ""
    blocks.append(f"{asked}{_ASKS[language]}: {defuse(question)}")
    return Message("system", _SYSTEM[language]), Message("user", "\n\n".join(blocks))


def translation_messages(wish: str) -> tuple[Message, ...]:
    """Return the conversation that puts a wish for products into English."""
    return Message("system", _TRANSLATE), Message("user", defuse(wish))


def with_citations(text: str, numbers: Sequence[int]) -> str:
    """Return an answer with the numbers of its lines at the end, as the model is taught to write them."""
    return " ".join([text.strip(), *(f"[{number}]" for number in dict.fromkeys(numbers))])


def split_citations(text: str) -> tuple[str, tuple[int, ...]]:
    """Return an answer without the numbers of lines in it, and those numbers, each once, in order."""
    numbers = tuple(dict.fromkeys(int(match) for match in _MARK.findall(text)))
    return " ".join(_MARK.sub("", text).split()), numbers


def cited(text: str) -> tuple[int, ...]:
    """Return the numbers of lines that an answer names."""
    return split_citations(text)[1]
