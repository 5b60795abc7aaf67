"""Adapters: which one training begins from, and how one is attached to a model and saved, in PEFT's format.

Training begins from the base's embedded reader, another adapter, or the base alone.
"""

from __future__ import annotations

import importlib
import json
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from torch import nn

from shelftalker.artifacts import hash_file
from shelftalker.config import FRESH_RANK, TrainSettings
from shelftalker.errors import (
    InputNotFound,
    MissingPart,
    ModelError,
    SettingsError,
    StorageError,
    TrainingError,
    UsageError,
    storage_errors,
)
from shelftalker.models import Loaded
from shelftalker.models.loading import locate
from shelftalker.models.quiet import quiet_transformers
from shelftalker.models.readers import find_reader
from shelftalker.prompts import FALLBACK_CHAT_TEMPLATE

__all__ = ["Start", "attach_adapter", "choose_start", "load_unsloth", "save_adapter", "trainable", "without_adapter"]

_WEIGHTS = "adapter_model.safetensors"
_UNSLOTH_LAYERS = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]


@dataclass(frozen=True, slots=True)
class Start:
    """What training begins from.

    Attributes:
        name: "base", "reader", or the folder of an adapter.
        folder: of the adapter; None for the base alone.
        sha256: of the adapter's weights.
        why: what the user is to be told of it.
    """

    name: str
    folder: Path | None = None
    sha256: str = ""
    why: str = ""

    def to_json(self) -> dict[str, str]:
        """Return it for a manifest."""
        return {"from": self.name, "sha256": self.sha256, "why": self.why}


def choose_start(settings: TrainSettings) -> tuple[TrainSettings, Start]:
    """Return what a run begins from, and its settings, in which the adapter's shape is settled.

    An adapter's own rank, alpha and layers hold, so that settings of others are a reason against it.

    Raises:
        UsageError: an adapter is asked for and the settings do not fit it.
        InputNotFound, ModelError: the folder holds no adapter that can be begun from.
    """
    asked = settings.start_from
    if asked == "base":
        return _from_base(settings, "")
    base = locate(settings.base).name
    folder = find_reader(base) if asked in ("auto", "reader") else _adapter_in(Path(asked))
    if folder is None:
        if asked == "reader":
            raise UsageError(f"there is no reader for the base {base}", fix="leave --from out, or say --from base")
        return _from_base(settings, f"there is no reader for {base}")
    shape = _shape(folder)
    against = _against(settings, shape)
    if against and asked == "auto":
        return _from_base(settings, against)
    if against:
        raise UsageError(f"training cannot begin from the adapter {folder}: {against}", fix="say --from base")
    name = "reader" if asked in ("auto", "reader") else str(folder)
    settled = settings.model_copy(update={**shape, "start_from": name})
    return settled, Start(name, folder, hash_file(folder / _WEIGHTS), f"rank {shape['rank']}, as its adapter has it")


def _from_base(settings: TrainSettings, why: str) -> tuple[TrainSettings, Start]:
    update = {"start_from": "base", "rank": settings.rank or FRESH_RANK}
    return settings.model_copy(update=update), Start("base", why=why)


def _adapter_in(folder: Path) -> Path:
    """Return the folder of an adapter: the folder itself, or that of a run."""
    for one in (folder, folder / "adapter"):
        if (one / "adapter_config.json").is_file() and (one / _WEIGHTS).is_file():
            return one
    raise InputNotFound(f"{folder} holds no adapter", fix="--from reader, --from base, or a run's folder")


def _shape(folder: Path) -> dict[str, Any]:
    """Return the settings that an adapter was made with.

    Raises:
        ModelError: it is of a kind that training does not go on with.
    """
    try:
        config = json.loads((folder / "adapter_config.json").read_text(encoding="utf-8"))
        rank, alpha, layers = int(config["r"]), int(config["lora_alpha"]), config.get("layers_to_transform") or ()
        names = config["target_modules"]
        plain = config["peft_type"] == "LORA" and not config.get("use_rslora") and not config.get("use_dora")
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ModelError(f"the adapter in {folder} cannot be read: {error}", fix="say --from base") from error
    if not plain:
        raise ModelError(f"the adapter in {folder} is no plain LoRA", fix="say --from base")
    modules = names if isinstance(names, str) else ",".join(sorted(names))
    return {"rank": rank, "alpha": alpha, "target_modules": modules, "adapter_layers": len(layers)}


def _against(settings: TrainSettings, shape: dict[str, Any]) -> str:
    """Return why these settings cannot go on with an adapter of that shape, "" where they can."""
    if settings.mode != "open-book":
        return f"{settings.mode} learns descriptions by heart, which is no reading"
    if settings.method == "full":
        return "the method is full, which trains no adapter"
    if settings.engine == "unsloth":
        return "unsloth makes adapters of its own"
    if settings.dora:
        return "it is no DoRA"
    unset = {"rank": 0, "alpha": 0, "target_modules": "all-linear", "adapter_layers": 0}
    for key, value in shape.items():
        asked = getattr(settings, key)
        if asked not in (unset[key], value):
            return f"its {key.replace('_', ' ')} is {value or 'all'} and not {asked}"
    return ""


def attach_adapter(model: nn.Module, settings: TrainSettings, start: Path | None = None) -> nn.Module:
    """Return the model with an adapter on it, everything else frozen; or, for `full`, all of it trainable.

    A fresh adapter starts as a no-op. Its weights stay in fp32, whatever the base model's arithmetic is.

    Args:
        start: folder of an adapter to begin from, in PEFT's format; its own shape holds.

    Raises:
        SettingsError: the model has no layer of the asked names.
        ModelError: PEFT cannot put an adapter on this architecture, or the one to begin from is of another model.
    """
    if settings.method == "full":
        model.requires_grad_(True)
        return model
    if settings.engine == "unsloth":
        return _attach_unsloth(model, settings)
    from peft import LoraConfig, get_peft_model, prepare_model_for_kbit_training

    if settings.method == "qlora":  # norms and embeddings in fp32; checkpointing is decided by the estimate
        model = prepare_model_for_kbit_training(model, use_gradient_checkpointing=False)
    torch.manual_seed(settings.seed)
    if start is not None:
        return _begin_from(model, start, settings.dropout)
    asked = _layer_names(settings)
    names: str | list[str] = "all-linear" if asked is None else asked
    layers = getattr(model.config, "num_hidden_layers", 0)
    top = list(range(max(0, layers - settings.adapter_layers), layers)) if settings.adapter_layers else None
    if top is not None and names == "all-linear":  # which PEFT takes for all layers only
        names = _linear_names(model, within="layers.")
    config = LoraConfig(
        layers_to_transform=top, target_modules=names, task_type="CAUSAL_LM", **_lora_settings(settings)
    )
    try:
        with quiet_transformers():
            adapted: nn.Module = get_peft_model(model, config)
    except ValueError as error:
        if "target" not in str(error).lower():
            raise ModelError(f"PEFT cannot adapt this model: {error}", fix="try another --base") from error
        raise SettingsError(
            f"the model has no layer named {settings.target_modules!r}",
            fix=f"--set train.target_modules=all-linear, or some of {','.join(_linear_names(model))}",
        ) from error
    return adapted


def _lora_settings(settings: TrainSettings) -> dict[str, Any]:
    rank = settings.rank or FRESH_RANK
    alpha = settings.alpha or 2 * rank
    return {"r": rank, "lora_alpha": alpha, "lora_dropout": settings.dropout, "use_dora": settings.dora}


def _layer_names(settings: TrainSettings) -> list[str] | None:
    """Return the layers that are asked for by name; None for all-linear."""
    if settings.target_modules == "all-linear":
        return None
    return [name.strip() for name in settings.target_modules.split(",") if name.strip()]


def _linear_names(model: nn.Module, within: str = "") -> list[str]:
    linear = (name for name, part in model.named_modules() if isinstance(part, nn.Linear) and within in name)
    return sorted({name.rpartition(".")[2] for name in linear})


def _begin_from(model: nn.Module, folder: Path, dropout: float) -> nn.Module:
    from peft import LoraConfig, get_peft_model, set_peft_model_state_dict
    from safetensors.torch import load_file

    try:
        config = LoraConfig.from_pretrained(str(folder))
        config.inference_mode, config.lora_dropout = False, dropout
        config.base_model_name_or_path = None  # the base may lie elsewhere; PEFT would warn
        with quiet_transformers():
            adapted: nn.Module = get_peft_model(model, config)
        loaded = set_peft_model_state_dict(adapted, load_file(folder / "adapter_model.safetensors"))
    except (OSError, ValueError, RuntimeError, KeyError, TypeError, SafetensorError) as error:
        raise ModelError(
            f"the adapter in {folder} does not fit this base: {' '.join(str(error).split())[:200]}",
            fix="say --from base",
        ) from error
    missing = [name for name in loaded.missing_keys if "lora_" in name]
    if missing or loaded.unexpected_keys:
        raise ModelError(f"the adapter in {folder} has other layers than this base", fix="say --from base")
    return adapted


def without_adapter(model: Any) -> Any:
    """Return the base model, whether an adapter is on it or not; with one, its layers compute with it."""
    return model.get_base_model() if hasattr(model, "get_base_model") else model


def trainable(model: nn.Module) -> dict[str, nn.Parameter]:
    """Return what training changes, by name, in a fixed order.

    Raises:
        TrainingError: nothing is.
    """
    found = {name: weight for name, weight in model.named_parameters() if weight.requires_grad}
    if not found:
        raise TrainingError("nothing in this model is trainable", fix="choose another --base or other target_modules")
    return found


def save_adapter(
    model: Any, folder: Path, *, base: str, method: str, state: dict[str, torch.Tensor] | None = None
) -> None:
    """Write what was trained: PEFT's two files, or for `full` the whole model in safetensors.

    Args:
        model: as `attach_adapter` returned it.
        base: name of the base model, for the adapter's settings.
        state: the weights, where the model holds only its share of them.

    Raises:
        StorageError: the disk is full or read-only.
    """
    given = {} if state is None else {"state_dict": state}
    with storage_errors(folder):
        folder.mkdir(parents=True, exist_ok=True)
        try:
            if method == "full":
                model.save_pretrained(folder, **given)
                return
            config = model.peft_config["default"]
            config.base_model_name_or_path = base
            model.save_pretrained(folder, save_embedding_layers=False, **given)
        except SafetensorError as error:  # how its writer says that a write failed
            raise StorageError(
                f"the weights could not be written: {folder}: {str(error).splitlines()[0]}",
                fix="free some space, then go on with --resume",
            ) from error
        (folder / "README.md").unlink(missing_ok=True)  # PEFT's model card is an empty form


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


def _attach_unsloth(model: Any, settings: TrainSettings) -> nn.Module:
    """Return the model with a fresh adapter of unsloth's, which is one of PEFT's underneath."""
    names = _layer_names(settings)
    adapted: nn.Module = importlib.import_module("unsloth").FastLanguageModel.get_peft_model(
        model,
        target_modules=_UNSLOTH_LAYERS if names is None else names,
        bias="none",
        use_gradient_checkpointing=settings.gradient_checkpointing == "on",
        random_state=settings.seed,
        **_lora_settings(settings),
    )
    return adapted
