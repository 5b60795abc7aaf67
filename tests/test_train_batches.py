"""Which rows a step takes, and how they go through the model."""

from __future__ import annotations

import threading

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shelftalker.train.schedule import ahead, forwards, learning_rate, plan_steps

lengths = st.lists(st.integers(1, 300), min_size=1, max_size=120)


@given(lengths, st.integers(1, 9), st.integers(1, 3), st.integers(0, 5), st.integers(1, 6))
def test_each_epoch_takes_each_row_once(sizes, batch_size, epochs, seed, window):
    steps = plan_steps(sizes, batch_size=batch_size, epochs=epochs, seed=seed, window=window)
    assert [step.number for step in steps] == list(range(len(steps)))
    for epoch in range(epochs):
        taken = [int(row) for step in steps if step.epoch == epoch for row in step.rows]
        assert sorted(taken) == list(range(len(sizes)))
    assert max(len(step.rows) for step in steps) <= batch_size
    assert len(steps) == epochs * -(-len(sizes) // batch_size)


@given(lengths, st.integers(1, 9), st.floats(0.05, 3), st.integers(0, 5))
def test_part_of_an_epoch_is_the_beginning_of_a_whole_one(sizes, batch_size, epochs, seed):
    steps = plan_steps(sizes, batch_size=batch_size, epochs=epochs, seed=seed)
    whole = plan_steps(sizes, batch_size=batch_size, epochs=4, seed=seed)
    assert 1 <= len(steps) <= len(whole)
    for ours, theirs in zip(steps, whole, strict=False):
        assert np.array_equal(ours.rows, theirs.rows)


@given(lengths, st.integers(1, 500), st.integers(1, 3))
def test_steps_of_so_many_tokens_take_each_row_once_and_keep_to_them(sizes, most, epochs):
    steps = plan_steps(sizes, batch_size=4, epochs=epochs, seed=0, batch_tokens=most, window=10)
    assert [step.number for step in steps] == list(range(len(steps)))
    for epoch in range(epochs):
        taken = [int(row) for step in steps if step.epoch == epoch for row in step.rows]
        assert sorted(taken) == list(range(len(sizes)))
    for step in steps:
        assert len(step.rows) == 1 or sum(sizes[row] for row in step.rows) <= most


def test_the_order_depends_on_seed_and_epoch_only():
    sizes = list(range(1, 60))

    def order(seed):
        return [tuple(step.rows) for step in plan_steps(sizes, batch_size=4, epochs=2, seed=seed)]

    assert order(1) == order(1)
    assert order(1) != order(2)
    first, second = order(1)[:15], order(1)[15:]
    assert first != second


@given(lengths, st.integers(1, 12), st.integers(1, 400), st.integers(1, 4))
def test_the_passes_of_all_processes_hold_a_steps_rows_once_and_keep_the_budget(sizes, batch_size, budget, processes):
    sizes = np.asarray(sizes)
    for step in plan_steps(sizes, batch_size=batch_size, epochs=1, seed=0):
        taken = []
        for rank in range(processes):
            for group in forwards(step, sizes, tokens=budget, rank=rank, processes=processes):
                taken += group.tolist()
                padded = len(group) * int(sizes[group].max())
                assert padded <= budget or len(group) == 1
        assert sorted(taken) == sorted(step.rows.tolist())


def test_steps_hold_rows_of_nearly_one_length():
    sizes = np.random.default_rng(0).integers(10, 500, size=640)
    spread = [np.ptp(sizes[step.rows]) for step in plan_steps(sizes, batch_size=4, epochs=1, seed=0)]
    assert np.mean(spread) < 0.05 * np.ptp(sizes)


def test_the_learning_rate_rises_then_falls():
    def curve(schedule):
        return [learning_rate(s, 100, highest=2.0, warmup_share=0.1, schedule=schedule) for s in range(100)]

    for schedule in ("linear", "cosine", "constant"):
        assert curve(schedule)[:10] == sorted(curve(schedule)[:10])
        assert curve(schedule)[10] == max(curve(schedule)) == 2.0
    assert curve("constant")[10:] == [2.0] * 90
    assert curve("linear")[55] == pytest.approx(1.0)
    assert curve("cosine")[55] == pytest.approx(1.0)
    for schedule in ("linear", "cosine"):
        assert curve(schedule)[10:] == sorted(curve(schedule)[10:], reverse=True)
        assert 0 < curve(schedule)[-1] < 0.05


def test_without_warm_up_the_first_step_takes_the_highest_rate():
    assert learning_rate(0, 10, highest=1.0, warmup_share=0, schedule="linear") == 1.0


def test_rows_are_made_ahead_in_another_thread_in_their_order():
    made_by = set()

    def make():
        for number in range(20):
            made_by.add(threading.current_thread())
            yield number

    assert list(ahead(make)) == list(range(20))
    assert len(made_by) == 1
    assert threading.current_thread() not in made_by


def test_an_error_ahead_reaches_the_reader():
    def make():
        yield 1
        raise ValueError("spoilt")

    with pytest.raises(ValueError, match="spoilt"):
        list(ahead(make))


def test_leaving_early_ends_the_thread():
    closed = threading.Event()

    def make():
        try:
            while True:
                yield 1
        finally:
            closed.set()

    for _ in ahead(make):
        break
    assert not [t for t in threading.enumerate() if t.name.startswith("rows-ahead")]
