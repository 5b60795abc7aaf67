"""The check's own bars: EVALUATION.md asks for 95 % of planted falsehoods caught and 2 % of true answers flagged."""

from __future__ import annotations

from collections import Counter

import pytest
from grounding_sets import Case, planted_falsehoods, true_answers

from shelftalker.metrics import check_grounding


def _is_caught(case: Case) -> bool:
    return not check_grounding(case.answer, [case.record]).grounded


def test_both_sets_have_200_answers_and_the_seed_decides_which():
    assert len(planted_falsehoods()) == len(true_answers()) == 200
    assert planted_falsehoods() == planted_falsehoods()
    assert planted_falsehoods(1) != planted_falsehoods(2)
    assert Counter(case.kind for case in planted_falsehoods()) == dict.fromkeys(
        ("number", "name", "quote", "negation", "unit"), 40
    )


def test_at_least_95_percent_of_planted_falsehoods_are_caught():
    missed = [case for case in planted_falsehoods() if not _is_caught(case)]
    assert len(missed) <= 10, [f"{case.kind} {case.record.uid}: {case.answer}" for case in missed]


def test_at_most_2_percent_of_true_answers_are_flagged():
    flagged = [case for case in true_answers() if _is_caught(case)]
    assert len(flagged) <= 4, [f"{case.kind} {case.record.uid}: {case.answer}" for case in flagged]


@pytest.mark.parametrize("seed", range(1, 6))
def test_the_bars_hold_for_other_draws_from_the_same_texts(seed: int):
    falsehoods, truths = planted_falsehoods(seed), true_answers(seed)
    assert sum(map(_is_caught, falsehoods)) >= 0.95 * len(falsehoods)
    assert sum(map(_is_caught, truths)) <= 0.02 * len(truths)


def test_every_kind_of_falsehood_is_caught_nine_times_in_ten():
    caught = Counter(case.kind for case in planted_falsehoods() if _is_caught(case))
    assert min(caught.values()) >= 36, caught
