"""The formats of public sets of questions about products, read as they are published.

hetPQA (answers; evidence), SemiPQA (attributes; what they say in words) of amazon-science/contextual-product-qa, and
FaQuAD (liafacom). Two of them tell half a pair a row: hetPQA's pieces of a product stand in many rows, and the words
of a SemiPQA attribute in another file. So rows are gathered first.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from shelftalker.records import Language

__all__ = ["PublicRow", "PublicRows", "is_public"]

# People were told to write an answer in any case; such ones are neither an answer nor a clean silence.
_EVASION = re.compile(
    r"\b(?:no|not) (?:information|mention|specif|stated|enough)|does(?:n't| not) (?:say|state|specify|mention)"
    r"|unclear|can(?:'t|not) (?:tell|determine)",
    re.IGNORECASE,
)
_LONGEST_WORDS = 28
_LONGEST_PIECE = 350  # characters
_PIECES = 5
_UNFIT = "its answer is too short, too long or evasive, or its evidence is too long"


@dataclass(frozen=True, slots=True)
class PublicRow:
    """A pair of a public set.

    Attributes:
        answer: "" where no piece of its evidence answers.
        bad: why it cannot be learnt from, "" where it can.
    """

    question: str
    answer: str
    language: Language
    text: str
    evidence: tuple[str, ...]
    file: str
    line: int
    bad: str = ""


def is_public(row: Mapping[str, Any]) -> bool:
    """Tell whether a row is of a public set's own format."""
    return (
        (isinstance(row.get("passage"), str) and isinstance(row.get("answers"), list))
        or (isinstance(row.get("data"), str) and isinstance(row.get("text"), str) and "question" not in row)
        or (isinstance(row.get("evidence"), list) and any(isinstance(one, dict) for one in row["evidence"]))
        or (str(row.get("origin", "")).casefold() == "hetpqa" and isinstance(row.get("evidence"), str))
    )


@dataclass
class PublicRows:
    """Rows of public sets, gathered until all files are read."""

    _answered: list[tuple[Mapping[str, Any], str, int]] = field(default_factory=list)
    _labelled: list[tuple[Mapping[str, Any], str, int]] = field(default_factory=list)
    _passages: list[tuple[Mapping[str, Any], str, int]] = field(default_factory=list)
    _words: dict[str, str] = field(default_factory=dict)
    _pieces: dict[str, dict[str, None]] = field(default_factory=dict)

    def add(self, row: Mapping[str, Any], file: str, line: int) -> None:
        """Take a row for which `is_public` holds."""
        if "passage" in row:
            self._passages.append((row, file, line))
        elif "data" in row:
            self._words[_key(row["data"])] = row["text"]
        elif isinstance(row["evidence"], str):
            self._answered.append((row, file, line))
            self._pieces.setdefault(str(row.get("uid", "")), {})[row["evidence"].strip()] = None
        else:
            self._labelled.append((row, file, line))

    def pairs(self) -> Iterator[PublicRow]:
        """Yield what the rows say together."""
        yield from (self._of_answer(*one) for one in self._answered)
        yield from (self._of_labels(*one) for one in self._labelled)
        yield from (_of_passage(*one) for one in self._passages)

    def _of_answer(self, row: Mapping[str, Any], file: str, line: int) -> PublicRow:
        """A question, one piece of evidence, and the answer from it; other pieces of the product are distractors."""
        piece, told = row["evidence"].strip(), str(row.get("answer") or "").strip()
        good = 2 <= len(told.split()) <= _LONGEST_WORDS and len(piece) <= _LONGEST_PIECE and not _EVASION.search(told)
        others = [one for one in self._pieces[str(row.get("uid", ""))] if one != piece and len(one) <= _LONGEST_PIECE]
        # each row sees other pieces first, and its own is not always the first of them
        place = line % (len(others) + 1)
        shown = [*others[place:], *others[:place]][: _PIECES - 1]
        shown.insert(line % (len(shown) + 1), piece)
        return PublicRow(
            _flat(row.get("question") or ""), _capital(told), _language(row), _joined(shown), (piece.rstrip("."),),
            file, line, bad="" if good else _UNFIT,
        )  # fmt: skip

    def _of_labels(self, row: Mapping[str, Any], file: str, line: int) -> PublicRow:
        """A question and pieces with labels: which answer. None does: silence. One that has words: those."""
        pieces = [one for one in row["evidence"] if isinstance(one, dict) and isinstance(one.get("text"), str)]
        telling = [one["text"].strip() for one in pieces if one.get("answers")]
        worded = next((one for one in telling if _key(one) in self._words), None)
        others = [one["text"].strip() for one in pieces if not one.get("answers")]
        shown = [one for one in others if len(one) <= _LONGEST_PIECE][: _PIECES - 1]
        if worded:
            shown.insert(line % (len(shown) + 1), worded)
        return PublicRow(
            _flat(row.get("question") or ""), self._words[_key(worded)] if worded else "", _language(row),
            _joined(shown), (worded.rstrip("."),) if worded else (), file, line,
            bad="no answer in words stands in it" if not worded and (telling or not shown) else "",
        )  # fmt: skip


def _of_passage(row: Mapping[str, Any], file: str, line: int) -> PublicRow:
    """A question about a passage, whose answer is a stretch of it."""
    found = [one for one in row["answers"] if isinstance(one, str) and one.strip() and one in row["passage"]]
    short = min(found, key=len, default="")
    fit = 0 < len(short.split()) <= _LONGEST_WORDS
    return PublicRow(
        _flat(row.get("question") or ""), _capital(short.strip()).rstrip(".") + ".", _language(row), row["passage"],
        (short,), file, line, bad="" if fit else _UNFIT,
    )  # fmt: skip


def _joined(pieces: list[str]) -> str:
    """Return pieces as one description, each a sentence or an attribute of its own."""
    return " ".join(piece if piece.endswith("}") else piece.rstrip(".") + "." for piece in pieces)


def _key(data: str) -> str:
    return " ".join(data.split()).casefold()


def _flat(text: Any) -> str:
    return " ".join(str(text).split())


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _language(row: Mapping[str, Any]) -> Language:
    return "pt" if row.get("language") == "pt" else "en"
