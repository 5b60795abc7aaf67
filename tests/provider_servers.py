"""Servers on loopback that speak the REST forms of Google Cloud and of OpenAI-compatible servers.

They keep every request they get, so that tests can assert what was sent, and fail when a test tells them to.
"""

from __future__ import annotations

import base64
import contextlib
import json
import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

TOKEN = "ya29.local-test-token-0123456789"
UPLOAD_ID = "local-upload-id-9876543210"


@dataclass(frozen=True)
class Seen:
    """A request as it came."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes

    @property
    def document(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True)
class Reply:
    """What goes back; `cut` drops the connection instead, `held` says nothing until it is set."""

    status: int = 200
    document: Any = None
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    cut: bool = False
    held: threading.Event | None = None
    chunks: tuple[bytes, ...] = ()


@dataclass
class Fault:
    """A reply in place of the right one, for the next `times` requests that match after `skip` that do.

    With `done` the request has its effect all the same: only the answer is lost.
    """

    method: str
    path: str
    reply: Reply
    times: int = 1
    skip: int = 0
    done: bool = False


class Server:
    """Answers requests with `answer`, keeps them, and puts faults in between."""

    def __init__(self) -> None:
        self.seen: list[Seen] = []
        self.faults: list[Fault] = []
        self.lock = threading.Lock()
        self.url = ""

    def answer(self, seen: Seen) -> Reply:
        raise NotImplementedError

    def fail(self, method: str, path: str, reply: Reply, **more: Any) -> None:
        self.faults.append(Fault(method, path, reply, **more))

    def got(self, method: str, path: str) -> list[Seen]:
        return [seen for seen in self.seen if seen.method == method and re.search(path, seen.path)]

    def reply_to(self, seen: Seen) -> Reply:
        with self.lock:
            self.seen.append(seen)
            for fault in self.faults:
                if fault.times and fault.method == seen.method and re.search(fault.path, seen.path):
                    if fault.skip:
                        fault.skip -= 1
                        continue
                    fault.times -= 1
                    if fault.done:
                        self.answer(seen)
                    return fault.reply
            return self.answer(seen)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Http

    def _handle(self) -> None:
        parts = urlsplit(self.path)
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length) if length else self._chunked()
        seen = Seen(
            method=self.command,
            path=unquote(parts.path),
            query={key: values[0] for key, values in parse_qs(parts.query, keep_blank_values=True).items()},
            headers={key.lower(): value for key, value in self.headers.items()},
            body=body,
        )
        reply = self.server.app.reply_to(seen)
        if reply.held:
            reply.held.wait(30)
        if reply.cut:
            self.close_connection = True
            self.connection.close()
            return
        payload = json.dumps(reply.document).encode() if reply.document is not None else reply.body
        self.send_response(reply.status)
        kind = (
            "application/json" if reply.document is not None else "text/event-stream" if reply.chunks else "text/html"
        )
        for key, value in ({"Content-Type": kind} | reply.headers).items():
            self.send_header(key, value)
        if reply.chunks:
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            for chunk in reply.chunks:
                if chunk == b"":  # the connection breaks here
                    self.wfile.flush()
                    self.close_connection = True
                    self.connection.close()
                    return
                self.wfile.write(f"{len(chunk):x}\r\n".encode() + chunk + b"\r\n")
            self.wfile.write(b"0\r\n\r\n")
            return
        self.send_header("Content-Length", str(len(payload)))
        self.end_headers()
        self.wfile.write(payload)

    do_GET = do_POST = do_PUT = do_DELETE = _handle  # noqa: N815

    def _chunked(self) -> bytes:
        if self.headers.get("Transfer-Encoding", "").lower() != "chunked":
            return b""
        body = b""
        while size := int(self.rfile.readline().strip() or b"0", 16):
            body += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return body

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        pass

    def finish(self) -> None:
        with contextlib.suppress(OSError, ValueError):
            super().finish()


class _Http(ThreadingHTTPServer):
    daemon_threads = True
    app: Server

    def handle_error(self, request: Any, client_address: Any) -> None:
        pass


@contextlib.contextmanager
def running(app: Server) -> Iterator[Server]:
    """Serve on a free port of loopback while the block runs."""
    http = _Http(("127.0.0.1", 0), _Handler)
    http.app = app
    app.url = f"http://127.0.0.1:{http.server_address[1]}"
    thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield app
    finally:
        http.shutdown()
        http.server_close()
        thread.join(10)


def error(status: int, message: str, word: str = "", **more: Any) -> Reply:
    """An error of Google's form."""
    return Reply(status, {"error": {"code": status, "message": message, "status": word, **more}})


def busy(seconds: str = "") -> Reply:
    """429, with a wait asked for where one is given."""
    details = [{"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": seconds}] if seconds else []
    return error(429, "Resource exhausted. Please try again later.", "RESOURCE_EXHAUSTED", details=details)


class Google(Server):
    """Token endpoint, Cloud Storage (JSON API) and Vertex AI (tuning jobs, generateContent).

    Attributes:
        objects: name to bytes, of the one bucket "shop".
        jobs: as the API gives them, newest first.
        states: what a job goes through, one a look; the last stays.
        on_create: changes a new job before it is answered, as a provider that clamps a setting would.
        on_done: changes a job when it reaches its last state.
        answers: makes generateContent's document from the request.
        losses: what the experiment's TensorBoard holds, by series; empty: there is no experiment to be read.
    """

    def __init__(self) -> None:
        super().__init__()
        self.objects: dict[str, bytes] = {}
        self.sessions: dict[str, tuple[str, bytearray]] = {}
        self.jobs: list[dict[str, Any]] = []
        self.states = ["JOB_STATE_PENDING", "JOB_STATE_RUNNING", "JOB_STATE_SUCCEEDED"]
        self.on_create: Callable[[dict[str, Any]], None] = lambda job: None
        self.on_done: Callable[[dict[str, Any]], None] = lambda job: None
        self.answers: Callable[[Seen], dict[str, Any]] = lambda seen: candidate("It is a lamp.")
        self.losses: dict[str, list[tuple[int, float]]] = {}

    def answer(self, seen: Seen) -> Reply:
        if seen.path == "/token":
            return Reply(document={"access_token": TOKEN, "expires_in": 3600, "token_type": "Bearer"})
        if seen.headers.get("authorization") != f"Bearer {TOKEN}":
            return error(401, f"Invalid credentials: {seen.headers.get('authorization')}", "UNAUTHENTICATED")
        if "/storage/v1/b/" in seen.path:
            return self._storage(seen)
        if "/tuningJobs" in seen.path:
            return self._tuning(seen)
        if self.losses and ("/metadataStores/" in seen.path or "/tensorboards/" in seen.path):
            return self._experiment(seen)
        if seen.path.endswith(":generateContent"):
            return Reply(document=self.answers(seen))
        if seen.path.endswith(":streamGenerateContent"):
            return Reply(
                chunks=tuple(f"data: {json.dumps(one)}\r\n\r\n".encode() for one in pieces(self.answers(seen)))
            )
        return error(404, f"no such path {seen.path}", "NOT_FOUND")

    def _storage(self, seen: Seen) -> Reply:
        if seen.path.startswith("/upload/"):
            return self._upload(seen)
        name = re.sub(r"^/storage/v1/b/shop/o/", "", seen.path)
        if seen.method == "POST" and name.endswith("/compose"):
            name = name.removesuffix("/compose")
            sources = [one["name"] for one in seen.document["sourceObjects"]]
            self.objects[name] = b"".join(self.objects[one] for one in sources)
        elif seen.method == "DELETE":
            return Reply(204) if self.objects.pop(name, None) is not None else error(404, "No such object")
        if name not in self.objects:
            return error(404, f"No such object: shop/{name}", "NOT_FOUND")
        return Reply(document=self._metadata(name))

    def _upload(self, seen: Seen) -> Reply:
        if seen.query["uploadType"] == "multipart":
            boundary = re.search(r'boundary="?([^";]+)', seen.headers["content-type"]).group(1).encode()
            _, first, second, _ = seen.body.split(b"--" + boundary)
            name = json.loads(first.split(b"\r\n\r\n", 1)[1])["name"]
            self.objects[name] = second.split(b"\r\n\r\n", 1)[1].removesuffix(b"\r\n")
            return Reply(document=self._metadata(name))
        if seen.method == "POST":
            self.sessions[UPLOAD_ID] = (seen.document["name"], bytearray())
            where = f"{self.url}{seen.path}?uploadType=resumable&upload_id={UPLOAD_ID}"
            return Reply(headers={"Location": where}, body=b" ")
        name, held = self.sessions[seen.query["upload_id"]]
        start, _, total = re.match(r"bytes (?:(\d+)-(\d+)|\*)/(\d+|\*)", seen.headers["content-range"]).groups()
        if start is not None:
            assert int(start) == len(held)
            held += seen.body
        if total != "*" and len(held) == int(total):
            self.objects[name] = bytes(held)
            return Reply(document=self._metadata(name))
        return Reply(308, headers={"Range": f"bytes=0-{len(held) - 1}"} if held else {}, body=b" ")

    def _metadata(self, name: str) -> dict[str, Any]:
        import google_crc32c

        data = self.objects[name]
        checksum = base64.b64encode(google_crc32c.Checksum(data).digest()).decode()
        return {"name": name, "bucket": "shop", "size": str(len(data)), "crc32c": checksum, "generation": "1"}

    def _tuning(self, seen: Seen) -> Reply:
        if seen.method == "POST" and seen.path.endswith("/tuningJobs"):
            number = len(self.jobs) + 1
            name = f"{seen.path.removeprefix('/v1/')}/{number}"
            job = {
                "name": name,
                "state": self.states[0],
                "createTime": "2026-11-24T08:00:00Z",
                "experiment": "projects/1/locations/us-central1/metadataStores/default/contexts/tuning-1",
                **seen.document,
            }
            job = json.loads(json.dumps(job))  # what is changed in a job is not changed in the request
            self.on_create(job)
            self.jobs.insert(0, job)
            return Reply(document=job)
        if seen.path.endswith("/tuningJobs"):
            return Reply(document={"tuningJobs": self.jobs})
        name = seen.path.removeprefix("/v1/")
        job = next((one for one in self.jobs if one["name"] == name.removesuffix(":cancel")), None)
        if job is None:
            return error(404, f"TuningJob {name} not found", "NOT_FOUND")
        if name.endswith(":cancel"):
            job["state"] = "JOB_STATE_CANCELLED"
            return Reply(document={})
        self._advance(job)
        return Reply(document=job)

    def _experiment(self, seen: Seen) -> Reply:
        board = "projects/1/locations/us-central1/tensorboards/5"
        run = f"{board}/experiments/tuning-1/runs/run-1"
        if seen.path.endswith("/contexts/tuning-1"):
            return Reply(document={"metadata": {"backing_tensorboard_resource": board}})
        if seen.path == f"/v1/{board}/experiments/tuning-1/runs":
            return Reply(document={"tensorboardRuns": [{"name": run}]})
        series = {f"{run}/timeSeries/{number}": name for number, name in enumerate(self.losses)}
        if seen.path == f"/v1/{run}/timeSeries":
            named = [{"name": name, "displayName": shown, "valueType": "SCALAR"} for name, shown in series.items()]
            return Reply(document={"tensorboardTimeSeries": named})
        points = self.losses[series[seen.path.removeprefix("/v1/").removesuffix(":read")]]
        # as protobuf's JSON is: 64-bit numbers are strings, and a zero is left out
        values = [{"scalar": {"value": value}} | ({"step": str(step)} if step else {}) for step, value in points]
        return Reply(document={"timeSeriesData": {"values": values}})

    def _advance(self, job: dict[str, Any]) -> None:
        """The next look sees the next state."""
        if job["state"] not in self.states or job["state"] == self.states[-1]:
            return
        job["state"] = self.states[self.states.index(job["state"]) + 1]
        if job["state"] == self.states[-1]:
            job["endTime"] = "2026-11-24T09:00:00Z"
            if job["state"] == "JOB_STATE_SUCCEEDED":
                succeed(job)
            self.on_done(job)


def succeed(job: dict[str, Any]) -> None:
    """What a job carries when it is done: the endpoints, served in the multi-region, and figures of the data."""
    epochs = int(job["supervisedTuningSpec"].get("hyperParameters", {}).get("epochCount", 1))
    where = "projects/shop-project/locations/us"
    checkpoints = [
        {
            "checkpointId": str(number),
            "epoch": str(number),
            "step": str(10 * number),
            "endpoint": f"{where}/endpoints/10{number}",
        }
        for number in range(1, epochs + 1)
    ]
    job["tunedModel"] = {
        "model": f"{where}/models/7@1",
        "endpoint": checkpoints[-1]["endpoint"],
        "checkpoints": checkpoints,
    }
    job["tuningDataStats"] = {
        "supervisedTuningDataStats": {
            "tuningDatasetExampleCount": "8",
            "tuningStepCount": str(10 * epochs),
            "totalBillableTokenCount": "1234",
        }
    }


def candidate(text: str, reason: str = "STOP", **usage: int) -> dict[str, Any]:
    """An answer of generateContent."""
    return {
        "candidates": [{"content": {"role": "model", "parts": [{"text": text}]}, "finishReason": reason}],
        "usageMetadata": {"promptTokenCount": 12, "candidatesTokenCount": 5, **usage},
    }


def pieces(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The same answer as a stream: a few letters each, the reason and the usage at the end."""
    if "candidates" not in document:
        yield document
        return
    [one] = document["candidates"]
    text = one["content"]["parts"][0]["text"]
    for start in range(0, len(text), 4):
        yield {"candidates": [{"content": {"role": "model", "parts": [{"text": text[start : start + 4]}]}}]}
    yield document | {"candidates": [one | {"content": {"role": "model", "parts": [{"text": ""}]}}]}


class OpenAI(Server):
    """GET /v1/models and POST /v1/chat/completions; `say` makes the answer from the request."""

    def __init__(self, models: tuple[str, ...] = ("served",), key: str = "") -> None:
        super().__init__()
        self.models = models
        self.key = key
        self.say: Callable[[dict[str, Any]], str] = lambda body: "It is a lamp."
        self.ended = "stop"

    def answer(self, seen: Seen) -> Reply:
        if self.key and seen.headers.get("authorization") != f"Bearer {self.key}":
            return Reply(401, {"error": {"message": f"wrong key {seen.headers.get('authorization')}"}})
        if seen.path == "/v1/models":
            return Reply(document={"object": "list", "data": [{"id": one, "object": "model"} for one in self.models]})
        if seen.path != "/v1/chat/completions":
            return Reply(404, body=b"<html>not here</html>")
        body = seen.document
        if body["model"] not in self.models:
            return Reply(
                404, {"error": {"message": f"the model {body['model']} does not exist", "code": "model_not_found"}}
            )
        text = self.say(body)
        usage = {"prompt_tokens": 9, "completion_tokens": 4, "total_tokens": 13}
        if body.get("stream"):
            return Reply(chunks=self.stream(text, usage if body["stream_options"]["include_usage"] else None))
        choice = {"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": self.ended}
        return Reply(
            document={"object": "chat.completion", "model": body["model"], "choices": [choice], "usage": usage}
        )

    def stream(self, text: str, usage: Any) -> tuple[bytes, ...]:
        def event(document: Any) -> bytes:
            return f"data: {json.dumps(document)}\n\n".encode()

        def delta(content: dict[str, Any], reason: str | None = None) -> bytes:
            return event({"choices": [{"index": 0, "delta": content, "finish_reason": reason}]})

        made = [delta({"role": "assistant"}), *(delta({"content": text[i : i + 4]}) for i in range(0, len(text), 4))]
        made.append(delta({}, self.ended))
        if usage:
            made.append(event({"choices": [], "usage": usage}))
        return (*made, b"data: [DONE]\n\n")
