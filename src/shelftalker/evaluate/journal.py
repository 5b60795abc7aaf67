"""The answers of an evaluation, written as they come, so that an interrupted one goes on where it stopped."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from types import TracebackType
from typing import Any, TextIO

from shelftalker.errors import storage_errors
from shelftalker.records import Answer, Nearest, Source, Span

__all__ = ["Answered", "Journal", "answer_from_json"]


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer, and whether it was asked alone: only then does its time count."""

    answer: Answer
    alone: bool


class Journal:
    """`answers.jsonl`: first what is measured, then an answer a line.

    Answers of an earlier, unfinished evaluation are kept only when `plan` is the same: the same run, questions
    and settings.

    Args:
        path: the file.
        plan: what is measured; any JSON.
    """

    def __init__(self, path: Path, plan: Mapping[str, Any]) -> None:
        self._path = path
        self.done = _read(path, plan)
        with storage_errors(path):
            self._file: TextIO = path.open("w", encoding="utf-8")
        self._write({"plan": plan})
        for (system, key), answered in self.done.items():
            self._write(_line(system, key, answered))

    def add(self, system: str, key: str, answered: Answered) -> None:
        """Keep an answer."""
        self.done[system, key] = answered
        self._write(_line(system, key, answered))

    def __enter__(self) -> Journal:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def _write(self, line: Mapping[str, Any]) -> None:
        with storage_errors(self._path):
            self._file.write(json.dumps(line, ensure_ascii=False) + "\n")
            self._file.flush()


def _line(system: str, key: str, answered: Answered) -> dict[str, Any]:
    return {"system": system, "key": key, "alone": answered.alone, "answer": answered.answer.to_json()}


def _read(path: Path, plan: Mapping[str, Any]) -> dict[tuple[str, str], Answered]:
    done: dict[tuple[str, str], Answered] = {}
    if not path.is_file():
        return done
    with path.open(encoding="utf-8") as file:
        for number, text in enumerate(file):
            try:
                line = json.loads(text)
            except json.JSONDecodeError:
                continue  # cut off by the interruption
            if number == 0:
                if line.get("plan") != json.loads(json.dumps(plan)):
                    return {}
                continue
            done[line["system"], line["key"]] = Answered(answer_from_json(line["answer"]), line["alone"])
    return done


def answer_from_json(raw: Mapping[str, Any]) -> Answer:
    """Return the answer that `Answer.to_json` gave."""
    known = {field.name for field in fields(Answer)}
    values = {name: value for name, value in raw.items() if name in known}
    values["sources"] = tuple(Source(**{**source, "quotes": tuple(source["quotes"])}) for source in raw["sources"])
    values["nearest"] = tuple(Nearest(**near) for near in raw["nearest"])
    values["unsupported"] = tuple(Span(**span) for span in raw["unsupported"])
    return Answer(**values)
