"""A base model loaded and adapted by unsloth, where a CUDA GPU and the package are there."""

from __future__ import annotations

import importlib
from importlib.util import find_spec
from typing import Any

import torch
from torch import nn

from shelftalker.config import FRESH_RANK, TrainSettings
from shelftalker.errors import MissingPart, ModelError, SettingsError
from shelftalker.models import Loaded
from shelftalker.models.loading import locate
from shelftalker.prompts import FALLBACK_CHAT_TEMPLATE

__all__ = ["attach_unsloth", "load_unsloth"]

_LINEAR = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]


def load_unsloth(settings: TrainSettings) -> Loaded:
    """Load a base model through unsloth, which puts its own kernels into it.

    Raises:
        MissingPart: there is no CUDA GPU, or no unsloth.
        SettingsError: unsloth trains adapters only.
        ModelError: unsloth cannot load the model.
    """
    if not torch.cuda.is_available() or find_spec("unsloth") is None:
        raise MissingPart("unsloth needs a CUDA GPU and the package unsloth", fix="leave --engine auto on this machine")
    if settings.method == "full":
        raise SettingsError("the engine unsloth trains adapters only", fix="--method lora, or --engine auto")
    located = locate(settings.base)
    fast = importlib.import_module("unsloth").FastLanguageModel
    dtype = {"auto": None, "bf16": torch.bfloat16, "fp32": torch.float32}[settings.dtype]
    try:
        model, tokenizer = fast.from_pretrained(
            model_name=str(located.source),
            max_seq_length=settings.max_tokens,
            dtype=dtype,
            load_in_4bit=settings.method == "qlora",
        )
    except (OSError, ValueError, RuntimeError, NotImplementedError) as error:
        reason = " ".join(str(error).split())[:300]
        raise ModelError(f"unsloth cannot load {located.name}: {reason}", fix="use --engine auto") from error
    if not tokenizer.chat_template:
        tokenizer.chat_template = FALLBACK_CHAT_TEMPLATE
    return Loaded(model, tokenizer, located.name, model.device)


def attach_unsloth(model: Any, settings: TrainSettings) -> nn.Module:
    """Return the model with a fresh adapter of unsloth's, which is one of PEFT's underneath."""
    names = _LINEAR
    if settings.target_modules != "all-linear":
        names = [name.strip() for name in settings.target_modules.split(",") if name.strip()]
    adapted: nn.Module = importlib.import_module("unsloth").FastLanguageModel.get_peft_model(
        model,
        r=settings.rank or FRESH_RANK,
        lora_alpha=settings.alpha or 2 * (settings.rank or FRESH_RANK),
        lora_dropout=settings.dropout,
        target_modules=names,
        use_dora=settings.dora,
        bias="none",
        use_gradient_checkpointing=settings.gradient_checkpointing == "on",
        random_state=settings.seed,
    )
    return adapted
