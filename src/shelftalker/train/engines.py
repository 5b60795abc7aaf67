"""Which engine computes a run's layers."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Any

import torch

from shelftalker.config import TrainSettings
from shelftalker.errors import SettingsError
from shelftalker.train.adapters import without_adapter
from shelftalker.train.estimate import Estimate
from shelftalker.train.lean import LeanEngine, lean_engine
from shelftalker.train.packed import PackedEngine, can_capture, pick_attention
from shelftalker.train.padded import PaddedEngine

__all__ = ["Engine", "capture_passes", "choose_engine"]

Engine = LeanEngine | PaddedEngine
"""Computes the loss of some rows, and its gradients; a `PackedEngine` is a `PaddedEngine`."""

_GRAPHS_UP_TO = 2_000_000_000
"""Parameters; of larger models a kernel takes longer than starting it (docs/results.md)."""


def choose_engine(model: Any, device: torch.device, settings: TrainSettings) -> Engine:
    """Return the fastest engine that knows the model, or the one that was asked for.

    A CPU takes the lean engine where it can: buckets of one length beat packing there. A GPU packs where its
    attention skips what is masked. All else goes through the model's own layers, padded.

    Raises:
        SettingsError: the engine asked for does not know the model's shape or the method.
    """
    # a GPU multiplies fp32 matrices at a fraction of bf16's speed, and an adapter's A and B are fp32
    autocast = settings.method in ("full", "qlora") or (device.type == "cuda" and model.dtype == torch.bfloat16)
    if settings.engine in ("peft", "unsloth"):  # unsloth's layers stand in the model already
        return PaddedEngine(model, device, autocast=autocast)
    packs = settings.engine == "packed" or (settings.engine == "auto" and device.type == "cuda")
    attention = pick_attention(model, device, autocast=autocast) if packs else None
    if settings.engine == "packed" and attention is None:
        raise SettingsError(
            "this model does not keep packed rows apart", fix="--set train.engine=auto takes another engine"
        )
    if attention is None and (settings.engine == "lean" or device.type == "cpu"):
        lean = lean_engine(model) if settings.method == "lora" and settings.sharding == "none" else None
        if lean is not None:
            return lean
        if settings.engine == "lean":
            raise SettingsError(
                "the lean engine computes Llama-shaped models with a plain LoRA without dropout",
                fix="--set train.engine=auto takes the general engine instead",
            )
    _speed_up(model, device)
    if attention is not None:
        return PackedEngine(model, device, attention=attention, autocast=autocast)
    return PaddedEngine(model, device, autocast=autocast)


def capture_passes(
    engine: Engine,
    model: Any,
    settings: TrainSettings,
    device: torch.device,
    estimate: Estimate,
    *,
    tokens_per_forward: int,
    longest: int,
) -> bool:
    """Have an engine repeat its passes as CUDA graphs, where that pays and can be; return whether it does.

    It pays for a packed model so small that the device would wait for the CPU. It cannot be where activations are
    computed twice. `longest` is of all rows that there are.
    """
    if settings.cuda_graphs == "off" or settings.sharding != "none" or estimate.gradient_checkpointing:
        return False
    small = sum(weight.numel() for weight in model.parameters()) <= _GRAPHS_UP_TO
    if not (isinstance(engine, PackedEngine) and small and can_capture(model, device)):
        return False
    engine.capture(tokens_per_forward, longest=longest)
    return True


def _speed_up(model: Any, device: torch.device) -> None:
    """Put Liger's kernels for norms, activations and rotary positions into this model, where they are installed.

    Its losses are left out: ours never holds all logits either, and leaves out those of the prompt.
    """
    if device.type != "cuda" or find_spec("liger_kernel") is None:
        return
    from liger_kernel.transformers import _apply_liger_kernel_to_instance

    _apply_liger_kernel_to_instance(without_adapter(model), cross_entropy=False, fused_linear_cross_entropy=False)
