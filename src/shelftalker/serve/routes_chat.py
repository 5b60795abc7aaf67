"""POST /v1/chat/completions and GET /v1/models, as OpenAI clients expect them."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response, StreamingResponse

from shelftalker.answer import Asked
from shelftalker.records import Answer
from shelftalker.serve.asking import ask, systems_of
from shelftalker.serve.guards import problem
from shelftalker.serve.openai_form import chunks, completion, model_ids, model_list
from shelftalker.serve.queue import Job
from shelftalker.serve.schemas import ChatBody, ErrorDocument, turns

__all__ = ["router"]

router = APIRouter(prefix="/v1", tags=["OpenAI"])
_ERRORS: dict[int | str, dict[str, Any]] = {
    status: {"model": ErrorDocument} for status in (400, 401, 404, 413, 422, 429, 503, 504)
}


@router.get("/models")
async def list_models(request: Request) -> dict[str, Any]:
    """List the tuned model and its base."""
    return model_list(systems_of(request).current.name)


@router.get("/models/{model:path}", responses={404: {"model": ErrorDocument}})
async def show_model(request: Request, model: str) -> Response:
    """Describe one model."""
    for entry in model_list(systems_of(request).current.name)["data"]:
        if entry["id"] == model:
            return JSONResponse(entry)
    return _no_such_model(request, model)


@router.post("/chat/completions", responses=_ERRORS)
async def complete(request: Request, body: ChatBody) -> Response:
    """Answer the last user message, which may go on from those before; sources and flags are extra fields."""
    system = model_ids(systems_of(request).current.name).get(body.model)
    if system is None:
        return _no_such_model(request, body.model)
    asks = [place for place, message in enumerate(body.messages) if message.role == "user"]
    last = asks[-1] if asks else 0
    question = body.messages[last].text() if asks else ""
    asked = Asked(question, body.uid, turns(body.messages[:last]))
    answer = await ask(request, Job(asked, mode=body.mode, system=system, temperature=body.temperature))
    if not body.stream:
        return JSONResponse(completion(answer, body.model))
    include_usage = body.stream_options is not None and body.stream_options.include_usage
    return StreamingResponse(_events(answer, body.model, include_usage), media_type="text/event-stream")


async def _events(answer: Answer, model: str, include_usage: bool) -> AsyncIterator[str]:
    for chunk in chunks(answer, model, include_usage=include_usage):
        yield f"data: {json.dumps(chunk, ensure_ascii=False)}\n\n"
    yield "data: [DONE]\n\n"


def _no_such_model(request: Request, model: str) -> JSONResponse:
    known = ", ".join(model_ids(systems_of(request).current.name))
    document = problem(
        f"the model {model!r} does not exist; there are: {known}", kind="invalid_request_error", code="model_not_found"
    )
    return JSONResponse(document, 404)
