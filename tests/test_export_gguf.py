"""GGUF files of every family: llama.cpp reads them, makes the same tokens of a text, and writes the same answers."""

from __future__ import annotations

from importlib.util import find_spec

import gguf
import numpy as np
import pytest
import torch
from export_models import MODELS, export_model, trained_tokenizer
from gguf.quants import dequantize
from tiny_models import tiny_model

from shelftalker.errors import ModelError
from shelftalker.export.agreement import ask_gguf, ask_ours
from shelftalker.export.llama_cpp import ask_llama_cpp
from shelftalker.models import load_base
from shelftalker.models.gguf_writing import write_gguf
from shelftalker.records import Message

needs_llama_cpp = pytest.mark.skipif(find_spec("xllamacpp") is None, reason="llama.cpp is not installed: xllamacpp")

PROMPTS = [
    (Message("system", "Answer in the record's own words."), Message("user", question))
    for question in ("What is the Memorex Boombox 3.5?", "Quanto pesa a luminária de 150 cm?", "The  lamp’s\n\n12345!")
]


def load(folder):
    return load_base(folder, dtype="float32", device="cpu")


def nothing(done, total):
    pass


@needs_llama_cpp
@pytest.mark.parametrize("name", MODELS)
def test_llama_cpp_writes_the_same_answers(name, tmp_path):
    """Random weights have near ties, which the other arithmetic may decide otherwise: 1 of 250 tokens was seen to.

    So one answer of three may differ (a false alarm in 1 of 1,000 runs); a wrong row order, norm or rotation changes
    every one.
    That both make the same tokens of a prompt is asked by `ask_gguf` itself.
    """
    loaded = load(export_model(name, tmp_path / "model"))
    write_gguf(loaded, tmp_path / "model.gguf", "f16")
    ours = ask_ours(loaded, PROMPTS, nothing, max_new_tokens=6)
    assert len(set(ours)) == len(ours)  # the answers depend on the prompts
    theirs = ask_gguf(tmp_path / "model.gguf", loaded, PROMPTS, nothing, max_new_tokens=6)
    assert sum(a == b for a, b in zip(ours, theirs, strict=True)) >= 2, (ours, theirs)


@pytest.mark.parametrize("name", ["smollm2", "gemma-3"])
def test_q8_0_keeps_every_weight_within_half_a_step(name, tmp_path):
    loaded = load(export_model(name, tmp_path / "model"))
    for quant in ("f16", "q8_0"):
        write_gguf(loaded, tmp_path / f"{quant}.gguf", quant)
    whole, packed = (
        {t.name: dequantize(t.data, t.tensor_type) for t in gguf.GGUFReader(tmp_path / f"{quant}.gguf").tensors}
        for quant in ("f16", "q8_0")
    )
    assert whole.keys() == packed.keys()
    for key, values in whole.items():
        if values.ndim == 1:
            assert np.array_equal(values, packed[key])
            continue
        blocks, close = values.reshape(-1, 32), packed[key].reshape(-1, 32)
        step = np.abs(blocks).max(axis=1, keepdims=True) / 127
        # half a step, and what the 11 bits of the step's own half-precision number leave out
        assert (np.abs(blocks - close) <= step * (0.5 + 127 / 2048)).all(), key


def test_f16_holds_the_model_s_own_weights(tmp_path):
    loaded = load(export_model("qwen3", tmp_path / "model"))
    write_gguf(loaded, tmp_path / "f16.gguf", "f16")
    found = {t.name: dequantize(t.data, t.tensor_type) for t in gguf.GGUFReader(tmp_path / "f16.gguf").tensors}
    own = loaded.model.state_dict()
    pairs = {
        "token_embd.weight": "model.embed_tokens.weight",
        "blk.1.attn_q.weight": "model.layers.1.self_attn.q_proj.weight",
        "blk.1.attn_k_norm.weight": "model.layers.1.self_attn.k_norm.weight",
        "blk.0.ffn_down.weight": "model.layers.0.mlp.down_proj.weight",
        "output_norm.weight": "model.norm.weight",
    }
    for theirs, ours in pairs.items():
        assert np.array_equal(found[theirs], own[ours].half().float() if own[ours].ndim > 1 else own[ours]), theirs
    assert "output.weight" not in found  # tied: kept once


def test_the_file_reads_back_as_the_same_model(tmp_path):
    """Our own reader, which the embedded model comes through, undoes what the writer did."""
    from shelftalker.models.gguf_reading import convert_gguf

    loaded = load(export_model("smollm2", tmp_path / "model"))
    loaded.tokenizer.unk_token = loaded.tokenizer.pad_token  # as SmolLM2's
    write_gguf(loaded, tmp_path / "f16.gguf", "f16")
    (tmp_path / "back").mkdir()
    convert_gguf(tmp_path / "f16.gguf", tmp_path / "back")
    back = load_base(tmp_path / "back", dtype="bfloat16", device="cpu").model.state_dict()
    for key, weight in loaded.model.state_dict().items():
        # through half and then bfloat16; norms were float32
        once = weight.half() if weight.ndim > 1 else weight
        assert torch.equal(back[key], once.to(torch.bfloat16)), key


def test_what_llama_cpp_cannot_run_is_refused_with_another_way(tmp_path):
    loaded = load(tiny_model("opt", tmp_path / "opt"))
    with pytest.raises(ModelError, match="OPT") as caught:
        write_gguf(loaded, tmp_path / "opt.gguf", "f16")
    assert "--to merged" in caught.value.fix
    assert not (tmp_path / "opt.gguf").exists()


@pytest.mark.parametrize(
    ("name", "changes", "said"),
    [
        ("gemma-3", {"query_pre_attn_scalar": 7}, "scales the attention"),
        ("gemma-3", {"layer_types": ["full_attention"] * 6}, "sixth layer"),
        ("smollm2", {"hidden_act": "relu"}, "silu where this model has relu"),
        ("qwen2.5", {"head_dim": 32}, "as wide as the model"),
        (
            "qwen3",
            {
                "rope_parameters": {
                    "rope_type": "yarn",
                    "rope_theta": 1e4,
                    "factor": 2.0,
                    "original_max_position_embeddings": 64,
                }
            },
            "type yarn",
        ),
    ],
)
def test_a_model_that_departs_from_its_family_is_refused(name, changes, said, tmp_path):
    loaded = load(export_model(name, tmp_path / "model", **changes))
    with pytest.raises(ModelError, match=said) as caught:
        write_gguf(loaded, tmp_path / "model.gguf", "f16")
    assert "convert_hf_to_gguf.py" in caught.value.fix


def test_a_tokenizer_that_llama_cpp_lacks_is_refused(tmp_path):
    from tokenizers import pre_tokenizers

    loaded = load(export_model("smollm2", tmp_path / "model"))
    loaded.tokenizer.backend_tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    with pytest.raises(ModelError, match="cut text into words"):
        write_gguf(loaded, tmp_path / "model.gguf", "f16")


def test_a_mistral_s_context_ends_with_its_window(tmp_path):
    """llama.cpp knows no window for it: past the window its answers would be another model's."""
    loaded = load(export_model("mistral", tmp_path / "model", sliding_window=100))
    write_gguf(loaded, tmp_path / "model.gguf", "f16")
    assert gguf.GGUFReader(tmp_path / "model.gguf").fields["llama.context_length"].contents() == 100


def test_an_embedding_longer_than_the_vocabulary_is_named_to_its_end(tmp_path):
    tokens = len(trained_tokenizer("qwen2"))
    loaded = load(export_model("qwen3", tmp_path / "model"))
    rows = loaded.model.get_input_embeddings().weight.shape[0]
    write_gguf(loaded, tmp_path / "model.gguf", "f16")
    fields = gguf.GGUFReader(tmp_path / "model.gguf").fields
    names = fields["tokenizer.ggml.tokens"].contents()
    assert len(names) == len(fields["tokenizer.ggml.token_type"].contents()) == rows
    assert all(name == f"[PAD{number}]" for number, name in enumerate(names) if number >= tokens)


@needs_llama_cpp
def test_a_broken_file_is_said_so_in_llama_cpp_s_words(tmp_path):
    path = tmp_path / "model.gguf"
    path.write_bytes(b"GGUF" + bytes(100))
    with pytest.raises(ModelError, match=r"llama\.cpp cannot run .*model\.gguf: .+"):
        ask_llama_cpp(path, ["hello"], max_new_tokens=1, context_tokens=64)
