"""The list of what is to be taken out of a catalogue: a file with a uid a line."""

from __future__ import annotations

from pathlib import Path

from shelftalker.catalog.sources import Source, read_blocks
from shelftalker.errors import CatalogueError, InputNotFound

__all__ = ["read_uids"]

_LINE_BYTES = 1 << 20


def read_uids(given: Path | str) -> frozenset[str]:
    """Return the uids that a file ("-" is standard input) names, one a line; empty lines say nothing.

    Raises:
        InputNotFound: it is not there or cannot be read.
        CatalogueError: it is not UTF-8 text, or names no uid.
    """
    path = Path(given)
    if str(given) != "-" and not path.is_file():
        raise InputNotFound(f"there is no file {path} of uids", fix="name a file with a uid a line")
    source = Source(None, "stdin") if str(given) == "-" else Source(path, path.name)
    try:
        text = b"".join(block.data for block in read_blocks(source, _LINE_BYTES)).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise CatalogueError(f"{given} is not UTF-8 text", fix="write it with a uid a line, as UTF-8") from error
    # The same as is done to the uids of rows: white space inside becomes one space.
    uids = frozenset(" ".join(line.split()) for line in text.split("\n")) - {""}
    if not uids:
        raise CatalogueError(f"{given} names no uid", fix="write a uid a line, or leave --remove out")
    return uids
