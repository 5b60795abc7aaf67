"""llama.cpp's own server over a GGUF file, in a process of its own: run by path, it prints its address."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path


@contextlib.contextmanager
def llama_server(model: Path) -> Iterator[str]:
    """Serve a GGUF file on a free port of loopback while the block runs; yield the address."""
    command = [sys.executable, __file__, str(model)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            address = process.stdout.readline().strip()
            assert address.startswith("http://"), "llama.cpp's server did not start"
            yield address
        finally:
            process.kill()


def _serve(model: str) -> None:
    import xllamacpp

    params = xllamacpp.CommonParams()
    params.model.path = model
    params.model_alias = {"smollm2-gguf"}
    params.port = 0
    params.n_ctx = 2048
    params.n_parallel = 1
    for threads in (params.cpuparams, params.cpuparams_batch):
        threads.n_threads = 1
        threads.poll = 0  # waits asleep: a thread that spins slows everything else on a busy machine
    params.verbosity = 1
    params.warmup = params.fit_params = False
    with os.fdopen(os.dup(1), "w", encoding="utf-8") as out:  # llama.cpp may write to standard output, too
        os.dup2(2, 1)
        server = xllamacpp.Server(params)
        print(server.listening_address, file=out, flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    _serve(sys.argv[1])
