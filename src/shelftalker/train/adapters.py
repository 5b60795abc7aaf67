"""Adapters in PEFT's format: attached to a model, saved, loaded."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from torch import nn

from shelftalker.config import FRESH_RANK, TrainSettings
from shelftalker.errors import ModelError, SettingsError, StorageError, TrainingError, storage_errors
from shelftalker.models.quiet import quiet_transformers
from shelftalker.train.unsloth_model import attach_unsloth

__all__ = ["attach_adapter", "save_adapter", "trainable"]


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
        return attach_unsloth(model, settings)
    from peft import LoraConfig, get_peft_model, prepare_model_for_kbit_training

    if settings.method == "qlora":  # norms and embeddings in fp32; checkpointing is `fit`'s to decide
        model = prepare_model_for_kbit_training(model, use_gradient_checkpointing=False)
    if start is not None:
        torch.manual_seed(settings.seed)
        return _begin_from(model, start, settings.dropout)
    names: str | list[str] = settings.target_modules
    if names != "all-linear":
        names = [name.strip() for name in settings.target_modules.split(",") if name.strip()]
    torch.manual_seed(settings.seed)
    layers = getattr(model.config, "num_hidden_layers", 0)
    top = list(range(max(0, layers - settings.adapter_layers), layers)) if settings.adapter_layers else None
    if top is not None and names == "all-linear":  # which PEFT takes for all layers only
        linear = (name for name, part in model.named_modules() if isinstance(part, nn.Linear) and "layers." in name)
        names = sorted({name.rpartition(".")[2] for name in linear})
    config = LoraConfig(
        layers_to_transform=top,
        r=settings.rank or FRESH_RANK,
        lora_alpha=settings.alpha or 2 * (settings.rank or FRESH_RANK),
        lora_dropout=settings.dropout,
        target_modules=names,
        use_dora=settings.dora,
        task_type="CAUSAL_LM",
    )
    try:
        with quiet_transformers():
            adapted: nn.Module = get_peft_model(model, config)
    except ValueError as error:
        if "target" not in str(error).lower():
            raise ModelError(f"PEFT cannot adapt this model: {error}", fix="try another --base") from error
        layers = sorted(
            {name.rpartition(".")[2] for name, part in model.named_modules() if isinstance(part, nn.Linear)}
        )
        raise SettingsError(
            f"the model has no layer named {settings.target_modules!r}",
            fix=f"--set train.target_modules=all-linear, or some of {','.join(layers)}",
        ) from error
    return adapted


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
        folder: made where it is missing.
        base: name of the base model, for the adapter's settings.
        method: the training method.
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
        readme = folder / "README.md"  # PEFT's model card is an empty form
        readme.unlink(missing_ok=True)
