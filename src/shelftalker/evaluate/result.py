"""What an evaluation found, whole."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from shelftalker.evaluate.bars import Held
from shelftalker.evaluate.summary import Figures, Groups, Scored
from shelftalker.metrics import Interval

__all__ = ["Evaluation"]


@dataclass(frozen=True)
class Evaluation:
    """What an evaluation found.

    Attributes:
        run: the run's name.
        mode: what the run was trained for: "open-book", "closed-book" or "both".
        figures: system, set and metric to the figure with its interval.
        groups: the same of people's questions, by kind and by language.
        scored: every answer.
        bars: the protocol's bars and what was measured.
        notes: what is to be said of sets that are small or left out.
        report: the original report's answers, by system and metric; empty where they were not given.
        facts: short labels and values: data, model, machine, seed.
        base: the base model's name.
        seed: of the intervals.
        seconds: wall time.
    """

    run: str
    mode: str
    figures: Figures
    groups: Groups
    scored: Sequence[Scored]
    bars: Sequence[Held]
    notes: Sequence[str]
    seed: int
    seconds: float
    base: str = ""
    report: Mapping[str, Mapping[str, Interval]] = field(default_factory=dict)
    facts: Mapping[str, str] = field(default_factory=dict)

    @property
    def main_system(self) -> str:
        """The system that the run was trained to be, or else the last one measured."""
        wanted = "tuned_closed" if self.mode == "closed-book" else "tuned_open"
        return wanted if wanted in self.figures else next(reversed(list(self.figures)), "")

    def to_json(self, manifest: Mapping[str, Any]) -> dict[str, Any]:
        """Return the document that `evaluate --json` prints."""
        return {
            "run": self.run,
            "systems": {
                system: {name: _figures_json(metrics) for name, metrics in sets.items()}
                for system, sets in self.figures.items()
            },
            "groups": {
                name: {
                    by: {
                        value: {system: _figures_json(metrics) for system, metrics in cells.items()}
                        for value, cells in values.items()
                    }
                    for by, values in parts.items()
                }
                for name, parts in self.groups.items()
            },
            "report": {system: _figures_json(metrics) for system, metrics in self.report.items()},
            "bars": [{"bar": str(held.bar), "value": held.value, "reached": held.reached} for held in self.bars],
            "notes": list(self.notes),
            "seconds": round(self.seconds, 3),
            "manifest": manifest,
        }


def _figures_json(metrics: Mapping[str, Interval]) -> dict[str, Any]:
    return {metric: figure.to_json() for metric, figure in metrics.items()}
