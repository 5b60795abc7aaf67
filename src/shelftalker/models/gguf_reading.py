"""Turn a GGUF file of a Llama or a Qwen2 into a folder that transformers loads.

transformers can read such a file itself, in five times the time, and then refuses to save what it read; it also
loses the step of the "smollm" pre-tokenizer that splits digits, so that blanks before a number become other tokens
than in the original model and in llama.cpp.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from shelftalker.models.gguf_vocabulary import WORD_SPLITS

__all__ = ["convert_gguf"]

_CONTROL = 3  # llama.cpp's token type of markers such as <|im_end|>
_USER_DEFINED = 4  # of words that are kept whole, such as <tool_call>
_UNUSED = 5  # rows of the embedding that no token has
_ARCHITECTURES = ("llama", "qwen2")
_SAME_MATRIX = 0.1
"""Largest relative distance of two roundings of one matrix; two matrices that are not the same are near 1.4."""

_ROWS_BYTES = 1 << 24
_LAYER_NAMES = {
    "attn_norm": "input_layernorm",
    "attn_q": "self_attn.q_proj",
    "attn_k": "self_attn.k_proj",
    "attn_v": "self_attn.v_proj",
    "attn_output": "self_attn.o_proj",
    "ffn_norm": "post_attention_layernorm",
    "ffn_gate": "mlp.gate_proj",
    "ffn_up": "mlp.up_proj",
    "ffn_down": "mlp.down_proj",
}


def convert_gguf(path: Path, folder: Path) -> None:
    """Write weights (bfloat16), configuration and tokenizer of a GGUF file into a folder.

    A file may hold a tied matrix twice, the embedding coarser than the output: then the finer one is both.

    Raises:
        ValueError, KeyError: it is no GGUF file, or not of a Llama or a Qwen2 with a byte-level tokenizer.
    """
    import gguf

    reader = gguf.GGUFReader(str(path))
    facts = {field.name: field.contents() for field in reader.fields.values()}
    if facts["general.architecture"] not in _ARCHITECTURES or facts["tokenizer.ggml.model"] != "gpt2":
        raise ValueError(f"{path} is not a Llama or a Qwen2 with a byte-level tokenizer")
    tied = _write_weights(reader, facts, folder)
    _write_config(facts, folder, tied=tied)
    _write_tokenizer(facts, folder)


def _write_weights(reader: Any, facts: dict[str, Any], folder: Path) -> bool:
    """Write the weights; return whether embedding and output are one."""
    from safetensors.torch import save_file

    heads = {}
    if facts["general.architecture"] == "llama":  # llama.cpp leaves Qwen2's rows as they are
        heads = {"attn_q": facts["llama.attention.head_count"], "attn_k": facts["llama.attention.head_count_kv"]}
    tensors = {tensor.name: tensor for tensor in reader.tensors}
    output = tensors.get("output.weight")
    tied = output is None or _is_same(output, tensors["token_embd.weight"])
    if tied and output is not None:
        tensors["token_embd.weight"] = tensors.pop("output.weight")
    weights = {}
    for name, tensor in tensors.items():
        values = _values(tensor)
        part = name.split(".")[2] if name.startswith("blk.") else ""
        if part in heads:
            values = _unpair(values, heads[part])
        weights[_hub_name(name)] = values
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
    return tied


def _values(tensor: Any) -> Any:
    """Return a tensor's values in bfloat16, made some rows at a time: a matrix may have half a GB in float32."""
    import torch
    from gguf.quants import dequantize

    rows = max(1, _ROWS_BYTES // max(1, tensor.data[0].nbytes))
    parts = [
        torch.from_numpy(dequantize(tensor.data[at : at + rows], tensor.tensor_type).copy()).to(torch.bfloat16)
        for at in range(0, len(tensor.data), rows)
    ]
    return torch.cat(parts)


def _is_same(one: Any, other: Any) -> bool:
    """Whether two tensors are one matrix, rounded in two ways; told by some of their rows."""
    import numpy as np
    from gguf.quants import dequantize

    if tuple(one.shape) != tuple(other.shape):
        return False
    step = max(1, len(one.data) // 256)
    first, second = (dequantize(t.data[::step].copy(), t.tensor_type) for t in (one, other))
    return bool(np.linalg.norm(first - second) <= _SAME_MATRIX * np.linalg.norm(first))


def _unpair(weight: Any, heads: int) -> Any:
    """Undo llama.cpp's order of rows, in which the two halves that rotary embedding turns together alternate."""
    rows, columns = weight.shape
    return weight.view(heads, rows // heads // 2, 2, columns).transpose(1, 2).reshape(rows, columns)


def _hub_name(name: str) -> str:
    named = {"token_embd": "model.embed_tokens", "output_norm": "model.norm", "output": "lm_head"}
    stem, suffix = name.rsplit(".", 1)
    if stem in named:
        return f"{named[stem]}.{suffix}"
    _, layer, part = stem.split(".")
    return f"model.layers.{layer}.{_LAYER_NAMES[part]}.{suffix}"


def _write_config(facts: dict[str, Any], folder: Path, *, tied: bool) -> None:
    from transformers import AutoConfig, GenerationConfig

    kind = facts["general.architecture"]
    tokens = {
        "bos_token_id": facts["tokenizer.ggml.bos_token_id"],
        "eos_token_id": facts["tokenizer.ggml.eos_token_id"],
        "pad_token_id": facts["tokenizer.ggml.padding_token_id"],
    }
    heads = facts[f"{kind}.attention.head_count"]
    AutoConfig.for_model(
        kind,
        architectures=[{"llama": "LlamaForCausalLM", "qwen2": "Qwen2ForCausalLM"}[kind]],
        hidden_size=facts[f"{kind}.embedding_length"],
        intermediate_size=facts[f"{kind}.feed_forward_length"],
        num_hidden_layers=facts[f"{kind}.block_count"],
        num_attention_heads=heads,
        num_key_value_heads=facts[f"{kind}.attention.head_count_kv"],
        head_dim=facts.get(f"{kind}.rope.dimension_count", facts[f"{kind}.embedding_length"] // heads),
        max_position_embeddings=facts[f"{kind}.context_length"],
        rms_norm_eps=round(facts[f"{kind}.attention.layer_norm_rms_epsilon"], 9),  # 1e-05, kept there in 32 bits
        rope_parameters={"rope_type": "default", "rope_theta": facts[f"{kind}.rope.freq_base"]},
        vocab_size=len(facts["tokenizer.ggml.tokens"]),
        tie_word_embeddings=tied,
        dtype="bfloat16",
        **tokens,
    ).save_pretrained(folder)
    GenerationConfig(**tokens).save_pretrained(folder)


def _write_tokenizer(facts: dict[str, Any], folder: Path) -> None:
    from tokenizers import AddedToken, Tokenizer, decoders, normalizers
    from tokenizers.models import BPE
    from transformers import PreTrainedTokenizerFast

    tokens, kinds = facts["tokenizer.ggml.tokens"], facts["tokenizer.ggml.token_type"]
    merges = [tuple(merge.split(" ", 1)) for merge in facts["tokenizer.ggml.merges"]]
    used = {token: number for number, (token, kind) in enumerate(zip(tokens, kinds, strict=True)) if kind != _UNUSED}
    backend = Tokenizer(BPE(vocab=used, merges=merges))
    backend.pre_tokenizer = _pre_tokenizer(facts["tokenizer.ggml.pre"])
    if facts["tokenizer.ggml.pre"] == "qwen2":
        backend.normalizer = normalizers.NFC()
    backend.decoder = decoders.ByteLevel()
    backend.add_special_tokens([token for token, number in used.items() if kinds[number] == _CONTROL])
    whole = [AddedToken(token, normalized=False) for token, number in used.items() if kinds[number] == _USER_DEFINED]
    backend.add_tokens(whole)
    unknown = facts.get("tokenizer.ggml.unknown_token_id")  # a byte-level tokenizer may have none
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=backend,
        bos_token=tokens[facts["tokenizer.ggml.bos_token_id"]],
        eos_token=tokens[facts["tokenizer.ggml.eos_token_id"]],
        unk_token=None if unknown is None else tokens[unknown],
        pad_token=tokens[facts["tokenizer.ggml.padding_token_id"]],
        clean_up_tokenization_spaces=False,
    )
    tokenizer.chat_template = facts["tokenizer.chat_template"]
    tokenizer.save_pretrained(folder)


def _pre_tokenizer(name: str) -> Any:
    """Return how a text is cut into words, by llama.cpp's name for it.

    Raises:
        KeyError: it is a way that is not known here.
    """
    from tokenizers import Regex, pre_tokenizers

    if name in ("smollm", "gpt-2", "default"):
        digits = [pre_tokenizers.Digits(individual_digits=True)] if name == "smollm" else []
        return pre_tokenizers.Sequence([*digits, pre_tokenizers.ByteLevel(add_prefix_space=False)])
    words = pre_tokenizers.Split(Regex(WORD_SPLITS[name]), "isolated")
    return pre_tokenizers.Sequence([words, pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)])
