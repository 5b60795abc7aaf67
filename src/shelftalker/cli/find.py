"""`shelftalker find`: which product is meant."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from shelftalker.cli.options import json_option, print_failed, print_json, stdin_lines
from shelftalker.errors import QuestionError

if TYPE_CHECKING:
    from shelftalker.find import Finder, Found

__all__ = ["command"]

_EPILOG = """\b
Examples:
  shelftalker find 'Memorex Sport CD Boombox' --data data/demo
  shelftalker find 'Quanto pesa o Memorex Sport CD Boombox?' --data data/demo --json
  shelftalker find B0000AZZLV --data data/demo
  shelftalker find - --data data/demo --json < questions.txt
"""
_HEADLINES = {
    "found": "found",
    "several": "several products go by that name:",
    "unsure": "not sure; did you mean:",
    "absent": "not found; the nearest titles:",
}


@click.command(epilog=_EPILOG)
@click.argument("text")
@click.option(
    "--data", type=click.Path(path_type=Path), required=True, help="A prepared catalogue: what `prepare` wrote."
)
@click.option("--limit", type=click.IntRange(min=1), default=5, show_default=True, help="Nearest titles to show.")
@json_option
def command(text: str, data: Path, limit: int, as_json: bool) -> int:
    """Find the product that TEXT (a title, a uid, a question) is about, or the nearest titles.

    `-` reads a text a line. The exit code is 0 whether products are found or not, and 1 where a line holds no text.
    """
    from shelftalker.find import Finder

    if text == "-":
        return _find_lines(Finder.open(data), limit, as_json=as_json)
    if not text.strip():
        raise QuestionError(
            "there is nothing to find", fix="shelftalker find 'Memorex Sport CD Boombox' --data data/demo"
        )
    found = Finder.open(data).find(text, limit=limit)
    if as_json:
        print_json(_to_json(text, found))
    else:
        click.echo(_shown(found))
    return 0


def _find_lines(finder: Finder, limit: int, *, as_json: bool) -> int:
    from shelftalker.answer import Failed, read_lines

    failed = False
    for one in read_lines(stdin_lines()):
        if isinstance(one, Failed):
            failed = True
            print_failed(one, as_json=as_json)
        elif as_json:
            print_json(_to_json(one.question, finder.find(one.question, limit=limit)))
        else:
            click.echo(f"> {one.question}\n{_shown(finder.find(one.question, limit=limit))}\n")
    return int(failed)


def _shown(found: Found) -> str:
    hits = [
        f"  {hit.record.uid}  {hit.record.title}  ({hit.record.file}, line {hit.record.line})" for hit in found.hits
    ]
    return "\n".join([_HEADLINES[found.status] if hits else "not found; nothing is near", *hits])


def _to_json(question: str, found: Found) -> dict[str, Any]:
    return {
        "question": question,
        "status": "ambiguous" if found.status == "several" else found.status,
        "name": found.name,
        "records": [
            {"uid": hit.record.uid, "title": hit.record.title, "score": round(hit.score, 4)} for hit in found.hits
        ],
        "seconds": round(found.seconds, 6),
    }
