"""A Llama-shaped model with a PEFT adapter, as plain tensors: layers that share an input joined into one product."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor, nn

from shelftalker.train.adapters import without_adapter

__all__ = ["Adapter", "Block", "Linear", "Model", "read_model"]


@dataclass
class Adapter:
    """One layer's LoRA: output += scale * (input A^T) B^T.

    Attributes:
        columns: where its layer's output stands in the joined product.
        low: where its A stands in the joined A.
        a, b: what PEFT holds and the optimizer changes, fp32.
        fast_b: `b` in the model's arithmetic, refreshed once a step.  Shape: [out, rank]
    """

    columns: slice
    low: slice
    scale: float
    a: nn.Parameter
    b: nn.Parameter
    fast_b: Tensor


@dataclass
class Linear:
    """Layers that share an input, their frozen weights joined.

    Attributes:
        weight: Shape: [out, in]
        adapters: of those layers that have one.
        fast_a: their A, scaled, joined and in the model's arithmetic.  Shape: [sum of ranks, in]
        bias: frozen, of queries, keys and values in Qwen2, or None.  Shape: [out]
        turned: the weight's transpose as oneDNN reads it fastest, or None.
    """

    weight: Tensor
    adapters: list[Adapter]
    fast_a: Tensor
    bias: Tensor | None = None
    turned: Tensor | None = None


@dataclass
class Block:
    """One decoder block."""

    qkv: Linear
    output: Linear
    gate_up: Linear
    down: Linear
    first_norm: Tensor
    second_norm: Tensor


@dataclass
class Model:
    """The whole model.

    Attributes:
        kv, group, width: key-value heads, queries' heads for each, and their width.
        rotary: transformers' module that gives the angles of positions.
    """

    embedding: Tensor
    blocks: list[Block]
    norm: Tensor
    head: Tensor
    epsilon: float
    kv: int
    group: int
    width: int
    rotary: Any
    _angles: tuple[Tensor, Tensor] | None = field(default=None, repr=False)

    def linears(self) -> Iterator[Linear]:
        """Every joined layer."""
        for block in self.blocks:
            yield from (block.qkv, block.output, block.gate_up, block.down)

    def refresh(self) -> None:
        """Take over what the optimizer changed."""
        for linear in self.linears():
            for adapter in linear.adapters:
                linear.fast_a[adapter.low].copy_(adapter.a.detach() * adapter.scale)
                adapter.fast_b.copy_(adapter.b.detach())

    def lay_out(self) -> None:
        """Lay every layer's weight out for the way back: a second copy of them, for 2 or 3 % of the time."""
        for linear in self.linears():  # once: otherwise every product does so for itself
            linear.turned = torch.ops.mkldnn._reorder_linear_weight(linear.weight.t().contiguous())

    def angles(self, positions: int) -> tuple[Tensor, Tensor]:
        """Return cosine and sine by position, fp32.  Shape: [at least positions, width / 2]"""
        if self._angles is None or len(self._angles[0]) < positions:
            place = torch.arange(-(-positions // 256) * 256)[None]
            cosine, sine = self.rotary(torch.empty(0, dtype=torch.float32), place)
            half = self.width // 2
            self._angles = cosine[0, :, :half].contiguous(), sine[0, :, :half].contiguous()
        return self._angles


class _OtherShape(Exception):
    """The model is not of the shape that is computed here."""


def read_model(model: Any) -> Model | None:
    """Return the model's tensors, or None when it is not of a shape that the lean path computes.

    That shape: Llama's blocks (RMSNorm, rotary positions, grouped queries, SwiGLU; no biases but Qwen2's of queries,
    keys and values), full causal attention, and at most a plain LoRA in fp32 on each linear layer. Everything else
    takes the general path.
    """
    causal = without_adapter(model)
    config = causal.config
    if type(causal).__name__ not in ("LlamaForCausalLM", "MistralForCausalLM", "Qwen2ForCausalLM"):
        return None
    if config.hidden_act != "silu" or getattr(config, "sliding_window", None):
        return None
    decoder, head = causal.model, causal.get_output_embeddings()
    if getattr(decoder.rotary_emb, "rope_type", "default") in ("dynamic", "longrope"):
        return None  # its angles depend on the length
    try:
        read = Model(
            embedding=_frozen(decoder.embed_tokens.weight),
            blocks=[_read_block(layer) for layer in decoder.layers],
            norm=decoder.norm.weight.detach(),
            head=_frozen(head.weight),
            epsilon=config.rms_norm_eps,
            kv=config.num_key_value_heads,
            group=config.num_attention_heads // config.num_key_value_heads,
            width=getattr(config, "head_dim", None) or config.hidden_size // config.num_attention_heads,
            rotary=decoder.rotary_emb,
        )
    except _OtherShape:
        return None
    if head.bias is not None:
        return None
    read.refresh()
    return read


def _frozen(weight: Tensor) -> Tensor:
    if weight.requires_grad or weight.dtype not in (torch.bfloat16, torch.float32):
        raise _OtherShape
    return weight.detach()


def _read_block(layer: Any) -> Block:
    attention, mlp = layer.self_attn, layer.mlp
    return Block(
        qkv=_join(attention.q_proj, attention.k_proj, attention.v_proj, biased=True),
        output=_join(attention.o_proj),
        gate_up=_join(mlp.gate_proj, mlp.up_proj),
        down=_join(mlp.down_proj),
        first_norm=_frozen(layer.input_layernorm.weight),
        second_norm=_frozen(layer.post_attention_layernorm.weight),
    )


def _join(*layers: Any, biased: bool = False) -> Linear:
    parts, biases, adapters = [], [], []
    start = low = 0
    for layer in layers:
        plain = getattr(layer, "base_layer", layer)
        weight = _frozen(plain.weight)
        parts.append(weight)
        if plain.bias is not None:
            biases.append(_frozen(plain.bias))
        columns = slice(start, start := start + weight.shape[0])
        if plain is layer:
            continue
        if not _is_plain_lora(layer):
            raise _OtherShape
        a, b = layer.lora_A["default"].weight, layer.lora_B["default"].weight
        rank = slice(low, low := low + a.shape[0])
        adapters.append(
            Adapter(columns, rank, float(layer.scaling["default"]), a, b, torch.empty_like(b, dtype=weight.dtype))
        )
    if biases and not (biased and len(biases) == len(layers)):
        raise _OtherShape
    joined = torch.cat(parts) if len(parts) > 1 else parts[0]
    bias = torch.cat(biases) if biases else None
    return Linear(joined, adapters, joined.new_empty(low, joined.shape[1]), bias)


def _is_plain_lora(layer: Any) -> bool:
    return (
        list(getattr(layer, "lora_A", ())) == ["default"]
        and isinstance(layer.lora_dropout["default"], nn.Identity)
        and not layer.use_dora.get("default", False)
        and layer.lora_A["default"].weight.dtype == torch.float32
        and layer.lora_B["default"].bias is None
        and not layer.merged
    )
