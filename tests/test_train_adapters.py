"""Adapters: what they change, how they are saved, merged and refused."""

from __future__ import annotations

import json

import pytest
import torch
from safetensors.torch import load_file
from tiny_models import tiny_model
from tiny_training import DEFAULTS, tiny_fit

from shelftalker.config import TrainSettings
from shelftalker.errors import MissingPart, ModelError, SettingsError, StorageError
from shelftalker.models import load_base
from shelftalker.models.merging import merge_adapter
from shelftalker.train.adapters import attach_adapter, save_adapter, trainable
from shelftalker.train.engines import choose_engine
from shelftalker.train.run import train

pytestmark = pytest.mark.usefixtures("one_thread")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tiny_model("llama", tmp_path_factory.mktemp("llama"))


def settings(**changes):
    return TrainSettings.model_validate(DEFAULTS | changes)


def loaded(folder, dtype="float32"):
    return load_base(folder, dtype=dtype, device="cpu")


def adapted(folder, **changes):
    """A model with an adapter whose B is not zero."""
    model = attach_adapter(loaded(folder).model, settings(**changes))
    torch.manual_seed(0)
    for name, weight in trainable(model).items():
        if "lora_B" in name:
            torch.nn.init.normal_(weight, std=0.1)
    return model


def test_an_adapter_begins_as_nothing(folder):
    ids = torch.arange(5, 25)[None]
    before = loaded(folder).model(input_ids=ids).logits
    after = attach_adapter(loaded(folder).model, settings())(input_ids=ids).logits
    assert torch.equal(before, after)


@pytest.mark.parametrize(("rank", "alpha", "scale"), [(4, 0, 2.0), (8, 4, 0.5)])
def test_merging_adds_scale_times_b_times_a_and_nothing_else(folder, tmp_path, rank, alpha, scale):
    model = adapted(folder, rank=rank, alpha=alpha)
    save_adapter(model, tmp_path, base="tiny", method="lora")
    saved = load_file(tmp_path / "adapter_model.safetensors")
    before = loaded(folder).model.state_dict()
    merged = merge_adapter(loaded(folder), tmp_path, name="merged").model.state_dict()
    assert merged.keys() == before.keys()
    changed = 0
    for name, weight in before.items():
        place = f"base_model.model.{name.removesuffix('.weight')}"
        wanted = weight
        if f"{place}.lora_A.weight" in saved:
            wanted = weight + scale * saved[f"{place}.lora_B.weight"] @ saved[f"{place}.lora_A.weight"]
            changed += 1
        assert torch.allclose(merged[name], wanted, rtol=1e-5, atol=1e-6), name
    assert changed == 2 * 7  # every linear layer of both blocks; not the output layer


def test_merging_thrice_merges_once(folder):
    model = adapted(folder)
    ids = torch.arange(5, 25)[None]
    wanted = model(input_ids=ids).logits
    model.merge_adapter()
    for _ in range(2):
        with pytest.warns(UserWarning, match="lready merged"):
            model.merge_adapter()
    assert torch.allclose(model(input_ids=ids).logits, wanted, atol=1e-4)
    model.unmerge_adapter()
    assert torch.allclose(model(input_ids=ids).logits, wanted, atol=1e-4)


def test_what_is_saved_is_pefts_own(folder, tmp_path):
    from peft import AutoPeftModelForCausalLM

    model = adapted(folder, rank=8, alpha=4)
    save_adapter(model, tmp_path, base=str(folder), method="lora")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["adapter_config.json", "adapter_model.safetensors"]
    config = json.loads((tmp_path / "adapter_config.json").read_text())
    assert (config["r"], config["lora_alpha"], config["base_model_name_or_path"]) == (8, 4, str(folder))
    ids = torch.arange(5, 25)[None]
    again = AutoPeftModelForCausalLM.from_pretrained(str(tmp_path)).eval()
    assert torch.allclose(again(input_ids=ids).logits, model.eval()(input_ids=ids).logits, atol=1e-5)


@pytest.mark.parametrize("names", ["q_proj", "q_proj, v_proj", "down_proj"])
def test_only_the_named_layers_get_an_adapter(folder, names):
    wanted = {name.strip() for name in names.split(",")}
    assert {name.split(".")[-4] for name in trainable(adapted(folder, target_modules=names))} == wanted


def test_a_layer_that_is_not_there_is_an_error_that_lists_those_that_are(folder):
    with pytest.raises(SettingsError, match="no_such") as caught:
        adapted(folder, target_modules="no_such")
    assert "q_proj" in caught.value.fix
    assert "down_proj" in caught.value.fix


@pytest.mark.parametrize("changes", [{"dora": True}, {"dropout": 0.2}, {"target_modules": "q_proj,down_proj"}])
def test_other_kinds_train_and_merge(folder, tmp_path, changes):
    results = tiny_fit(folder, tmp_path, **changes)
    assert results["engine"].startswith("lean") is ("target_modules" in changes)
    assert results["epochs"][1]["train_loss"] < results["epochs"][0]["train_loss"]
    ids = torch.arange(5, 25)[None]
    merged = merge_adapter(loaded(folder), tmp_path / "adapter", name="merged").model
    assert not torch.allclose(merged(input_ids=ids).logits, loaded(folder).model(input_ids=ids).logits, atol=1e-3)


def test_four_bits_train_and_merge(folder, tmp_path):
    pytest.importorskip("bitsandbytes", reason="needs pip install bitsandbytes")
    results = tiny_fit(folder, tmp_path, four_bit=True, method="qlora", dtype="bf16", truth_questions=2)
    assert results["engine"] == "peft"
    assert results["epochs"][1]["train_loss"] < results["epochs"][0]["train_loss"]
    merge_adapter(loaded(folder), tmp_path / "adapter", name="merged")


def test_the_lean_engine_refuses_what_it_does_not_compute(folder):
    model = adapted(folder, dropout=0.1)
    with pytest.raises(SettingsError, match="lean engine"):
        choose_engine(model, torch.device("cpu"), settings(engine="lean", dropout=0.1))


@pytest.mark.skipif(torch.cuda.is_available(), reason="what is told where there is no GPU")
@pytest.mark.parametrize(
    ("changes", "told"), [({"method": "qlora"}, "CUDA GPU"), ({"engine": "unsloth"}, "unsloth needs a CUDA GPU")]
)
def test_what_needs_a_gpu_says_so(tiny_catalogue, tmp_path, folder, changes, told):
    with pytest.raises(MissingPart, match=told) as caught:
        train(tiny_catalogue, tmp_path / "run", settings(base=str(folder), **changes))
    assert "--" in caught.value.fix
    assert not (tmp_path / "run").exists()


def test_an_adapter_of_another_model_does_not_merge(folder, tmp_path):
    other = tiny_model("opt", tmp_path / "opt")
    save_adapter(adapted(folder), tmp_path / "adapter", base="tiny", method="lora")
    with pytest.raises(ModelError, match="does not fit"):
        merge_adapter(loaded(other), tmp_path / "adapter", name="merged")


def test_a_folder_that_cannot_be_written_is_an_error_of_ours(folder, tmp_path):
    (tmp_path / "adapter").write_text("a file")
    with pytest.raises((StorageError, FileExistsError)):
        save_adapter(adapted(folder), tmp_path / "adapter", base="tiny", method="lora")
