"""Questions with their right answers, from files: a shop's own, and the public sets' own formats (`public_sets`).

A row is JSON (a line each) or CSV: `question`, `answer`, and the product it is about: `uid` or `title` of the
catalogue, or the product's own `text`. Optional: `language`, `evidence` (exact stretches of the record), `history`.
A chat, `{"messages": [...]}`, is a pair too: its last two turns.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, get_args

from shelftalker.errors import InputNotFound, UsageError
from shelftalker.examples.public_sets import PublicRows, is_public
from shelftalker.prompts import detect_language
from shelftalker.records import Language, Message

__all__ = ["SILENCE", "UNSTATED", "BadRow", "Pair", "PairsFile", "is_silence", "read_pairs", "refuse_unusable"]

UNSTATED = "unstated"
"""The kind of a pair whose record does not answer the question."""

SILENCE: dict[Language, str] = {"en": "The record does not say.", "pt": "O registro não diz."}
"""What is said where the record does not answer."""

_NAMES: dict[str, tuple[str, ...]] = {
    "question": ("question", "pergunta", "q"),
    "answer": ("answer", "resposta", "a"),
    "product": ("uid", "product", "produto", "sku", "asin", "title", "titulo", "título"),
    "title": ("title", "titulo", "título"),
    "text": ("text", "texto", "content", "description", "descricao", "descrição"),
    "language": ("language", "lang", "idioma"),
}
_STRETCHES = " || "
_SILENCE = ("the record does not", "the record doesn't", "o registro não")
_FIX = 'write {"question": "...", "answer": "...", "uid": "..."} a line, or CSV with such columns; docs/training.md'


class BadRow(Exception):
    """Why a row is no pair, in words that can be counted."""


@dataclass(frozen=True, slots=True)
class Pair:
    """A question and its right answer.

    Attributes:
        kind: what the question asks for; "unstated" where the record does not say.
        products: uids or titles of the catalogue: one, two or more where they are compared, none where `text` is it.
        title, text: the product's own text, where the catalogue does not hold it.
        evidence: of each product, the exact stretches that the answer rests on; empty where nobody told them.
        history: earlier turns, the oldest first.
        file, line: where it stands.
    """

    question: str
    answer: str
    language: Language
    kind: str = "pair"
    products: tuple[str, ...] = ()
    title: str = ""
    text: str = ""
    evidence: tuple[tuple[str, ...], ...] = ()
    history: tuple[Message, ...] = ()
    file: str = ""
    line: int = 0

    @property
    def before(self) -> str:
        """The question before this one, "" where it is the first."""
        return next((turn.content for turn in reversed(self.history) if turn.role == "user"), "")


@dataclass
class PairsFile:
    """What a file of pairs held.

    Attributes:
        usable: pairs that can be learnt from.
        bad: reason to the number of rows left out for it, and the first one's line.
        kept_back: pairs about products that the split keeps for testing.
    """

    name: str
    sha256: str
    usable: int = 0
    bad: dict[str, tuple[int, int]] = field(default_factory=dict)
    kept_back: int = 0

    def count(self, reason: str, line: int) -> None:
        """Leave a row out."""
        number, first = self.bad.get(reason, (0, line))
        self.bad[reason] = (number + 1, min(first, line))

    def told(self) -> str:
        """Return one line: what is used, and what is left out for which reasons."""
        parts = [
            f"{self.name}: {self.usable} pairs" if self.usable or self.bad else f"{self.name}: explains other rows"
        ]
        parts += [f"{count} left out: {reason} (first line {line})" for reason, (count, line) in self.bad.items()]
        if self.kept_back:
            parts.append(f"{self.kept_back} left out: their products are kept for testing")
        return "; ".join(parts)

    def to_json(self) -> dict[str, Any]:
        """Return it for a manifest."""
        bad = {reason: {"count": count, "first_line": line} for reason, (count, line) in self.bad.items()}
        return {"sha256": self.sha256, "usable": self.usable, "bad": bad, "kept_back": self.kept_back}


def read_pairs(paths: Sequence[Path]) -> tuple[list[Pair], list[PairsFile]]:
    """Read files of pairs; bad rows are counted, not fatal.

    Formats that tell half of a pair each (SemiPQA's attributes and texts) are joined over all files.

    Raises:
        InputNotFound: a file is not there.
        UsageError: a file is not text, or none of its rows is a pair.
    """
    pairs: list[Pair] = []
    files: list[PairsFile] = []
    public = PublicRows()
    for path in paths:
        data = _bytes(path)
        found = PairsFile(str(path), hashlib.sha256(data).hexdigest())
        files.append(found)
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise UsageError(f"{path} is not UTF-8 text", fix="save it as UTF-8") from error
        for line, row in _rows(text, is_csv=path.suffix.lower() in (".csv", ".tsv")):
            try:
                if isinstance(row, Mapping) and is_public(row):
                    public.add(row, str(path), line)
                else:
                    pairs.append(_pair(row, str(path), line))
            except BadRow as bad:
                found.count(str(bad), line)
    by_name = {one.name: one for one in files}
    for row in public.pairs():
        if row.bad or not row.question:
            by_name[row.file].count(row.bad or "it has no question", row.line)
            continue
        answer, kind = (row.answer, "pair") if row.answer else (SILENCE[row.language], UNSTATED)
        pairs.append(
            Pair(
                row.question, answer, row.language, kind,
                text=row.text, evidence=(row.evidence,), file=row.file, line=row.line,
            )
        )  # fmt: skip
    for pair in pairs:
        by_name[pair.file].usable += 1
    refuse_unusable(files)
    return pairs, files


def refuse_unusable(files: Sequence[PairsFile]) -> None:
    """Make sure that every file gives something; one that only explains others' rows is no harm.

    Raises:
        UsageError: one gives nothing.
    """
    for one in files:
        if not one.usable and (one.bad or one.kept_back or len(files) == 1):
            raise UsageError(f"no pair can be used of {one.told()}", fix=_FIX)


def is_silence(answer: str) -> bool:
    """Tell whether an answer says that the record does not tell."""
    return answer.strip().casefold().startswith(_SILENCE)


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except (FileNotFoundError, IsADirectoryError) as error:
        raise InputNotFound(f"there is no file of pairs {path}", fix=f"name a file that exists: {_FIX}") from error


def _rows(text: str, *, is_csv: bool) -> Iterator[tuple[int, Any]]:
    """Yield each row with its line number; a line that is no JSON as a text."""
    if is_csv:
        head = text.partition("\n")[0]
        delimiter = max(",;\t", key=head.count)
        reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter)
        line = 2
        for row in reader:
            yield line, {str(key).strip().casefold(): value for key, value in row.items() if isinstance(value, str)}
            line = reader.line_num + 1
        return
    for number, one in enumerate(text.split("\n"), start=1):
        if one.strip():
            try:
                yield number, json.loads(one)
            except (json.JSONDecodeError, RecursionError):
                yield number, one


def _pair(row: Any, file: str, line: int) -> Pair:
    if not isinstance(row, Mapping):
        raise BadRow("it is no JSON object")
    history: tuple[Message, ...] = ()
    if isinstance(row.get("messages"), list):
        turns = _turns(row["messages"], "messages")
        if [turn.role for turn in turns[-2:]] != ["user", "assistant"]:
            raise BadRow("its last two turns are no question and answer")
        question, answer, history = turns[-2].content, turns[-1].content, turns[:-2]
    else:
        question, answer = _text(row, "question"), _text(row, "answer")
        history = _turns(row.get("history"), "history")
    question, answer = " ".join(question.split()), answer.strip()
    if not question:
        raise BadRow("it has no question")
    if not answer:
        raise BadRow("it has no answer")
    products = _products(row)
    kind = row.get("kind") if isinstance(row.get("kind"), str) else None
    return Pair(
        question, answer, _language(row, question),
        kind=UNSTATED if kind == UNSTATED or is_silence(answer) else kind or "pair",
        products=products, title=_text(row, "title"), text=_text(row, "text"),
        evidence=_evidence(row.get("evidence"), max(1, len(products))), history=history, file=file, line=line,
    )  # fmt: skip


def _text(row: Mapping[str, Any], name: str) -> str:
    """Return what a row has under a name or one of its synonyms, "" where it has nothing."""
    for key in _NAMES[name]:
        value = row.get(key)
        if isinstance(value, str | int) and not isinstance(value, bool) and str(value).strip():
            return str(value).strip()
    return ""


def _products(row: Mapping[str, Any]) -> tuple[str, ...]:
    several = row.get("uids")
    if isinstance(several, list) and several:
        return tuple(str(one) for one in several)
    one = _text(row, "product")
    return (one,) if one else ()


def _language(row: Mapping[str, Any], question: str) -> Language:
    told = _text(row, "language").casefold()[:2]
    if not told:
        return detect_language(question)
    if told not in get_args(Language):
        raise BadRow("its language is neither en nor pt")
    return "pt" if told == "pt" else "en"


def _evidence(value: Any, products: int) -> tuple[tuple[str, ...], ...]:
    """Return the stretches of each product; a text may hold several, joined by " || "."""
    if value in (None, "", []):
        return ()
    if isinstance(value, str):
        value = value.split(_STRETCHES)
    if not isinstance(value, list):
        raise BadRow("its evidence is neither a text nor a list of texts")
    if all(isinstance(one, list) for one in value):
        each = tuple(tuple(str(text).strip() for text in one) for one in value)
    else:
        each = (tuple(str(text).strip() for text in value),)
    if len(each) != products:
        raise BadRow("it has not one list of evidence for each product")
    return each


_Role = Literal["user", "assistant"]


def _turns(value: Any, what: str) -> tuple[Message, ...]:
    """Return the user's and the assistant's turns of a list, or of its JSON in a CSV cell."""
    if isinstance(value, str) and value.strip():
        try:
            value = json.loads(value)
        except json.JSONDecodeError as error:
            raise BadRow(f"its {what} is no list of turns") from error
    if not value:
        return ()
    if not isinstance(value, list) or not all(
        isinstance(one, dict) and isinstance(one.get("role"), str) and isinstance(one.get("content"), str)
        for one in value
    ):
        raise BadRow(f"its {what} is no list of turns")
    return tuple(Message(one["role"], one["content"].strip()) for one in value if one["role"] in get_args(_Role))
