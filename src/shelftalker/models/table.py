"""The base models that Shelftalker knows by name, and what memory it takes to tune them."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from shelftalker.errors import ModelError

__all__ = ["BASE_MODELS", "DEFAULT_BASE", "BaseModel", "Method", "find_base", "memory_gb"]

Method = Literal["lora", "qlora", "full"]

DEFAULT_BASE = "qwen2.5-coder-0.5b"
"""What reads well enough; `local.default_base` gives the one to use on this machine."""


@dataclass(frozen=True, slots=True)
class BaseModel:
    """A base model known by a short name.

    Attributes:
        name: what `--base` takes.
        hub_id: where the Hugging Face hub keeps it.
        parameters: number of weights, tied ones counted once.
        licence: under which the weights are given.
        chat_template: "its own", or "ours" for a model that was never taught one.
        architecture: transformers' `model_type`.
        shape: arguments of the architecture's config class; builds the model with random weights.
        embedded: its weights come with a Python package, so that no download is needed.
        pulled: its weights are brought by `shelftalker models pull`.
        report: it is one of the models of the original report.
    """

    name: str
    hub_id: str
    parameters: int
    licence: str
    chat_template: Literal["its own", "ours"]
    architecture: str
    shape: Mapping[str, Any] = field(repr=False)
    embedded: bool = False
    pulled: bool = False
    report: bool = False


def _shape(
    hidden: int, layers: int, heads: int, kv_heads: int, head: int, inner: int, vocab: int, *, tied: bool
) -> dict[str, Any]:
    return {
        "hidden_size": hidden,
        "num_hidden_layers": layers,
        "num_attention_heads": heads,
        "num_key_value_heads": kv_heads,
        "head_dim": head,
        "intermediate_size": inner,
        "vocab_size": vocab,
        "tie_word_embeddings": tied,
    }


def _opt_shape(hidden: int, layers: int, heads: int, inner: int) -> dict[str, Any]:
    return {
        "hidden_size": hidden,
        "num_hidden_layers": layers,
        "num_attention_heads": heads,
        "ffn_dim": inner,
        "word_embed_proj_dim": hidden,
        "vocab_size": 50272,
    }


_APACHE = "Apache-2.0"
_LLAMA_3 = "Llama 3 Community"

BASE_MODELS: tuple[BaseModel, ...] = (
    BaseModel(
        "smollm2-135m", "HuggingFaceTB/SmolLM2-135M-Instruct", 134_515_008, _APACHE, "its own", "llama",
        _shape(576, 30, 9, 3, 64, 1536, 49152, tied=True), embedded=True,
    ),
    BaseModel(
        "smollm2-360m", "HuggingFaceTB/SmolLM2-360M-Instruct", 361_821_120, _APACHE, "its own", "llama",
        _shape(960, 32, 15, 5, 64, 2560, 49152, tied=True),
    ),
    BaseModel(
        "smollm2-1.7b", "HuggingFaceTB/SmolLM2-1.7B-Instruct", 1_711_376_384, _APACHE, "its own", "llama",
        _shape(2048, 24, 32, 32, 64, 8192, 49152, tied=True),
    ),
    BaseModel(
        "qwen2.5-coder-0.5b", "Qwen/Qwen2.5-Coder-0.5B-Instruct", 494_032_768, _APACHE, "its own", "qwen2",
        _shape(896, 24, 14, 2, 64, 4864, 151936, tied=True), pulled=True,
    ),
    BaseModel(
        "qwen3-0.6b", "Qwen/Qwen3-0.6B", 596_049_920, _APACHE, "its own", "qwen3",
        _shape(1024, 28, 16, 8, 128, 3072, 151936, tied=True),
    ),
    BaseModel(
        "qwen3-1.7b", "Qwen/Qwen3-1.7B", 1_720_574_976, _APACHE, "its own", "qwen3",
        _shape(2048, 28, 16, 8, 128, 6144, 151936, tied=True),
    ),
    BaseModel(
        "llama-3.2-1b", "meta-llama/Llama-3.2-1B-Instruct", 1_235_814_400, _LLAMA_3, "its own", "llama",
        _shape(2048, 16, 32, 8, 64, 8192, 128256, tied=True),
    ),
    BaseModel(
        "llama-3.1-8b", "meta-llama/Llama-3.1-8B-Instruct", 8_030_261_248, _LLAMA_3, "its own", "llama",
        _shape(4096, 32, 32, 8, 128, 14336, 128256, tied=False),
    ),
    BaseModel(
        "gemma-3-1b", "google/gemma-3-1b-it", 999_885_952, "Gemma Terms of Use", "its own", "gemma3_text",
        _shape(1152, 26, 4, 1, 256, 6912, 262144, tied=True),
    ),
    BaseModel(
        "opt-125m", "facebook/opt-125m", 125_239_296, "OPT (research only)", "ours", "opt",
        _opt_shape(768, 12, 12, 3072), report=True,
    ),
    BaseModel(
        "opt-1.3b", "facebook/opt-1.3b", 1_315_758_080, "OPT (research only)", "ours", "opt",
        _opt_shape(2048, 24, 32, 8192), report=True,
    ),
    BaseModel(
        "gemma-2b", "google/gemma-2b", 2_506_172_416, "Gemma Terms of Use", "ours", "gemma",
        _shape(2048, 18, 8, 1, 256, 16384, 256000, tied=True), report=True,
    ),
    BaseModel(
        "llama-2-7b", "meta-llama/Llama-2-7b-hf", 6_738_415_616, "Llama 2 Community", "ours", "llama",
        _shape(4096, 32, 32, 32, 128, 11008, 32000, tied=False), report=True,
    ),
    BaseModel(
        "mistral-7b", "mistralai/Mistral-7B-v0.1", 7_241_732_096, _APACHE, "ours", "mistral",
        _shape(4096, 32, 32, 8, 128, 14336, 32000, tied=False), report=True,
    ),
)  # fmt: skip


def find_base(name: str) -> BaseModel:
    """Return the base model of that short name or hub id, letter case ignored.

    Raises:
        ModelError: it is not in the table; the nearest names are told.
    """
    wanted = name.casefold()
    for base in BASE_MODELS:
        if wanted in (base.name, base.hub_id.casefold()):
            return base
    near = difflib.get_close_matches(wanted, [b.name for b in BASE_MODELS], n=2, cutoff=0.5)
    meant = f"did you mean {' or '.join(near)}? " if near else ""
    raise ModelError(
        f"there is no base model {name!r}",
        fix=f"{meant}`shelftalker models` lists them, and a folder or a hub name works",
    )


# Bytes a weight: bf16 weights; 4-bit weights with their scales; fp32 weights and gradients with the
# two moments of AdamW. An adapter of rank 16 on all linear layers has about 1 to 3 % of the weights,
# and each of its weights costs 16 bytes (fp32 weight, gradient, two moments).
_BYTES_A_WEIGHT: dict[Method, float] = {"lora": 2.0, "qlora": 0.65, "full": 16.0}
_ADAPTER_SHARE: dict[Method, float] = {"lora": 0.02, "qlora": 0.02, "full": 0.0}
_ADAPTER_BYTES = 16.0
# Activations of 1,024 tokens without checkpointing: measured near 0.9 GB at 135M, growing with
# the square root of the weights (depth x width); plus about 0.5 GB for Python and torch.
_FLOOR_GB = 0.5


def memory_gb(base: BaseModel, method: Method) -> float:
    """Return about how much memory tuning takes, in GB (10^9 bytes), for 1,024 tokens at a time.

    A rule of thumb for the table; `train` estimates its own settings on its own.
    """
    weights = base.parameters * (_BYTES_A_WEIGHT[method] + _ADAPTER_SHARE[method] * _ADAPTER_BYTES)
    activations = 0.9e9 * (base.parameters / 134_515_008) ** 0.5
    return float((weights + activations) / 1e9 + _FLOOR_GB)
