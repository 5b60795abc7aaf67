import pytest
from hypothesis import given
from hypothesis import strategies as st

from shelftalker.errors import ModelError
from shelftalker.models import BASE_MODELS, DEFAULT_BASE, find_base, memory_gb
from shelftalker.models.carried import CARRIED
from shelftalker.models.embedded import SMALL_BASE


def test_every_model_of_the_report_and_of_today_is_there():
    assert {base.name for base in BASE_MODELS} == {
        "smollm2-135m",
        "smollm2-360m",
        "smollm2-1.7b",
        "opt-125m",
        "opt-1.3b",
        "gemma-2b",
        "llama-2-7b",
        "mistral-7b",
        "qwen3-0.6b",
        "qwen3-1.7b",
        "llama-3.2-1b",
        "gemma-3-1b",
        "llama-3.1-8b",
        "qwen2.5-coder-0.5b",
    }
    assert find_base(DEFAULT_BASE).pulled
    assert find_base(SMALL_BASE).embedded
    assert {base.name for base in BASE_MODELS if base.embedded or base.pulled} == CARRIED.keys()


@pytest.mark.parametrize("base", BASE_MODELS, ids=lambda base: base.name)
def test_parameters_are_those_of_the_shape(base):
    import torch
    from transformers import AutoConfig, AutoModelForCausalLM

    config = AutoConfig.for_model(base.architecture, **base.shape)
    with torch.device("meta"):
        model = AutoModelForCausalLM.from_config(config)
    assert sum(p.numel() for p in model.parameters()) == base.parameters


def test_names_and_hub_ids_are_found_in_any_letter_case():
    for base in BASE_MODELS:
        assert find_base(base.name.upper()) is base
        assert find_base(base.hub_id.lower()) is base


def test_an_unknown_name_suggests_the_nearest():
    with pytest.raises(ModelError) as caught:
        find_base("smolm2-135")
    assert "smollm2-135m" in caught.value.fix


@given(st.text(max_size=30))
def test_any_other_name_is_an_error_of_ours(name):
    known = {b.name for b in BASE_MODELS} | {b.hub_id.casefold() for b in BASE_MODELS}
    if name.casefold() not in known:
        with pytest.raises(ModelError):
            find_base(name)


def test_a_larger_model_needs_more_memory_and_four_bits_need_less_than_sixteen():
    ordered = sorted(BASE_MODELS, key=lambda base: base.parameters)
    for method in ("lora", "qlora", "full"):
        needs = [memory_gb(base, method) for base in ordered]
        assert needs == sorted(needs)
    for base in BASE_MODELS:
        assert memory_gb(base, "qlora") < memory_gb(base, "lora") < memory_gb(base, "full")


def test_the_table_is_read_without_torch():
    import subprocess
    import sys

    code = "import sys; from shelftalker.models import BASE_MODELS; assert BASE_MODELS; print('torch' in sys.modules)"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "False"


def test_what_is_exported():
    from shelftalker import models

    assert models.__all__ == [
        "BASE_MODELS",
        "DEFAULT_BASE",
        "BaseModel",
        "Encoded",
        "Loaded",
        "TransformersGenerator",
        "choose_device",
        "choose_dtype",
        "default_base",
        "encode_example",
        "encode_prompt",
        "end_token",
        "find_base",
        "find_reader",
        "load_base",
        "memory_gb",
        "open_generator",
        "open_reader",
        "stop_tokens",
    ]
    assert all(getattr(models, name) is not None for name in models.__all__)
