"""How a server holds up under load: `python bench/serve.py [RUN] [--clients 32] [--run-seconds 60]`.

Four phases on loopback with locust as the load (pip install 'shelftalker[bench]'): at capacity (every client may wait
in the line), past capacity (a line of 4: most are answered 429) and recovery, SIGTERM under load, SIGKILL and restart.
`lost`, `mixed_up` and `rejected` count every phase, the times and the rate are those at capacity.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import httpx
import psutil
from reporting import finish

from shelftalker.artifacts import read_manifest
from shelftalker.catalog import Catalogue
from shelftalker.find import Finder

HERE = Path(__file__).resolve().parent
SHORT_LINE = 4


class Server:
    """`shelftalker serve` as a process of its own."""

    def __init__(self, run: Path, *settings: str) -> None:
        command = [sys.executable, "-m", "shelftalker", "serve", str(run), "--port", "0"]
        for setting in settings:
            command += ["--set", setting]
        self.process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
        assert self.process.stderr is not None
        for line in self.process.stderr:
            if "http://" in line:
                self.address = line.rsplit(" ", 1)[1].strip()
                break
        self.wait_ready()

    def wait_ready(self) -> None:
        """Wait until questions are taken."""
        while True:
            try:
                if httpx.get(f"{self.address}/ready", timeout=5).status_code == 200:
                    return
            except httpx.TransportError:
                pass
            assert self.process.poll() is None, "the server died"
            time.sleep(0.1)

    def memory_mb(self) -> float:
        """Resident memory in MB."""
        return psutil.Process(self.process.pid).memory_info().rss / 1e6

    def watch_memory(self) -> dict[str, float]:
        """Follow the resident memory in a thread; the returned figures change until the server ends."""
        seen = {"before_mb": round(self.memory_mb()), "highest_mb": 0, "after_mb": 0}

        def follow() -> None:
            while self.process.poll() is None:
                try:
                    seen["after_mb"] = round(self.memory_mb())
                except psutil.Error:
                    return
                seen["highest_mb"] = max(seen["highest_mb"], seen["after_mb"])
                time.sleep(1)

        threading.Thread(target=follow, daemon=True).start()
        return seen

    def stop(self, how: signal.Signals = signal.SIGTERM) -> int:
        """Send a signal and return the exit code."""
        self.process.send_signal(how)
        return self.process.wait(120)


def write_questions(run: Path, file: Path, limit: int = 200) -> None:
    """Write questions about products with a title of their own."""
    parent = read_manifest(run, "run").parent
    assert parent is not None
    catalogue, finder = Catalogue.open(Path(parent.path)), Finder.open(Path(parent.path))
    with file.open("w", encoding="utf-8") as out:
        for record in catalogue.records(limit=limit, seed=7):
            question = f"What is the {record.title} product?"
            if finder.find(question).status == "found":
                out.write(json.dumps({"uid": record.uid, "question": question}) + "\n")


def load(address: str, folder: Path, name: str, clients: int, seconds: int) -> dict[str, Any]:
    """Let `clients` ask for `seconds`; return locust's figures of answered questions, in ms."""
    environment = os.environ | {
        "QUESTIONS": str(folder / "questions.jsonl"),
        "MIXED": str(folder / f"{name}-mixed.jsonl"),
    }
    command = [sys.executable, "-m", "locust", "-f", str(HERE / "serve_load.py"), "--headless", "--host", address]
    command += ["-u", str(clients), "-r", str(clients), "-t", f"{seconds}s", "--stop-timeout", "90s"]
    command += ["--csv", str(folder / name), "--only-summary", "--loglevel", "ERROR"]
    subprocess.run(command, env=environment, check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    with (folder / f"{name}_stats.csv").open(newline="") as file:
        rows = {row["Name"]: row for row in csv.DictReader(file)}
    asked, rejected = rows.get("/ask"), rows.get("rejected")
    mixed = folder / f"{name}-mixed.jsonl"
    return {
        "requests": int(asked["Request Count"]) if asked else 0,
        "lost": int(asked["Failure Count"]) if asked else 0,
        "mixed_up": len(mixed.read_text().splitlines()) if mixed.is_file() else 0,
        "rejected": int(rejected["Request Count"]) if rejected else 0,
        "requests_per_second": round(float(asked["Requests/s"]), 2) if asked else 0.0,
        **{f"p{p}_ms": int(float(asked[f"{p}%"])) if asked else 0 for p in (50, 95, 99)},
    }


def terminate_under_load(run: Path, folder: Path, clients: int) -> dict[str, Any]:
    """Ask from threads, send SIGTERM meanwhile, and see that each accepted question was answered."""
    import concurrent.futures

    server = Server(run)
    questions = [json.loads(line)["question"] for line in (folder / "questions.jsonl").read_text().splitlines()]

    def ask(question: str) -> int | str:
        try:
            return httpx.post(f"{server.address}/ask", json={"question": question}, timeout=120).status_code
        except httpx.ConnectError:
            return "not accepted"
        except httpx.TransportError as error:
            return f"lost: {type(error).__name__}"

    with concurrent.futures.ThreadPoolExecutor(clients) as pool:
        asked = [pool.submit(ask, questions[i % len(questions)]) for i in range(clients)]
        while "shelftalker_waiting 0.0" in httpx.get(f"{server.address}/metrics").text:
            time.sleep(0.01)
        code = server.stop()
        outcomes = [f.result() for f in asked]
    return {
        "answered": sum(o == 200 for o in outcomes),
        "refused_while_stopping": sum(o in (503, "not accepted") for o in outcomes),
        "lost": sum(isinstance(o, str) and o.startswith("lost") for o in outcomes),
        "exit_code": code,
    }


def main() -> None:
    """Run every phase and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("run", nargs="?", type=Path, default=Path("runs/demo"))
    parser.add_argument("--clients", type=int, default=32)
    parser.add_argument("--run-seconds", type=int, default=60)
    options = parser.parse_args()
    if find_spec("locust") is None:
        parser.error("the load tool locust is not installed: pip install 'shelftalker[bench]'")
    started = time.perf_counter()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_questions(options.run, folder / "questions.jsonl")
        server = Server(options.run, f"serve.max_waiting={2 * options.clients}")
        load(server.address, folder, "warm", 2, 5)
        memory = server.watch_memory()
        at = load(server.address, folder, "at", options.clients, options.run_seconds)
        killed = server.stop(signal.SIGKILL)
        restarted = Server(options.run, f"serve.max_waiting={SHORT_LINE}")
        past = load(restarted.address, folder, "past", options.clients, options.run_seconds)
        restarted.wait_ready()
        recovered = load(restarted.address, folder, "after", 2, 10)
        restarted.stop()
        stopping = terminate_under_load(options.run, folder, options.clients)
    document = {"clients": options.clients, **at, "memory": memory, "killed_exit_code": killed}
    for key in ("lost", "mixed_up", "rejected"):
        document[key] = at[key] + past[key] + recovered[key]
    document["lost"] += stopping["lost"]
    document |= {"past_capacity": past, "recovered": recovered, "sigterm": stopping}
    keys = ["requests", "rejected", "lost", "mixed_up", "p50_ms", "p95_ms", "p99_ms", "requests_per_second"]
    table = [["phase", *keys]]
    for phase, figures in (("at capacity", at), ("past capacity", past), ("recovered", recovered)):
        table.append([phase, *(str(figures[key]) for key in keys)])
    finish(document, seconds=time.perf_counter() - started, table=table)


if __name__ == "__main__":
    main()
