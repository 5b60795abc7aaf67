"""The plain API, the probes and the page."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from fastapi import APIRouter, HTTPException, Query, Request
from fastapi.responses import FileResponse, JSONResponse, Response, StreamingResponse

from shelftalker.answer import Asked
from shelftalker.errors import CatalogueError, ShelftalkerError
from shelftalker.records import Answer
from shelftalker.serve.asking import ask, counters_of, line_of, settings_of, systems_of
from shelftalker.serve.guards import problem
from shelftalker.serve.queue import Job, TooSlow
from shelftalker.serve.schemas import AnswerDocument, AskBody, ErrorDocument, FoundDocument, RecordDocument, turns
from shelftalker.serve.systems import run_summary

__all__ = ["router"]

router = APIRouter(tags=["Shelftalker"])
_PAGE = Path(__file__).resolve().parent / "page" / "index.html"
_ERRORS: dict[int | str, dict[str, Any]] = {
    status: {"model": ErrorDocument} for status in (400, 401, 404, 413, 422, 429, 503, 504)
}


@router.get("/", include_in_schema=False)
async def page() -> FileResponse:
    """Serve the chat page."""
    return FileResponse(_PAGE, media_type="text/html")


@router.post("/ask", response_model=AnswerDocument | list[AnswerDocument], responses=_ERRORS)
async def ask_questions(request: Request, body: AskBody) -> Any:
    """Answer one question, or a list of them in its order."""
    if isinstance(body.question, list):
        if body.stream:
            raise HTTPException(400, "a list of questions cannot be streamed")
        return await _ask_many(request, body, body.question)
    job = _job(body, body.question)
    if body.stream:
        return await _stream(request, job)
    return (await ask(request, job)).to_json()


@router.get("/records/{uid:path}", response_model=RecordDocument, responses={404: {"model": ErrorDocument}})
def show_record(request: Request, uid: str) -> Any:
    """Show one record of the catalogue."""
    try:
        return asdict(systems_of(request).current.catalogue.record(uid))
    except CatalogueError as error:
        raise HTTPException(404, error.message) from error


@router.get("/find", response_model=FoundDocument, responses=_ERRORS)
def find(request: Request, q: str = Query(max_length=2000), limit: int = Query(5, ge=1, le=50)) -> Any:
    """Find the product that a text names, with no model at work."""
    found = systems_of(request).current.finder.find(q, limit=limit)
    hits = [{"uid": hit.record.uid, "title": hit.record.title, "score": hit.score} for hit in found.hits]
    status = "ambiguous" if found.status == "several" else found.status
    return {"status": status, "records": hits, "seconds": found.seconds}


@router.get("/run")
def show_run(request: Request) -> dict[str, Any]:
    """Show the run that answers: settings, loss by step, evaluation."""
    return run_summary(systems_of(request).current)


@router.post("/reload", responses={403: {"model": ErrorDocument}, 500: {"model": ErrorDocument}})
async def reload(request: Request) -> Response:
    """Load the run's folder again, for the questions that come next. Needs the server to have API keys."""
    if not request.app.state.has_keys:
        raise HTTPException(403, "reloading over HTTP needs an API key; without one, send the process SIGHUP")
    served = await asyncio.to_thread(systems_of(request).reload)
    return JSONResponse({"name": served.name, "version": served.version})


@router.get("/health")
async def health() -> dict[str, str]:
    """Say that the process lives."""
    return {"status": "ok"}


@router.get("/ready", responses={503: {"model": ErrorDocument}})
async def ready(request: Request) -> Response:
    """Say whether questions are taken: not while draining, and not while the line is full."""
    line = line_of(request)
    if line.draining or line.waiting >= settings_of(request).max_waiting:
        return JSONResponse(problem("not taking questions", kind="server_error"), 503)
    return JSONResponse({"status": "ready", "waiting": line.waiting})


@router.get("/metrics", response_class=Response)
async def metrics(request: Request) -> Response:
    """Show Prometheus' figures."""
    return Response(counters_of(request).text(), media_type="text/plain; version=0.0.4; charset=utf-8")


def _job(body: AskBody, question: str) -> Job:
    return Job(Asked(question, body.uid, turns(body.history)), body.mode, body.system, body.temperature)


async def _ask_many(request: Request, body: AskBody, questions: list[str]) -> list[dict[str, Any]]:
    """One after the other, or a batch after the other where that is faster; no list fills the line by its length."""
    jobs = [_job(body, question) for question in questions]
    gains = systems_of(request).key(jobs[0]) is not None
    size = min(settings_of(request).batch_questions, settings_of(request).max_waiting) if gains else 1
    answers: list[Answer] = []
    for start in range(0, len(jobs), size):
        answers += await asyncio.gather(*(ask(request, job) for job in jobs[start : start + size]))
    return [answer.to_json() for answer in answers]


async def _stream(request: Request, job: Job) -> Response:
    """Send `draft` events as the model writes, then one `answer` event: the checked answer replaces the draft.

    The response starts with the first piece, so that a full line is still answered with its own status.
    """
    loop = asyncio.get_running_loop()
    pieces: asyncio.Queue[str | None] = asyncio.Queue()

    def on_text(piece: str) -> None:  # from the worker's thread
        loop.call_soon_threadsafe(pieces.put_nowait, piece)

    async def finish() -> dict[str, Any]:
        try:
            return (await ask(request, replace(job, on_text=on_text))).to_json()
        finally:
            pieces.put_nowait(None)

    answering = asyncio.create_task(finish())
    first = await pieces.get()
    if first is None:
        answer = await answering
        return StreamingResponse(iter([_event("answer", answer)]), media_type="text/event-stream")
    return StreamingResponse(_events(first, pieces, answering), media_type="text/event-stream")


async def _events(
    first: str, pieces: asyncio.Queue[str | None], answering: asyncio.Task[dict[str, Any]]
) -> AsyncIterator[str]:
    piece: str | None = first
    try:
        while piece is not None:
            yield _event("draft", {"text": piece})
            piece = await pieces.get()
        try:
            yield _event("answer", await answering)
        except TooSlow:
            yield _event("error", problem("the time limit passed", kind="server_error", code="timeout"))
        except ShelftalkerError as error:
            yield _event("error", problem(f"{error.message}; {error.fix}", kind="server_error"))
    finally:
        answering.cancel()


def _event(name: str, document: Any) -> str:
    return f"event: {name}\ndata: {json.dumps(document, ensure_ascii=False)}\n\n"
