"""Answer prompts with a GGUF file in llama.cpp, in a process of its own (`llama_cpp_process`)."""

from __future__ import annotations

import contextlib
import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from shelftalker.errors import MissingPart, ModelError

__all__ = ["Told", "ask_llama_cpp", "need_llama_cpp"]


@dataclass(frozen=True, slots=True)
class Told:
    """What llama.cpp wrote, and how many tokens it made of the prompt."""

    text: str
    prompt_tokens: int


def need_llama_cpp() -> None:
    """Make sure that llama.cpp is installed.

    Raises:
        MissingPart: it is not.
    """
    if find_spec("xllamacpp") is None:
        raise MissingPart(
            "llama.cpp (package xllamacpp), which reads the export back, is not installed",
            fix="pip install xllamacpp, or export unchecked with --no-check",
        )


def ask_llama_cpp(
    model: Path,
    prompts: Sequence[str],
    *,
    max_new_tokens: int,
    context_tokens: int,
    on_answer: Callable[[int], None] | None = None,
) -> list[Told]:
    """Continue each prompt greedily.

    Args:
        model: a GGUF file.
        prompts: whole texts, markers included, without the beginning token.
        on_answer: called with the number of answers that are there.

    Raises:
        MissingPart: llama.cpp is not installed.
        ModelError: llama.cpp cannot load or run the file; its own last words are told.
    """
    need_llama_cpp()
    asked = {
        "model": str(model),
        "max_new_tokens": max_new_tokens,
        "context_tokens": context_tokens,
        "threads": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1,
    }
    lines = "".join(json.dumps(one) + "\n" for one in (asked, *prompts))
    told: list[Told] = []
    with (
        tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as errors,
        subprocess.Popen(
            [sys.executable, "-P", str(Path(__file__).with_name("llama_cpp_process.py"))],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,  # a file, which never fills up as a pipe would
            text=True,
            encoding="utf-8",
        ) as process,
    ):
        assert process.stdin is not None
        assert process.stdout is not None
        with contextlib.suppress(BrokenPipeError):  # it is gone; why stands in its errors
            process.stdin.write(lines)
            process.stdin.close()
        for line in process.stdout:
            found = json.loads(line)
            told.append(Told(found["text"], found["prompt_tokens"]))
            if on_answer:
                on_answer(len(told))
        process.wait()
        errors.seek(0)
        words = errors.read().strip().splitlines()
    if process.returncode or len(told) != len(prompts):
        raise ModelError(
            f"llama.cpp cannot run {model}: {_told_why(words, process.returncode)}",
            fix="export it --to merged, and report this model",
        )
    return told


def _told_why(words: list[str], code: int) -> str:
    """The first error that llama.cpp told, without its clock; else how its process ended."""
    errors = [line for line in words if " E " in line or "rror" in line]
    line = (errors or words[-1:] or [f"its process ended with {code}"])[0]
    return re.sub(r"^[\d.]+ E ", "", line).strip()[:300]
