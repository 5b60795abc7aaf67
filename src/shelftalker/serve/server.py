"""The process: load, bind, answer, reload on SIGHUP, drain on SIGTERM."""

from __future__ import annotations

import asyncio
import errno
import logging
import os
import signal
import socket
import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import FrameType

import uvicorn

from shelftalker.config import Settings
from shelftalker.errors import InputNotFound, ShelftalkerError, UsageError
from shelftalker.serve.app import create_app
from shelftalker.serve.systems import Systems, open_served

__all__ = ["read_api_keys", "serve"]

_log = logging.getLogger(__name__)
_KEYS_VARIABLE = "SHELFTALKER_API_KEYS"
_LOOPBACK_HOSTS = ("127.0.0.1", "localhost", "::1")
_DRAIN_MARGIN_SECONDS = 5
_BACKLOG = 512
_UNREAD_SECONDS = 5.0
_UNREAD_PAUSE_SECONDS = 0.05


def serve(run: Path, settings: Settings, *, data: Path | None = None, on_ready: Callable[[str], None]) -> None:
    """Serve a run until SIGTERM or SIGINT; every accepted question is answered before it returns.

    Args:
        run: a finished run; may be a link that is pointed elsewhere before SIGHUP.
        settings: `serve`, `answer` and `provider` sections are used.
        data: a catalogue to answer from, in place of the run's own; read again on SIGHUP.
        on_ready: called with the address once questions are taken.

    Raises:
        UsageError: the address cannot be bound.
        FolderError, ModelError, ProviderError: the run cannot be loaded.
    """
    keys = read_api_keys(settings.serve.api_keys_file)
    bound = _bind(settings.serve.host, settings.serve.port)
    systems = Systems(lambda: open_served(run, settings.answer, settings.provider, data=data))
    app = create_app(systems, settings.serve, api_keys=keys)
    if settings.serve.host not in _LOOPBACK_HOSTS and not keys:
        _log.warning("serving beyond this machine without API keys; set %s to ask for one", _KEYS_VARIABLE)
    config = uvicorn.Config(
        app,
        log_level="warning",
        access_log=False,  # request lines may hold a question; what is counted stands at /metrics
        timeout_graceful_shutdown=int(settings.serve.timeout_seconds) + _DRAIN_MARGIN_SECONDS,
    )
    _reload_on_hangup(systems)
    # uvicorn drains on SIGTERM, then raises it again for whoever handled it before: a drained server has not failed
    signal.signal(signal.SIGTERM, lambda *_: None)
    host, port = bound.getsockname()[:2]
    on_ready(f"http://{'[' + host + ']' if ':' in host else host}:{port}")
    _DrainingServer(config).run(sockets=[bound])


class _DrainingServer(uvicorn.Server):
    """Reads what was sent before the stop; uvicorn itself closes a connection whose request it has not read yet."""

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Shut the door, give open connections the time to bring their request, then drain."""
        await asyncio.sleep(_UNREAD_PAUSE_SECONDS)  # the loop accepts what the kernel holds
        for server in self.servers:
            server.close()
        until = time.monotonic() + _UNREAD_SECONDS
        await asyncio.sleep(_UNREAD_PAUSE_SECONDS)
        while any(_has_brought_nothing(one) for one in self.server_state.connections) and time.monotonic() < until:
            await asyncio.sleep(_UNREAD_PAUSE_SECONDS)
        await super().shutdown(sockets)


def _has_brought_nothing(connection: object) -> bool:
    return getattr(connection, "cycle", None) is None


def read_api_keys(file: str) -> list[str]:
    """Return the keys of the file, or of SHELFTALKER_API_KEYS (separated by commas), or none.

    Raises:
        InputNotFound: the file is not there.
    """
    if not file:
        return [key.strip() for key in os.environ.get(_KEYS_VARIABLE, "").split(",") if key.strip()]
    try:
        lines = Path(file).read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise InputNotFound(f"there is no file of API keys {file}", fix="write one key a line into it") from error
    return [line.strip() for line in lines if line.strip()]


def _bind(host: str, port: int) -> socket.socket:
    """Bind before the model is loaded, so that a taken port is said at once."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        bound = socket.socket(family, kind, protocol)
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind(address)
        bound.listen(_BACKLOG)
    except socket.gaierror as error:
        raise UsageError(f"there is no address {host!r} on this machine", fix="use --host 127.0.0.1") from error
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise UsageError(f"port {port} is taken", fix="choose another with --port, or 0 for a free one") from error
        raise UsageError(f"{host}:{port} cannot be bound: {error.strerror}", fix="use --host 127.0.0.1") from error
    return bound


def _reload_on_hangup(systems: Systems) -> None:
    def reload() -> None:
        try:
            systems.reload()
        except ShelftalkerError as error:
            _log.error("not reloaded, the old state stays: %s; %s", error.message, error.fix)

    def on_hangup(_: int, __: FrameType | None) -> None:
        threading.Thread(target=reload, name="reload").start()

    if hasattr(signal, "SIGHUP") and threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGHUP, on_hangup)
