"""How an answer is shown on a terminal: its text, a badge, its sources, what to be careful about."""

from __future__ import annotations

from shelftalker.records import Answer

__all__ = ["answer_text", "badge"]

_QUOTE_SHOWN = 160
_WRITTEN = {
    "model": "written by the model, checked against the record",
    "model-repaired": "written by the model, checked against the record",
    "record": "quoted from the record",
    "finder": "from the catalogue",
}


def badge(answer: Answer) -> str:
    """Say in a few words what an answer rests on."""
    if answer.ambiguous:
        return "which one is not clear"
    if answer.refused:
        return "the record does not say" if answer.sources else "not in the catalogue"
    if answer.unsupported:
        return f"unsupported parts: {len(answer.unsupported)}"
    return _WRITTEN[answer.written_by] if answer.grounded else "written by the model, not checked"


def answer_text(answer: Answer, *, with_badge: bool = False, hint: str = "") -> str:
    """Return the answer, then its sources with what it quotes of them, then what to be careful about.

    Args:
        with_badge: say in a few words what the answer rests on.
        hint: how one of several products is named.
    """
    sources = () if answer.ambiguous else answer.sources
    lines = [answer.answer, *([f"({badge(answer)})"] if with_badge else []), *([""] if sources else [])]
    for number, source in enumerate(sources, 1):
        lines.append(f"[{number}] {source.uid}  {source.title}  ({source.file}, line {source.line})")
        lines += [f"    “{_short(quote)}”" for quote in source.quotes if _short(quote) != _short(answer.answer)]
    lines += [f"    {near.uid}  {near.title}" for near in answer.nearest if near.uid not in answer.answer]
    lines += [f"unsupported: “{_short(span.text)}” ({span.reason})" for span in answer.unsupported]
    if answer.written_by in ("model-repaired", "record") and answer.model_text:
        lines.append("(the model's own answer did not pass the check; this one is from the record)")
    if answer.ambiguous and hint:
        lines.append(hint)
    return "\n".join(lines)


def _short(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= _QUOTE_SHOWN else flat[:_QUOTE_SHOWN].rsplit(" ", 1)[0] + " …"
