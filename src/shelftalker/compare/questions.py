"""The questions of a comparison: from a file, or about products that training did not see."""

from __future__ import annotations

import json
import random
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from shelftalker.errors import CatalogueError, InputNotFound, QuestionError
from shelftalker.prompts import description_forms, detect_language
from shelftalker.records import Record, Split

if TYPE_CHECKING:
    from shelftalker.catalog import Catalogue
    from shelftalker.find import Finder

__all__ = ["Asked", "read_questions", "sample_questions"]

_SPARE = 4
_SPLITS: tuple[Split, ...] = ("validation", "test", "train")


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, and the record that it asks about where the catalogue has one."""

    question: str
    record: Record | None


def sample_questions(catalogue: Catalogue, count: int, seed: int, *, longest: int = 2**31) -> tuple[list[Asked], Split]:
    """Ask what a product is, in the report's own words, about a sample of the validation set.

    A catalogue too small for a validation set is asked about its test set, or else about what was trained on.

    Args:
        catalogue: what is asked about.
        count: questions wanted.
        seed: of the sample.
        longest: descriptions of more characters are left out where there are others, as are titles that several
            records bear: no model writes those answers, so there is nothing to compare.

    Returns:
        The questions, and the split they were drawn from.

    Raises:
        CatalogueError: the catalogue is empty.
    """
    for split in _SPLITS:
        records = catalogue.records(split, limit=count * _SPARE, seed=seed)
        random.Random(seed).shuffle(records)
        if records:
            # Stable: those with something to compare first, still at random.
            records.sort(key=lambda one: len(one.content) > longest or len(catalogue.same_title(one.title)) > 1)
            return [Asked(_what_is(record), record) for record in records[:count]], split
    raise CatalogueError(
        f"{catalogue.path} has no records to ask about", fix="prepare it again from a file with titles and contents"
    )


def _what_is(record: Record) -> str:
    form = description_forms(detect_language(record.content), "trained")[0]
    return form.format(x=record.title)


def read_questions(path: Path, finder: Finder, catalogue: Catalogue) -> list[Asked]:
    """Read questions from a file: one a line, or JSON Lines with `question` and, if known, `uid`.

    Where no uid is given, the product is looked up as `ask` does; a question whose product is not found has no
    original to be compared with.

    Raises:
        InputNotFound: the file is not there.
        QuestionError: it holds no question, or a line that cannot be one.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (FileNotFoundError, IsADirectoryError) as error:
        raise InputNotFound(f"there is no file {path}", fix="name a file with one question a line") from error
    except UnicodeDecodeError as error:
        raise QuestionError(f"{path} is not UTF-8 text", fix="save it as UTF-8, one question a line") from error
    lines = [(number, line.strip()) for number, line in enumerate(text.splitlines(), 1)]
    asked = [_one(path, number, line, finder, catalogue) for number, line in lines if line]
    if not asked:
        raise QuestionError(f"{path} holds no question", fix="write one question a line")
    return asked


def _one(path: Path, number: int, line: str, finder: Finder, catalogue: Catalogue) -> Asked:
    if not line.startswith("{"):
        return Asked(line, _look_up(line, finder))
    try:
        row = json.loads(line)
        question = row["question"]
    except (json.JSONDecodeError, KeyError) as error:
        raise QuestionError(
            f"{path}, line {number} is no JSON object with a question",
            fix='write {"question": "...", "uid": "..."}, or plain text',
        ) from error
    if not isinstance(question, str) or not question.strip():
        raise QuestionError(f"{path}, line {number}: the question is empty", fix="write the question as a text")
    if row.get("uid"):
        return Asked(question, catalogue.record(str(row["uid"])))
    return Asked(question, _look_up(question, finder))


def _look_up(question: str, finder: Finder) -> Record | None:
    found = finder.find(question)
    return found.hits[0].record if found.status == "found" and found.hits else None
