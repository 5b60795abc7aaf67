"""`shelftalker find`: which product is meant."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from shelftalker.cli.options import json_option, print_json
from shelftalker.errors import QuestionError

if TYPE_CHECKING:
    from shelftalker.find import Found

__all__ = ["command"]

_EPILOG = """\b
Examples:
  shelftalker find 'Memorex Sport CD Boombox' --data data/demo
  shelftalker find 'Quanto pesa o Memorex Sport CD Boombox?' --data data/demo --json
  shelftalker find B0000AZZLV --data data/demo
"""


@click.command(epilog=_EPILOG)
@click.argument("text")
@click.option(
    "--data", type=click.Path(path_type=Path), required=True, help="A prepared catalogue: what `prepare` wrote."
)
@click.option("--limit", type=click.IntRange(min=1), default=5, show_default=True, help="Nearest titles to show.")
@json_option
def command(text: str, data: Path, limit: int, as_json: bool) -> None:
    """Find the product that TEXT (a title, a uid, a question) is about, or the nearest titles.

    The exit code is 0 whether the product is found, ambiguous or absent.
    """
    from shelftalker.find import Finder

    if not text.strip():
        raise QuestionError(
            "there is nothing to find", fix="shelftalker find 'Memorex Sport CD Boombox' --data data/demo"
        )
    found = Finder.open(data).find(text, limit=limit)
    if as_json:
        print_json(_to_json(found))
        return
    click.echo(_headline(found))
    for hit in found.hits:
        click.echo(f"  {hit.record.uid}  {hit.record.title}  ({hit.record.file}, line {hit.record.line})")


def _headline(found: Found) -> str:
    if found.status == "absent":
        return "absent; the nearest titles:" if found.hits else "absent; nothing is near"
    return "found" if found.status == "found" else "ambiguous: several products bear the name"


def _to_json(found: Found) -> dict[str, Any]:
    return {
        "status": found.status,
        "name": found.name,
        "records": [
            {"uid": hit.record.uid, "title": hit.record.title, "score": round(hit.score, 4)} for hit in found.hits
        ],
        "seconds": round(found.seconds, 6),
    }
