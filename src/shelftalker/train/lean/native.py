"""The elementwise work of a block, compiled for this machine: bf16 on a CPU with a C compiler.

`kernels.c` is compiled at first use, in a second or two, into the cache folder, under a name that holds the
hash of the source and of the machine's abilities. Without a compiler training goes on with `TorchKernels`.
"""

from __future__ import annotations

import contextlib
import ctypes
import hashlib
import os
import platform
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from shelftalker.models.machine import cpu_flags
from shelftalker.models.storage import cache_folder
from shelftalker.train.lean.kernels import Heads, RowsOfHeads, TorchKernels, Workspace

__all__ = ["Kernels", "Opened", "native_kernels", "open_kernels", "opened_kernels"]

_SOURCE = Path(__file__).with_name("kernels.c")
# Arithmetic may be re-ordered to fill vectors; never -ffast-math, which would turn denormals off for the whole process.
_MOST_RANK = 64  # RANK in kernels.c
_FLAGS = (
    "-O3", "-march=native", "-fopenmp", "-fPIC", "-shared", "-fno-math-errno", "-fno-trapping-math",
    "-fassociative-math", "-fno-signed-zeros", "-freciprocal-math", "-ffinite-math-only",
)  # fmt: skip


@dataclass(frozen=True)
class Opened:
    """The compiled kernels, or why there are none."""

    kernels: _NativeKernels | None
    why_not: str = ""


def open_kernels() -> Opened:
    """Compile and load the kernels, or take them from the cache."""
    if platform.system() != "Linux":
        return Opened(None, "compiled kernels are for Linux")
    if os.environ.get("SHELFTALKER_NATIVE", "1") == "0":
        return Opened(None, "SHELFTALKER_NATIVE=0")
    compiler = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
    if compiler is None:
        return Opened(None, "no C compiler")
    try:
        return Opened(_NativeKernels(_load(compiler)))
    except (OSError, subprocess.SubprocessError) as error:
        return Opened(None, f"{Path(compiler).name} failed or its output could not be kept ({type(error).__name__})")


opened_kernels = cache(open_kernels)
"""The same, once a process."""


def native_kernels() -> _NativeKernels | None:
    """Return the compiled kernels, or None where they cannot be had: no compiler, another system, or told off."""
    return opened_kernels().kernels


def _load(compiler: str) -> ctypes.CDLL:
    abilities = " ".join(sorted(cpu_flags())) or platform.machine()  # what is made for another machine may crash here
    key = hashlib.sha256(_SOURCE.read_bytes() + " ".join((compiler, *_FLAGS, abilities)).encode()).hexdigest()
    library = cache_folder() / "native" / f"kernels-{key[:16]}.so"
    if library.exists():
        with contextlib.suppress(OSError):  # damaged: made again
            return ctypes.CDLL(str(library))
    # beside the library's place, then moved there whole: several processes may start at once
    library.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=library.parent) as folder:
        built = Path(folder) / library.name
        command = [compiler, *_FLAGS, "-o", str(built), str(_SOURCE), "-lm"]
        subprocess.run(command, check=True, capture_output=True, timeout=120)
        built.replace(library)
    return ctypes.CDLL(str(library))


class _NativeKernels:
    """`TorchKernels` in one pass each. Tensors are contiguous, in bf16, on the CPU."""

    def __init__(self, library: ctypes.CDLL) -> None:
        self._library = library

    def rms(self, x: Tensor, weight: Tensor, epsilon: float, work: Workspace) -> tuple[Tensor, Tensor]:
        out = work.take(*x.shape, like=x)
        inverse = work.take(len(x), 1, like=x, dtype=torch.float32)
        self._call("rms_forward", x, weight, ctypes.c_float(epsilon), *x.shape, out, inverse)
        return out, inverse

    def rms_backward(self, grad: Tensor, x: Tensor, weight: Tensor, inverse: Tensor, total: Tensor) -> Tensor:
        self._call("rms_backward", grad, x, weight, inverse, *x.shape, total)
        return total

    def swiglu(self, both: Tensor, work: Workspace) -> Tensor:
        tokens, width = both.shape[0], both.shape[1] // 2
        out = work.take(tokens, width, like=both)
        self._call("swiglu_forward", both, tokens, width, out)
        return out

    def swiglu_backward(self, grad: Tensor, both: Tensor, work: Workspace) -> tuple[Tensor, Tensor]:
        out = work.take(*grad.shape, like=grad)
        self._call("swiglu_backward", grad, *grad.shape, both, out)
        return both, out

    def split(
        self, packed: Tensor, cosine: Tensor, sine: Tensor, at: RowsOfHeads, heads: Heads, work: Workspace
    ) -> tuple[Tensor, Tensor, Tensor]:
        q = work.take(heads.kv, at.rows, at.longest, heads.group, heads.width, like=packed)
        k = work.take(heads.kv, at.rows, at.prefix + at.longest, heads.width, like=packed)
        v = work.take(*k.shape, like=packed)
        shape = (at.rows, at.longest, at.prefix, *heads)
        self._call("split_heads", packed, cosine, sine, at.starts, *shape, q, k, v)
        return q, k, v

    def split_backward(
        self, q: Tensor, k: Tensor, v: Tensor, cosine: Tensor, sine: Tensor, at: RowsOfHeads, heads: Heads, out: Tensor
    ) -> None:
        shape = (at.rows, at.longest, at.prefix, *heads)
        self._call("merge_heads_gradient", q, k, v, cosine, sine, at.starts, *shape, out)

    def to_tokens(self, by_head: Tensor, at: RowsOfHeads, heads: Heads, packed: Tensor) -> None:
        self._call("heads_to_tokens", by_head, at.starts, at.rows, at.longest, *heads, packed)

    def to_heads(self, packed: Tensor, at: RowsOfHeads, heads: Heads, work: Workspace) -> Tensor:
        out = work.take(heads.kv, at.rows, at.longest, heads.group, heads.width, like=packed)
        self._call("tokens_to_heads", packed, at.starts, at.rows, at.longest, *heads, out)
        return out

    def softmax(self, scores: Tensor, scale: float, group: int, first: int) -> Tensor:
        matrices, queries = scores.shape[0], scores.shape[1] // group
        self._call("causal_softmax", scores, ctypes.c_float(scale), matrices, queries, group, first)
        return scores

    def softmax_backward(self, chances: Tensor, grad: Tensor, scale: float, group: int, first: int) -> Tensor:
        matrices, queries = grad.shape[0], grad.shape[1] // group
        self._call("causal_softmax_backward", chances, grad, ctypes.c_float(scale), matrices, queries, group, first)
        return grad

    def outer_sum(self, left: Tensor, right: Tensor, out: Tensor, scale: float) -> None:
        assert left.stride(1) == right.stride(1) == 1
        assert out.dtype == torch.float32
        for start in range(0, right.shape[1], _MOST_RANK):
            part, into = right[:, start : start + _MOST_RANK], out[:, start : start + _MOST_RANK]
            size = (len(left), left.shape[1], part.shape[1])
            by = ctypes.c_float(scale)
            self._call(
                "outer_sum", left, left.stride(0), part, part.stride(0), *size, by, into, *into.stride(), dense=False
            )

    def cross_entropy(self, logits: Tensor, targets: Tensor) -> tuple[Tensor, Tensor]:
        losses = logits.new_empty(len(targets), dtype=torch.float32)
        self._call("cross_entropy", logits, targets, *logits.shape, losses)
        return losses, logits

    def _call(self, name: str, *arguments: Tensor | int | ctypes.c_float, dense: bool = True) -> None:
        values: list[Any] = []
        for argument in arguments:
            if isinstance(argument, Tensor):
                assert argument.is_contiguous() or not dense
                values.append(ctypes.c_void_p(argument.data_ptr()))
            else:
                values.append(ctypes.c_long(argument) if isinstance(argument, int) else argument)
        getattr(self._library, name)(*values, ctypes.c_int(torch.get_num_threads()))


Kernels = TorchKernels | _NativeKernels
