"""From scored answers to figures with intervals, by system and set."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from shelftalker.evaluate.questions import DESCRIBES, PEOPLE, Ambiguity, Question
from shelftalker.evaluate.scoring import MAIN_METRIC
from shelftalker.metrics import Interval, bootstrap_interval
from shelftalker.records import Answer, Record

__all__ = [
    "LENGTH_BINS", "Figures", "Groups", "Scored", "best_and_worst", "reliability_by_ambiguity", "reliability_by_length",
    "summarise", "summarise_groups",
]  # fmt: skip

Figures = Mapping[str, Mapping[str, Mapping[str, Interval]]]
"""System, set and metric to the figure."""

Groups = Mapping[str, Mapping[str, Mapping[str, Mapping[str, Mapping[str, Interval]]]]]
"""Set, "kind" or "language", its value, system and metric to the figure."""

_GROUPED = ("right", "raw_right", "denied", "trap_told")

LENGTH_BINS: tuple[int, ...] = (0, 200, 400, 800, 1600)
"""Lower bounds of the lengths of descriptions, in characters, that reliability is told apart by."""


@dataclass(frozen=True, slots=True)
class Scored:
    """An answer to a question, the right records and its figures."""

    system: str
    question: Question
    answer: Answer
    records: tuple[Record, ...]
    figures: Mapping[str, float]
    alone: bool

    @property
    def main(self) -> float | None:
        """How right the answer is, 0 to 1, by its set's main metric."""
        return self.figures.get(MAIN_METRIC[self.question.set])


def summarise(scored: Iterable[Scored], seed: int) -> dict[str, dict[str, dict[str, Interval]]]:
    """Return every figure with its bootstrap interval; systems, sets and metrics in the order they come."""
    cells: dict[str, dict[str, list[Scored]]] = defaultdict(lambda: defaultdict(list))
    for one in scored:
        cells[one.system][one.question.set].append(one)
    return {
        system: {name: _metrics(answers, seed) | _times(answers, seed) for name, answers in sets.items()}
        for system, sets in cells.items()
    }


def summarise_groups(scored: Iterable[Scored], seed: int) -> dict[str, Any]:
    """Return the figures of people's questions by kind and by language, as `Groups`."""
    cells: dict[tuple[str, str, str, str], list[Scored]] = defaultdict(list)
    for one in scored:
        if one.question.set in PEOPLE:
            cells[one.question.set, "kind", one.question.kind, one.system].append(one)
            cells[one.question.set, "language", one.question.language, one.system].append(one)
    groups: dict[str, Any] = {}
    for (name, by, value, system), answers in cells.items():
        figures = {metric: one for metric, one in _metrics(answers, seed).items() if metric in _GROUPED}
        groups.setdefault(name, {}).setdefault(by, {}).setdefault(value, {})[system] = figures
    return groups


def best_and_worst(scored: Iterable[Scored], system: str, count: int) -> tuple[list[Scored], list[Scored]]:
    """Return up to `count` best answers, best first, and up to `count` worst, worst first; none is in both.

    People's questions come first; then answers go by the main metric of their question's set. Of equally good ones
    those that the model wrote itself come first, then long ones; of equally bad ones the long ones.
    """
    own = [one for one in scored if one.system == system and one.main is not None]
    people = [one for one in own if one.question.set in PEOPLE]
    ranked = sorted(people or own, key=lambda one: one.main or 0.0)
    half = len(ranked) // 2
    worst = sorted(ranked[: min(count, len(ranked) - half)], key=lambda one: (one.main or 0.0, -len(one.answer.answer)))
    rest = ranked[len(worst) :]
    best = sorted(rest, key=lambda one: (-(one.main or 0.0), one.answer.written_by != "model", -len(one.answer.answer)))
    return best[:count], worst


def _metrics(answers: Sequence[Scored], seed: int) -> dict[str, Interval]:
    values: dict[str, list[float]] = defaultdict(list)
    groups: dict[str, list[str]] = defaultdict(list)
    for one in answers:
        for metric, value in one.figures.items():
            values[metric].append(value)
            groups[metric].append(one.question.group)
    return {metric: bootstrap_interval(values[metric], seed, groups=groups[metric]) for metric in values}


def _times(answers: Sequence[Scored], seed: int) -> dict[str, Interval]:
    alone = [one.answer for one in answers if one.alone]
    if not alone:
        return {}
    seconds = [answer.seconds for answer in alone]
    times = {
        "seconds_p50": bootstrap_interval(seconds, seed, statistic="p50"),
        "seconds_p95": bootstrap_interval(seconds, seed, statistic="p95"),
    }
    speeds = [a.completion_tokens / a.seconds for a in alone if a.completion_tokens and a.seconds > 0]
    return times | ({"tokens_per_second": bootstrap_interval(speeds, seed)} if speeds else {})


def reliability_by_length(scored: Iterable[Scored], seed: int) -> dict[str, list[Interval | None]]:
    """Return, by system, the mean ROUGE-L of full descriptions in each of `LENGTH_BINS`; None for an empty bin."""
    found: dict[str, list[list[Scored]]] = defaultdict(lambda: [[] for _ in LENGTH_BINS])
    for one in scored:
        if one.question.set in DESCRIBES and "rouge_l" in one.figures and len(one.records) == 1:
            length = len(one.records[0].content)
            place = sum(length >= bound for bound in LENGTH_BINS) - 1
            found[one.system][place].append(one)
    return {system: [_mean(answers, seed) for answers in bins] for system, bins in found.items()}


def reliability_by_ambiguity(scored: Iterable[Scored], seed: int) -> dict[str, dict[Ambiguity, Interval | None]]:
    """Return, by system, how right answers are where a title is unique, nearly another's, or borne by several.

    Sets of products that were trained on are left out: they say how much was memorised.
    """
    kinds: tuple[Ambiguity, ...] = ("unique", "near", "shared")
    found: dict[str, dict[Ambiguity, list[Scored]]] = defaultdict(lambda: {kind: [] for kind in kinds})
    for one in scored:
        if one.question.set not in ("seen", "reworded", *PEOPLE) and one.main is not None:
            found[one.system][one.question.ambiguity].append(one)
    return {system: {kind: _mean(bins[kind], seed) for kind in kinds} for system, bins in found.items()}


def _mean(answers: Sequence[Scored], seed: int) -> Interval | None:
    known = [(one.main, one.question.group) for one in answers if one.main is not None]
    if not known:
        return None
    return bootstrap_interval([value for value, _ in known], seed, groups=[group for _, group in known])
