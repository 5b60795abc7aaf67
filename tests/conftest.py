"""Fixtures that several test modules share."""

from __future__ import annotations

from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def sample_data() -> Path:
    """The folder of real rows beside the checkout; the test is skipped where it is absent."""
    folder = ROOT.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("the real rows (../shared/data) are not on this machine")
    return folder


@pytest.fixture(scope="session")
def embedded_model():
    """The embedded base model, loaded once for every test that asks for it; mark such tests `slow`."""
    from shelftalker.models import load_base

    return load_base("smollm2-135m")
