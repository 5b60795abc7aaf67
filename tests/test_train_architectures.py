"""Every architecture of the table: trained, answered with, reloaded, on a tiny model of its own config class."""

from __future__ import annotations

import pytest
from tiny_models import ARCHITECTURES, tiny_model
from tiny_training import tiny_examples, tiny_fit

from shelftalker.models import BASE_MODELS, TransformersGenerator, load_base
from shelftalker.models.merging import merge_adapter

pytestmark = pytest.mark.usefixtures("one_thread")
# one example, learnt by heart
LEARNING = {"examples": 5, "epochs": 40, "learning_rate": 1e-2, "rank": 8, "checkpoint_steps": 1000}


def test_every_base_model_of_the_table_has_a_tiny_one_here():
    assert {base.architecture for base in BASE_MODELS} <= {*ARCHITECTURES}


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_train_answer_reload(tmp_path, architecture):
    folder = tiny_model(architecture, tmp_path / "model")
    longer = {"epochs": 100} if architecture == "gemma3_text" else {}  # its norms damp what an adapter adds
    results = tiny_fit(folder, tmp_path / "run", truth_questions=2, **LEARNING | longer)
    curve = [epoch["train_loss"] for epoch in results["epochs"]]
    assert curve[-1] < 0.1 * curve[0]
    assert results["answers_changed"] != "0 of 3"

    def answer():
        base = load_base(folder, dtype="float32", device="cpu")
        return told(merge_adapter(base, tmp_path / "run" / "adapter", name="tuned"))

    wanted = tiny_examples(5)[0].messages[-1].content
    assert told(load_base(folder, dtype="float32", device="cpu")) != wanted
    assert answer() == answer() == wanted  # and nothing more: the end token was learnt


@pytest.mark.parametrize("architecture", ["opt", "llama"])
def test_all_weights_trained_answer_and_reload(tmp_path, architecture):
    folder = tiny_model(architecture, tmp_path / "model")
    tiny_fit(folder, tmp_path / "run", method="full", **LEARNING | {"learning_rate": 3e-3})
    tuned = load_base(tmp_path / "run" / "adapter", dtype="float32", device="cpu")
    assert told(tuned) == tiny_examples(5)[0].messages[-1].content


def told(loaded):
    asked = tiny_examples(5)[0].messages[:-1]
    return TransformersGenerator(loaded).generate([asked], max_new_tokens=80)[0].text
