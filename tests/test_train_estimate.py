"""What a run will take, said before; what will not fit, refused with what would."""

from __future__ import annotations

import pytest
import torch
from tiny_models import tiny_model
from tiny_training import DEFAULTS, tiny_fit

from shelftalker.config import TrainSettings
from shelftalker.errors import TrainingError
from shelftalker.models import BASE_MODELS, load_base
from shelftalker.train.adapters import attach_adapter
from shelftalker.train.estimate import (
    choose_forward,
    estimate_run,
    free_memory_bytes,
    memory_bytes,
    read_shape,
    refuse_too_large,
)

pytestmark = pytest.mark.usefixtures("one_thread")
CPU = torch.device("cpu")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tiny_model("llama", tmp_path_factory.mktemp("llama"))


def settings(**changes):
    return TrainSettings.model_validate(DEFAULTS | changes)


def shape_of(name):
    """The figures of a model of the table, without its weights."""
    from transformers import AutoConfig, AutoModelForCausalLM

    base = next(base for base in BASE_MODELS if base.name == name)
    with torch.device("meta"):
        model = AutoModelForCausalLM.from_config(
            AutoConfig.for_model(base.architecture, **base.shape), dtype=torch.bfloat16
        )
        return read_shape(attach_adapter(model, settings(rank=16)))


def estimate(shape, *, engine="peft", at_once=1024, longest=256, twice=False, **changes):
    return memory_bytes(shape, settings(**changes), engine=engine, at_once=at_once, longest=longest, twice=twice)


def test_the_shape_is_the_models_own():
    shape = shape_of("smollm2-135m")
    assert shape.parameters == 134_515_008
    assert shape.trained == 16 * 30 * (2 * 1152 + 2 * 768 + 3 * 2112)
    assert (shape.layers, shape.hidden, shape.inner, shape.heads, shape.words) == (30, 576, 1536, 9, 49152)
    assert shape.weight_bytes == 2 * shape.parameters


@pytest.mark.parametrize("name", ["smollm2-135m", "opt-125m", "gemma-2b", "mistral-7b"])
def test_more_of_anything_takes_more(name):
    shape = shape_of(name)
    assert estimate(shape) > shape.weight_bytes
    assert estimate(shape, at_once=2048) > estimate(shape)
    assert estimate(shape, longest=1024) > estimate(shape)
    assert estimate(shape, twice=True) < estimate(shape)


def test_a_share_of_a_model_takes_less(folder):
    model = attach_adapter(load_base(folder, dtype="float32", device="cpu").model, settings())
    assert read_shape(model, 2).weight_bytes == read_shape(model).weight_bytes // 2
    assert read_shape(model, 2).trained == read_shape(model).trained // 2


def test_less_at_once_is_tried_before_computing_twice_and_both_before_refusing():
    ways = choose_forward(shape_of("smollm2-135m"), settings(), engine="peft", longest=200, device=CPU)
    assert ways[0] == (1024, False)
    assert [size for size, twice in ways if not twice] == sorted({size for size, _ in ways}, reverse=True)
    assert ways.index((200, False)) < ways.index((1024, True))
    assert {twice for _, twice in ways} == {False, True}
    assert min(size for size, _ in ways) == 200


def test_where_memory_is_short_less_is_computed_at_once(folder):
    model = attach_adapter(load_base(folder, dtype="float32", device="cpu").model, settings())

    def run(memory_gb):
        return estimate_run(model, settings(memory_gb=memory_gb), engine="peft", tokens=10_000, longest=64, device=CPU)

    plenty = run(100)
    assert (plenty.tokens_per_forward, plenty.gradient_checkpointing) == (1024, False)
    short = run((plenty.memory_bytes - 2_000_000) / 1e9)
    assert short.tokens_per_forward < 1024
    assert short.memory_bytes < plenty.memory_bytes
    assert "GB" in str(short)
    assert "tokens at once" in str(short)


def test_what_does_not_fit_is_refused_before_the_first_step_with_what_would(folder, tmp_path):
    with pytest.raises(TrainingError, match="training needs about") as caught:
        tiny_fit(folder, tmp_path, memory_gb=0.01)
    assert caught.value.fix
    assert not (tmp_path / "loss.jsonl").exists()
    assert not (tmp_path / "checkpoints").exists()


def test_the_fix_names_settings_that_fit():
    shape = shape_of("smollm2-135m")
    from shelftalker.train.estimate import _what_fits

    full = settings(method="full", max_tokens=1024)
    whole = shape.__class__(**{**vars(shape), "trained": shape.parameters})
    needs = estimate(whole, engine="peft", at_once=1024, longest=1024, twice=True, method="full")
    fix = _what_fits(whole, full, engine="peft", longest=1024, free=needs - 1)
    assert fix == "--method lora would fit"
    assert "smaller --base" in _what_fits(shape, settings(), engine="peft", longest=64, free=1)


@pytest.mark.parametrize(("base", "method", "memory"), [("smollm2-135m", "full", 0.5), ("smollm2-135m", "lora", 0.2)])
def test_weights_that_do_not_fit_are_not_read(base, method, memory):
    with pytest.raises(TrainingError, match="the weights of smollm2-135m alone take") as caught:
        refuse_too_large(settings(base=base, method=method, memory_gb=memory), CPU)
    assert caught.value.fix


def test_the_fix_for_too_large_a_folder_names_base_models_that_fit(folder):
    with pytest.raises(TrainingError) as caught:
        refuse_too_large(settings(base=str(folder), memory_gb=0.0001), CPU)
    assert "memory" in caught.value.fix
    refuse_too_large(settings(base=str(folder), memory_gb=0.1), CPU)


def test_free_memory_is_within_the_machines():
    import psutil

    assert 0 < free_memory_bytes(CPU) <= psutil.virtual_memory().total


def test_the_estimate_and_the_peak_are_in_the_results(folder, tmp_path):
    results = tiny_fit(folder, tmp_path, epochs=1)
    assert results["estimated_memory_gb"] > 0.5
    assert results["peak_memory_gb"] > 0.1
    assert results["estimated_seconds"] >= 0
