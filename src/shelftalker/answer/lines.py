"""Questions that come a line each: plain text, or JSON with the product's uid and the turns before."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from shelftalker.answer.answering import Answerer, Asked
from shelftalker.errors import CatalogueError, InputNotFound, QuestionError
from shelftalker.records import Answer, Message, Mode

__all__ = ["Failed", "answer_lines", "read_history", "read_line", "read_lines", "read_turns"]

_FORM = '{"question": "...", "uid": "...", "history": [{"role": "user", "content": "..."}]}'
_SHOWN = 200


@dataclass(frozen=True, slots=True)
class Failed:
    """A line that has no answer: its question as far as it is known, what is wrong, and what to do."""

    question: str
    error: str
    fix: str

    def to_json(self) -> dict[str, str]:
        """Return the document that stands in the answer's place."""
        return asdict(self)


def read_line(line: str, *, uid: str | None = None, history: Sequence[Message] = ()) -> Asked:
    """Return the question of a line: the line itself, or a JSON object with `question` and, where known, `uid`
    and `history`.

    Args:
        uid, history: what holds where the line does not say.

    Raises:
        QuestionError: the line is empty, or is an object of another form.
    """
    text = _clean(line).strip()
    if not text:
        raise QuestionError("the question is empty", fix="ask about a product, such as: What is PRODUCT?")
    if not text.startswith("{"):
        return Asked(text, uid, tuple(history))
    try:
        row = json.loads(text)
    except (json.JSONDecodeError, RecursionError) as error:
        raise QuestionError("the line starts like a JSON object and is none", fix=f"write {_FORM}") from error
    asked, about = row.get("question"), row.get("uid")
    if not isinstance(asked, str):
        raise QuestionError("the object has no question that is a text", fix=f"write {_FORM}")
    if not asked.strip():
        raise QuestionError("the question is empty", fix=f"write {_FORM}")
    if about is not None and not isinstance(about, str | int):
        raise QuestionError("the object's uid is no text", fix=f"write {_FORM}")
    turns = read_turns(row["history"]) if row.get("history") is not None else tuple(history)
    return Asked(_clean(asked), uid if about is None else str(about), turns)


def read_turns(rows: Any) -> tuple[Message, ...]:
    """Return the user's and the assistant's turns of a list of `{"role", "content"}`; other roles are left out.

    Raises:
        QuestionError: it is no such list.
    """
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise QuestionError("the history is no list of turns", fix=f"write {_FORM}")
    if not all(isinstance(row.get("role"), str) and isinstance(row.get("content"), str) for row in rows):
        raise QuestionError("a turn of the history lacks role or content", fix=f"write {_FORM}")
    return tuple(Message(row["role"], _clean(row["content"])) for row in rows if row["role"] in ("user", "assistant"))


def read_history(path: Path) -> tuple[Message, ...]:
    """Read earlier turns from a file: one JSON list, or JSON Lines, of `{"role", "content"}`.

    Raises:
        InputNotFound: the file is not there.
        QuestionError: it holds no turns.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (FileNotFoundError, IsADirectoryError) as error:
        raise InputNotFound(f"there is no file {path}", fix="name a file of turns, or leave --history out") from error
    except UnicodeDecodeError as error:
        raise QuestionError(f"{path} is not UTF-8 text", fix="save it as UTF-8") from error
    try:
        rows = (
            json.loads(text)
            if text.lstrip().startswith("[")
            else list(map(json.loads, filter(str.strip, text.splitlines())))
        )
        return read_turns(rows)
    except (json.JSONDecodeError, RecursionError, QuestionError) as error:
        raise QuestionError(
            f"{path} holds no turns: {error}", fix='write [{"role": "user", "content": "..."}], or a turn a line'
        ) from error


def read_lines(
    lines: Iterable[str], *, uid: str | None = None, history: Sequence[Message] = ()
) -> Iterator[Asked | Failed]:
    """Read lines in their order, as `read_line`; empty ones at the end are nothing."""
    empty = 0
    for line in lines:
        if not line.strip():
            empty += 1
            continue
        yield from [_failed("", QuestionError("the question is empty", fix="leave empty lines out"))] * empty
        empty = 0
        try:
            yield read_line(line, uid=uid, history=history)
        except QuestionError as error:
            yield _failed(line, error)


def answer_lines(
    answerer: Answerer,
    lines: Iterable[str],
    *,
    mode: Mode = "open-book",
    uid: str | None = None,
    history: Sequence[Message] = (),
    at_once: int = 1,
) -> Iterator[Answer | Failed]:
    """Answer lines in their order; one that cannot be answered says why, and the others go on.

    Args:
        lines: as `read_lines` takes them.
        uid, history: what holds for lines that do not say.
        at_once: so many lines are read before the first is answered.
    """
    waiting = (_known(one, answerer) for one in read_lines(lines, uid=uid, history=history))
    while batch := list(islice(waiting, at_once)):
        answers = _each(answerer, [one for one in batch if isinstance(one, Asked)], mode)
        for one in batch:
            yield one if isinstance(one, Failed) else next(answers)


def _known(one: Asked | Failed, answerer: Answerer) -> Asked | Failed:
    """Look the uid up before others of the batch are asked."""
    try:
        if isinstance(one, Asked) and one.uid is not None:
            answerer.catalogue.record(one.uid)
    except CatalogueError as error:
        return _failed(one.question, error)
    return one


def _each(answerer: Answerer, asked: Sequence[Asked], mode: Mode) -> Iterator[Answer | Failed]:
    done = 0
    while done < len(asked):
        try:
            for answer in answerer.ask_all(asked[done:], mode=mode):
                done += 1
                yield answer
        except QuestionError as error:  # raised when the question's turn came
            yield _failed(asked[done].question, error)
            done += 1


def _failed(question: str, error: QuestionError | CatalogueError) -> Failed:
    text = " ".join(_clean(question).split())
    return Failed(text if len(text) <= _SHOWN else text[:_SHOWN] + " …", error.message, error.fix)


def _clean(text: str) -> str:
    """Return a text that can be written as UTF-8: half a surrogate pair, or a file's mark of order, is none."""
    return text.removeprefix("\ufeff").encode("utf-8", "replace").decode("utf-8")
