"""The line under an answer that names its source: version 2 of the training data writes it, answering takes it off.

The original report's second version trained on such a line and then showed whatever the model wrote there. Our
answers show the record that the finder found, so the model's own line is taken off before the answer is checked.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from shelftalker.records import Example, Record

__all__ = ["source_line", "without_source", "without_source_streamed"]

_WORDS = {"en": ("Source", "line"), "pt": ("Fonte", "linha")}
_NO_SOURCE = frozenset({"absent"})
_LINE = re.compile(r"\s*\n(?:Source|Fonte): .*\Z", re.DOTALL)
_STARTS = ("\nSource: ", "\nFonte: ")


def source_line(example: Example, lookup: Callable[[str], Record]) -> str:
    """Return the line that names the records of an example's answer; "" for a refusal, which rests on none."""
    if example.kind in _NO_SOURCE or not example.uids:
        return ""
    word, line = _WORDS[example.language]
    records = [lookup(uid) for uid in example.uids]
    return f"\n{word}: " + "; ".join(f"{one.title} ({one.uid}), {one.file}, {line} {one.line}" for one in records)


def without_source(text: str) -> str:
    """Return a model's answer without its source line."""
    return _LINE.sub("", text)


def without_source_streamed(on_text: Callable[[str], bool]) -> Callable[[str], bool]:
    """Return a receiver that passes text on up to the source line, holding back what may be its beginning."""
    held = ""
    ended = False

    def receive(piece: str) -> bool:
        nonlocal held, ended
        if ended:
            return True
        text = held + piece
        cut = _LINE.search(text)
        if cut:
            ended, held = True, ""
            rest = text[: cut.start()]
            return on_text(rest) if rest else True
        held = _maybe_start(text)
        ready = text[: len(text) - len(held)]
        return on_text(ready) if ready else True

    return receive


def _maybe_start(text: str) -> str:
    """Return the end of the text that may grow into a source line: blanks, a newline, the word's first letters."""
    body = text.rstrip()
    newline = text.rfind("\n")
    if newline >= 0 and any(start.startswith(text[newline:]) for start in _STARTS):
        blanks = len(text[:newline].rstrip())
        return text[blanks:]
    return text[len(body) :]
