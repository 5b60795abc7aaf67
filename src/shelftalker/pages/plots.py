"""Plots in one style, for pages (inline SVG that follows the page's theme) and for files (PNG).

matplotlib is imported when the first plot is made, and draws without a display. Colours come from the page's
custom properties, so that a plot is readable on a light and on a dark ground; series are told apart by place,
marker and line as well, so that no colour has to be seen.
"""

from __future__ import annotations

import io
import itertools
import re
from collections.abc import Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from markupsafe import Markup, escape

if TYPE_CHECKING:
    from collections.abc import Iterator

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["SERIES", "Point", "Series", "bars", "histogram", "lines", "new_figure", "ranges", "to_png", "to_svg"]

SERIES = ("#0072b2", "#c85a00", "#007a5a", "#b0568d", "#8a6d00", "#3d6fd1")
"""Colours of the series on a light ground; `--series-1` and on in the style sheet. After Okabe and Ito 2008."""

_INK, _SOFT, _LINE, _SHEET = "#1c2226", "#566067", "#d9d6cd", "#fffffe"
_MARKERS = ("o", "s", "D", "^", "v", "P")
_STYLES = ("-", "--", "-.", ":", "-", "--")
_VARIABLES = {
    _INK: "var(--ink, #1c2226)",
    _SOFT: "var(--soft, #566067)",
    _LINE: "var(--line, #d9d6cd)",
    _SHEET: "var(--sheet, #fff)",
} | {colour: f"var(--series-{n}, {colour})" for n, colour in enumerate(SERIES, start=1)}
_COLOUR = re.compile("|".join(_VARIABLES))
_ID = re.compile(r'(\bid="|url\(#|href="#)')
_count = itertools.count(1)


@dataclass(frozen=True, slots=True)
class Point:
    """A figure with its interval; `low` and `high` are None where there is none."""

    value: float
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Series:
    """Values of one thing over the same labels or positions; None leaves a gap."""

    name: str
    points: Sequence[Point | None]


@contextmanager
def new_figure(width: float = 7.2, height: float = 3.6) -> Iterator[tuple[Figure, Axes]]:
    """Give an empty figure and its axes in the house style; sizes in inches.

    Text stays text in the SVG, so that it can be searched, scaled and read aloud.
    """
    import matplotlib as mpl
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    with mpl.rc_context(_style()):  # type: ignore[arg-type]  # the stub lists every key as a literal
        figure = Figure(figsize=(width, height), layout="constrained")
        FigureCanvasAgg(figure)
        axes = figure.subplots()
        axes.spines[["top", "right"]].set_visible(False)
        yield figure, axes


def _style() -> dict[str, Any]:
    return {
        "svg.fonttype": "none",
        "svg.hashsalt": "shelftalker",
        "text.parse_math": False,  # a title with two prices is no formula
        "font.family": ["DejaVu Sans"],
        "font.size": 10,
        "text.color": _INK,
        "axes.labelcolor": _SOFT,
        "axes.edgecolor": _LINE,
        "axes.facecolor": "none",
        "axes.grid": True,
        "axes.axisbelow": True,
        "axes.titlesize": 11,
        "axes.titleweight": "bold",
        "axes.titlelocation": "left",
        "axes.titlecolor": _INK,
        "grid.color": _LINE,
        "grid.linewidth": 0.7,
        "xtick.color": _LINE,
        "ytick.color": _LINE,
        "xtick.labelcolor": _SOFT,
        "ytick.labelcolor": _SOFT,
        "figure.facecolor": "none",
        "savefig.facecolor": "none",
        "legend.frameon": False,
        "legend.fontsize": 9,
        "lines.linewidth": 1.8,
    }


def to_svg(figure: Figure, *, title: str, description: str = "") -> Markup:
    """Return the figure as inline SVG, its colours as the page's custom properties.

    `title` and `description` say what the plot shows to those who do not see it.
    """
    buffer = io.StringIO()
    figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
    svg = buffer.getvalue()
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r"<metadata>.*?</metadata>", "", svg, flags=re.DOTALL)
    prefix = f"plot{next(_count)}-"  # ids must differ between the plots of one page
    svg = _ID.sub(lambda match: match.group(1) + prefix, svg)
    svg = _COLOUR.sub(lambda match: _VARIABLES[match.group()], svg)
    head = f'<svg role="img" aria-label="{escape(title)}"'
    words = f"<title>{escape(title)}</title>" + (f"<desc>{escape(description)}</desc>" if description else "")
    svg = svg.replace("<svg", head, 1)
    end = svg.index(">") + 1
    return Markup(svg[:end] + words + svg[end:].strip())


def to_png(figure: Figure, *, dots_per_inch: int = 144) -> bytes:
    """Return the figure as PNG on white."""
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=dots_per_inch, facecolor="white", metadata={"Software": None})
    return buffer.getvalue()


def bars(
    title: str, labels: Sequence[str], series: Sequence[Series], *, x_label: str = "", limit: float = 1.0
) -> Markup:
    """Return horizontal bars, a group a label, the first label on top, with their intervals.

    `limit` is the right end of the axis: 1 for shares and scores.
    """
    height = 0.9 + len(labels) * (0.2 + 0.19 * len(series))
    with new_figure(7.2, height) as (figure, axes):
        thick = 0.8 / len(series)
        for place, one in enumerate(series):
            where = [n + (place - (len(series) - 1) / 2) * thick for n in range(len(labels))]
            shown = [(y, point) for y, point in zip(where, one.points, strict=True) if point is not None]
            colour = SERIES[place % len(SERIES)]
            axes.barh(
                [y for y, _ in shown], [p.value for _, p in shown], height=thick * 0.86, color=colour, label=one.name
            )
            for y, point in shown:
                _interval(axes, point, y)
        axes.set_yticks(range(len(labels)), labels)
        axes.tick_params(axis="y", length=0, labelcolor=_INK)
        axes.invert_yaxis()
        axes.set_xlim(0, limit)
        axes.grid(visible=False, axis="y")
        axes.set_xlabel(x_label)
        _legend(figure, axes, len(series))
        return to_svg(figure, title=title, description=_describe(labels, series))


def ranges(
    title: str, labels: Sequence[str], series: Sequence[Series], *, x_label: str = "", y_label: str = ""
) -> Markup:
    """Return points with their intervals over ordered labels, joined by lines: how a figure changes along them."""
    with new_figure(7.2, 3.4) as (figure, axes):
        for place, one in enumerate(series):
            shift = (place - (len(series) - 1) / 2) * 0.1
            shown = [(n + shift, point) for n, point in enumerate(one.points) if point is not None]
            colour = SERIES[place % len(SERIES)]
            for x, point in shown:
                if point.low is not None and point.high is not None:
                    axes.plot([x, x], [point.low, point.high], color=colour, linewidth=1.2)
            axes.plot(
                [x for x, _ in shown],
                [point.value for _, point in shown],
                color=colour,
                marker=_MARKERS[place % len(_MARKERS)],
                markersize=6,
                linestyle=_STYLES[place % len(_STYLES)],
                label=one.name,
            )
        axes.set_xticks(range(len(labels)), labels)
        axes.set_xlim(-0.5, len(labels) - 0.5)
        axes.set_ylim(-0.02, 1.04)
        axes.set_xlabel(x_label)
        axes.set_ylabel(y_label)
        _legend(figure, axes, len(series))
        return to_svg(figure, title=title, description=_describe(labels, series))


def histogram(
    title: str,
    edges: Sequence[float],
    counts: Sequence[float],
    *,
    x_label: str = "",
    y_label: str = "",
    marks: Mapping[str, float] | None = None,
    log_x: bool = False,
) -> Markup:
    """Return a histogram of counts already made.

    `edges` ascend and are one more than `counts`; `marks` are labelled vertical lines, such as the median.
    """
    with new_figure(7.2, 3.2) as (figure, axes):
        axes.stairs(counts, edges, fill=True, color=SERIES[0])
        if log_x:
            axes.set_xscale("log")
        top = max(counts, default=1) or 1
        axes.set_ylim(0, top * 1.16)
        for place, (name, x) in enumerate((marks or {}).items()):
            axes.axvline(x, color=_INK, linestyle=_STYLES[(place + 1) % len(_STYLES)], linewidth=1.2)
            axes.annotate(
                name, (x, top * (1.15 - 0.08 * (place % 2))), xytext=(4, 0), textcoords="offset points", va="top"
            )
        _plain_numbers(axes.xaxis)
        _plain_numbers(axes.yaxis)
        axes.grid(visible=False, axis="x")
        axes.set_xlabel(x_label)
        axes.set_ylabel(y_label)
        return to_svg(figure, title=title)


def lines(
    title: str,
    series: Mapping[str, Sequence[tuple[float, float]]],
    *,
    x_label: str = "",
    y_label: str = "",
    log_x: bool = False,
    log_y: bool = False,
) -> Markup:
    """Return lines through (x, y) points, each with its own marker: how one measure grows with another."""
    with new_figure() as (figure, axes):
        for place, (name, points) in enumerate(series.items()):
            axes.plot(
                [x for x, _ in points],
                [y for _, y in points],
                color=SERIES[place % len(SERIES)],
                marker=_MARKERS[place % len(_MARKERS)],
                linestyle=_STYLES[place % len(_STYLES)],
                label=name,
            )
        axes.set_xscale("log" if log_x else "linear")
        axes.set_yscale("log" if log_y else "linear")
        _plain_numbers(axes.xaxis)
        _plain_numbers(axes.yaxis)
        axes.set_xlabel(x_label)
        axes.set_ylabel(y_label)
        _legend(figure, axes, len(series))
        return to_svg(figure, title=title)


def _interval(axes: Axes, point: Point, y: float) -> None:
    if point.low is None or point.high is None:
        return
    axes.plot([point.low, point.high], [y, y], color=_INK, linewidth=1.1, solid_capstyle="butt")
    axes.plot([point.low, point.high], [y, y], color=_INK, linestyle="none", marker="|", markersize=4)


def _legend(figure: Figure, axes: Axes, count: int) -> None:
    if count > 1:
        handles, names = axes.get_legend_handles_labels()
        figure.legend(handles, names, loc="outside upper left", ncols=min(count, 4))


def _plain_numbers(axis: Any) -> None:
    """Write 1.5 million as 1,500,000 and 0.25 as 0.25, not as powers of ten."""
    from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

    low, high = axis.get_view_interval()
    if axis.get_scale() == "log" and high < 100 * low:
        axis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0)))
    axis.set_minor_formatter(NullFormatter())
    axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.10g}"))


def _describe(labels: Sequence[str], series: Sequence[Series]) -> str:
    rows = []
    for one in series:
        cells = [
            f"{label} {point.value:.3f}" for label, point in zip(labels, one.points, strict=True) if point is not None
        ]
        rows.append(f"{one.name}: {', '.join(cells)}")
    return "; ".join(rows)
