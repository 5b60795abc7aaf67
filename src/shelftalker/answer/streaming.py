"""Pass a model's text on as it comes, without the record's number at its end."""

from __future__ import annotations

import re
from collections.abc import Callable

__all__ = ["without_marker"]

# What may turn out to be a marker: blanks, then "[", digits, "]".
_TAIL = re.compile(r"(?:\s*\[\d{0,2}\]?)*\s*$")


def without_marker(on_text: Callable[[str], bool]) -> Callable[[str], bool]:
    """Return a receiver that holds back what may be the closing marker until more text shows that it is not."""
    held = ""

    def receive(piece: str) -> bool:
        nonlocal held
        text = held + piece
        cut = _TAIL.search(text)
        start = cut.start() if cut else len(text)
        held = text[start:]
        return on_text(text[:start]) if start else True

    return receive
