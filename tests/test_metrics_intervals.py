"""Intervals: against the binomial's own spread, exact bounds at the ends, and coverage."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shelftalker.metrics import bootstrap_interval


def test_share_has_the_binomials_spread():
    values = [1.0] * 140 + [0.0] * 60
    interval = bootstrap_interval(values, seed=1)
    half = 1.96 * math.sqrt(0.7 * 0.3 / 200)
    assert interval.value == pytest.approx(0.7)
    assert interval.n == 200
    assert interval.low == pytest.approx(0.7 - half, abs=0.01)
    assert interval.high == pytest.approx(0.7 + half, abs=0.01)


def test_same_seed_same_bounds():
    values = list(np.random.default_rng(3).random(50))
    assert bootstrap_interval(values, seed=5) == bootstrap_interval(values, seed=5)
    assert bootstrap_interval(values, seed=5).low != bootstrap_interval(values, seed=6).low


def test_all_right_is_not_certain():
    """40 of 40: resampling alone would say [1, 1]. The exact one-sided 2.5 % bound is 0.025 ** (1 / 40)."""
    interval = bootstrap_interval([1.0] * 40, seed=1)
    assert (interval.value, interval.high) == (1.0, 1.0)
    assert interval.low == pytest.approx(0.9119, abs=1e-4)
    assert bootstrap_interval([0.0] * 40, seed=1).high == pytest.approx(1 - 0.9119, abs=1e-4)


def test_percentiles():
    values = [float(n) for n in range(1, 102)]
    assert bootstrap_interval(values, seed=1, statistic="p50").value == 51.0
    assert bootstrap_interval(values, seed=1, statistic="p95").value == 96.0
    assert bootstrap_interval([2.0], seed=1, statistic="p95").to_json() == {"value": 2, "low": 2, "high": 2, "n": 1}


def test_resampling_in_parts_is_the_same_statistic():
    """More values than fit in one part of the table: the spread is still the mean's."""
    values = np.random.default_rng(1).normal(10, 2, 5000)
    interval = bootstrap_interval(list(values), seed=1)
    half = 1.96 * values.std() / math.sqrt(5000)
    assert interval.high - interval.low == pytest.approx(2 * half, rel=0.1)


def test_coverage():
    """95 % of intervals hold the true mean; of 300, fewer than 92 % or more than 98 % would be a fault (p < 0.02)."""
    random = np.random.default_rng(11)
    held = 0
    for seed in range(300):
        interval = bootstrap_interval(list(random.random(60)), seed, resamples=400)
        held += interval.low <= 0.5 <= interval.high
    assert 0.90 <= held / 300 <= 0.985


@given(st.lists(st.floats(0, 1), min_size=1, max_size=30), st.sampled_from(["mean", "p50", "p95"]))
def test_the_value_lies_within(values, statistic):
    interval = bootstrap_interval(values, seed=1, statistic=statistic, resamples=50)
    assert interval.low <= interval.value <= interval.high


def test_a_product_asked_ten_times_counts_once():
    """20 products, each asked 10 times with the same score: as uncertain as 20 questions, not as 200."""
    once = list(np.random.default_rng(4).random(20))
    grouped = bootstrap_interval(
        [v for v in once for _ in range(10)], 1, groups=[n for n in range(20) for _ in range(10)]
    )
    alone = bootstrap_interval(once, 1)
    assert grouped.value == pytest.approx(alone.value)
    assert (grouped.low, grouped.high) == pytest.approx((alone.low, alone.high))
    assert grouped.n == 200
    ones = bootstrap_interval([1.0] * 200, 1, groups=[n // 10 for n in range(200)])
    assert ones.low == pytest.approx(0.025 ** (1 / 20))


def test_groups_of_unequal_size():
    interval = bootstrap_interval([1.0, 1.0, 1.0, 0.0], 1, groups=["a", "a", "a", "b"])
    assert (interval.value, interval.low, interval.high) == (0.75, 0.0, 1.0)


def test_no_values():
    with pytest.raises(ValueError, match="no values"):
        bootstrap_interval([], seed=1)
