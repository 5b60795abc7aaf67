"""The loss plot of a run, as a page shows it and as `loss.png`."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from shelftalker.pages.plots import SERIES, new_figure, to_png, to_svg
from shelftalker.pages.texts import text_for
from shelftalker.records import Language

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["loss_png", "loss_svg", "read_loss"]

_WINDOW = 20  # the smoothed line averages over a twentieth of the run


def read_loss(path: Path) -> list[dict[str, Any]]:
    """Return the lines of a run's `loss.jsonl`: objects with `step`, `epoch` and `loss` or `validation_loss`.

    A last line cut short by an interruption is left out; a file that is not there gives no lines.
    """
    rows: list[dict[str, Any]] = []
    if not path.is_file():
        return rows
    for line in path.read_text(encoding="utf-8").splitlines():
        try:
            row = json.loads(line)
        except json.JSONDecodeError:
            continue
        if isinstance(row, dict) and "step" in row:
            rows.append(row)
    return rows


def loss_svg(rows: Sequence[Mapping[str, Any]], language: Language = "en") -> Markup:
    """Return the plot for a page: by step, smoothed, mean by epoch, validation."""
    with new_figure(7.2, 3.4) as (figure, axes):
        _draw(axes, rows, language)
        return to_svg(figure, title=text_for("loss_title", language))


def loss_png(rows: Sequence[Mapping[str, Any]], language: Language = "en") -> bytes:
    """Return the same plot as PNG, with the learning rate behind it."""
    with new_figure(7.2, 4.0) as (figure, axes):
        _draw(axes, rows, language)
        _draw_rate(axes, rows, language)
        axes.set_title(text_for("loss_title", language))
        return to_png(figure)


def _draw(axes: Axes, rows: Sequence[Mapping[str, Any]], language: Language) -> None:
    steps = [(row["step"], row["loss"]) for row in rows if row.get("loss") is not None]
    if steps:
        xs, ys = zip(*steps, strict=True)
        if len(steps) > 1:
            axes.plot(xs, ys, color=SERIES[0], alpha=0.35, linewidth=0.9, label=text_for("loss_train", language))
        axes.plot(xs, _smooth(ys), color=SERIES[0], label=text_for("loss_smooth", language))
    means = _by_epoch(rows)
    if means:
        axes.plot(
            *zip(*means, strict=True),
            color=SERIES[1],
            marker="s",
            linestyle="--",
            label=text_for("loss_epoch", language),
        )
    checks = [(row["step"], row["validation_loss"]) for row in rows if row.get("validation_loss") is not None]
    if checks:
        axes.plot(
            *zip(*checks, strict=True),
            color=SERIES[2],
            marker="D",
            linestyle="-.",
            label=text_for("loss_validation", language),
        )
    axes.set_xlabel(text_for("step", language))
    axes.set_ylabel(text_for("loss", language))
    axes.set_ylim(bottom=0)
    if axes.get_legend_handles_labels()[0]:
        axes.legend()


def _draw_rate(axes: Axes, rows: Sequence[Mapping[str, Any]], language: Language) -> None:
    rates = [(row["step"], row["learning_rate"]) for row in rows if row.get("learning_rate") is not None]
    if not rates:
        return
    right = axes.twinx()
    right.plot(*zip(*rates, strict=True), color="#777777", linestyle=":", linewidth=1.0)
    right.set_ylabel(text_for("learning_rate", language), color="#777777")
    right.set_ylim(bottom=0)
    right.ticklabel_format(axis="y", style="sci", scilimits=(0, 0))


def _smooth(values: Sequence[float]) -> list[float]:
    """Mean over the steps around each one; unlike a running mean it does not lag behind a falling loss."""
    half = max(1, len(values) // _WINDOW // 2)
    windows = [values[max(0, n - half) : n + half + 1] for n in range(len(values))]
    return [sum(window) / len(window) for window in windows]


def _by_epoch(rows: Sequence[Mapping[str, Any]]) -> list[tuple[float, float]]:
    """Mean loss of each epoch, at the middle of its steps."""
    losses: dict[int, list[float]] = defaultdict(list)
    steps: dict[int, list[float]] = defaultdict(list)
    for row in rows:
        if row.get("loss") is not None and row.get("epoch") is not None:
            epoch = int(row["epoch"])
            losses[epoch].append(row["loss"])
            steps[epoch].append(row["step"])
    return [
        (sum(steps[epoch]) / len(steps[epoch]), sum(losses[epoch]) / len(losses[epoch])) for epoch in sorted(losses)
    ]
