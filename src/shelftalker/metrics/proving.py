"""Hold an answer against the lines it rests on: its numbers with units, its names, its quotations, in any language."""

from __future__ import annotations

import re
from collections.abc import Sequence

from shelftalker.metrics.claims import Claim, claims
from shelftalker.metrics.grounding import is_supported
from shelftalker.metrics.tokens import fold_words
from shelftalker.records import Record, Span

__all__ = ["prove"]

_GLUED = re.compile(r"(?<=[a-zà-ÿ,])(?=[A-ZÀ-Þ])")
"""Where a name was glued to the word before it: old catalogues lost blanks beside italics ("byThe Author")."""


def prove(answer: str, question: str, products: Sequence[tuple[str, Sequence[str]]]) -> tuple[Span, ...]:
    """Return every number, name and quotation of an answer that neither the lines nor the question hold.

    Args:
        answer: without the numbers of lines.
        question: an answer may take up its words ("No, not for 10 years: ...").
        products: of each its title and the lines of its record that were read.
    """
    texts = [(title, "\n".join(lines)) for title, lines in products]
    texts += [(_GLUED.sub(" ", title), _GLUED.sub(" ", text)) for title, text in texts]
    sources = [Record("", title, text, "", 0) for title, text in texts]
    asked = set(fold_words(question))
    return tuple(
        Span(claim.start, claim.end, claim.text, claim.kind)
        for claim in claims(answer)
        if not is_supported(claim, sources) and not _taken_up(claim, asked)
    )


def _taken_up(claim: Claim, asked: set[str]) -> bool:
    words = fold_words(claim.text)
    return bool(words) and claim.kind != "quote" and all(word in asked for word in words)
