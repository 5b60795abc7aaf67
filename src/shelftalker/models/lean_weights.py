"""The weights of a Llama-shaped model as the lean forward pass wants them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from shelftalker.models.machine import lays_out_bf16

__all__ = ["LeanLayer", "LeanWeights", "lean_weights"]

_ROPE_TYPES = frozenset({"default", "llama3", "linear"})  # tables that do not change with the length
_FAMILIES = frozenset({"llama", "mistral", "qwen2", "qwen3"})
# Laid-out weights are a second copy of the linear layers; above this the originals are used as they are.
_PACK_LIMIT_BYTES = 1_500_000_000


@dataclass(frozen=True, slots=True)
class LeanLayer:
    """One layer's weights, laid out for oneDNN where `LeanWeights.packed`."""

    norm_in: Any
    norm_mid: Any
    qkv: Any
    qkv_bias: Any
    out: Any
    gate: Any
    up: Any
    down: Any
    norm_heads: Any  # (heads + kv heads, head width) or None: Qwen3 normalises queries and keys


@dataclass(frozen=True, slots=True)
class LeanWeights:
    """A model's weights as the lean pass wants them; made once, shared by every conversation."""

    layers: tuple[LeanLayer, ...]
    embedding: Any
    norm: Any
    head: Any
    rotary: Any
    heads: int
    kv_heads: int
    width: int
    eps: float
    packed: bool
    dtype: Any


def lean_weights(model: Any) -> LeanWeights | None:
    """Return the weights for the lean pass, or None where the model or the device needs transformers' own."""
    import torch

    if not _fits(model):
        return None
    config, inner = model.config, model.model
    head_layer = model.get_output_embeddings()
    size = sum(p.numel() * p.element_size() for p in inner.layers.parameters())
    packed = model.dtype == torch.bfloat16 and size <= _PACK_LIMIT_BYTES and lays_out_bf16()
    lay_out = _pack if packed else (lambda weight: weight)

    def layer(block: Any) -> LeanLayer:
        attention, mlp = block.self_attn, block.mlp
        parts = (attention.q_proj, attention.k_proj, attention.v_proj)
        biases = [p.bias for p in parts if p.bias is not None]
        norm_heads = None
        if hasattr(attention, "q_norm"):
            norm_heads = torch.cat(
                [
                    attention.q_norm.weight.expand(config.num_attention_heads, -1),
                    attention.k_norm.weight.expand(config.num_key_value_heads, -1),
                ]
            )
        return LeanLayer(
            block.input_layernorm.weight,
            block.post_attention_layernorm.weight,
            lay_out(torch.cat([p.weight for p in parts])),
            torch.cat(biases) if biases else None,
            lay_out(attention.o_proj.weight),
            lay_out(mlp.gate_proj.weight),
            lay_out(mlp.up_proj.weight),
            lay_out(mlp.down_proj.weight),
            norm_heads,
        )

    with torch.inference_mode():
        return LeanWeights(
            layers=tuple(layer(block) for block in inner.layers),
            embedding=inner.embed_tokens.weight,
            norm=inner.norm.weight,
            head=lay_out(head_layer.weight),
            rotary=inner.rotary_emb,
            heads=config.num_attention_heads,
            kv_heads=config.num_key_value_heads,
            width=inner.layers[0].self_attn.head_dim,
            eps=float(config.rms_norm_eps),
            packed=packed,
            dtype=model.dtype,
        )


def _fits(model: Any) -> bool:
    import torch
    from transformers import PreTrainedModel

    if not isinstance(model, PreTrainedModel):  # wrapped by PEFT, say
        return False
    config = model.config
    rope = getattr(config, "rope_parameters", None) or {"rope_type": "default"}
    window = getattr(config, "sliding_window", None) if getattr(config, "use_sliding_window", True) else None
    if config.model_type not in _FAMILIES or model.device.type != "cpu":
        return False
    if config.hidden_act != "silu" or rope.get("rope_type", "default") not in _ROPE_TYPES:
        return False
    if window is not None and window < getattr(config, "max_position_embeddings", 0):
        return False
    block = model.model.layers[0]
    linears = [block.self_attn.o_proj, block.mlp.gate_proj, block.mlp.up_proj, block.mlp.down_proj]
    linears += [block.self_attn.q_proj, block.self_attn.k_proj, block.self_attn.v_proj]
    # An adapter or a quantised layer may stand where a plain one is expected, and PEFT's are called Linear too.
    return all(type(part) is torch.nn.Linear for part in linears) and all(p.bias is None for p in linears[:4])


def _pack(weight: Any) -> Any:
    import torch

    return torch.ops.mkldnn._reorder_linear_weight(weight.detach(), 32)
