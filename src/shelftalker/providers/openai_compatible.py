"""Answer with any server that speaks OpenAI's chat completions: vLLM, llama.cpp, Ollama, Shelftalker's own.

Plain HTTP with httpx2 (which transformers brings along) and not the package openai: two requests are all that is
needed, and servers differ from OpenAI's in ways that its client is not made for, such as errors of another form.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any, NoReturn

import httpx2

from shelftalker.config import ProviderSettings
from shelftalker.errors import ProviderError, UsageError
from shelftalker.providers.retrying import TEMPORARY_STATUS, Again, retries_of, retry_after
from shelftalker.providers.secrets import one_line
from shelftalker.providers.together import ask_all
from shelftalker.records import Completion, Message

__all__ = ["OpenAICompatibleGenerator", "open_openai_compatible"]

_BODY_SHOWN = 2000


class _OtherForm(Exception):
    """What came back is not of OpenAI's form."""


@dataclass(frozen=True, slots=True)
class _Piece:
    """What an answer, or a piece of a streamed one, carries."""

    text: str
    ended: str
    prompt_tokens: int
    completion_tokens: int


class OpenAICompatibleGenerator:
    """A served model as `records.Generator`.

    Args:
        url: of the API, such as http://127.0.0.1:8080/v1.
        model: the name that the server knows it by.
        settings: times, retries, how many at once.
        key: the server's key, "" for none; it is sent to that server and nowhere else.
        sleep: waits between retries.
    """

    def __init__(
        self,
        url: str,
        model: str,
        settings: ProviderSettings,
        *,
        key: str = "",
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._url = url
        self._model = model
        self._settings = settings
        self._retries = retries_of(settings, sleep)
        self._key = key
        self._client = _client(settings, key)

    @property
    def name(self) -> str:
        """What `Answer.model` says."""
        return self._model

    def generate(
        self,
        conversations: Sequence[Sequence[Message]],
        *,
        max_new_tokens: int,
        temperature: float = 0.0,
        seed: int = 0,
        lookup: bool = True,
        on_text: Callable[[str], bool] | None = None,
    ) -> list[Completion]:
        """Return one completion a conversation, in order; see `records.Generator`. `lookup` is the server's own affair.

        Raises:
            ProviderError: the server is not there, refused, failed, or took too long.
        """
        if on_text is not None and len(conversations) != 1:
            raise ValueError("on_text follows one conversation only")

        def ask(conversation: Sequence[Message]) -> Completion:
            body: dict[str, Any] = {
                "model": self._model,
                "messages": [{"role": message.role, "content": message.content} for message in conversation],
                "max_tokens": max_new_tokens,
                "temperature": temperature,
                "seed": seed,
            }
            if on_text is None:
                return self._whole(body)
            return self._streamed(body | {"stream": True, "stream_options": {"include_usage": True}}, on_text)

        return ask_all(conversations, ask, self._settings.parallel)

    def _whole(self, body: Mapping[str, Any]) -> Completion:
        started = time.perf_counter()
        with _explained(self._url, self._model, self._settings, self._key):
            response = self._retries.call(lambda: self._send(body), _judge)
            piece = _piece(_document(response.text), "message")
        return Completion(
            piece.text,
            piece.prompt_tokens,
            piece.completion_tokens,
            time.perf_counter() - started,
            finished=piece.ended != "length",
        )

    def _send(self, body: Mapping[str, Any]) -> httpx2.Response:
        response = self._client.post(f"{self._url}/chat/completions", json=body)
        response.raise_for_status()
        return response

    def _streamed(self, body: Mapping[str, Any], on_text: Callable[[str], bool]) -> Completion:
        started = time.perf_counter()
        deadline = started + self._settings.timeout_seconds
        so_far = Completion("", 0, 0, 0.0)

        def read() -> None:
            nonlocal so_far
            with self._client.stream("POST", f"{self._url}/chat/completions", json=body) as response:
                if response.is_error:
                    response.read()
                response.raise_for_status()
                for document in _events(response.iter_lines()):
                    piece = _piece(document, "delta")
                    so_far = replace(
                        so_far,
                        text=so_far.text + piece.text,
                        prompt_tokens=piece.prompt_tokens or so_far.prompt_tokens,
                        completion_tokens=piece.completion_tokens or so_far.completion_tokens,
                        first_token_seconds=so_far.first_token_seconds
                        or (time.perf_counter() - started if piece.text else None),
                        finished=so_far.finished and piece.ended != "length",
                    )
                    if piece.text and not on_text(piece.text):
                        so_far = replace(so_far, finished=False)
                        return
                    if time.perf_counter() > deadline:
                        raise httpx2.ReadTimeout("the answer took too long")

        with _explained(self._url, self._model, self._settings, self._key):
            # what was passed on cannot be taken back, so that a stream is begun again only before its first piece
            self._retries.call(read, lambda error: None if so_far.text else _judge(error))
        return replace(so_far, seconds=time.perf_counter() - started)


def open_openai_compatible(
    settings: ProviderSettings, *, tuned: bool = True, sleep: Callable[[float], None] = time.sleep
) -> OpenAICompatibleGenerator:
    """Return the generator of the server that the settings name.

    Args:
        settings: its address and the model's name; without a name the server is asked for its only model.
        tuned: which of the two names counts.
        sleep: waits between retries.

    Raises:
        UsageError: no address is given.
        ProviderError: the server is not there, or has several models and none is named.
    """
    url = _address(settings.url)
    key = os.environ.get(settings.api_key_variable, "")
    model = (settings.tuned_model if tuned else "") or settings.model or _only_model(url, settings, key, sleep)
    return OpenAICompatibleGenerator(url, model, settings, key=key, sleep=sleep)


def _address(url: str) -> str:
    """Return where the API begins, whether it, the server or the whole endpoint was given."""
    if not url:
        raise UsageError("no server is named", fix="add --url http://127.0.0.1:8080/v1")
    try:
        parsed = httpx2.URL(url)
    except httpx2.InvalidURL as error:
        raise UsageError(f"{url!r} is no address: {error}", fix="write it as http://127.0.0.1:8080/v1") from error
    if parsed.scheme not in ("http", "https") or not parsed.host:
        raise UsageError(f"{url!r} is no address of a server", fix="write it as http://127.0.0.1:8080/v1")
    if parsed.userinfo or parsed.query:
        # the address stands in error messages and on pages; this message therefore does not repeat it
        raise UsageError(
            "the server's address holds a password or a query, which would be shown",
            fix="give the address alone, and the key in the environment variable SHELFTALKER_PROVIDER_KEY",
        )
    plain = url.rstrip("/").removesuffix("/chat/completions")
    return f"{plain}/v1" if parsed.path in ("", "/") else plain


def _client(settings: ProviderSettings, key: str) -> httpx2.Client:
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    # an answer may take its time once the server has the question; to be taken on must not
    timeout = httpx2.Timeout(settings.timeout_seconds, connect=min(10.0, settings.timeout_seconds))
    return httpx2.Client(headers=headers, timeout=timeout)


def _only_model(url: str, settings: ProviderSettings, key: str, sleep: Callable[[float], None]) -> str:
    def list_models() -> httpx2.Response:
        with _client(settings, key) as client:
            response = client.get(f"{url}/models")
        response.raise_for_status()
        return response

    with _explained(url, "", settings, key):
        document = _document(retries_of(settings, sleep).call(list_models, _judge).text)
    names = [str(one["id"]) for one in document.get("data") or () if isinstance(one, dict) and "id" in one]
    if len(names) != 1:
        raise ProviderError(
            f"{url} has {len(names)} models{': ' + ', '.join(names[:20]) if names else ''}",
            fix="name one with --set provider.model=NAME",
        )
    return names[0]


def _events(lines: Iterator[str]) -> Iterator[dict[str, Any]]:
    """Yield the documents of a stream of server-sent events.

    Raises:
        ProviderError: the stream carries an error, or ends before its end.
    """
    for line in lines:
        if not line.startswith("data:"):
            continue
        data = line.removeprefix("data:").strip()
        if data == "[DONE]":
            return
        document = _document(data)
        if document.get("error"):
            raise ProviderError(
                f"the server broke off: {one_line(_said(document['error']))}", fix="see the server's own log"
            )
        yield document
    raise httpx2.RemoteProtocolError("the stream ended before its end")


def _piece(document: Mapping[str, Any], part: str) -> _Piece:
    """Return what a document carries; `part` is "message" or, in a stream, "delta".

    Raises:
        ProviderError: the server's filter took the answer back.
    """
    try:
        choices = document.get("choices") or [{}]
        content = (choices[0].get(part) or {}).get("content")
        usage = document.get("usage") or {}
        piece = _Piece(
            text=content if isinstance(content, str) else "",
            ended=str(choices[0].get("finish_reason") or ""),
            prompt_tokens=int(usage.get("prompt_tokens") or 0),
            completion_tokens=int(usage.get("completion_tokens") or 0),
        )
    except (AttributeError, LookupError, TypeError, ValueError) as error:
        raise _OtherForm from error
    if piece.ended == "content_filter":
        raise ProviderError("the server's filter blocked the answer", fix="ask in other words")
    return piece


def _document(text: str) -> dict[str, Any]:
    try:
        document = json.loads(text)
    except ValueError as error:
        raise _OtherForm from error
    if not isinstance(document, dict):
        raise _OtherForm
    return document


def _judge(error: Exception) -> Again | None:
    if isinstance(error, httpx2.HTTPStatusError):
        if error.response.status_code not in TEMPORARY_STATUS:
            return None
        return Again(retry_after(error.response.headers.get("retry-after")))
    if isinstance(error, httpx2.UnsupportedProtocol):
        return None
    return Again() if isinstance(error, httpx2.TransportError) else None


@contextmanager
def _explained(url: str, model: str, settings: ProviderSettings, key: str) -> Iterator[None]:
    """Turn what goes wrong with the server into ProviderError. "from None": the request holds the key."""
    try:
        yield
    except httpx2.HTTPStatusError as error:
        _explain_status(error.response, url, model, settings, key)
    except httpx2.TimeoutException:
        raise ProviderError(
            f"{url} did not answer within {settings.timeout_seconds:g} s",
            fix="allow more with --set provider.timeout_seconds=300",
        ) from None
    except httpx2.TransportError as error:
        raise ProviderError(
            f"cannot reach {url}: {one_line(str(error), (key,))}", fix="start the server, or correct --url"
        ) from None
    except _OtherForm:
        raise ProviderError(
            f"{url} does not answer as an OpenAI-compatible server does", fix="correct --url; most end in /v1"
        ) from None


def _explain_status(response: httpx2.Response, url: str, model: str, settings: ProviderSettings, key: str) -> NoReturn:
    status = response.status_code
    try:
        said = _said(response.json().get("error"))
    except (ValueError, AttributeError):
        said = response.text[:_BODY_SHOWN]
    said = one_line(said, (key,)) or response.reason_phrase
    fixes = {
        401: f"set {settings.api_key_variable} to the server's key",
        403: f"set {settings.api_key_variable} to a key that may do this",
        404: f"see {url}/models for the names it knows, and check --url" if model else "correct --url; most end in /v1",
        429: "ask fewer at once (--set provider.parallel=1), or wait",
    }
    fix = fixes.get(status, "see the server's own log" if status >= 500 else "see the server's words")
    raise ProviderError(f"{url} refused: HTTP {status}: {said}", fix=fix) from None


def _said(error: Any) -> str:
    """Return the words of an error, of OpenAI's form or another."""
    if isinstance(error, dict):
        return str(error.get("message") or error)
    return str(error or "")
