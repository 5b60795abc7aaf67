"""What training begins from: a base's reader, another adapter, or the base alone."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file
from tiny_models import tiny_model
from tiny_training import tiny_fit

from shelftalker.artifacts import hash_file, read_manifest
from shelftalker.cli.main import run
from shelftalker.config import TrainSettings
from shelftalker.errors import InputNotFound, ModelError, UsageError
from shelftalker.models import find_reader, load_base
from shelftalker.train.adapters import attach_adapter, choose_start, trainable

pytestmark = pytest.mark.usefixtures("one_thread")


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    return tiny_model("smollm", tmp_path_factory.mktemp("smollm"))


@pytest.fixture(scope="module")
def adapter(model, tmp_path_factory):
    """An adapter of rank 4 on the top layer, trained for two steps."""
    out = tmp_path_factory.mktemp("start") / "run"
    tiny_fit(model, out, examples=8, epochs=2, adapter_layers=1, alpha=6)
    return out / "adapter"


def settings_of(model, **more):
    return TrainSettings.model_validate({"base": str(model), "dtype": "fp32", "device": "cpu", **more})


def test_training_begins_with_the_adapters_own_weights_and_shape(model, adapter):
    settings, start = choose_start(settings_of(model, start_from=str(adapter)))
    assert (settings.rank, settings.alpha, settings.adapter_layers) == (4, 6, 1)
    assert start.to_json()["sha256"] == hash_file(adapter / "adapter_model.safetensors")
    begun = attach_adapter(load_base(model, dtype="float32", device="cpu").model, settings, start.folder)
    saved = load_file(adapter / "adapter_model.safetensors")
    mine = {name.replace(".default", ""): weight for name, weight in trainable(begun).items()}
    assert mine.keys() == saved.keys()
    assert all(torch.equal(mine[name].detach(), saved[name]) for name in saved)
    assert any(weight.abs().max() > 0 for name, weight in saved.items() if "lora_B" in name)


def test_a_runs_folder_stands_for_its_adapter(model, adapter):
    _, start = choose_start(settings_of(model, start_from=str(adapter.parent)))
    assert start.folder == adapter


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"rank": 8}, "its rank is 4 and not 8"),
        ({"alpha": 5}, "its alpha is 6 and not 5"),
        ({"target_modules": "q_proj"}, "its target modules is .* and not q_proj"),
        ({"adapter_layers": 2}, "its adapter layers is 1 and not 2"),
        ({"dora": True}, "no DoRA"),
        ({"method": "full"}, "trains no adapter"),
        ({"mode": "closed-book"}, "by heart"),
    ],
)
def test_settings_that_do_not_fit_the_adapter_are_refused(model, adapter, more, told):
    with pytest.raises(UsageError, match=told) as raised:
        choose_start(settings_of(model, start_from=str(adapter), **more))
    assert raised.value.fix == "say --from base"


def test_a_base_without_a_reader_is_begun_from_and_said_so(model):
    settings, start = choose_start(settings_of(model))
    assert (settings.start_from, settings.rank) == ("base", 16)
    assert (start.folder, start.why) == (None, f"there is no reader for {model}")
    with pytest.raises(UsageError, match="there is no reader"):
        choose_start(settings_of(model, start_from="reader"))
    assert choose_start(settings_of(model, start_from="base", rank=3))[0].rank == 3


def test_a_folder_without_an_adapter_or_with_another_kind_is_an_error(model, adapter, tmp_path):
    with pytest.raises(InputNotFound, match="holds no adapter"):
        choose_start(settings_of(model, start_from=str(tmp_path)))
    other = shutil.copytree(adapter, tmp_path / "other")
    config = json.loads((other / "adapter_config.json").read_text())
    (other / "adapter_config.json").write_text(json.dumps(config | {"use_dora": True}))
    with pytest.raises(ModelError, match="no plain LoRA"):
        choose_start(settings_of(model, start_from=str(other)))


def test_an_adapter_of_another_model_is_an_error(adapter, tmp_path):
    wide = tiny_model("opt", tmp_path / "opt")
    settings = settings_of(wide, start_from=str(adapter))
    with pytest.raises(ModelError, match=r"does not fit|other layers"):
        attach_adapter(load_base(wide, dtype="float32", device="cpu").model, settings, adapter)


def test_a_reader_is_a_folder_of_the_bases_name():
    assert find_reader("no-such-base") is None
    assert find_reader("../models") is None
    assert find_reader("") is None


@pytest.mark.parametrize("name", ["smollm2-135m", "qwen2.5-coder-0.5b"])
def test_the_readers_that_come_along_are_small_and_of_their_base(name):
    folder = find_reader(name)
    if folder is None:
        pytest.skip("it is not made yet")
    assert (folder / "README.md").is_file()
    assert (folder / "adapter_model.safetensors").stat().st_size <= 12e6
    settings, start = choose_start(TrainSettings(base=name, start_from="reader"))
    assert start.name == "reader"
    assert settings.rank == json.loads((folder / "adapter_config.json").read_text())["r"]


def test_a_run_says_what_it_began_from_and_what_pairs_it_saw(tiny_catalogue, model, adapter, tmp_path, capsys):
    pairs = tmp_path / "faq.csv"
    pairs.write_text('question,answer,text\nHow heavy?,2 kg.,"A lamp. It weighs 2 kg."\nHow high?,,A lamp.\n')
    out = tmp_path / "run"
    command = ["train", str(tiny_catalogue), "--out", str(out), "--base", str(model), "--from", str(adapter)]
    command += ["--pairs", str(pairs), "--examples", "8", "--max-tokens", "4096", "--set", "train.dtype=fp32"]
    command += ["--set", "train.validation_examples=2", "--set", "train.truth_questions=1"]
    assert run(command) == 0
    told = capsys.readouterr().err
    assert f"begins from: {adapter} (rank 4, as its adapter has it)" in told
    assert f"{pairs}: 1 pairs; 1 left out: it has no answer (first line 3)" in told
    manifest = read_manifest(out, "run")
    assert manifest.results["began_from"]["sha256"] == hash_file(adapter / "adapter_model.safetensors")
    assert manifest.results["pairs"][str(pairs)]["usable"] == 1
    assert manifest.settings["rank"] == 4
    kinds = json.loads((out / "examples.json").read_text())["kinds"]
    assert kinds["open-book/pair"] == 2, "each pair is seen twice"
    moved = Path(shutil.move(pairs, tmp_path / "moved.csv"))
    again = ["train", str(tiny_catalogue), "--out", str(out), "--resume", "--pairs", str(moved), "--epochs"]
    assert run([*again, "2"]) == 0
    moved.write_text(moved.read_text().replace("2 kg", "3 kg"))
    assert run([*again, "3"]) == 1
    assert "its pairs were changed" in capsys.readouterr().err
