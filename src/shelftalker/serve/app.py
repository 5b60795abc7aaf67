"""The application: routes on one side, the loaded systems and the line of questions on the other."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException
from starlette.middleware.cors import CORSMiddleware
from starlette.middleware.trustedhost import TrustedHostMiddleware

from shelftalker import __version__
from shelftalker.config import ServeSettings
from shelftalker.errors import CatalogueError, ProviderError, QuestionError, ShelftalkerError
from shelftalker.serve import routes_chat, routes_plain
from shelftalker.serve.counters import Counters, CountRequests
from shelftalker.serve.guards import ApiKeys, BodyLimit, SafeHeaders, problem
from shelftalker.serve.queue import Draining, LineFull, QuestionLine, TooSlow
from shelftalker.serve.systems import Systems

__all__ = ["create_app"]

_PAGE = Path(__file__).resolve().parent / "page"
_LOOPBACK = ["localhost", "127.0.0.1", "[::1]", "testserver"]


def create_app(systems: Systems, settings: ServeSettings, *, api_keys: Sequence[str] = ()) -> FastAPI:
    """Return the ASGI application for loaded systems.

    Args:
        systems: what answers.
        settings: limits, origins and the address it will be bound to.
        api_keys: bearer tokens that are let in; none lets everybody in.
    """
    line = QuestionLine(
        systems.answer,
        longest=settings.max_waiting,
        timeout_seconds=settings.timeout_seconds,
        together=systems,
        most_together=settings.batch_questions,
    )

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        line.close()

    app = FastAPI(
        title="Shelftalker",
        version=__version__,
        description="Questions about the products of a catalogue, answered with their sources.",
        docs_url=None,  # the stock pages load scripts from a foreign host
        redoc_url=None,
        lifespan=lifespan,
    )
    app.state.systems = systems
    app.state.line = line
    app.state.counters = Counters(lambda: line.waiting)
    app.state.settings = settings
    app.state.has_keys = bool(api_keys)
    _answer_errors(app)
    app.include_router(routes_plain.router)
    app.include_router(routes_chat.router)
    app.mount("/static", StaticFiles(directory=_PAGE), name="static")
    app.add_middleware(BodyLimit, max_bytes=settings.max_body_bytes)
    app.add_middleware(ApiKeys, keys=api_keys)
    if settings.cors_origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=list(settings.cors_origins),
            allow_methods=["GET", "POST"],
            allow_headers=["authorization", "content-type"],
        )
    if settings.host in _LOOPBACK:
        # a foreign page can point its own host name at this machine; its Host header gives it away
        app.add_middleware(TrustedHostMiddleware, allowed_hosts=_LOOPBACK)
    app.add_middleware(SafeHeaders)
    app.add_middleware(CountRequests, counters=app.state.counters)
    return app


def _answer_errors(app: FastAPI) -> None:
    """Say every error in the one form, with the status that clients act on."""

    @app.exception_handler(RequestValidationError)
    async def malformed(_: Request, error: RequestValidationError) -> JSONResponse:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"] if part != "body")
        return JSONResponse(problem(f"{where or 'body'}: {first['msg']}", kind="invalid_request_error"), 422)

    @app.exception_handler(HTTPException)
    async def stated(_: Request, error: HTTPException) -> JSONResponse:
        return JSONResponse(problem(str(error.detail), kind="invalid_request_error"), error.status_code, error.headers)

    @app.exception_handler(LineFull)
    async def full(_: Request, error: LineFull) -> JSONResponse:
        return JSONResponse(
            problem("too many questions are waiting; try again later", kind="rate_limit_error", code="line_full"),
            429,
            {"Retry-After": str(error.retry_after_seconds)},
        )

    @app.exception_handler(Draining)
    async def draining(_: Request, __: Draining) -> JSONResponse:
        return JSONResponse(problem("the server is stopping", kind="server_error"), 503, {"Retry-After": "5"})

    @app.exception_handler(TooSlow)
    async def slow(_: Request, __: TooSlow) -> JSONResponse:
        return JSONResponse(problem("the time limit passed", kind="server_error", code="timeout"), 504)

    @app.exception_handler(ShelftalkerError)
    async def ours(_: Request, error: ShelftalkerError) -> JSONResponse:
        # 404: no record of that uid; 502: it is not this server that failed, and trying again may do
        known = ((QuestionError, 400), (CatalogueError, 404), (ProviderError, 502))
        status = next((status for kind_of, status in known if isinstance(error, kind_of)), 500)
        kind = "invalid_request_error" if status < 500 else "server_error"
        return JSONResponse(problem(f"{error.message}; {error.fix}", kind=kind), status)
