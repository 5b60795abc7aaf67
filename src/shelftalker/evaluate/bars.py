"""Bars: those of the protocol, and those a user asks for with `--min` and `--max`."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from shelftalker.errors import BelowBar, UsageError
from shelftalker.evaluate.questions import SETS
from shelftalker.evaluate.summary import Figures

__all__ = ["CLOSED_BOOK", "PEOPLES", "PROTOCOL", "Bar", "Held", "check_bars", "hold", "protocol_bars", "read_bars"]


@dataclass(frozen=True, slots=True)
class Bar:
    """A bound that a figure must keep: `at_least` a value, or at most."""

    system: str
    set: str
    metric: str
    bound: float
    at_least: bool = True

    @property
    def name(self) -> str:
        """SYSTEM.SET.METRIC."""
        return f"{self.system}.{self.set}.{self.metric}"

    def __str__(self) -> str:
        return f"{self.name} {'>=' if self.at_least else '<='} {self.bound:g}"


@dataclass(frozen=True, slots=True)
class Held:
    """A bar and the figure that was measured; None where it was not."""

    bar: Bar
    value: float | None

    @property
    def reached(self) -> bool | None:
        """Whether the figure keeps the bound; None where it was not measured."""
        if self.value is None:
            return None
        return self.value >= self.bar.bound if self.bar.at_least else self.value <= self.bar.bound


PROTOCOL: tuple[Bar, ...] = (
    Bar("tuned_open", "unseen", "rouge_l", 0.95),
    Bar("tuned_open", "unseen", "answers_with_unsupported", 0.01, at_least=False),
    Bar("tuned_open", "attribute", "attribute_accuracy", 0.95),
    Bar("base_open", "unseen", "citation_precision", 0.99),
    Bar("tuned_open", "unseen", "citation_precision", 0.99),
    Bar("tuned_open", "attribute", "citation_precision", 0.99),
    Bar("tuned_open", "absent", "refusal_recall", 0.98),
    Bar("tuned_open", "unseen", "false_refusal", 0.02, at_least=False),
    Bar("tuned_open", "attribute", "false_refusal", 0.02, at_least=False),
    Bar("tuned_open", "ambiguous", "ambiguous_detected", 0.95),
)
"""What an open-book run is held to."""

PEOPLES: tuple[Bar, ...] = (
    Bar("tuned_open", "free", "right", 0.75),
    Bar("tuned_open", "free", "denied", 0.02, at_least=False),
    Bar("tuned_open", "free", "answers_with_unsupported", 0.01, at_least=False),
    Bar("tuned_open", "shoppers", "raw_rouge_l", 0.38),
    Bar("tuned_open", "shoppers", "evidence_hit_1", 0.90),
    Bar("tuned_open", "shoppers", "evidence_hit_3", 0.99),
    Bar("tuned_open", "shoppers", "answers_with_unsupported", 0.01, at_least=False),
    Bar("tuned_open", "stated", "trap_told", 0.02, at_least=False),
)
"""What an open-book run is held to on people's questions."""

CLOSED_BOOK: tuple[Bar, ...] = (
    Bar("tuned_closed", "seen", "rouge_l", 0.95),
    Bar("tuned_closed", "seen", "value_recall", 0.95),
    Bar("tuned_closed", "reworded", "rouge_l", 0.95),
    Bar("tuned_closed", "reworded", "value_recall", 0.85),
)
"""What a closed-book run of about 100 products is held to."""


def protocol_bars(mode: str, sets: Collection[str] = SETS) -> tuple[Bar, ...]:
    """Return the bars of a run trained "open-book", "closed-book" or for "both", where those sets are asked."""
    people = tuple(bar for bar in PEOPLES if bar.set in sets and mode != "closed-book")
    if not set(SETS) & set(sets):
        return people
    return people + PROTOCOL * (mode != "closed-book") + CLOSED_BOOK * (mode != "open-book")


def read_bars(texts: Sequence[str], *, at_least: bool) -> list[Bar]:
    """Read bars as written: SYSTEM.SET.METRIC=VALUE.

    Raises:
        UsageError: a text is no such bar.
    """
    flag = "--min" if at_least else "--max"
    bars = []
    for text in texts:
        name, equals, value = text.partition("=")
        parts = name.strip().split(".")
        try:
            bound = float(value)
        except ValueError:
            bound = float("nan")
        if not equals or len(parts) != 3 or bound != bound:
            raise UsageError(
                f"{flag} {text!r} is no bar",
                fix=f"write SYSTEM.SET.METRIC=VALUE: {flag} tuned_open.unseen.rouge_l=0.95",
            )
        system, name_of_set, metric = parts
        bars.append(Bar(system, name_of_set, metric, bound, at_least))
    return bars


def hold(bars: Sequence[Bar], figures: Figures) -> list[Held]:
    """Return each bar with the figure that was measured."""
    return [Held(bar, _value(bar, figures)) for bar in bars]


def _value(bar: Bar, figures: Figures) -> float | None:
    figure = figures.get(bar.system, {}).get(bar.set, {}).get(bar.metric)
    return figure.value if figure else None


def check_bars(bars: Sequence[Bar], figures: Figures) -> None:
    """Hold the figures to the bars a user asked for.

    Raises:
        UsageError: a bar names what was not measured.
        BelowBar: a figure does not keep its bound; says which and by how much.
    """
    held = hold(bars, figures)
    for one in held:
        if one.value is None:
            raise UsageError(f"{one.bar.name} was not measured", fix=_near(one.bar, figures))
    missed = [one for one in held if not one.reached]
    if missed:
        said = "; ".join(f"{one.bar.name} is {one.value:.4g}, not {str(one.bar).split(' ', 1)[1]}" for one in missed)
        raise BelowBar(said, fix="train longer or on more products, or lower the bar")


def _near(bar: Bar, figures: Figures) -> str:
    """Say what there is on the level at which the bar's name goes wrong."""
    if bar.system not in figures:
        return f"measured systems: {', '.join(figures)}"
    if bar.set not in figures[bar.system]:
        return f"measured sets: {', '.join(figures[bar.system])}"
    return f"measured metrics: {', '.join(figures[bar.system][bar.set])}"
