"""Answers in the form that OpenAI clients read, with ours as extra fields."""

from __future__ import annotations

import re
import time
import uuid
from collections.abc import Iterator
from typing import Any

from shelftalker.records import Answer

__all__ = ["chunks", "completion", "model_list"]

_EXTRA = ("sources", "grounded", "refused", "ambiguous", "nearest", "written_by", "unsupported", "mode", "language")
_BASE_SUFFIX = ":base"


def model_ids(name: str) -> dict[str, str]:
    """Return model id to system: the run, and the base model it was tuned from."""
    return {name: "tuned", name + _BASE_SUFFIX: "base"}


def model_list(name: str) -> dict[str, Any]:
    """Return the document of GET /v1/models."""
    models = [{"id": m, "object": "model", "created": 0, "owned_by": "shelftalker"} for m in model_ids(name)]
    return {"object": "list", "data": models}


def completion(answer: Answer, model: str) -> dict[str, Any]:
    """Return one whole chat completion."""
    return {
        **_head(model, "chat.completion"),
        "choices": [
            {
                "index": 0,
                "message": {"role": "assistant", "content": answer.answer, "refusal": None},
                "logprobs": None,
                "finish_reason": "stop",
            }
        ],
        "usage": _usage(answer),
        **_extra(answer),
    }


def chunks(answer: Answer, model: str, *, include_usage: bool) -> Iterator[dict[str, Any]]:
    """Yield the chunks of a stream.

    Only checked text is streamed: a client joins the pieces and cannot take one back, so the pieces are
    cut from the finished answer. The last chunk with a choice carries the extra fields.
    """
    head = _head(model, "chat.completion.chunk")

    def chunk(delta: dict[str, Any], finish: str | None = None, **extra: Any) -> dict[str, Any]:
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}
        return {**head, "choices": [choice], **({"usage": None} if include_usage else {}), **extra}

    yield chunk({"role": "assistant", "content": ""})
    for piece in re.findall(r"\S+\s*|\s+", answer.answer):
        yield chunk({"content": piece})
    yield chunk({}, "stop", **_extra(answer))
    if include_usage:
        yield {**head, "choices": [], "usage": _usage(answer)}


def _head(model: str, kind: str) -> dict[str, Any]:
    return {"id": f"chatcmpl-{uuid.uuid4().hex}", "object": kind, "created": int(time.time()), "model": model}


def _usage(answer: Answer) -> dict[str, int]:
    read, written = answer.prompt_tokens, answer.completion_tokens
    return {"prompt_tokens": read, "completion_tokens": written, "total_tokens": read + written}


def _extra(answer: Answer) -> dict[str, Any]:
    document = answer.to_json()
    return {key: document[key] for key in _EXTRA}
