"""Answer a question for every record of a catalogue, with progress, and going on where it was stopped."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path

from shelftalker.answer.answering import Answerer, Asked
from shelftalker.catalog import Catalogue
from shelftalker.errors import StorageError, UsageError, storage_errors
from shelftalker.records import Mode, Record

__all__ = ["answer_all"]

_BATCH = 64


def answer_all(
    answerer: Answerer,
    catalogue: Catalogue,
    out: Path,
    *,
    form: str = "What is {x}?",
    mode: Mode = "open-book",
    overwrite: bool = False,
    on_progress: Callable[[int, int], None] | None = None,
) -> int:
    """Write one JSON line a record, the answer to a question about it, and return how many are written.

    Lines go to `out` + ".part" as they come; it becomes `out` when all are there. Called again after a stop, it
    goes on behind the last whole line; the records are asked in the catalogue's order.

    Args:
        answerer: of a run made from the catalogue.
        catalogue: whose records are asked about, each by its uid.
        out: the file, JSON Lines. Each line is `Answer.to_json` with the record's `uid` before it.
        form: the question; `{x}` is the title.
        mode: as for `Answerer.ask`.
        overwrite: replace the file that is there.
        on_progress: called with the answers written and the records there are.

    Raises:
        UsageError: the file is there already, or the form has no `{x}`.
        StorageError: the disk is full or read-only, or the part-file is another catalogue's.
    """
    if "{x}" not in form:
        raise UsageError(f"the question {form!r} has no place for the title", fix="write {x} where the title goes")
    if out.exists() and not overwrite:
        raise UsageError(f"{out} is there already", fix="name another file, or add --overwrite")
    part = out.with_name(f"{out.name}.part")
    with storage_errors(part):
        part.parent.mkdir(parents=True, exist_ok=True)
        done = _check_part(part, catalogue)
        with part.open("a", encoding="utf-8") as file:
            records = islice(catalogue.iterate(), done, None)
            for line in _lines(answerer, records, form, mode):
                file.write(line)
                file.flush()
                done += 1
                if on_progress:
                    on_progress(done, len(catalogue))
            os.fsync(file.fileno())
        part.replace(out)
    return done


def _lines(answerer: Answerer, records: Iterator[Record], form: str, mode: Mode) -> Iterator[str]:
    while batch := list(islice(records, _BATCH)):
        asked = [Asked(form.replace("{x}", record.title), record.uid) for record in batch]
        for record, answer in zip(batch, answerer.ask_all(asked, mode=mode), strict=True):
            yield json.dumps({"uid": record.uid, **answer.to_json()}, ensure_ascii=False) + "\n"


def _check_part(part: Path, catalogue: Catalogue) -> int:
    """Cut a half-written last line off, and return how many whole lines there are, once sure they are this catalogue's.

    Raises:
        StorageError: a line's uid is not the catalogue's record at that place.
    """
    if not part.exists():
        return 0
    whole = count = 0
    with part.open("rb") as file:
        for line, record in zip(file, catalogue.iterate(), strict=False):
            if not line.endswith(b"\n"):
                break
            if json.loads(line)["uid"] != record.uid:
                raise StorageError(f"{part} holds answers about another catalogue", fix=f"remove it: rm {part}")
            whole += len(line)
            count += 1
    with part.open("rb+") as file:
        file.truncate(whole)
    return count
