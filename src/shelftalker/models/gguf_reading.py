"""Turn a Llama-shaped GGUF file into a folder that transformers loads.

transformers can read such a file itself, in five times the time, and then refuses to save what it read; it also
loses the step of the "smollm" pre-tokenizer that splits digits, so that blanks before a number become other tokens
than in the original model and in llama.cpp.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

__all__ = ["convert_gguf"]

_CONTROL = 3  # llama.cpp's token type of markers such as <|im_end|>
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

    Raises:
        ValueError, KeyError: it is no GGUF file, or not of a Llama with a byte-level tokenizer.
    """
    import gguf

    reader = gguf.GGUFReader(str(path))
    facts = {field.name: field.contents() for field in reader.fields.values()}
    if facts["general.architecture"] != "llama" or facts["tokenizer.ggml.model"] != "gpt2":
        raise ValueError(f"{path} is not a Llama with a byte-level tokenizer")
    tied = all(tensor.name != "output.weight" for tensor in reader.tensors)
    _write_weights(reader, facts, folder)
    _write_config(facts, folder, tied=tied)
    _write_tokenizer(facts, folder)


def _write_weights(reader: Any, facts: dict[str, Any], folder: Path) -> None:
    import torch
    from gguf.quants import dequantize
    from safetensors.torch import save_file

    heads = {"attn_q": facts["llama.attention.head_count"], "attn_k": facts["llama.attention.head_count_kv"]}
    weights = {}
    for tensor in reader.tensors:
        values = torch.from_numpy(dequantize(tensor.data, tensor.tensor_type).copy())
        part = tensor.name.split(".")[2] if tensor.name.startswith("blk.") else ""
        if part in heads:
            values = _unpair(values, heads[part])
        weights[_hub_name(tensor.name)] = values.to(torch.bfloat16).contiguous()
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})


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
    from transformers import GenerationConfig, LlamaConfig

    tokens = {
        "bos_token_id": facts["tokenizer.ggml.bos_token_id"],
        "eos_token_id": facts["tokenizer.ggml.eos_token_id"],
        "pad_token_id": facts["tokenizer.ggml.padding_token_id"],
    }
    LlamaConfig(
        architectures=["LlamaForCausalLM"],
        hidden_size=facts["llama.embedding_length"],
        intermediate_size=facts["llama.feed_forward_length"],
        num_hidden_layers=facts["llama.block_count"],
        num_attention_heads=facts["llama.attention.head_count"],
        num_key_value_heads=facts["llama.attention.head_count_kv"],
        head_dim=facts["llama.rope.dimension_count"],
        max_position_embeddings=facts["llama.context_length"],
        rms_norm_eps=round(facts["llama.attention.layer_norm_rms_epsilon"], 9),  # 1e-05, kept there in 32 bits
        rope_parameters={"rope_type": "default", "rope_theta": facts["llama.rope.freq_base"]},
        vocab_size=facts["llama.vocab_size"],
        tie_word_embeddings=tied,
        dtype="bfloat16",
        **tokens,
    ).save_pretrained(folder)
    GenerationConfig(**tokens).save_pretrained(folder)


def _write_tokenizer(facts: dict[str, Any], folder: Path) -> None:
    from tokenizers import Tokenizer, decoders, pre_tokenizers
    from tokenizers.models import BPE
    from transformers import PreTrainedTokenizerFast

    tokens, kinds = facts["tokenizer.ggml.tokens"], facts["tokenizer.ggml.token_type"]
    merges = [tuple(merge.split(" ", 1)) for merge in facts["tokenizer.ggml.merges"]]
    backend = Tokenizer(BPE(vocab={token: number for number, token in enumerate(tokens)}, merges=merges))
    split_digits = [pre_tokenizers.Digits(individual_digits=True)] if facts["tokenizer.ggml.pre"] == "smollm" else []
    backend.pre_tokenizer = pre_tokenizers.Sequence([*split_digits, pre_tokenizers.ByteLevel(add_prefix_space=False)])
    backend.decoder = decoders.ByteLevel()
    backend.add_special_tokens([token for token, kind in zip(tokens, kinds, strict=True) if kind == _CONTROL])
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
