"""Answer prompts with a GGUF file in llama.cpp, in a process of its own: it aborts where it can't go on.

`python -m shelftalker.export.llama_cpp` reads one JSON object, then a prompt a line, and writes a completion a line.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any, TextIO

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
    with subprocess.Popen(
        [sys.executable, "-m", __spec__.name],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        try:
            process.stdin.write(lines)
            process.stdin.close()
        except BrokenPipeError:
            pass  # it is gone; why stands on its error output
        for line in process.stdout:
            found = json.loads(line)
            told.append(Told(found["text"], found["prompt_tokens"]))
            if on_answer:
                on_answer(len(told))
        words = process.stderr.read().strip().splitlines()
    if process.returncode or len(told) != len(prompts):
        raise ModelError(
            f"llama.cpp cannot run {model}: {words[-1][:300] if words else f'it ended with {process.returncode}'}",
            fix="export it --to merged, and report this model",
        )
    return told


def _answer(asked: dict[str, Any], lines: TextIO, out: TextIO) -> None:
    import xllamacpp

    params = xllamacpp.CommonParams()
    params.model.path = asked["model"]
    params.n_ctx = asked["context_tokens"]
    params.n_parallel = 1
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = asked["threads"]
    params.verbosity = 1  # errors
    params.warmup = False
    server = xllamacpp.Server(params)
    for line in lines:
        reply = server.handle_completions(
            {
                "prompt": json.loads(line),
                "n_predict": asked["max_new_tokens"],
                "temperature": 0,
                "repeat_penalty": 1.0,
                "cache_prompt": False,
            }
        )
        if "choices" not in reply:
            raise RuntimeError(str(reply))
        told = {"text": reply["choices"][0]["text"], "prompt_tokens": reply["usage"]["prompt_tokens"]}
        out.write(json.dumps(told) + "\n")
        out.flush()


def _main() -> None:
    # llama.cpp may write to standard output too: what we say goes through a copy of it, the rest to the errors.
    with os.fdopen(os.dup(1), "w", encoding="utf-8") as out:
        os.dup2(2, 1)
        _answer(json.loads(sys.stdin.readline()), sys.stdin, out)
        out.flush()
    os._exit(0)  # llama.cpp's threads are not waited for


if __name__ == "__main__":
    _main()
