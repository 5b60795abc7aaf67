"""Known facts of a catalogue's products: what the `attribute` questions are made from."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from shelftalker.errors import CatalogueError, InputNotFound

__all__ = ["FactValue", "Facts", "find_facts_file", "read_absent_titles", "read_facts"]


@dataclass(frozen=True, slots=True)
class FactValue:
    """A fact's value: its accepted spellings, the record's own first, and the things in it where it is a list."""

    accepted: tuple[str, ...]
    items: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Facts:
    """Facts by uid and name, and every value that a name takes anywhere."""

    by_uid: Mapping[str, Mapping[str, FactValue]]
    values: Mapping[str, tuple[str, ...]]

    def of(self, uids: Iterable[str]) -> Mapping[str, FactValue]:
        """Return the facts of a product that bears any of the uids."""
        return next((self.by_uid[uid] for uid in uids if uid in self.by_uid), {})

    def others(self, name: str, value: FactValue) -> tuple[str, ...]:
        """Return the values of that name that other products have."""
        own = {spelling.casefold() for spelling in value.accepted}
        return tuple(other for other in self.values[name] if other.casefold() not in own)


def find_facts_file(catalogue: Path, inputs: Iterable[str], paths: Iterable[str] = ()) -> Path | None:
    """Return FILE.facts.jsonl beside one of a catalogue's input files, where there is one.

    Args:
        catalogue: the prepared folder; an input known by its name alone is looked for in the working folder, in
            the folder that holds the catalogue, and one above.
        inputs: names of the input files.
        paths: where they lay when the catalogue was made.
    """
    folders = (Path(), catalogue.parent, catalogue.parent.parent)
    candidates = [Path(path) for path in paths] + [folder / name for name in inputs for folder in folders]
    beside = (path.with_name(f"{path.name}.facts.jsonl") for path in candidates if path.name)
    return next((path for path in beside if path.is_file()), None)


def read_facts(path: Path) -> Facts:
    """Read a facts file: JSON Lines with `uid` and `facts`, and where there are any `accepted` and `items`.

    Raises:
        InputNotFound: the file is not there.
        CatalogueError: a line is no such object.
    """
    by_uid: dict[str, dict[str, FactValue]] = {}
    values: dict[str, dict[str, None]] = defaultdict(dict)
    for number, line in enumerate(_lines(path), 1):
        try:
            row = json.loads(line)
            facts = {name: _value(row, name) for name in row["facts"]}
            by_uid[str(row["uid"])] = facts
        except (json.JSONDecodeError, KeyError, TypeError, AttributeError) as error:
            raise CatalogueError(
                f"{path}, line {number} holds no uid and facts", fix='write {"uid": "...", "facts": {"weight": "2 kg"}}'
            ) from error
        for name, value in facts.items():
            values[name][value.accepted[0]] = None
    return Facts(by_uid, {name: tuple(found) for name, found in values.items()})


def _value(row: Mapping[str, Any], name: str) -> FactValue:
    spellings = [row["facts"][name], *row.get("accepted", {}).get(name, ())]
    return FactValue(tuple(dict.fromkeys(map(str, spellings))), tuple(row.get("items", {}).get(name, ())))


def read_absent_titles(path: Path) -> tuple[str, ...]:
    """Return the titles of FILE.absent.jsonl beside the facts file FILE.facts.jsonl; none where there is no file."""
    beside = path.with_name(path.name.removesuffix(".facts.jsonl") + ".absent.jsonl")
    return tuple(str(json.loads(line)["title"]) for line in _lines(beside)) if beside.is_file() else ()


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="utf-8").splitlines()
    except (FileNotFoundError, IsADirectoryError) as error:
        raise InputNotFound(
            f"there is no facts file {path}", fix="shelftalker sample --out FILE writes FILE.facts.jsonl beside it"
        ) from error
