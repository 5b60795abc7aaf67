"""Small catalogues for the tests of `prepare`: rows, files, and what a folder holds in the end."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

from shelftalker.catalog import Catalogue

WORDS = (
    "amber birch cedar delta ember fjord grove harbor island jasper kestrel lagoon meadow north olive prairie quartz "
    "river summit timber upland valley willow yonder zephyr anchor beacon copper dune echo falcon granite hollow"
).split()


def make_rows(count: int, seed: int = 1, prefix: str = "U") -> list[dict[str, str]]:
    """Rows that are all different products."""
    draw = random.Random(f"{seed}{prefix}")
    return [
        {
            "uid": f"{prefix}{n:04d}",
            "title": f"{' '.join(draw.sample(WORDS, 3)).title()} {prefix}{n}",
            "content": f"{' '.join(draw.choices(WORDS, k=25))}. It weighs {n} g.",
        }
        for n in range(count)
    ]


def write_rows(path: Path, rows: list[dict[str, Any] | None]) -> Path:
    """Write rows as JSON Lines; None is an empty line."""
    path.write_text("".join("\n" if row is None else json.dumps(row) + "\n" for row in rows))
    return path


def contents(folder: Path) -> dict[str, tuple[Any, ...]]:
    """What a catalogue holds, by uid: title, content, file, line and all uids of each record."""
    with Catalogue.open(folder) as catalogue:
        return {r.uid: (r.title, r.content, r.file, r.line, frozenset(r.uids)) for r in catalogue.iterate()}


def files_of(folder: Path) -> set[str]:
    """Every file under a folder that may not exist."""
    return {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()} if folder.exists() else set()
