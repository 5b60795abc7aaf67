"""`shelftalker train`: a folder in, a run out; what it prints, its exit codes, what is on disk after."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time

import pytest
from tiny_models import tiny_model

from shelftalker.artifacts import read_manifest
from shelftalker.cli.main import run
from shelftalker.config import TrainSettings
from shelftalker.errors import MissingPart
from shelftalker.pages.loss import read_loss
from shelftalker.train import PRESETS, size_settings
from shelftalker.train.adapters import load_unsloth
from shelftalker.train.dataset import read_training_set
from shelftalker.train.hosted import hosted_examples

pytestmark = pytest.mark.usefixtures("one_thread")
SMALL = ["--records", "6", "--examples", "6", "--epochs", "1", "--rank", "4"]
SMALL += ["--max-tokens", "8192", "--batch-size", "4"]
SMALL += ["--set", "train.validation_examples=2", "--set", "train.truth_questions=0", "--set", "train.dtype=fp32"]


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    return tiny_model("smollm", tmp_path_factory.mktemp("smollm"))


def arguments(data, out, model, *more):
    return ["train", str(data), "--out", str(out), "--base", str(model), *SMALL, *more]


def test_a_run_is_written_whole(tiny_catalogue, tmp_path, model, capsys):
    out = tmp_path / "run"
    assert run(arguments(tiny_catalogue, out, model, "--mode", "closed-book")) == 0
    printed = capsys.readouterr()
    first, *_, last = printed.out.splitlines()
    assert first.startswith(f"{out}: 2 steps, 6 examples, ")
    assert last == f"  next: shelftalker ask 'What is PRODUCT?' --run {out}"
    assert "size good: records 6, " in printed.err
    assert "6 examples, " in printed.err
    assert "4 examples a step" in printed.err
    assert "GB of memory" in printed.err
    names = {path.name for path in out.iterdir()} - {"tensorboard"}
    assert names == {
        "adapter", "checkpoints", "examples.json", "loss.jsonl", "loss.png", "manifest.json", "settings.json",
    }  # fmt: skip
    manifest = read_manifest(out, "run")
    assert manifest.settings["base"] == str(model)
    assert manifest.settings["rank"] == 4
    assert manifest.results["steps"] == 2
    assert manifest.counts["examples"] == 6


def test_json_is_the_manifest_and_nothing_else(tiny_catalogue, tmp_path, model, capsys):
    assert run(arguments(tiny_catalogue, tmp_path / "run", model, "--json")) == 0
    told = json.loads(capsys.readouterr().out)
    assert told == json.loads((tmp_path / "run" / "manifest.json").read_text())


def test_a_run_that_is_there_is_not_replaced_unasked(tiny_catalogue, tmp_path, model, capsys):
    out = tmp_path / "run"
    assert run(arguments(tiny_catalogue, out, model)) == 0
    before = (out / "manifest.json").read_bytes()
    capsys.readouterr()
    assert run(arguments(tiny_catalogue, out, model)) == 2
    assert capsys.readouterr().err.endswith(
        f"error: {out} already holds a run\n"
        "  try: name another --out, or add --overwrite, or --resume with more --epochs\n"
    )
    assert (out / "manifest.json").read_bytes() == before
    assert run(arguments(tiny_catalogue, out, model, "--overwrite", "--seed", "2")) == 0
    assert read_manifest(out, "run").seed == 2


def test_resuming_takes_the_settings_it_began_with(tiny_catalogue, tmp_path, model):
    out = tmp_path / "run"
    assert run(arguments(tiny_catalogue, out, model, "--alpha", "9")) == 0
    assert run(["train", str(tiny_catalogue), "--out", str(out), "--resume", "--epochs", "3"]) == 0
    manifest = read_manifest(out, "run")
    assert (manifest.settings["alpha"], manifest.settings["epochs"]) == (9, 3)
    assert manifest.results["steps"] == 6


def test_resuming_with_another_catalogue_is_refused(tiny_catalogue, tmp_path, model, capsys):
    out = tmp_path / "run"
    assert run(arguments(tiny_catalogue, out, model)) == 0
    for command in (
        ["sample", "--products", "20", "--seed", "9", "--out", str(tmp_path / "other.json")],
        ["prepare", str(tmp_path / "other.json"), "--out", str(tmp_path / "other")],
    ):
        assert run(command) == 0
    capsys.readouterr()
    assert run(["train", str(tmp_path / "other"), "--out", str(out), "--resume", "--epochs", "2"]) == 1
    assert f"error: {out} was trained on another catalogue" in capsys.readouterr().err


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_interrupted_it_says_how_to_go_on_and_leaves_with_130(tiny_catalogue, tmp_path, model, number):
    out = tmp_path / "run"
    command = arguments(tiny_catalogue, out, model, "--epochs", "500", "--engine", "peft")
    process = subprocess.Popen(
        [sys.executable, "-m", "shelftalker", *command],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=os.environ | {"OMP_NUM_THREADS": "1"},
    )  # fmt: skip
    while process.poll() is None and len(read_loss(out / "loss.jsonl")) < 3:
        time.sleep(0.01)
    process.send_signal(number)
    printed, told = process.communicate(timeout=600)
    assert process.returncode == 130
    assert printed == ""
    assert "a checkpoint is saved\n" in told
    assert told.endswith(f"  go on: shelftalker train {tiny_catalogue} --out {out} --resume\n")
    assert not (out / "manifest.json").exists()
    assert run(["train", str(tiny_catalogue), "--out", str(out), "--resume", "--epochs", "2", "--json"]) in (0, 1)


@pytest.mark.parametrize(
    ("more", "code", "told"),
    [
        (["--method", "qlora"], 1, "qlora needs a CUDA GPU"),
        (["--engine", "unsloth"], 1, "unsloth needs a CUDA GPU"),
        (["--target-modules", "nothing"], 2, "no layer named 'nothing'"),
        (["--engine", "lean", "--dropout", "0.1"], 2, "the lean engine computes"),
        (["--set", "train.memory_gb=0.001"], 1, "GB are free on cpu"),
        (["--set", "train.sharding=fsdp"], 2, "several processes"),
        (["--set", "train.rnak=3"], 2, "rank"),
        (["--rank", "-1"], 2, "rank"),
        (["--from", "reader"], 2, "there is no reader for"),
        (["--pairs", "none.csv"], 2, "there is no file of pairs"),
        (["--epochs", "-1"], 2, "epochs"),
        (["--set", "train.overlong=refuse", "--max-tokens", "20"], 1, "more than max_tokens 20"),
    ],
)
def test_what_cannot_work_is_one_error_with_its_fix(tiny_catalogue, tmp_path, model, capsys, more, code, told):
    out = tmp_path / "run"
    assert run(arguments(tiny_catalogue, out, model, *more)) == code
    printed = capsys.readouterr()
    assert printed.out == ""
    assert told in printed.err
    assert printed.err.splitlines()[-1].startswith("  try: ")
    assert "Traceback" not in printed.err
    assert not (out / "manifest.json").exists()


def test_a_hub_name_without_network_lists_what_is_here(tiny_catalogue, tmp_path, capsys):
    assert run(["train", str(tiny_catalogue), "--out", str(tmp_path / "run"), "--base", "mistral-7b"]) == 1
    told = capsys.readouterr().err
    assert "the hub does not answer" in told
    assert "smollm2-135m" in told


def test_without_a_base_named_the_small_one_stands_in_until_the_default_is_pulled(
    tiny_catalogue, tmp_path, monkeypatch, capsys
):
    """Neither is here, so that nothing is trained; what would be is told."""
    from shelftalker.models.carried import CARRIED, Carried

    monkeypatch.setenv("SHELFTALKER_CACHE", str(tmp_path / "cache"))
    monkeypatch.setitem(CARRIED, "smollm2-135m", Carried("smollm2-135m", "pip install it", module="no_such_package"))
    assert run(["train", str(tiny_catalogue), "--out", str(tmp_path / "run")]) == 1
    told = capsys.readouterr().err
    assert "qwen2.5-coder-0.5b reads much better and is not here yet: shelftalker models pull" in told
    assert "error: the base model smollm2-135m is not on this machine yet" in told


def test_a_folder_that_is_no_catalogue_is_named(tmp_path, model, capsys):
    assert run(arguments(tmp_path, tmp_path / "run", model)) != 0
    assert "shelftalker prepare" in capsys.readouterr().err


@pytest.mark.parametrize("mode", ["open-book", "closed-book", "both"])
@pytest.mark.parametrize("size", ["quick", "good", "best"])
def test_the_dial_sets_what_it_says_and_larger_is_more(size, mode):
    dial = size_settings(size, mode)
    TrainSettings.model_validate(dial)
    assert {"epochs", "learning_rate"} <= dial.keys()
    key = "examples" if mode == "open-book" else "records"
    amounts = [size_settings(one, mode)[key] or 10**9 for one in ("quick", "good", "best")]
    assert amounts == sorted(amounts)
    if mode != "closed-book":  # open-book rows hold several records
        assert dial.get("max_tokens", 1536) >= 1024


def test_the_reports_preset_is_the_reports(tiny_catalogue, tmp_path, model, capsys):
    assert PRESETS["report"] == {"epochs": 2, "batch_size": 4, "learning_rate": 1e-3}
    command = ["train", str(tiny_catalogue), "--out", str(tmp_path / "run"), "--base", str(model), "--preset", "report"]
    command += ["--records", "4", "--examples", "4", "--set", "train.truth_questions=0", "--max-tokens", "4096"]
    assert run(command) == 0
    assert "preset report: " in capsys.readouterr().err
    settings = read_manifest(tmp_path / "run", "run").settings
    assert (settings["epochs"], settings["batch_size"], settings["learning_rate"]) == (2, 4, 1e-3)


def test_a_flag_stands_above_the_dial(tiny_catalogue, tmp_path, model, capsys):
    assert run(arguments(tiny_catalogue, tmp_path / "run", model, "--size", "quick", "--learning-rate", "0.01")) == 0
    assert "learning_rate 0.01" in capsys.readouterr().err
    assert read_manifest(tmp_path / "run", "run").settings["learning_rate"] == 0.01


@pytest.mark.parametrize("mode", ["open-book", "closed-book", "both"])
def test_no_product_of_validation_is_trained_on_open_book(tiny_catalogue, mode):
    made = read_training_set(tiny_catalogue, TrainSettings(mode=mode, examples=30, validation_examples=10))
    assert made == read_training_set(tiny_catalogue, TrainSettings(mode=mode, examples=30, validation_examples=10))
    assert len(made.training) == 30
    assert len(made.validation) == 10
    assert made.truth
    assert all(example.kind != "unstated" for example in made.truth)
    trained = {uid for example in made.training for uid in example.uids}
    for example in made.validation:
        if example.mode == "open-book":
            assert not trained & set(example.uids)
        else:
            assert set(example.uids) <= trained
    known = {record.uid for record in made.records}
    assert all(set(example.uids) <= known for example in (*made.training, *made.validation))


def test_a_hosted_tuning_learns_from_the_same_examples(tiny_catalogue, tmp_path):
    settings = TrainSettings(examples=10, validation_examples=4)
    made = hosted_examples(tiny_catalogue, tmp_path, settings)()
    ours = read_training_set(tiny_catalogue, settings)
    assert (tuple(made.training), tuple(made.validation)) == (ours.training, ours.validation)
    assert {record.uid for record in made.records} >= {uid for example in made.training for uid in example.uids}
    assert (tmp_path / "examples.json").is_file()


def test_unsloth_elsewhere_is_a_missing_part():
    import torch

    if torch.cuda.is_available():
        pytest.skip("there is a GPU")
    with pytest.raises(MissingPart, match="unsloth"):
        load_unsloth(TrainSettings(engine="unsloth"))
