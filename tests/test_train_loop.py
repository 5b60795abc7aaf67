"""The loop: what it logs, when it stops, what it says of the loss, what it refuses to go on with."""

from __future__ import annotations

import json

import numpy as np
import pytest
import torch
from safetensors.torch import load_file
from tiny_models import tiny_model
from tiny_training import tiny_fit

from shelftalker.errors import TrainingError
from shelftalker.pages.loss import read_loss
from shelftalker.train.checkpoints import latest, load_checkpoint
from shelftalker.train.progress import Outcome, run_warnings
from shelftalker.train.training_set import RowCounts, Rows

pytestmark = pytest.mark.usefixtures("one_thread")


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    return tiny_model("llama", tmp_path_factory.mktemp("llama"))


def lines(out, kind):
    return [line for line in read_loss(out / "loss.jsonl") if line["kind"] == kind]


def test_every_step_and_epoch_is_logged(model, tmp_path):
    results = tiny_fit(model, tmp_path)
    steps, epochs = lines(tmp_path, "step"), lines(tmp_path, "epoch")
    assert [line["step"] for line in steps] == list(range(1, 11))
    assert [line["epoch"] for line in steps] == [1] * 5 + [2] * 5
    assert {"loss", "learning_rate", "grad_norm", "tokens_per_second", "seconds", "examples"} <= steps[0].keys()
    assert sum(line["examples"] for line in steps) == 2 * 18
    assert steps[-1]["tokens"] == sum(line["step_tokens"] for line in steps) == 2 * results["counts"]["tokens"]
    for epoch, line in enumerate(epochs, start=1):
        part = [one for one in steps if one["epoch"] == epoch]
        mean = sum(one["loss"] * one["answer_tokens"] for one in part) / sum(one["answer_tokens"] for one in part)
        assert line["train_loss"] == pytest.approx(mean)
        assert line["validation_loss"] > 0
    assert results["epochs"] == [{k: line[k] for k in ("train_loss", "validation_loss")} for line in epochs]
    assert (tmp_path / "loss.png").read_bytes().startswith(b"\x89PNG")


def test_tensorboard_reads_the_same_curve(model, tmp_path):
    pytest.importorskip("tensorboard", reason="needs pip install tensorboard")
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    tiny_fit(model, tmp_path)
    events = EventAccumulator(str(tmp_path / "tensorboard"))
    events.Reload()
    steps, epochs = lines(tmp_path, "step"), lines(tmp_path, "epoch")
    for tag, wanted in (
        ("train/loss", [(line["step"], line["loss"]) for line in steps]),
        ("train/learning_rate", [(line["step"], line["learning_rate"]) for line in steps]),
        ("epoch/validation_loss", [(line["step"], line["validation_loss"]) for line in epochs]),
    ):
        told = [(event.step, event.value) for event in events.Scalars(tag)]
        assert told == [(step, pytest.approx(value, rel=1e-5)) for step, value in wanted]


def test_the_learning_rate_of_each_step_is_the_schedules(model, tmp_path):
    tiny_fit(model, tmp_path, schedule="linear", warmup_share=0.2, learning_rate=1e-3)
    rates = [line["learning_rate"] for line in lines(tmp_path, "step")]
    assert rates == pytest.approx(
        [1e-3 * x for x in (1 / 3, 2 / 3, 1, 7 / 8, 6 / 8, 5 / 8, 4 / 8, 3 / 8, 2 / 8, 1 / 8)]
    )


def test_a_rising_loss_and_rows_left_out_are_said():
    rows = Rows(np.empty(0), np.zeros(1, dtype=int), np.empty(0), RowCounts(examples=9, skipped_overlong=3))

    def said(*curve):
        epochs = [{"train_loss": value} for value in curve]
        return run_warnings(Outcome(1, 1, 1, 1.0, epochs, False, 0), rows, (2, 3))

    rising = said(3.0, 1.0, 2.5)
    assert rising[0].startswith("the loss rose from one epoch to a later one (train: 3.000, 1.000, 2.500)")
    assert "--learning-rate" in rising[0]
    assert said(3.0, 2.0, 1.0) == ["3 examples were left out and 0 cut: longer than --max-tokens"]


@pytest.mark.parametrize(
    ("curve", "rising"), [([3, 2, 1], False), ([3, 1, 2], True), ([1, 1.01], False), ([1, 1.03], True), ([5], False)]
)
@pytest.mark.parametrize("name", ["train_loss", "validation_loss"])
def test_what_counts_as_rising(name, curve, rising):
    other = "validation_loss" if name == "train_loss" else "train_loss"
    epochs = [{name: value, other: 10 - number} for number, value in enumerate(curve)]
    assert Outcome(1, 1, 1, 1.0, epochs, False, 0).rising is rising


def test_a_loss_that_is_no_number_ends_the_run_and_keeps_the_checkpoint(model, tmp_path):
    spoilt = tmp_path / "model"
    tiny_model("llama", spoilt)
    from safetensors.torch import save_file

    weights = load_file(spoilt / "model.safetensors")
    weights["model.norm.weight"][0] = float("nan")
    save_file(weights, spoilt / "model.safetensors", metadata={"format": "pt"})
    with pytest.raises(TrainingError, match="the loss is nan at step 1") as caught:
        tiny_fit(spoilt, tmp_path / "run")
    assert "--learning-rate" in caught.value.fix
    assert lines(tmp_path / "run", "step") == []
    assert not (tmp_path / "run" / "adapter").exists()


def test_stopping_on_loss_keeps_the_best_epochs_weights(model, tmp_path):
    """A rate so high that validation gets worse: the run ends early, with the weights of its best epoch."""
    changes = {"stop_on": "loss", "patience": 2, "learning_rate": 0.5, "schedule": "constant", "epochs": 20}
    results = tiny_fit(model, tmp_path, **changes)
    curve = [epoch["validation_loss"] for epoch in results["epochs"]]
    best = curve.index(min(curve))
    assert results["stopped_early"]
    assert results["best_epoch"] == best + 1
    assert len(curve) == best + 3
    assert results["steps"] == 5 * len(curve) < results["planned_steps"]
    checkpoint = load_checkpoint(latest(tmp_path / "checkpoints"))
    saved = load_file(tmp_path / "adapter" / "adapter_model.safetensors")
    assert len(checkpoint.best) == len(saved) == 28
    for name, weight in checkpoint.best.items():
        assert torch.equal(saved[name.replace(".default", "")], weight)
        assert not torch.equal(checkpoint.weights[name], weight)


def test_stopping_on_truth_asks_at_each_epochs_end_and_changes_nothing_of_the_run(model, tmp_path):
    asked = tiny_fit(model, tmp_path / "asked", stop_on="truth", truth_questions=2, dropout=0.1)
    tiny_fit(model, tmp_path / "silent", dropout=0.1)
    for epoch in asked["epochs"]:
        assert 0 <= epoch["truth_score"] <= 1
        assert {"truth_rouge_l", "truth_value_recall"} <= epoch.keys()
    steps = [[line["loss"] for line in lines(tmp_path / name, "step")] for name in ("asked", "silent")]
    assert steps[0] == steps[1]


def test_never_stopping_takes_the_last_weights(model, tmp_path):
    changes = {"stop_on": "never", "learning_rate": 0.5, "schedule": "constant", "epochs": 6}
    results = tiny_fit(model, tmp_path, **changes)
    assert not results["stopped_early"]
    assert len(results["epochs"]) == 6
    checkpoint = load_checkpoint(latest(tmp_path / "checkpoints"))
    saved = load_file(tmp_path / "adapter" / "adapter_model.safetensors")
    assert all(torch.equal(saved[n.replace(".default", "")], w) for n, w in checkpoint.weights.items())


def test_an_adapter_that_changes_nothing_is_told(model, tmp_path):
    results = tiny_fit(model, tmp_path, learning_rate=1e-12, truth_questions=3)
    assert results["answers_changed"] == "0 of 3"
    assert any("training changed nothing" in warning for warning in results["warnings"])


def test_only_the_newest_checkpoints_are_kept(model, tmp_path):
    tiny_fit(model, tmp_path, keep_checkpoints=3)
    assert sorted(path.name for path in (tmp_path / "checkpoints").iterdir()) == [
        "step-00000008.pt",
        "step-00000009.pt",
        "step-00000010.pt",
    ]


def test_the_examples_used_are_listed(model, tmp_path):
    tiny_fit(model, tmp_path)
    listed = json.loads((tmp_path / "examples.json").read_text())
    assert listed["uids"]["train"] == sorted(f"u{n}" for n in range(18))
    assert listed["uids"]["validation"] == sorted(f"u{n}" for n in range(18, 22))
    assert listed["kinds"] == {"closed-book/description": 18}


def test_the_smallest_batches_and_passes_give_the_same_loss(model, tmp_path):
    """How much is computed at once is no matter of what is learnt."""
    tiny_fit(model, tmp_path / "large", tokens_per_forward=1000)
    tiny_fit(model, tmp_path / "small", tokens_per_forward=1)
    large, small = ([line["loss"] for line in lines(tmp_path / name, "step")] for name in ("large", "small"))
    assert small == pytest.approx(large, rel=1e-4)
