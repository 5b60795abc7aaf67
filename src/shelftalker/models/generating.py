"""Write answers with a model of transformers."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

from shelftalker.models.batching import write_padded, write_together
from shelftalker.models.decoding import Written, write
from shelftalker.models.drafting import NgramDraft
from shelftalker.models.encoding import encode_prompts, stop_tokens
from shelftalker.models.forwards import Forward, HubForward, head_weight
from shelftalker.models.lean import LeanCache, LeanForward
from shelftalker.models.lean_weights import lean_weights
from shelftalker.models.loading import Loaded
from shelftalker.models.merging import load_run
from shelftalker.models.picking import Picker, greedy, sampled, watched
from shelftalker.models.streaming import Streamer, decode
from shelftalker.records import Completion, Generator, Message

__all__ = ["Engine", "TransformersGenerator", "open_generator"]

Engine = Literal["transformers", "openvino"]

# Below this a prompt holds no record, and drafts would come from nowhere.
_COPY_PROMPT_TOKENS = 128
_BEGINNINGS = 64  # system messages whose tokens are remembered


class TransformersGenerator:
    """A local model as `records.Generator`.

    Greedy by default. The same question gives the same text, whatever was asked before. Reading several questions
    together, or without n-gram lookup, changes the speed and not the answer, but for one thing: products of another
    number of rows may round differently, so that an answer decided by a near tie can come out otherwise.

    Args:
        loaded: the model; it is used as it is and not changed.
    """

    def __init__(self, loaded: Loaded) -> None:
        self._loaded = loaded
        self._stop = stop_tokens(loaded.tokenizer, loaded.model)
        self._head = head_weight(loaded.model)
        self._lean = lean_weights(loaded.model)
        self._context_tokens = int(getattr(loaded.model.config, "max_position_embeddings", 2**31))
        self._line_ends = _line_ends(loaded.tokenizer)
        self._past: deque[tuple[list[int], LeanForward]] = deque(maxlen=1)
        self._beginnings: dict[Message, list[int]] = {}

    @property
    def name(self) -> str:
        """What `Answer.model` says."""
        return self._loaded.name

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
        """Return one completion a conversation, in order; see `records.Generator`.

        Raises:
            ModelError: a conversation leaves no room for an answer in the model's context.
        """
        import torch

        if on_text is not None and len(conversations) != 1:
            raise ValueError("on_text follows one conversation only")
        prompts = encode_prompts(
            self._loaded.tokenizer, conversations, context_tokens=self._context_tokens, model=self.name
        )
        with torch.inference_mode():
            if len(prompts) > 1 and not (lookup and self._copies(prompts)):
                return self._together(prompts, max_new_tokens, temperature, seed)
            return [
                self._one(prompt, self._shared(prompt, messages), max_new_tokens, temperature, seed, lookup, on_text)
                for prompt, messages in zip(prompts, conversations, strict=True)
            ]

    def _copies(self, prompts: list[list[int]]) -> bool:
        """Whether one at a time with drafts beats all together without.

        On a CPU that holds for prompts with a record to copy from; a GPU has room for every row of a batch.
        """
        return self._loaded.device.type == "cpu" and sum(map(len, prompts)) >= _COPY_PROMPT_TOKENS * len(prompts)

    def _shared(self, prompt: list[int], messages: Sequence[Message]) -> int:
        """Return how many tokens the prompt has in common with all that have its system message; 0 without one."""
        first = messages[0]
        if self._lean is None or first.role != "system":
            return 0
        if first not in self._beginnings:
            if len(self._beginnings) >= _BEGINNINGS:
                self._beginnings.clear()
            one, other = encode_prompts(
                self._loaded.tokenizer,
                [(first, Message("user", text)) for text in ("a", "1")],
                context_tokens=self._context_tokens,
                model=self.name,
            )
            pairs = zip(one, other, strict=False)
            self._beginnings[first] = one[: next(at for at, (a, b) in enumerate(pairs) if a != b)]
        beginning = self._beginnings[first]
        return len(beginning) if prompt[: len(beginning)] == beginning else 0

    def _one(
        self,
        prompt: list[int],
        shared: int,
        limit: int,
        temperature: float,
        seed: int,
        lookup: bool,
        on_text: Callable[[str], bool] | None,
    ) -> Completion:
        streamer = Streamer(self._loaded.tokenizer, on_text) if on_text else None
        limit = self._room(prompt, limit)
        started = time.perf_counter()
        forward = self._begin(prompt, shared, limit)
        begun_seconds = time.perf_counter() - started
        opening: dict[int, float] = {}
        written = write(
            forward,
            prompt[shared:],
            watched(self._picker(temperature, seed), opening),
            max_new_tokens=limit,
            stop=self._stop,
            draft=NgramDraft(prompt, self._line_ends) if lookup else None,
            on_tokens=streamer.on_tokens if streamer else None,
        )
        if isinstance(forward, LeanForward):
            self._past.append((prompt[:shared], forward))
        completion = replace(self._completion(prompt, written, begun_seconds), sureness=min(opening.values()))
        return replace(completion, text=streamer.finish(completion.text)) if streamer else completion

    def _begin(self, prompt: list[int], shared: int, limit: int) -> Forward:
        """Return a forward pass that has read the first `shared` tokens of the prompt.

        Prompts begin with the same instruction; what the last one left of it in the cache is read once. It is always
        read by itself, also the first time, so that every prompt is read in the same portions whatever was asked
        before: a row read among others may come out otherwise in its last bits.
        """
        if self._lean is None:
            return HubForward(self._loaded.model)
        try:
            before, forward = self._past.pop()  # taken whole: a second thread finds none and reads all of its prompt
        except IndexError:
            before, forward = [], LeanForward(LeanCache(self._lean, 1, len(prompt) + limit))
        known = shared if before == prompt[:shared] else 0
        forward.forget(forward.length - known)
        forward.reserve(len(prompt) + limit)
        if known < shared:
            forward.read(prompt[:shared], 1)
        return forward

    def _together(self, prompts: list[list[int]], limit: int, temperature: float, seed: int) -> list[Completion]:
        limits = [self._room(prompt, limit) for prompt in prompts]

        def new_picker() -> Picker:
            return self._picker(temperature, seed)

        if self._lean is not None:
            written = write_together(self._lean, prompts, new_picker, limits=limits, stop=self._stop)
        else:
            model, pad = self._loaded.model, min(self._stop)
            written = write_padded(model, prompts, new_picker, limits=limits, stop=self._stop, pad=pad)
        return [self._completion(prompt, one) for prompt, one in zip(prompts, written, strict=True)]

    def _completion(self, prompt: list[int], written: Written, begun_seconds: float = 0.0) -> Completion:
        return Completion(
            text=decode(self._loaded.tokenizer, written.tokens),
            prompt_tokens=len(prompt),
            completion_tokens=len(written.tokens),
            seconds=begun_seconds + written.seconds,
            first_token_seconds=begun_seconds + written.first_token_seconds,
            finished=written.stopped,
        )

    def _picker(self, temperature: float, seed: int) -> Picker:
        return greedy(self._head) if temperature == 0 else sampled(temperature, seed)

    def _room(self, prompt: list[int], limit: int) -> int:
        return min(limit, self._context_tokens - len(prompt))


def open_generator(run: Path, *, tuned: bool = True, engine: Engine = "transformers") -> Generator:
    """Return the generator of a run: its base model with the adapter merged in memory, or the base alone.

    Args:
        run: a finished run.
        tuned: False is the base model as it was before training.
        engine: who computes: "transformers", or "openvino", which is faster on CPUs and optional.

    Raises:
        FolderError: the run is unfinished or of another format.
        MissingPart: the engine is not installed.
        ModelError: the base model or the adapter cannot be loaded.
    """
    if engine == "openvino":
        from shelftalker.models.openvino_generating import open_openvino

        return open_openvino(run, tuned=tuned)
    return TransformersGenerator(load_run(run, tuned=tuned))


def _line_ends(tokenizer: Any) -> frozenset[int]:
    """Every token whose text ends a line."""
    ends = {tokenizer(text, add_special_tokens=False)["input_ids"][-1] for text in ("a\n", "a\n\n", ".\n", ".\n\n")}
    return frozenset(ends)
