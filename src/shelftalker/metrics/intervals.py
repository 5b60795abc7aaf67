"""A figure with its 95 % interval, by bootstrap."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

__all__ = ["Interval", "Statistic", "bootstrap_interval"]

Statistic = Literal["mean", "p50", "p95"]

_RESAMPLES = 2000
_TAIL = 0.025
_CELLS = 2_000_000  # resampled values held at once: 16 MB


@dataclass(frozen=True, slots=True)
class Interval:
    """A figure over `n` values, and the bounds that hold it with 95 % confidence."""

    value: float
    low: float
    high: float
    n: int

    def to_json(self) -> dict[str, float | int]:
        """Return `{"value", "low", "high", "n"}`, rounded to 6 digits."""
        return {"value": round(self.value, 6), "low": round(self.low, 6), "high": round(self.high, 6), "n": self.n}


def bootstrap_interval(
    values: Sequence[float],
    seed: int,
    *,
    statistic: Statistic = "mean",
    groups: Sequence[Hashable] | None = None,
    resamples: int = _RESAMPLES,
) -> Interval:
    """Return a statistic of `values` and its 95 % percentile-bootstrap interval.

    Where every value is 0, or every value is 1, resampling can show no spread at all, and would call 40
    right answers out of 40 certain. There the bound is the exact one: `n` ones in a row happen by chance
    with probability 2.5 % when the true share is 0.025 ** (1 / n). It holds for any score between 0 and 1,
    since a mean is at least the share of ones.

    Args:
        values: one figure a question; must not be empty.
        seed: of the resampling; the same seed gives the same bounds.
        statistic: "mean", or the 50th or 95th percentile (linear interpolation).
        groups: what each value belongs to, such as its product, where one product is asked about several
            times: whole groups are drawn, and counted as one each at the exact bounds. For the mean only.
        resamples: how often to draw.

    Raises:
        ValueError: `values` is empty.
    """
    data = np.asarray(values, dtype=np.float64)
    if data.size == 0:
        raise ValueError("no values: leave the figure out instead")
    value = float(_reduce(data[None, :], statistic)[0])
    sums, counts = _by_group(data, groups if statistic == "mean" else None)
    bound = _TAIL ** (1 / counts.size)
    if statistic == "mean" and bool(np.all(data == 1.0)):
        return Interval(value, bound, 1.0, data.size)
    if statistic == "mean" and bool(np.all(data == 0.0)):
        return Interval(value, 0.0, 1.0 - bound, data.size)
    drawn = _resample(sums, counts, seed, statistic, resamples)
    low, high = np.quantile(drawn, [_TAIL, 1 - _TAIL])
    return Interval(value, float(min(low, value)), float(max(high, value)), data.size)


def _by_group(
    data: NDArray[np.float64], groups: Sequence[Hashable] | None
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Sum and count of each group's values, groups in order of their first value."""
    if groups is None:
        return data, np.ones_like(data)
    places: dict[Hashable, int] = {}
    where = np.array([places.setdefault(group, len(places)) for group in groups])
    return np.bincount(where, weights=data).astype(np.float64), np.bincount(where).astype(np.float64)


def _resample(
    sums: NDArray[np.float64], counts: NDArray[np.float64], seed: int, statistic: Statistic, resamples: int
) -> NDArray[np.float64]:
    random = np.random.default_rng(seed)
    rows = max(1, _CELLS // sums.size)
    parts = []
    for start in range(0, resamples, rows):
        picks = random.integers(0, sums.size, size=(min(rows, resamples - start), sums.size))
        if statistic == "mean":
            parts.append(sums[picks].sum(axis=1) / counts[picks].sum(axis=1))
        else:
            parts.append(_reduce(sums[picks], statistic))
    return np.concatenate(parts)


def _reduce(table: NDArray[np.float64], statistic: Statistic) -> NDArray[np.float64]:
    """Shape: [resamples, n] to [resamples]."""
    if statistic == "mean":
        return np.asarray(table.mean(axis=1))
    return np.asarray(np.quantile(table, {"p50": 0.5, "p95": 0.95}[statistic], axis=1))
