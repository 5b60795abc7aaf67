"""Answer with a Gemini model, tuned or not, as one more `records.Generator`."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from shelftalker.config import ProviderSettings
from shelftalker.errors import FormatMismatch, ProviderError, UsageError
from shelftalker.providers.gemini.clients import Account, open_account
from shelftalker.providers.gemini.faults import Request, asking, judge
from shelftalker.providers.retrying import retries_of
from shelftalker.providers.source_line import without_source, without_source_streamed
from shelftalker.providers.table import find_hosted
from shelftalker.providers.together import ask_all
from shelftalker.records import Completion, Message

if TYPE_CHECKING:
    from google.genai.types import GenerateContentConfig, GenerateContentResponse

__all__ = ["GeminiGenerator", "Target", "open_gemini"]

# How a candidate ends when nothing was held back; every other reason means that the answer was.
_ENDED_WELL = frozenset({"STOP", "MAX_TOKENS", "FINISH_REASON_UNSPECIFIED", ""})


@dataclass(frozen=True, slots=True)
class Target:
    """Which model answers.

    Attributes:
        model: a tuned model's endpoint, or a base model's name.
        base: the base model's name, by which the table is asked.
        location: where it is served: "us" and "eu" are regions, too.
        writes_source: it was tuned on version 2 of the data, and writes a source line that is to be taken off.
    """

    model: str
    base: str
    location: str
    writes_source: bool = False

    @property
    def name(self) -> str:
        """What `Answer.model` says."""
        if self.model == self.base:
            return self.base
        return f"{self.base} tuned ({self.model.rpartition('/')[2]})"


class GeminiGenerator:
    """A hosted model as `records.Generator`.

    Args:
        account: whose project and credentials.
        target: which model.
        settings: times, retries, how many at once.
        sleep: waits between retries.
    """

    def __init__(
        self,
        account: Account,
        target: Target,
        settings: ProviderSettings,
        *,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._target = target
        self._settings = settings
        self._retries = retries_of(settings, sleep)
        self._client = account.genai(target.location)
        self._request = Request("answer", model=target.model, location=target.location, secrets=account.secrets)

    @property
    def name(self) -> str:
        """What `Answer.model` says."""
        return self._target.name

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
        """Return one completion a conversation, in order; see `records.Generator`. `lookup` has no meaning here.

        Raises:
            ProviderError: the provider refused, failed, took too long, or blocked a question or an answer.
        """
        if on_text is not None and len(conversations) != 1:
            raise ValueError("on_text follows one conversation only")

        def ask(conversation: Sequence[Message]) -> Completion:
            config, contents = self._prepare(conversation, max_new_tokens, temperature, seed)
            if on_text is not None:
                return self._streamed(contents, config, on_text)
            return self._whole(contents, config)

        return ask_all(conversations, ask, self._settings.parallel)

    def _prepare(
        self, conversation: Sequence[Message], max_new_tokens: int, temperature: float, seed: int
    ) -> tuple[GenerateContentConfig, list[Any]]:
        from google.genai import types

        system = "\n".join(message.content for message in conversation if message.role == "system")
        contents = [
            types.Content(
                role="model" if message.role == "assistant" else "user", parts=[types.Part(text=message.content)]
            )
            for message in conversation
            if message.role != "system"
        ]
        known = find_hosted(self._target.base)
        thinking = None
        if self._settings.thinking == "least" and known and known.least_thinking:
            thinking = types.ThinkingConfig(thinking_level=types.ThinkingLevel(known.least_thinking))
        config = types.GenerateContentConfig(
            temperature=temperature,
            seed=seed,
            max_output_tokens=max_new_tokens,
            system_instruction=system or None,
            thinking_config=thinking,
        )
        return config, contents

    def _whole(self, contents: list[Any], config: GenerateContentConfig) -> Completion:
        started = time.perf_counter()
        with asking(self._request):
            response = self._retries.call(
                lambda: self._client.models.generate_content(
                    model=self._target.model, contents=contents, config=config
                ),
                judge,
            )
        text, ended = _text(response), _ended(response)
        _check_not_blocked(response, ended, empty=not text)
        prompt, written = _tokens(response)
        return Completion(
            text=without_source(text) if self._target.writes_source else text,
            prompt_tokens=prompt,
            completion_tokens=written,
            seconds=time.perf_counter() - started,
            finished=ended != "MAX_TOKENS",
        )

    def _streamed(
        self, contents: list[Any], config: GenerateContentConfig, on_text: Callable[[str], bool]
    ) -> Completion:
        started = time.perf_counter()
        deadline = started + self._settings.timeout_seconds
        receive = without_source_streamed(on_text) if self._target.writes_source else on_text
        so_far = Completion("", 0, 0, 0.0)

        def read() -> None:
            nonlocal so_far
            stream = self._client.models.generate_content_stream(
                model=self._target.model, contents=contents, config=config
            )
            for response in stream:
                text, ended = _text(response), _ended(response)
                _check_not_blocked(response, ended, empty=False)
                prompt, written = _tokens(response)
                so_far = replace(
                    so_far,
                    text=so_far.text + text,
                    prompt_tokens=prompt or so_far.prompt_tokens,
                    completion_tokens=written or so_far.completion_tokens,
                    first_token_seconds=so_far.first_token_seconds or (time.perf_counter() - started if text else None),
                    finished=ended != "MAX_TOKENS",
                )
                if text and not receive(text):
                    so_far = replace(so_far, finished=False)
                    return
                if time.perf_counter() > deadline:
                    raise ProviderError(
                        f"the answer took longer than {self._settings.timeout_seconds:g} s",
                        fix="allow more with --set provider.timeout_seconds=300",
                    )

        with asking(self._request):
            # what was passed on cannot be taken back, so that a stream is begun again only before its first piece
            self._retries.call(read, lambda error: None if so_far.text else judge(error))
        text = without_source(so_far.text) if self._target.writes_source else so_far.text
        return replace(so_far, text=text, seconds=time.perf_counter() - started)


def open_gemini(
    provider: dict[str, Any],
    base: str,
    settings: ProviderSettings,
    *,
    tuned: bool = True,
    account: Account | None = None,
    sleep: Callable[[float], None] = time.sleep,
) -> GeminiGenerator:
    """Return the generator of a hosted run, tuned or as it was before.

    Args:
        provider: what the run's manifest says under results.provider.
        base: the base model's name.
        settings: times, retries, addresses, and which checkpoint answers.
        tuned: False answers with the base model, in the region where the job ran.
        account: whose; by default the machine's.
        sleep: waits between retries.

    Raises:
        FormatMismatch: the manifest names no endpoint.
        UsageError: there is no such checkpoint.
        ProviderError, MissingPart: as `open_account`.
    """
    used = settings.model_copy(update={"project": settings.project or provider["project"]})
    if tuned:
        endpoint = _endpoint(provider, settings.checkpoint)
        target = Target(endpoint, base, _location_of(endpoint), writes_source=provider.get("data_version") == 2)
    else:
        target = Target(base, base, str(provider["location"]))
    return GeminiGenerator(account or open_account(used), target, used, sleep=sleep)


def _endpoint(provider: dict[str, Any], checkpoint: str) -> str:
    endpoint = provider.get("endpoint")
    if checkpoint:
        known = {str(one["id"]): one["endpoint"] for one in provider.get("checkpoints") or ()}
        if checkpoint not in known:
            raise UsageError(
                f"the run has no checkpoint {checkpoint!r}",
                fix=f"choose from {', '.join(known)}" if known else "leave provider.checkpoint empty",
            )
        endpoint = known[checkpoint]
    if not endpoint:
        raise FormatMismatch("the run's manifest names no endpoint of a tuned model", fix="tune it again")
    return str(endpoint)


def _location_of(endpoint: str) -> str:
    """Return the region in an endpoint's name: tuned models may be served elsewhere than they were tuned."""
    parts = endpoint.split("/")
    return parts[parts.index("locations") + 1]


def _text(response: GenerateContentResponse) -> str:
    """Return the words of the answer, thoughts left out."""
    candidates = response.candidates or []
    content = candidates[0].content if candidates else None
    return "".join(part.text or "" for part in (content.parts if content else None) or () if not part.thought)


def _ended(response: GenerateContentResponse) -> str:
    candidates = response.candidates or []
    reason = candidates[0].finish_reason if candidates else None
    return str(reason.value) if reason else ""


def _tokens(response: GenerateContentResponse) -> tuple[int, int]:
    usage = response.usage_metadata
    if usage is None:
        return 0, 0
    return usage.prompt_token_count or 0, usage.candidates_token_count or 0


def _check_not_blocked(response: GenerateContentResponse, ended: str, *, empty: bool) -> None:
    """Raise where the provider held something back, rather than take silence for an answer."""
    feedback = response.prompt_feedback
    if feedback is not None and feedback.block_reason is not None:
        raise ProviderError(
            f"the provider blocked the question: {feedback.block_reason.value}", fix="ask in other words"
        )
    if ended not in _ENDED_WELL:
        extra = " (it repeats a text that is known elsewhere)" if ended == "RECITATION" else ""
        raise ProviderError(
            f"the provider blocked the answer: {ended}{extra}",
            fix="ask in other words or about a part of the record; a local model blocks nothing",
        )
    if empty and not response.candidates:
        raise ProviderError("the provider sent no answer and no reason", fix="ask again")
