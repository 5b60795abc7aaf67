"""The same run again on a GPU: kernels that sum in a fixed order."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch

from shelftalker.errors import TrainingError

__all__ = ["can_fix_order", "fix_workspaces", "fixed_order"]


def fix_workspaces() -> None:
    """Give cuBLAS workspaces of one size, without which torch does not vouch for its order; before it is first used."""
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")


def can_fix_order(device: torch.device) -> bool:
    """Whether products can be made in a fixed order on a CUDA device: `fix_workspaces` was called in time."""
    if device.type != "cuda":
        return False
    one = torch.ones(16, 16, device=device)
    try:
        with fixed_order():
            one @ one
    except TrainingError:
        return False
    return True


@contextmanager
def fixed_order() -> Iterator[None]:
    """Have torch take kernels that sum in a fixed order for a while.

    Raises:
        TrainingError: one of the kernels has no such form.
    """
    filling: Any = torch.utils.deterministic
    before, warns = torch.are_deterministic_algorithms_enabled(), torch.is_deterministic_algorithms_warn_only_enabled()
    fills = filling.fill_uninitialized_memory
    torch.use_deterministic_algorithms(True)
    filling.fill_uninitialized_memory = False  # a pass over every new array, to find errors that the tests are for
    try:
        yield
    except RuntimeError as error:
        if "deterministic" not in str(error).lower():
            raise
        raise TrainingError(
            f"this model cannot be computed in a fixed order: {str(error).splitlines()[0]}",
            fix="--engine peft computes in any order",
        ) from error
    finally:
        torch.use_deterministic_algorithms(before, warn_only=warns)
        filling.fill_uninitialized_memory = fills
