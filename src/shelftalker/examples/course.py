"""The course: questions, answers and made-up records written for this project, replayed so that reading is kept up."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import Any

from shelftalker.examples.pairs import UNSTATED, Pair
from shelftalker.examples.subjects import Subject
from shelftalker.records import Message, Record

__all__ = ["course"]

_HELD_OUT_EVERY = 10  # records
_QUOTED = "describe"
"""Questions for the description itself are answered by the record, without a model."""


def course(*, held_out: bool = False) -> tuple[Subject, ...]:
    """Return the pairs of the course: those trained on, or those of every tenth record, which never are.

    Its records bear no uid: no catalogue has them.
    """
    return _course()[held_out]


@cache
def _course() -> tuple[tuple[Subject, ...], tuple[Subject, ...]]:
    rows = list(_rows("records.jsonl"))
    records = {row["uid"]: Record("", row["title"], row["content"], "course", 0) for row in rows}
    kept = {row["uid"] for place, row in enumerate(rows) if place % _HELD_OUT_EVERY == _HELD_OUT_EVERY - 1}
    sides: tuple[list[Subject], list[Subject]] = ([], [])
    for row in _rows("pairs.jsonl"):
        uids = row.get("uids") or [row["uid"]]
        held = [uid in kept for uid in uids]
        if row["kind"] == _QUOTED or not row["answer"] or any(held) != all(held):
            continue
        sides[held[0]].append(Subject(_pair(row, uids), tuple(records[uid] for uid in uids)))
    return tuple(sides[0]), tuple(sides[1])


def _pair(row: dict[str, Any], uids: list[str]) -> Pair:
    evidence = row["evidence"] if "uids" in row else [row["evidence"]]
    return Pair(
        row["question"],
        row["answer"],
        row["language"],
        kind=row["kind"],
        products=tuple(uids),
        evidence=() if row["kind"] == UNSTATED else tuple(tuple(each) for each in evidence),
        history=tuple(Message(turn["role"], turn["content"]) for turn in row.get("history", ())),
    )


def _rows(name: str) -> Iterator[dict[str, Any]]:
    file = files("shelftalker.examples").joinpath("course", name)
    for line in file.read_text(encoding="utf-8").splitlines():
        yield json.loads(line)
