"""Turn what Google's clients raise into what a user can do something about."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from functools import cache
from typing import Any, TypeVar

from shelftalker.errors import ProviderError
from shelftalker.providers.gemini.clients import LOG_IN
from shelftalker.providers.retrying import TEMPORARY_STATUS, Again, Retries, retry_after
from shelftalker.providers.secrets import one_line
from shelftalker.providers.table import find_hosted

__all__ = ["Request", "asking", "call", "judge"]

_T = TypeVar("_T")
_QUOTAS = "wait, ask for more quota (console: IAM & Admin, Quotas), or lower --set provider.parallel"


class Request:
    """What was being done, so that an error can tell; also carries the secrets that an error must not tell.

    Args:
        doing: such as "start the tuning job".
        model: the model or endpoint that is used, where one is.
        location: the region.
        secrets: returns them at the time of the error, since tokens are renewed.
    """

    def __init__(
        self, doing: str, *, model: str = "", location: str = "", secrets: Callable[[], tuple[str, ...]] = tuple
    ) -> None:
        self.doing = doing
        self.model = model
        self.location = location
        self.secrets = secrets


def call(operation: Callable[[], _T], retries: Retries, request: Request) -> _T:
    """Return what `operation` returns, after retries where they help.

    Raises:
        ProviderError: it failed; `fix` tells what to do.
    """
    with asking(request):
        return retries.call(operation, judge)


@contextmanager
def asking(request: Request) -> Iterator[None]:
    """Turn what Google's clients raise inside the block into ProviderError; other errors pass through."""
    try:
        yield
    except Exception as error:
        explained = _explain(error, request)
        if explained is None:
            raise
        # "from None": what the clients raise holds the request, and the request holds the token
        raise explained from None


def judge(error: Exception) -> Again | None:
    """Say whether the same request may go through the next time."""
    if isinstance(error, _classes("connection")):
        return Again()
    if isinstance(error, _classes("auth")):
        return Again() if getattr(error, "retryable", False) else None
    code = _status(error)
    if code not in TEMPORARY_STATUS:
        return None
    return Again(_asked_wait(error))


def _explain(error: Exception, request: Request) -> ProviderError | None:
    said = one_line(_message(error), request.secrets())
    if isinstance(error, _classes("timeout")):
        return ProviderError(
            f"Google did not answer in time: could not {request.doing}",
            fix="try again, or allow more with --set provider.timeout_seconds=300",
        )
    if isinstance(error, _classes("connection")):
        return ProviderError(
            f"cannot reach Google: could not {request.doing}: {said}", fix="check the network and the proxy settings"
        )
    if isinstance(error, _classes("auth")):
        return ProviderError(f"the Google Cloud credentials are not valid any more: {said}", fix=LOG_IN)
    code = _status(error)
    if code is None:
        return None
    what, fix = _by_status(code, said, request)
    return ProviderError(f"could not {request.doing}: {what} (HTTP {code}: {said})", fix=fix)


def _by_status(code: int, said: str, request: Request) -> tuple[str, str]:
    if code == 401:
        return "the credentials have expired or are not valid", LOG_IN
    if code == 403:
        return (
            "your account may not do this, or the API is switched off in the project",
            "switch on aiplatform.googleapis.com and storage.googleapis.com, and ask for the roles "
            "roles/aiplatform.user and roles/storage.objectAdmin",
        )
    if code == 404:
        return _not_found(request)
    if code == 429:
        return "the quota is used up, also after waiting", _QUOTAS
    if code == 400 and ("location" in said.casefold() or "region" in said.casefold()):
        return f"{request.location} does not offer it", "choose another region with --location"
    if code >= 500:
        return "the provider has trouble of its own, also after waiting", "try again later"
    return "the provider refused the request", "see the provider's words, and docs/gemini.md"


def _not_found(request: Request) -> tuple[str, str]:
    if "/endpoints/" in request.model:
        return (
            "the tuned model is gone: deleted, or retired with its base model",
            "see the console under Vertex AI, Tuning; tune again from the same catalogue if it is not there",
        )
    if not request.model:
        return "it is not there", "check --project, --location and --bucket"
    known = find_hosted(request.model)
    if known and known.retires and date.today() > known.retires:
        return (
            f"{request.model} was to be retired on {known.retires}",
            f"choose another base, such as {known.replacement or 'one of shelftalker models --provider gemini'}",
        )
    return (
        f"{request.location} has no model {request.model}: retired, never offered there, or not open to your project",
        "shelftalker models --provider gemini lists models and regions",
    )


def _message(error: Exception) -> str:
    message = getattr(error, "message", None)
    return message if isinstance(message, str) and message else str(error)


def _status(error: Exception) -> int | None:
    """Return the HTTP status of google-genai's and google-api-core's errors."""
    if not isinstance(error, _classes("status")):
        return None
    code = getattr(error, "code", None)
    try:
        return int(code)  # type: ignore[arg-type]  # None and words alike fall through
    except (TypeError, ValueError):
        return None


def _asked_wait(error: Exception) -> float | None:
    """Return the wait that the answer asks for: in its RetryInfo, or in a header."""
    details: Any = getattr(error, "details", None)
    if isinstance(details, dict):
        for detail in (details.get("error") or {}).get("details") or ():
            delay = detail.get("retryDelay") if isinstance(detail, dict) else None
            if isinstance(delay, str):
                return retry_after(delay.removesuffix("s"))
    headers = getattr(getattr(error, "response", None), "headers", None)
    return retry_after(headers.get("retry-after")) if headers is not None else None


_KINDS: dict[str, tuple[tuple[str, str], ...]] = {
    "timeout": (
        ("httpx2", "TimeoutException"),
        ("httpx", "TimeoutException"),
        ("requests.exceptions", "Timeout"),
    ),
    "connection": (
        ("httpx2", "TransportError"),
        ("httpx", "TransportError"),
        ("requests.exceptions", "ConnectionError"),
        ("requests.exceptions", "Timeout"),
        ("requests.exceptions", "ChunkedEncodingError"),
        ("google.auth.exceptions", "TransportError"),
    ),
    "auth": (("google.auth.exceptions", "GoogleAuthError"),),
    "status": (("google.genai.errors", "APIError"), ("google.api_core.exceptions", "GoogleAPICallError")),
}


@cache
def _classes(kind: str) -> tuple[type[Exception], ...]:
    """Return the exception classes of a kind, of those packages that are installed: clients differ by version."""
    found = []
    for module, name in _KINDS[kind]:
        try:
            found.append(getattr(importlib.import_module(module), name))
        except ImportError:
            continue
    return tuple(found)
