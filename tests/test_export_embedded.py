"""The embedded model, trained for a moment, out as GGUF and back through llama.cpp."""

from __future__ import annotations

from importlib.util import find_spec

import pytest

from shelftalker.artifacts import read_manifest
from shelftalker.config import PrepareSettings, TrainSettings
from shelftalker.export import export
from shelftalker.prepare import prepare
from shelftalker.sample import write_sample


@pytest.mark.slow
@pytest.mark.skipif(find_spec("xllamacpp") is None, reason="llama.cpp is not installed: xllamacpp")
def test_a_trained_run_answers_alike_in_llama_cpp(tmp_path):
    """Few examples teach little, so answers stay near ties and in 8 bits part later on; a file written wrongly gives
    other words from the first on. How often a trained run's answers are equal, `export` itself measures.
    """
    from shelftalker.train import train

    write_sample(tmp_path / "shop.jsonl", products=30, seed=2)
    prepare([tmp_path / "shop.jsonl"], tmp_path / "data", PrepareSettings())
    few = {
        "base": "smollm2-135m",
        "examples": 6,
        "rank": 4,
        "truth_questions": 0,
        "validation_examples": 2,
        "stop_on": "never",
    }
    train(tmp_path / "data", tmp_path / "run", TrainSettings(**few))
    # in full precision, where the run itself rounds least
    done = export(tmp_path / "run", tmp_path / "out", "gguf", check=4, dtype="float32")
    assert done.agreements["f16"].same >= 3, done.agreements["f16"].differences
    packed = done.agreements["q8_0"]
    begun_alike = [one for one in packed.differences if one.ours[:4] == one.theirs[:4]]
    assert packed.same + len(begun_alike) >= 2, packed.differences
    f16, q8_0 = (done.files[role].stat().st_size for role in ("f16", "q8_0"))
    assert 0.5 < q8_0 / f16 < 0.56  # 8.5 bits a weight for 16
    assert read_manifest(tmp_path / "out", "export").counts["parameters"] == 134_515_008
