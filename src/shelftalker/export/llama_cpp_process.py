"""The process that llama.cpp runs in: it aborts where it can't go on, and then only this process ends.

Run by path, so that it starts without torch. Reads one JSON object, then a prompt a line, each JSON; writes a
completion a line.
"""

from __future__ import annotations

import json
import os
import sys
from typing import Any, TextIO

__all__: list[str] = []


def _answer(asked: dict[str, Any], lines: TextIO, out: TextIO) -> None:
    import xllamacpp

    params = xllamacpp.CommonParams()
    params.model.path = asked["model"]
    params.n_ctx = asked["context_tokens"]
    params.n_parallel = 1
    for threads in (params.cpuparams, params.cpuparams_batch):
        threads.n_threads = asked["threads"]
        threads.poll = 0  # waits asleep: a thread that spins slows everything else on a busy machine
    params.verbosity = 1  # errors
    params.warmup = params.fit_params = False
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
