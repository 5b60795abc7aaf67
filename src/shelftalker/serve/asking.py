"""From a request to the line and back, leaving the line when the client leaves."""

from __future__ import annotations

import asyncio
import contextlib
from typing import cast

from fastapi import HTTPException, Request

from shelftalker.config import ServeSettings
from shelftalker.records import Answer
from shelftalker.serve.counters import Counters
from shelftalker.serve.queue import Job, QuestionLine
from shelftalker.serve.systems import Systems

__all__ = ["ask", "counters_of", "line_of", "settings_of", "systems_of"]

_GONE_STATUS = 499
_LOOK_SECONDS = 0.1


def systems_of(request: Request) -> Systems:
    """Return what this application answers with."""
    return cast(Systems, request.app.state.systems)


def line_of(request: Request) -> QuestionLine:
    """Return this application's line of questions."""
    return cast(QuestionLine, request.app.state.line)


def counters_of(request: Request) -> Counters:
    """Return this application's counters."""
    return cast(Counters, request.app.state.counters)


def settings_of(request: Request) -> ServeSettings:
    """Return this application's settings."""
    return cast(ServeSettings, request.app.state.settings)


async def ask(request: Request, job: Job) -> Answer:
    """Wait for the answer; give up, and stop its generation, as soon as the client has left.

    Raises:
        LineFull, Draining, TooSlow, ShelftalkerError: see `QuestionLine.ask`.
        HTTPException: 499 when the client left; nobody reads it but the log.
    """
    asking = asyncio.create_task(line_of(request).ask(job))
    watching = asyncio.create_task(_left(request))
    try:
        await asyncio.wait({asking, watching}, return_when=asyncio.FIRST_COMPLETED)
        if not asking.done():
            raise HTTPException(_GONE_STATUS, "the client left")
        answer = asking.result()
    finally:
        for task in (asking, watching):
            task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await watching
    counters_of(request).count(answer)
    return answer


async def _left(request: Request) -> None:
    while not await request.is_disconnected():
        await asyncio.sleep(_LOOK_SECONDS)
