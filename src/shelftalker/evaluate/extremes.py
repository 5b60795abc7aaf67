"""The best and the worst answers of a system."""

from __future__ import annotations

from collections.abc import Iterable

from shelftalker.evaluate.summary import Scored

__all__ = ["best_and_worst"]


def best_and_worst(scored: Iterable[Scored], system: str, count: int) -> tuple[list[Scored], list[Scored]]:
    """Return up to `count` best answers, best first, and up to `count` worst, worst first; none is in both.

    Answers go by the main metric of their question's set, then by what stands in no source. Of equally good ones
    those that the model wrote itself come first, then long ones; of equally bad ones the long ones.
    """
    own = [one for one in scored if one.system == system and one.main is not None]
    ranked = sorted(own, key=lambda one: (one.main or 0.0, -one.figures.get("unsupported_rate", 0.0)))
    half = len(ranked) // 2
    worst = sorted(ranked[: min(count, len(ranked) - half)], key=lambda one: (one.main or 0.0, -len(one.answer.answer)))
    rest = ranked[len(worst) :]
    best = sorted(rest, key=lambda one: (-(one.main or 0.0), one.answer.written_by != "model", -len(one.answer.answer)))
    return best[:count], worst
