"""What Prometheus reads at /metrics."""

from __future__ import annotations

from collections.abc import Callable

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shelftalker.records import Answer

__all__ = ["CountRequests", "Counters"]

_SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)


class Counters:
    """Counters of one server, in a registry of their own."""

    def __init__(self, waiting: Callable[[], int]) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "shelftalker_requests", "Requests answered.", ["path", "status"], registry=self.registry
        )
        self.answers = Counter("shelftalker_answers", "Answers given.", ["outcome", "mode"], registry=self.registry)
        self.answer_seconds = Histogram(
            "shelftalker_answer_seconds",
            "Seconds from a question's start to its answer, the wait in the line not counted.",
            buckets=_SECONDS,
            registry=self.registry,
        )
        self.tokens = Counter("shelftalker_tokens", "Tokens read and written.", ["direction"], registry=self.registry)
        Gauge("shelftalker_waiting", "Questions that stand in the line.", registry=self.registry).set_function(waiting)

    def count(self, answer: Answer) -> None:
        """Count one answer by its outcome."""
        outcome = (
            "refused"
            if answer.refused
            else "ambiguous"
            if answer.ambiguous
            else "grounded"
            if answer.grounded
            else "unsupported"
        )
        self.answers.labels(outcome, answer.mode).inc()
        self.answer_seconds.observe(answer.seconds)
        self.tokens.labels("read").inc(answer.prompt_tokens)
        self.tokens.labels("written").inc(answer.completion_tokens)

    def text(self) -> bytes:
        """Return every figure in Prometheus' text form."""
        return generate_latest(self.registry)


class CountRequests:
    """Counts every response by the route's form and its status, so that unknown paths are one label."""

    def __init__(self, app: ASGIApp, *, counters: Counters) -> None:
        self.app = app
        self._counters = counters

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass everything through; count as the response starts."""

        async def counting(message: Message) -> None:
            if message["type"] == "http.response.start":
                path = getattr(scope.get("route"), "path", "other")
                self._counters.requests.labels(path, str(message["status"])).inc()
            await send(message)

        await self.app(scope, receive, counting if scope["type"] == "http" else send)
