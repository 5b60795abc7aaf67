"""A user's own questions, with the right answers where they are known."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from shelftalker.catalog import Catalogue
from shelftalker.errors import InputNotFound, QuestionError
from shelftalker.evaluate.questions import Question, SetName
from shelftalker.prompts import detect_language

__all__ = ["read_own_set"]


def read_own_set(path: Path, catalogue: Catalogue) -> list[Question]:
    """Read questions: one a line, or JSON Lines.

    An object has `question` and may have `answer` (the right text), `uid` or `uids` (the right records), and
    `absent: true` for a product that the catalogue lacks. What is not told is not measured.

    Raises:
        InputNotFound: the file is not there.
        QuestionError: it holds no question, or a line that cannot be one.
        CatalogueError: the catalogue has no record of a uid.
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (FileNotFoundError, IsADirectoryError) as error:
        raise InputNotFound(f"there is no file {path}", fix="name a file with one question a line") from error
    except UnicodeDecodeError as error:
        raise QuestionError(f"{path} is not UTF-8 text", fix="save it as UTF-8, one question a line") from error
    rows = [(number, _row(path, number, line)) for number, line in enumerate(lines, 1) if line.strip()]
    if not rows:
        raise QuestionError(f"{path} holds no question", fix="write one question a line")
    return [_question(path, number, row, catalogue) for number, row in rows]


def _row(path: Path, number: int, line: str) -> dict[str, Any]:
    if not line.lstrip().startswith("{"):
        return {"question": line.strip()}
    try:
        row = json.loads(line)
    except json.JSONDecodeError as error:
        raise _bad(path, number, "is no JSON object") from error
    if not isinstance(row, dict) or not str(row.get("question", "")).strip():
        raise _bad(path, number, "has no question")
    return row


def _question(path: Path, number: int, row: dict[str, Any], catalogue: Catalogue) -> Question:
    uids = row.get("uids") or ([row["uid"]] if row.get("uid") else [])
    if not isinstance(uids, list):
        raise _bad(path, number, "has uids that are no list")
    records = [catalogue.record(str(uid)) for uid in uids]
    name: SetName = "absent" if row.get("absent") else "ambiguous" if len(records) > 1 else "own"
    question = " ".join(str(row["question"]).split())
    answer = row.get("answer")
    return Question(
        key=f"own-{number}",
        set=name,
        question=question,
        language=detect_language(question),
        uids=tuple(record.uid for record in records),
        group=records[0].uid if records else f"line {number}",
        title=records[0].title if records else "",
        reference=str(answer) if answer is not None else None,
    )


def _bad(path: Path, number: int, what: str) -> QuestionError:
    return QuestionError(
        f"{path}, line {number} {what}",
        fix='write a plain question, or {"question": "...", "uid": "...", "answer": "..."}',
    )
