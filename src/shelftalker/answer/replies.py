"""What is said where no model speaks: refusals, questions back, lists. The sentences stand in replies.toml."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from functools import cache
from importlib.resources import files

from shelftalker.records import Language, Record

__all__ = ["absent", "did_you_mean", "first_words", "fitting", "is_silent", "off_topic", "says", "several", "silent"]

_SHOWN = 3
_SILENT = re.compile(
    r"^\W*(?:(?:the )?(?:record|text|description|product page)s? (?:does|do) not (?:say|state|mention|tell|specify)"
    r"|(?:it|that) is not stated|not stated"
    r"|(?:o |a )?(?:registro|texto|descrição) não (?:diz|informa|menciona|traz|especifica))",
    re.IGNORECASE,
)


@cache
def _texts() -> dict[str, dict[str, str]]:
    return tomllib.loads(files("shelftalker.answer").joinpath("replies.toml").read_text(encoding="utf-8"))


def absent(nearest: Sequence[Record], language: Language) -> str:
    """Say that the product is not there, and which titles come nearest."""
    text = _texts()[language]["absent"]
    if not nearest:
        return text
    titles = "; ".join(f"“{one.title}”" for one in nearest[:_SHOWN])
    return f"{text} {_texts()[language]['nearest'].format(titles=titles)}"


def several(records: Sequence[Record], language: Language, count: int) -> str:
    """Ask which of several products of a name is meant, each with what tells it apart."""
    lines = [f"- {record.title} ({record.uid}): {first_words(record.content)}" for record in records]
    return "\n".join([_texts()[language]["several"].format(count=count), *lines])


def did_you_mean(records: Sequence[Record], language: Language) -> str:
    """Ask whether one of a few products is meant."""
    texts = _texts()[language]
    titles = [f"“{record.title}”" for record in records[:_SHOWN]]
    joined = f" {texts['or']} ".join(filter(None, [", ".join(titles[:-1]), titles[-1]]))
    return texts["unsure"].format(titles=joined)


def fitting(found: Sequence[tuple[Record, str]], language: Language) -> str:
    """List the products that fit a wish, each with the words of its record that show it."""
    texts = _texts()[language]
    if not found:
        return texts["nothing_fits"]
    head = texts["fits_one"] if len(found) == 1 else texts["fits"].format(count=len(found))
    return "\n".join([head, *(f"- {record.title}: “{why}”" if why else f"- {record.title}" for record, why in found)])


def off_topic(language: Language) -> str:
    """Decline what is no question to a catalogue."""
    return _texts()[language]["off_topic"]


def says(quote: str, language: Language) -> str:
    """Introduce a quotation as what the record says."""
    return _texts()[language]["says"].format(quote=quote)


def silent(language: Language) -> str:
    """Say that the record does not tell."""
    return _texts()[language]["silent"]


def is_silent(text: str) -> bool:
    """Tell whether an answer says that the record does not tell."""
    return bool(_SILENT.match(text))


def first_words(content: str, limit: int = 100) -> str:
    """Return the first words of a description, up to so many characters."""
    flat = " ".join(content.split())
    return flat if len(flat) <= limit else flat[:limit].rsplit(" ", 1)[0] + " …"
