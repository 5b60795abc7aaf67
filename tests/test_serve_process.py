"""`shelftalker serve` as a process of its own: signals, a taken port, what it logs."""

from __future__ import annotations

import concurrent.futures
import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest
from export_models import make_trained

from shelftalker.artifacts import read_manifest, write_manifest
from shelftalker.catalog import Catalogue
from shelftalker.cli.main import run as shelftalker

KEY = "key-that-must-not-be-logged"
HEADERS = {"Authorization": f"Bearer {KEY}"}


class Process:
    """A server and what it writes to its error output."""

    def __init__(self, run: Path, log: Path) -> None:
        self.log = log
        environment = os.environ | {"SHELFTALKER_API_KEYS": KEY, "PYTHONUNBUFFERED": "1"}
        command = [sys.executable, "-m", "shelftalker", "serve", str(run), "--port", "0"]
        # short answers: random weights never stop by themselves
        command += ["--set", "answer.max_new_tokens=8", "--set", "serve.max_waiting=100"]
        with log.open("w") as out:
            self.process = subprocess.Popen(command, stderr=out, env=environment)
        while "http://" not in log.read_text():
            assert self.process.poll() is None, log.read_text()
            time.sleep(0.05)
        self.address = log.read_text().split()[-1]
        while True:
            try:
                if httpx.get(f"{self.address}/ready").status_code == 200:
                    return
            except httpx.TransportError:
                time.sleep(0.05)

    def ask(self, question: str) -> httpx.Response:
        return httpx.post(f"{self.address}/ask", json={"question": question}, headers=HEADERS, timeout=120)

    def version(self) -> str:
        return httpx.get(f"{self.address}/run", headers=HEADERS).json()["version"]


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    return make_trained(tmp_path_factory.mktemp("process"))


@pytest.fixture(scope="module")
def asked(run):
    """Questions about products with a title of their own, with the right uids."""
    catalogue = Catalogue.open(run.parent / "data")
    records = [one for one in catalogue.records() if len(catalogue.same_title(one.title)) == 1]
    return [(f"What is the {one.title} product?", one.uid) for one in records[:24]]


@pytest.mark.skipif(not hasattr(signal, "SIGHUP"), reason="this system has no SIGHUP")
def test_killed_restarted_reloaded_and_drained_under_load(run, asked, tmp_path):
    killed = Process(run, tmp_path / "killed.log")
    killed.process.kill()
    killed.process.wait(20)
    server = Process(run, tmp_path / "log")  # nothing that the other held is in the way
    assert server.ask(asked[0][0]).json()["sources"][0]["uid"] == asked[0][1]
    before = server.version()
    manifest = read_manifest(run, "run")
    with concurrent.futures.ThreadPoolExecutor(len(asked)) as pool:
        # a run that was made again is loaded while questions are answered
        answers = [pool.submit(server.ask, question) for question, _ in asked]
        write_manifest(run, manifest.model_copy(update={"seconds": manifest.seconds + 1}))
        server.process.send_signal(signal.SIGHUP)
        found = [answer.result().json() for answer in answers]
        assert [one["sources"][0]["uid"] for one in found] == [uid for _, uid in asked]
        while server.version() == before:
            time.sleep(0.05)

        # what was accepted is answered, however long the line is when the signal comes
        answers = [pool.submit(server.ask, question) for question, _ in asked]
        while "shelftalker_waiting 0.0" in httpx.get(f"{server.address}/metrics", headers=HEADERS).text:
            if all(answer.done() for answer in answers):
                break
        server.process.send_signal(signal.SIGTERM)
        for answer, (_, uid) in zip(answers, asked, strict=True):
            try:
                response = answer.result()
            except (httpx.ConnectError, httpx.ReadError, httpx.WriteError):
                continue  # refused or reset: came after the door was shut. One closed politely would be a lost one
            assert response.status_code == 200
            assert response.json()["sources"][0]["uid"] == uid
    assert server.process.wait(60) == 0
    log = server.log.read_text()
    assert "Traceback" not in log
    assert KEY not in log
    assert asked[0][0] not in log


def test_a_request_that_was_not_read_yet_when_the_stop_came_is_answered(run, asked, tmp_path):
    server = Process(run, tmp_path / "log")
    question, uid = asked[0]
    body = json.dumps({"question": question}).encode()
    head = f"POST /ask HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {KEY}\r\nContent-Type: application/json\r\n"
    with socket.create_connection(("127.0.0.1", int(server.address.rsplit(":", 1)[1])), timeout=60) as late:
        time.sleep(0.2)
        server.process.send_signal(signal.SIGTERM)
        time.sleep(0.5)
        late.sendall(head.encode() + f"Content-Length: {len(body)}\r\n\r\n".encode() + body)
        received = b"".join(iter(lambda: late.recv(65_536), b""))
    assert received.startswith(b"HTTP/1.1 200 ")
    assert json.loads(received.split(b"\r\n\r\n", 1)[1])["sources"][0]["uid"] == uid
    assert server.process.wait(60) == 0


def test_a_taken_port_is_said_before_the_model_is_loaded(run, capsys):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert shelftalker(["serve", str(run), "--port", str(port)]) == 2
    assert (
        capsys.readouterr().err
        == f"error: port {port} is taken\n  try: choose another with --port, or 0 for a free one\n"
    )


def test_runs_that_cannot_be_served(tmp_path, capsys):
    assert shelftalker(["serve", str(tmp_path / "none"), "--port", "0"]) == 2
    (tmp_path / "half").mkdir()
    assert shelftalker(["serve", str(tmp_path / "half"), "--port", "0"]) == 1
    assert "not finished" in capsys.readouterr().err
