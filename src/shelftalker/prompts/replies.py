"""What is said when no record is quoted: refusals, several products of one title, facts not stated."""

from __future__ import annotations

import re
from collections.abc import Sequence

from shelftalker.prompts.attributes import Attribute
from shelftalker.records import Language, Nearest, Record

__all__ = [
    "ambiguous_text",
    "attribute_text",
    "comparison_text",
    "listing_text",
    "mention_text",
    "no_name_text",
    "refusal_text",
    "says_absent",
    "says_unanswerable",
    "unanswerable_text",
    "yes_no_text",
]

_NEAREST_SHOWN = 3
_ABSENT = re.compile(r"^\W*(?:The catalogue has no product|O catálogo não tem nenhum produto)\b", re.IGNORECASE)
_UNANSWERABLE = re.compile(r"^\W*(?:The record does not say|O registro não diz)\b", re.IGNORECASE)


def refusal_text(name: str, nearest: Sequence[Nearest | Record], language: Language) -> str:
    """Say that the catalogue has no such product, and which titles come nearest."""
    if not name.strip():
        text = no_name_text(language)
    elif language == "pt":
        text = f"O catálogo não tem nenhum produto chamado “{name}”."
    else:
        text = f"The catalogue has no product called “{name}”."
    if not nearest:
        return text
    titles = "; ".join(f"“{near.title}”" for near in nearest[:_NEAREST_SHOWN])
    return f"{text} {'Os títulos mais próximos' if language == 'pt' else 'The nearest titles'}: {titles}."


def no_name_text(language: Language) -> str:
    """Say that the question names no product of the catalogue."""
    if language == "pt":
        return "Respondo sobre os produtos do catálogo, e esta pergunta não nomeia nenhum deles."
    return "I answer about the products of the catalogue, and this question names none of them."


def ambiguous_text(records: Sequence[Record], language: Language, total: int | None = None) -> str:
    """Say that several products bear the title, and list each with its uid and its first words.

    Args:
        records: those that are listed.
        language: of the question.
        total: how many there are, where not all are listed.
    """
    count = total or len(records)
    title = records[0].title
    if language == "pt":
        head = f"{count} produtos têm o título “{title}”. Qual deles?"
    else:
        head = f"{count} products bear the title “{title}”. Which one?"
    lines = [f"[{number}] {record.uid}: {_first_words(record.content)}" for number, record in enumerate(records, 1)]
    return "\n".join([head, *lines])


def attribute_text(attribute: Attribute, value: str, quote: str, language: Language, number: int = 1) -> str:
    """Give a value, the words of the record that state it, and the record's number."""
    says = attribute.wording(language).says.format(v=value)
    return f"{says}: “{quote}” [{number}]" if quote else f"{says}. [{number}]"


def unanswerable_text(attribute: Attribute | None, language: Language, number: int | None = 1) -> str:
    """Say that the record, though there, does not state what was asked."""
    mark = f" [{number}]" if number else ""
    if language == "pt":
        what = attribute.pt.unknown if attribute else "isso"
        return f"O registro não diz {what}.{mark}"
    what = attribute.en.unknown if attribute else "that"
    return f"The record does not say {what}.{mark}"


def says_absent(text: str) -> bool:
    """Tell whether a text is a refusal of `refusal_text`'s form."""
    return bool(_ABSENT.match(text))


def says_unanswerable(text: str) -> bool:
    """Tell whether a text says, in `unanswerable_text`'s form, that the record does not state what was asked."""
    return bool(_UNANSWERABLE.match(text))


def yes_no_text(
    attribute: Attribute, value: str, quote: str, language: Language, *, right: bool, number: int = 1
) -> str:
    """Confirm a value, or put it right, with the words of the record that state it."""
    if right:
        return f"{'Sim' if language == 'pt' else 'Yes'}: “{quote or value}” [{number}]"
    return f"{'Não' if language == 'pt' else 'No'}. {attribute_text(attribute, value, quote, language, number)}"


def mention_text(term: str, quote: str, language: Language, number: int = 1) -> str:
    """Tell whether a record mentions a term: with the words that do, or, where `quote` is empty, that none do."""
    if quote:
        return f"{'Sim' if language == 'pt' else 'Yes'}: “{quote}” [{number}]"
    if language == "pt":
        return f"Não, o registro não menciona “{term}”. [{number}]"
    return f"No, the record does not mention “{term}”. [{number}]"


def listing_text(points: Sequence[str], number: int = 1) -> str:
    """List points, each in the record's own words, a line each."""
    return "\n".join(f"- {point}" for point in points) + f" [{number}]"


def comparison_text(parts: Sequence[tuple[str, str]], verdict: str = "") -> str:
    """Set products side by side: a line each with its title, its own words and its number, then the verdict."""
    lines = [f"{title}: {words} [{number}]" for number, (title, words) in enumerate(parts, 1)]
    return "\n".join([*lines, verdict] if verdict else lines)


def _first_words(content: str, limit: int = 80) -> str:
    flat = " ".join(content.split())
    if len(flat) <= limit:
        return flat
    return flat[:limit].rsplit(" ", 1)[0] + " …"
