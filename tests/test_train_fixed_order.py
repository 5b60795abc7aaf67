"""Kernels that sum in a fixed order, for a while."""

from __future__ import annotations

import pytest
import torch

from shelftalker.errors import TrainingError
from shelftalker.train.cuda import can_fix_order, fixed_order


def switches():
    return torch.are_deterministic_algorithms_enabled(), torch.utils.deterministic.fill_uninitialized_memory


def test_the_order_is_fixed_for_a_while_and_then_as_before():
    before = switches()
    with fixed_order():
        assert switches() == (True, False)
    assert switches() == before == (False, True)


def test_a_kernel_without_a_fixed_order_is_told_with_what_to_do():
    before = switches()
    with pytest.raises(TrainingError, match="fixed order: put_") as told, fixed_order():
        torch.zeros(3).put_(torch.tensor([0, 0]), torch.tensor([1.0, 2.0]))
    assert "--engine peft" in told.value.fix
    assert switches() == before


def test_other_errors_stay_what_they_are():
    with pytest.raises(RuntimeError, match="shapes cannot be multiplied"), fixed_order():
        torch.ones(2, 3) @ torch.ones(2, 3)


def test_a_cpu_needs_none():
    assert not can_fix_order(torch.device("cpu"))
