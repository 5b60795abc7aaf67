"""What a run will take, said before its first step: memory at its peak, and time."""

from __future__ import annotations

import resource
import sys
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch

from shelftalker.config import TrainSettings
from shelftalker.errors import TrainingError
from shelftalker.models import BASE_MODELS, memory_gb
from shelftalker.models.loading import locate
from shelftalker.models.machine import fast_bf16
from shelftalker.train.lean.engine import LAY_OUT_BYTES

__all__ = [
    "Estimate",
    "choose_forward",
    "estimate_run",
    "estimated_as",
    "free_memory_bytes",
    "peak_memory_bytes",
    "refuse_too_large",
]

_FLOOR_BYTES = 700_000_000
"""The interpreter with torch and transformers loaded, before any model."""
_TOKENS_PER_FORWARD = {"cpu": 1024, "cuda": 16384}
_SMALLEST_FORWARD = 64
# share of the machine's matrix products that a step reaches (docs/training.md); the rest is everything else
_EFFICIENCY = {"lean": 0.65, "peft": 0.4, "gpu": 0.65}
_GPU_VALUES_PER_SECOND = 5e10
"""Activations of a GPU's step, over the time it takes beside its products: measured on an H200 (docs/results.md)."""


@dataclass(frozen=True)
class Estimate:
    """What a run will take.

    Attributes:
        memory_bytes: at the peak, of the whole process (CPU) or of the GPU.
        free_bytes: what is free now.
        seconds: of all steps, validation and questions not counted.
        tokens_per_forward: tokens computed at once.
        gradient_checkpointing: activations are computed twice.
    """

    memory_bytes: int
    free_bytes: int
    seconds: float
    tokens_per_forward: int
    gradient_checkpointing: bool

    def __str__(self) -> str:
        text = (
            f"about {self.memory_bytes / 1e9:.1f} GB of memory ({self.free_bytes / 1e9:.1f} free), "
            f"{_duration(self.seconds)}, {self.tokens_per_forward} tokens at once"
        )
        return text + (", activations computed twice" if self.gradient_checkpointing else "")


@dataclass(frozen=True)
class Shape:
    """The figures of a model that memory and time depend on.

    `weight_bytes` is what the frozen weights take, or for `full` all of them; `value_bytes` is of one activation.
    """

    parameters: int
    trained: int
    layers: int
    hidden: int
    inner: int
    heads: int
    words: int
    weight_bytes: int
    value_bytes: int


def estimate_run(
    model: Any,
    settings: TrainSettings,
    *,
    engine: str,
    tokens: int,
    longest: int,
    device: torch.device,
    shares: int = 1,
) -> Estimate:
    """Estimate a run and choose how many tokens to compute at once.

    Fewer tokens at once, then computing activations twice, are tried before refusing.

    Args:
        model: with its adapter on.
        engine: "lean", "peft" or "gpu".
        tokens: that all steps go through, over all epochs.
        longest: the longest row.
        shares: processes that share the model's weights out.

    Raises:
        TrainingError: it will not fit; the fix names settings that would.
    """
    shape = read_shape(model, shares)
    free = int(settings.memory_gb * 1e9) if settings.memory_gb else free_memory_bytes(device)
    operations = 2 * (3 if settings.method == "full" else 2) * shape.parameters * tokens
    half = torch.bfloat16 if engine == "gpu" and settings.dtype != "fp32" else model.dtype
    seconds = operations / (_matrix_speed(device, half) * _EFFICIENCY[engine])
    if engine == "gpu":
        seconds += tokens * shape.layers * _values_a_layer(shape, engine) / _GPU_VALUES_PER_SECOND
    choices = choose_forward(shape, settings, engine=engine, longest=longest, device=device)
    for at_once, twice in choices:
        memory = memory_bytes(shape, settings, engine=engine, at_once=at_once, longest=longest, twice=twice)
        if memory <= free or (at_once, twice) == choices[-1]:
            if memory > free:
                raise TrainingError(
                    f"training needs about {memory / 1e9:.1f} GB and {free / 1e9:.1f} GB are free on {device.type}",
                    fix=_what_fits(shape, settings, engine=engine, longest=longest, free=free),
                )
            return Estimate(memory, free, seconds * (4 / 3 if twice else 1), at_once, twice)
    raise AssertionError("there is always a last choice")


def choose_forward(
    shape: Shape, settings: TrainSettings, *, engine: str, longest: int, device: torch.device
) -> list[tuple[int, bool]]:
    """Return ways to compute a step, fastest first: tokens at once, and whether to compute activations twice."""
    sizes = [settings.tokens_per_forward]
    if not settings.tokens_per_forward:
        halves = [_TOKENS_PER_FORWARD[device.type] >> shift for shift in range(8)]
        sizes = sorted({max(longest, half) for half in halves if half >= _SMALLEST_FORWARD}, reverse=True)
    both = {"auto": (False, True), "on": (True,), "off": (False,)}[settings.gradient_checkpointing]
    if engine == "lean":
        both = (False,)
    return [(size, twice) for twice in both for size in sizes]


def memory_bytes(shape: Shape, settings: TrainSettings, *, engine: str, at_once: int, longest: int, twice: bool) -> int:
    """Return the peak of a step. The terms were fitted to measured peaks (docs/training.md)."""
    at_once = max(at_once, longest)
    number = shape.value_bytes
    weights = float(shape.weight_bytes)
    if engine == "lean":
        weights += 0.8 * shape.weight_bytes  # queries, keys and values joined; gate and up joined
        if shape.value_bytes == 2 and shape.weight_bytes <= LAY_OUT_BYTES:
            weights += 0.8 * shape.weight_bytes  # all of them once more, laid out for the way back
    # the weights, their gradient and two moments, their copy while a checkpoint is saved, the best epoch's
    state = shape.trained * 4 * 5
    if settings.method != "full":
        state += shape.trained * 4
    elif engine == "gpu":
        state += shape.trained * 2  # as they are multiplied
    a_layer = _values_a_layer(shape, engine)
    attention = shape.heads * min(longest, at_once) * {"lean": 1, "peft": 2, "gpu": 0}[engine]  # flash keeps none
    layers = 2 + shape.layers**0.5 if twice else shape.layers
    activations = at_once * number * layers * (a_layer + attention)
    if twice:
        activations += at_once * number * shape.layers * shape.hidden
    logits = 3 * (48 << 20) + at_once * shape.hidden * 8
    asked = 0.0
    if settings.method == "lora" and settings.truth_questions and settings.sharding == "none":
        asked = 2.0 * shape.weight_bytes + 4 * shape.trained  # a second copy answers, its layers joined once more
    return int(_FLOOR_BYTES + weights + state + activations + logits + asked)


def _values_a_layer(shape: Shape, engine: str) -> float:
    """Number of values that a layer keeps of a token for the way back, attention's square left out."""
    hidden, inner = {"lean": (8, 2.2), "peft": (22, 8), "gpu": (10.5, 3.1)}[engine]
    return hidden * shape.hidden + inner * shape.inner


def estimated_as(engine: str, device: torch.device) -> str:
    """Return the kind of engine that an estimate knows: by the engine's name and its device."""
    if device.type == "cuda":
        return "gpu"
    return "lean" if engine.startswith("lean") else "peft"


def _what_fits(shape: Shape, settings: TrainSettings, *, engine: str, longest: int, free: int) -> str:
    shorter = [tokens for tokens in (768, 512, 384, 256, 128) if tokens < longest]
    tried: list[tuple[str, dict[str, Any], int]] = [
        (f"--max-tokens {tokens}", {"max_tokens": tokens}, tokens) for tokens in shorter
    ]
    if settings.method == "full":
        tried.insert(0, ("--method lora", {"method": "lora"}, longest))
    for text, change, rows in tried:
        changed = settings.model_copy(update=change)
        trained = shape.trained if changed.method == settings.method else shape.parameters // 25
        smaller = replace(shape, trained=trained)
        if memory_bytes(smaller, changed, engine=engine, at_once=rows, longest=rows, twice=engine != "lean") <= free:
            return f"{text} would fit"
    return "choose a smaller --base (see shelftalker models), or free memory"


def read_shape(model: Any, shares: int = 1) -> Shape:
    """Return the figures of a model with its adapter on, of which a process holds one of `shares` shares."""
    config = model.config
    weights = list(model.parameters())
    frozen = [weight for weight in weights if not weight.requires_grad]
    trained = sum(weight.numel() for weight in weights if weight.requires_grad)
    held = frozen or weights
    return Shape(
        parameters=sum(_values(weight) for weight in held),
        trained=trained // shares,
        layers=config.num_hidden_layers,
        hidden=config.hidden_size,
        inner=getattr(config, "intermediate_size", None) or getattr(config, "ffn_dim", 4 * config.hidden_size),
        heads=config.num_attention_heads,
        words=config.vocab_size,
        weight_bytes=sum(weight.numel() * weight.element_size() for weight in held) // shares,
        value_bytes=model.dtype.itemsize,
    )


def _values(weight: torch.Tensor) -> int:
    """Number of values in a weight; two 4-bit values are packed in a byte."""
    packed = getattr(weight, "quant_state", None)
    return int(torch.Size(packed.shape).numel()) if packed is not None else weight.numel()


def free_memory_bytes(device: torch.device) -> int:
    """Return what this process may still take: of the GPU, or of the machine and its container."""
    if device.type == "cuda":
        return int(torch.cuda.mem_get_info(device)[0])
    limits = []
    try:
        lines = Path("/proc/meminfo").read_text(encoding="utf-8").splitlines()
        limits = [int(line.split()[1]) * 1024 for line in lines if line.startswith("MemAvailable")]
        group = Path("/sys/fs/cgroup")
        limit = (group / "memory.max").read_text(encoding="utf-8").strip()
        if limit != "max":
            limits.append(int(limit) - int((group / "memory.current").read_text(encoding="utf-8")))
    except (OSError, ValueError, IndexError):
        pass
    return min(limits) if limits else 1 << 62


def peak_memory_bytes(device: torch.device) -> int:
    """Return the most memory that this process has held so far: of the GPU, or of the machine."""
    if device.type == "cuda":
        return int(torch.cuda.max_memory_allocated(device))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024  # bytes there, kibibytes elsewhere


def refuse_too_large(settings: TrainSettings, device: torch.device) -> None:
    """Refuse a base model whose weights alone do not fit, before they are read.

    Raises:
        TrainingError: they do not; the fix names base models that would.
    """
    free = int(settings.memory_gb * 1e9) if settings.memory_gb else free_memory_bytes(device)
    located = locate(settings.base)
    known = next((base for base in BASE_MODELS if base.name == located.name), None)
    if known is not None:
        bytes_each = {"lora": 2, "qlora": 0.65, "full": 16}[settings.method]
        if settings.method == "lora" and (settings.dtype == "fp32" or not fast_bf16(str(device))):
            bytes_each = 4
        weights = known.parameters * bytes_each
    else:
        share = {"lora": 1, "qlora": 0.35, "full": 4}[settings.method]
        weights = share * sum(path.stat().st_size for path in Path(located.source).glob("*.safetensors"))
    if weights <= free:
        return
    fitting = [base.name for base in BASE_MODELS if memory_gb(base, settings.method) * 1e9 <= free]
    raise TrainingError(
        f"the weights of {located.name} alone take about {weights / 1e9:.1f} GB to tune with --method "
        f"{settings.method}, and {free / 1e9:.1f} GB are free on {device.type}",
        fix=f"choose --base {', '.join(fitting)}" if fitting else "free memory, or raise --set train.memory_gb",
    )


def _matrix_speed(device: torch.device, dtype: torch.dtype) -> float:
    """Multiply matrices for a moment; operations a second."""
    size = 1024 if device.type == "cpu" else 8192
    a = torch.ones(size, size, dtype=dtype, device=device)
    times = []
    for _ in range(4):
        started = time.perf_counter()
        product = a @ a
        float(product[0, 0])  # waits for a GPU
        times.append(time.perf_counter() - started)
    return 2 * size**3 / min(times)


def _duration(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.0f} seconds"
    if seconds < 5400:
        return f"{seconds / 60:.0f} minutes"
    return f"{seconds / 3600:.1f} hours"
