"""Which engine computes a run's layers."""

from __future__ import annotations

from typing import Any

import torch

from shelftalker.config import TrainSettings
from shelftalker.errors import MissingPart, SettingsError
from shelftalker.train.lean import lean_engine
from shelftalker.train.loop import Engine
from shelftalker.train.padded import PaddedEngine

__all__ = ["choose_engine"]


def choose_engine(model: Any, device: torch.device, settings: TrainSettings) -> Engine:
    """Return the fastest engine that knows the model, or the one that was asked for.

    Raises:
        SettingsError: the lean engine was asked for and does not know the model's shape or the method.
        MissingPart: unsloth was asked for and is not here.
    """
    if settings.engine == "unsloth":
        raise MissingPart(
            "unsloth needs a CUDA GPU and the package unsloth", fix="leave --set train.engine=auto on this machine"
        )
    general = PaddedEngine(model, device, autocast=settings.method == "full")
    if settings.engine == "peft":
        return general
    lean = lean_engine(model)
    if lean is not None:
        return lean
    if settings.engine == "lean":
        raise SettingsError(
            "the lean engine computes Llama-shaped models with a plain LoRA without dropout",
            fix="--set train.engine=auto takes the general engine instead",
        )
    return general
