"""People's questions from files: each row tells by its fields which set it is of."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from shelftalker.answer import read_turns
from shelftalker.catalog import Catalogue
from shelftalker.errors import CatalogueError, InputNotFound, QuestionError
from shelftalker.evaluate.questions import Question, SetName
from shelftalker.prompts import detect_language
from shelftalker.prompts.forms import attribute_forms, this_product
from shelftalker.records import Language, Record

__all__ = ["read_questions"]

_UNSURE_KINDS = ("partly", "not in the seller's text")
"""Kinds of which people do not agree what is right, or that the record alone does not answer."""
_SILENT_ASKED = 2
_LANGUAGES: tuple[Language, ...] = ("en", "pt")

_OTHER_CATALOGUE = "name the questions' own catalogue with --data DIR"

Find = Callable[[str], Record]


def read_questions(path: Path, catalogue: Catalogue, *, all_kinds: bool = False) -> tuple[list[Question], list[str]]:
    """Read questions: one a line, or JSON Lines.

    A plain line, or an object with `question`, is a user's own; it may have `answer` (the right text), `uid` or `uids`
    (the right records), `history`, and `absent: true` for a product that the catalogue lacks. What is not told is not
    measured. Objects with `kind`, and `gold` or `answers`, are people's questions; objects with `facts` and `silent`
    tell what a record states, and are asked about.

    Args:
        all_kinds: also ask what has no sure answer.

    Returns:
        The questions, and what is to be said of those that are left out.

    Raises:
        InputNotFound: the file is not there.
        QuestionError: it holds no question, or a line that cannot be one.
        CatalogueError: the catalogue has no record of a uid.
    """
    asked: list[Question] = []
    left: dict[str, int] = defaultdict(int)
    find = cache(catalogue.record)
    rows = 0
    for number, row in _rows(path):
        rows += 1
        try:
            for question in _questions(path.stem, number, row, find):
                if question.kind in _UNSURE_KINDS and not all_kinds:
                    left[f"{question.kind}: asked with --all-kinds"] += 1
                else:
                    asked.append(question)
        except (KeyError, TypeError, AttributeError, QuestionError) as error:
            raise _bad(path, number, f"cannot be read: {error}") from error
        except CatalogueError as error:
            if "kind" not in row and "silent" not in row:
                raise CatalogueError(f"{path}, line {number}: {error}", fix=_OTHER_CATALOGUE) from error
            left["the catalogue lacks their products"] += 1
    if not rows:
        raise QuestionError(f"{path} holds no question", fix="write one question a line")
    about = [question for question in asked if question.uids]
    if not asked or (about and not any(question.title for question in about)):
        raise CatalogueError(f"{path} asks about no product of this catalogue", fix=_OTHER_CATALOGUE)
    return asked, [f"{path.name}: {count} left out, {why}" for why, count in left.items()]


def _rows(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (FileNotFoundError, IsADirectoryError) as error:
        raise InputNotFound(f"there is no file {path}", fix="name a file with one question a line") from error
    except UnicodeDecodeError as error:
        raise QuestionError(f"{path} is not UTF-8 text", fix="save it as UTF-8, one question a line") from error
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        if not line.lstrip().startswith("{"):
            yield number, {"question": line}
            continue
        try:
            row = json.loads(line)
        except json.JSONDecodeError as error:
            raise _bad(path, number, "is no JSON object") from error
        asked = row.get("question")
        if "facts" not in row and not (isinstance(asked, str) and asked.strip()):
            raise _bad(path, number, "has no question")
        yield number, row


def _questions(name: str, number: int, row: Mapping[str, Any], find: Find) -> Iterator[Question]:
    if "facts" in row and "silent" in row:
        yield from _of_facts(f"{name}-{number}", number, row, find)
    elif "kind" in row and "answers" in row:
        yield _question(f"{name}-{number}", "shoppers", row, find, given=True)
    elif "kind" in row and "gold" in row:
        yield _question(f"{name}-{number}", "free", row, find)
    else:
        yield _own(f"{name}-{number}", row, find)


def _question(key: str, name: SetName, row: Mapping[str, Any], find: Find, *, given: bool = False) -> Question:
    uids = row.get("uids") or ([row["uid"]] if row.get("uid") else [])
    records = [record for uid in uids if (record := _known(str(uid), find, needed=given)) is not None]
    text = " ".join(str(row["question"]).split())
    return Question(
        key=key,
        set=name,
        question=text,
        language=row.get("language") or detect_language(text),
        uids=tuple(dict.fromkeys(record.uid for record in records)) if records else tuple(map(str, uids)),
        group=str(uids[0]) if uids else key,
        title=records[0].title if records else "",
        kind=str(row["kind"]),
        uid=records[0].uid if given and records else None,
        history=read_turns(row.get("history") or []),
        gold=str(row.get("gold") or ""),
        quote=str(row.get("quote") or ""),
        answers=tuple(row.get("answers") or ()),
        evidence=tuple(row.get("evidence") or ()),
    )


def _known(uid: str, find: Find, *, needed: bool) -> Record | None:
    """The record; None where the catalogue left the product out, which is then asked about all the same."""
    try:
        return find(uid)
    except CatalogueError:
        if needed:
            raise
        return None


def _of_facts(key: str, number: int, row: Mapping[str, Any], find: Find) -> Iterator[Question]:
    """Ask a product's page for what it states, for what only looks stated, and for some of what it is silent on.

    The languages take turns.
    """
    record = find(str(row["uid"]))
    facts: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    traps: dict[str, list[str]] = defaultdict(list)
    for fact in row["facts"]:
        facts[fact["attribute"]].append(fact)
    for trap in row.get("traps", ()):
        traps[trap["attribute"]].append(str(trap["wrong_value"]))
    silent = [name for name in row["silent"] if name not in traps]
    turned = silent[number % max(1, len(silent)) :] + silent
    names = [*facts, *(name for name in traps if name not in facts), *dict.fromkeys(turned[:_SILENT_ASKED])]
    for place, name in enumerate(names):
        language = _LANGUAGES[(number + place) % 2]
        forms = attribute_forms(name, language)
        stated = [fact for fact in facts.get(name, ()) if not fact.get("other_edition")]
        if not forms or (name in facts and not stated):
            continue
        asked = forms[0].format(x=this_product(language))
        yield Question(
            key=f"{key}-{name}",
            set="stated",
            question=asked[0].upper() + asked[1:],
            language=language,
            uids=(record.uid,),
            group=record.uid,
            title=record.title,
            kind=str(stated[0]["strength"]) if stated else "trap" if name in traps else "silent",
            uid=record.uid,
            answers=tuple(str(fact["value"]) for fact in stated),
            evidence=tuple(str(fact["quote"]) for fact in stated if fact.get("where") != "title"),
            traps=tuple(traps.get(name, ())),
            attribute=name,
        )


def _own(key: str, row: Mapping[str, Any], find: Find) -> Question:
    uids = row.get("uids") or ([row["uid"]] if row.get("uid") else [])
    if not isinstance(uids, list):
        raise QuestionError("uids are no list", fix="")
    records = [find(str(uid)) for uid in uids]
    text = " ".join(str(row["question"]).split())
    answer = row.get("answer")
    return Question(
        key=key,
        set="absent" if row.get("absent") else "ambiguous" if len(records) > 1 else "own",
        question=text,
        language=detect_language(text),
        uids=tuple(record.uid for record in records),
        group=records[0].uid if records else key,
        title=records[0].title if records else "",
        uid=records[0].uid if row.get("uid") else None,
        history=read_turns(row.get("history") or []),
        answers=(str(answer),) if answer is not None else (),
        kind="answerable" if answer is not None else "",
        reference=str(answer) if answer is not None else None,
    )


def _bad(path: Path, number: int, what: str) -> QuestionError:
    return QuestionError(
        f"{path}, line {number} {what}",
        fix='write a plain question, or {"question": "...", "uid": "...", "answer": "..."}',
    )
