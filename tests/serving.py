"""A server on loopback, and a state for it whose answers follow from the question, with no model."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import uvicorn

from shelftalker.answer import Asked
from shelftalker.artifacts import make_manifest
from shelftalker.config import ServeSettings
from shelftalker.errors import CatalogueError, QuestionError
from shelftalker.find import Found, Hit
from shelftalker.records import Answer, Record, Source
from shelftalker.serve import create_app
from shelftalker.serve.systems import Served, Systems

RECORDS = {
    uid: Record(uid, f"Lamp {uid}", f"Lamp {uid} weighs {weight} kg.", "shop.jsonl", weight, (uid,))
    for weight, uid in enumerate(("A1", "B2", "C/3"), start=1)
}


class Shelf:
    """A catalogue and a finder over three lamps, as far as serving uses them."""

    def __len__(self) -> int:
        return len(RECORDS)

    def record(self, uid: str) -> Record:
        if uid not in RECORDS:
            raise CatalogueError(f"there is no record {uid}", fix="ask for another")
        return RECORDS[uid]

    def find(self, text: str, limit: int = 5) -> Found:
        hits = tuple(Hit(r, 1.0) for uid, r in RECORDS.items() if uid in text)[:limit]
        return Found("found" if hits else "absent", hits, text, 0.001)


@dataclass
class EchoAnswerer:
    """Answers with the record whose uid stands in the question, or else in the newest turn that has one.

    `pause` runs between the pieces of an answer, so that a test decides how long one takes.
    """

    model: str = "echo"
    pause: Callable[[], None] = lambda: None
    pieces: int = 3
    seen: int = 0
    stopped: int = 0
    together: list[int] = field(default_factory=list)
    """How many questions came at once, call by call."""
    histories: list[list[tuple[str, str]]] = field(default_factory=list)
    """The turns before each question."""

    def ask(self, question: str, *, on_text: Callable[[str], bool], **options: Any) -> Answer:
        if not question.strip():
            raise QuestionError("the question is empty", fix="ask something")
        self.seen += 1
        self.histories.append([(turn.role, turn.content) for turn in options["history"]])
        for i in range(self.pieces):
            self.pause()
            if not on_text(f"piece {i} "):
                self.stopped += 1
                break
        texts = [question, *(turn.content for turn in reversed(options["history"]))]
        named = (r for text in texts for uid, r in RECORDS.items() if uid in text)
        record = Shelf().record(options["uid"]) if options["uid"] is not None else next(named, None)
        return Answer(
            question=question,
            answer=record.content if record else "There is no such product.",
            mode=options["mode"],
            refused=record is None,
            ambiguous=False,
            grounded=True,
            model=self.model,
            sources=(Source(record.uid, record.title, record.file, record.line, (record.content,)),) if record else (),
            seconds=0.01,
            prompt_tokens=7,
            completion_tokens=5,
        )

    def ask_all(self, asked: Iterable[Asked], **options: Any) -> Iterator[Answer]:
        asked = list(asked)
        self.together.append(len(asked))
        for one in asked:
            yield self.ask(one.question, on_text=lambda _: True, uid=one.uid, history=one.history, **options)


def served(tuned: EchoAnswerer | None = None, *, run: Path = Path("runs/echo"), version: str = "1") -> Served:
    shelf: Any = Shelf()
    answerer: Any = tuned or EchoAnswerer()
    base: Any = EchoAnswerer(model="base")
    return Served("echo", run, make_manifest("run"), version, answerer, shelf, shelf, lambda: base)


@contextlib.contextmanager
def running(systems: Systems, *, api_keys: tuple[str, ...] = (), **settings: Any) -> Iterator[str]:
    """Run the application in a thread; yield its address; drain it at the end."""
    app = create_app(systems, ServeSettings(**settings), api_keys=api_keys)
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        # log_config=None: setting logging up anew closes every handler of this process, and absl's (which OpenVINO
        # brings along) closes the stream under it, which here is pytest's own.
        server = uvicorn.Server(uvicorn.Config(app, log_config=None, log_level="warning", timeout_graceful_shutdown=10))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [bound]}, daemon=True)
        thread.start()
        address = f"http://127.0.0.1:{bound.getsockname()[1]}"
        wait_until(lambda: server.started or not thread.is_alive())
        try:
            yield address
        finally:
            server.should_exit = True
            thread.join(20)


def wait_until(holds: Callable[[], bool], seconds: float = 60.0) -> None:
    """Return as soon as `holds()`; fail after `seconds`."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.005)


def post(address: str, **body: Any) -> httpx.Response:
    return httpx.post(f"{address}/ask", json=body, timeout=20)
