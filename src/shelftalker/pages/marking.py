"""Mark stretches of a text in HTML: what stands in no source, what was quoted."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from markupsafe import Markup, escape

from shelftalker.records import Span

__all__ = ["find_quotes", "mark"]


def mark(
    text: str, spans: Iterable[Span], style: str = "unsupported", *, start: int = 0, end: int | None = None
) -> Markup:
    """Return `text`, or its characters `start` to `end`, as HTML, with each span in a `<mark class=STYLE>`.

    A mark tells its reason in its `title`. Overlapping spans are joined into one mark with all their reasons;
    what lies outside is cut off.
    """
    end = len(text) if end is None else min(end, len(text))
    parts: list[Markup] = []
    done = start
    for first, last, reasons in _join(spans, start, end):
        title = Markup(' title="{}"').format(", ".join(reasons)) if reasons else Markup("")
        parts.append(escape(text[done:first]))
        parts.append(Markup('<mark class="{}"{}>{}</mark>').format(style, title, text[first:last]))
        done = last
    parts.append(escape(text[done:end]))
    return Markup("").join(parts)


def find_quotes(text: str, quotes: Sequence[str], reason: str = "") -> list[Span]:
    """Return where each quote first stands in `text`; quotes that do not stand there are left out."""
    found = []
    for quote in quotes:
        start = text.find(quote) if quote else -1
        if start >= 0:
            found.append(Span(start, start + len(quote), quote, reason))
    return found


def _join(spans: Iterable[Span], first: int, last: int) -> list[tuple[int, int, list[str]]]:
    joined: list[tuple[int, int, list[str]]] = []
    for span in sorted(spans, key=lambda s: (s.start, s.end)):
        start, end = max(first, span.start), min(last, span.end)
        if start >= end:
            continue
        reasons = [span.reason] if span.reason else []
        if joined and start < joined[-1][1]:
            before = joined[-1]
            joined[-1] = (before[0], max(before[1], end), before[2] + [r for r in reasons if r not in before[2]])
        else:
            joined.append((start, end, reasons))
    return joined
