"""What llama.cpp has to be told of a model's shape, and what it can't be told.

Source: llama.cpp's `convert_hf_to_gguf.py` for the same architectures; names of tensors and keys are the `gguf`
package's own.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from shelftalker.errors import ModelError

__all__ = ["GGUF_ARCHITECTURES", "Shape", "check_shape", "describe_shape", "rope_factors"]


@dataclass(frozen=True, slots=True)
class Shape:
    """How llama.cpp differs from transformers for an architecture.

    Attributes:
        name: llama.cpp's architecture.
        activation: the only one that llama.cpp computes for it.
        paired_heads: rows of queries and keys alternate between the halves that rotary embedding turns together.
        norm_plus_one: transformers keeps the norms' weights minus one.
    """

    name: str
    activation: str
    paired_heads: bool = False
    norm_plus_one: bool = False


GGUF_ARCHITECTURES: dict[str, Shape] = {
    "llama": Shape("llama", "silu", paired_heads=True),
    "mistral": Shape("llama", "silu", paired_heads=True),
    "qwen2": Shape("qwen2", "silu"),
    "qwen3": Shape("qwen3", "silu"),
    "gemma": Shape("gemma", "gelu_pytorch_tanh", norm_plus_one=True),
    "gemma3_text": Shape("gemma3", "gelu_pytorch_tanh", norm_plus_one=True),
}
"""transformers' `model_type` to llama.cpp's shape."""

_GEMMA3_PERIOD = 6  # llama.cpp knows Gemma 3's windows by this alone: every sixth layer sees everything


def check_shape(config: Any) -> Shape:
    """Return how to write a model, once sure that llama.cpp would compute the same.

    Raises:
        ModelError: we write no GGUF of this architecture, or the model departs from its family.
    """
    kind = str(config.model_type)
    if kind == "opt":
        raise ModelError(
            "llama.cpp cannot run OPT, so there is no GGUF of this run",
            fix="export it --to merged, or train again with another --base",
        )
    if kind not in GGUF_ARCHITECTURES:
        raise _elsewhere(f"no GGUF is written of the architecture {kind} (of {', '.join(GGUF_ARCHITECTURES)} only)")
    shape = GGUF_ARCHITECTURES[kind]
    activation = getattr(config, "hidden_activation", None) or config.hidden_act
    if activation.replace("gelu_new", "gelu_pytorch_tanh") not in (shape.activation, "gelu"):
        raise _elsewhere(f"llama.cpp computes {shape.activation} where this model has {activation}")
    if _rope(config).get("rope_type", "default") not in ("default", "linear", "llama3"):
        raise _elsewhere(f"rotary scaling of the type {_rope(config)['rope_type']} is not written to GGUF")
    if shape.name == "gemma3":
        _check_gemma3(config)
    if shape.name == "qwen2" and _head_width(config) * config.num_attention_heads != config.hidden_size:
        raise _elsewhere("llama.cpp's Qwen2 has heads that together are as wide as the model, and this one has others")
    return shape


def describe_shape(writer: Any, config: Any, shape: Shape) -> None:
    """Tell a `gguf.GGUFWriter` the model's sizes."""
    heads, head = config.num_attention_heads, _head_width(config)
    writer.add_block_count(config.num_hidden_layers)
    writer.add_context_length(_context_tokens(config, shape))
    writer.add_embedding_length(config.hidden_size)
    writer.add_feed_forward_length(config.intermediate_size)
    writer.add_head_count(heads)
    writer.add_head_count_kv(getattr(config, "num_key_value_heads", None) or heads)
    writer.add_key_length(head)
    writer.add_value_length(head)
    writer.add_rope_dimension_count(head)
    writer.add_layer_norm_rms_eps(config.rms_norm_eps)
    writer.add_vocab_size(config.vocab_size)
    rope = _rope(config)
    writer.add_rope_freq_base(rope.get("rope_theta", 10_000.0))
    if rope.get("rope_type") == "linear":
        import gguf

        writer.add_rope_scaling_type(gguf.RopeScalingType.LINEAR)
        writer.add_rope_scaling_factor(rope["factor"])
    if shape.name == "gemma3":
        writer.add_sliding_window(config.sliding_window)
        writer.add_rope_freq_base_swa(config.rope_parameters["sliding_attention"]["rope_theta"])
        if config.final_logit_softcapping:
            writer.add_final_logit_softcapping(config.final_logit_softcapping)


def rope_factors(config: Any) -> list[float]:
    """Return the factor that each rotary frequency is divided by, for Llama 3.1 and later; empty for others.

    Source: transformers' `_compute_llama3_parameters`.
    """
    rope = _rope(config)
    if rope.get("rope_type") != "llama3":
        return []
    head = _head_width(config)
    old, factor = rope["original_max_position_embeddings"], rope["factor"]
    low, high = rope["low_freq_factor"], rope["high_freq_factor"]
    factors = []
    for place in range(0, head, 2):
        wavelength = 2 * math.pi * rope["rope_theta"] ** (place / head)
        smooth = min(1.0, max(0.0, (old / wavelength - low) / (high - low)))
        factors.append(1 / ((1 - smooth) / factor + smooth))
    return factors


def _head_width(config: Any) -> int:
    return getattr(config, "head_dim", None) or int(config.hidden_size // config.num_attention_heads)


def _context_tokens(config: Any, shape: Shape) -> int:
    """Longest context: llama.cpp's Llama has no window, so that a Mistral with one is the same only within it."""
    window = getattr(config, "sliding_window", None)
    longest = int(config.max_position_embeddings)
    return min(longest, window) if window and shape.name == "llama" else longest


def _rope(config: Any) -> dict[str, Any]:
    parameters: dict[str, Any] = getattr(config, "rope_parameters", None) or {}
    full: dict[str, Any] = parameters.get("full_attention", parameters)
    return full


def _check_gemma3(config: Any) -> None:
    head = config.head_dim
    if config.attn_logit_softcapping is not None or config.query_pre_attn_scalar != head:
        raise _elsewhere("llama.cpp scales the attention of Gemma 3 in one way only, and this model in another")
    theirs = [
        "full_attention" if n % _GEMMA3_PERIOD == 0 else "sliding_attention"
        for n in range(1, 1 + len(config.layer_types))
    ]
    if list(config.layer_types) != theirs:
        raise _elsewhere("llama.cpp gives every sixth layer of Gemma 3 the whole text, and this model others")


def _elsewhere(what: str) -> ModelError:
    return ModelError(what, fix="export it --to merged, then try llama.cpp's own convert_hf_to_gguf.py on that folder")
