"""What stands between the network and the application: body size, API keys, response headers."""

from __future__ import annotations

import hmac
import json
from collections.abc import Sequence

from starlette.types import ASGIApp, Message, Receive, Scope, Send

__all__ = ["ApiKeys", "BodyLimit", "SafeHeaders", "problem"]

_OPEN_PATHS = frozenset({"/", "/health", "/ready"})
_OPEN_FOLDER = "/static/"
_CONVERSATIONS = {"/v1/chat/completions": "messages", "/ask": "history"}
"""Where earlier turns come in, and the field of the body that holds them."""
_LONGER_CONVERSATION = 64
"""So many times `max_bytes` are read of a body whose earlier turns can be left out."""

_SAFE_HEADERS = [
    (b"content-security-policy", b"default-src 'self'; img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'"),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
]


def problem(message: str, *, kind: str, code: str | None = None) -> dict[str, object]:
    """Return an error document of the form that OpenAI clients read."""
    return {"error": {"message": message, "type": kind, "param": None, "code": code}}


class BodyLimit:
    """Answers 413 as soon as a body is longer than `max_bytes`, whatever its Content-Length says.

    A conversation may be longer: its oldest turns are left out until the rest fits.
    """

    def __init__(self, app: ASGIApp, *, max_bytes: int) -> None:
        self.app = app
        self.max_bytes = max_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Read the whole body, at most `max_bytes` of it or a conversation, then hand it on."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        turns = _CONVERSATIONS.get(scope["path"])
        longest = self.max_bytes * (_LONGER_CONVERSATION if turns else 1)
        body = bytearray()
        while True:
            message = await receive()
            body += message.get("body", b"")
            if message["type"] != "http.request" or not message.get("more_body") or len(body) > longest:
                break
        kept = bytes(body)
        if len(kept) > self.max_bytes:
            kept = _keep_end(kept, turns, self.max_bytes) if turns and len(kept) <= longest else b""
            if not kept:
                said = problem(f"the body is longer than {self.max_bytes} bytes", kind="invalid_request_error")
                await _refuse(send, 413, said)
                return
        if message["type"] == "http.request":
            message = {"type": "http.request", "body": kept, "more_body": False}
        replay = iter([message])

        async def received() -> Message:
            return next(replay, None) or await receive()

        await self.app(scope, received, send)


def _keep_end(body: bytes, name: str, max_bytes: int) -> bytes:
    """Return a conversation without its oldest turns, as far as it has to be cut to fit; empty where none fits."""
    try:
        document = json.loads(body)
        turns = list(document[name])
        left = max_bytes - len(json.dumps({**document, name: []}))
        kept: list[object] = []
        while turns and (size := len(json.dumps(turns[-1])) + 2) <= left:  # 2: the comma and blank between two turns
            kept.insert(0, turns.pop())
            left -= size
        asks = name != "messages" or any(_is_users(turn) for turn in kept)
        return json.dumps({**document, name: kept}).encode() if asks and left >= 0 else b""
    except (ValueError, KeyError, TypeError, RecursionError):
        return b""


def _is_users(turn: object) -> bool:
    return isinstance(turn, dict) and turn.get("role") == "user"


class ApiKeys:
    """Answers 401 unless one of the keys comes as a bearer token. No keys, no check."""

    def __init__(self, app: ASGIApp, *, keys: Sequence[str]) -> None:
        self.app = app
        self._keys = [key.encode() for key in keys]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the request through or refuse it."""
        if scope["type"] != "http" or not self._keys or _is_open(scope["path"]) or self._known(scope):
            await self.app(scope, receive, send)
            return
        await _refuse(
            send,
            401,
            problem(
                "an API key is needed: Authorization: Bearer KEY", kind="invalid_request_error", code="invalid_api_key"
            ),
            [(b"www-authenticate", b"Bearer")],
        )

    def _known(self, scope: Scope) -> bool:
        given = dict(scope["headers"]).get(b"authorization", b"")
        token = given[7:] if given[:7].lower() == b"bearer " else b""
        # every key is compared, in constant time, so that timing tells neither which one nor how much fitted
        return any([hmac.compare_digest(token, key) for key in self._keys])  # noqa: C419


def _is_open(path: str) -> bool:
    """The page itself and the probes are answered without a key."""
    return path in _OPEN_PATHS or path.startswith(_OPEN_FOLDER)


class SafeHeaders:
    """Adds the headers that keep a browser from loading or framing anything foreign."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Add the headers to whatever is answered."""

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": [*message.get("headers", []), *_SAFE_HEADERS]}
            await send(message)

        await self.app(scope, receive, sending if scope["type"] == "http" else send)


async def _refuse(
    send: Send, status: int, document: dict[str, object], headers: Sequence[tuple[bytes, bytes]] = ()
) -> None:
    body = json.dumps(document).encode()
    lengths = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": [*lengths, *headers]})
    await send({"type": "http.response.body", "body": body})
