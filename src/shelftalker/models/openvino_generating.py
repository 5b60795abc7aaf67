"""Write answers with OpenVINO, reading our own GGUF: faster on CPUs, and optional."""

from __future__ import annotations

import importlib.util
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from shelftalker.errors import MissingPart, ModelError
from shelftalker.models.decoding import goes_round
from shelftalker.models.encoding import encode_prompts
from shelftalker.models.openvino_converting import Converted, convert_run, forget_conversion
from shelftalker.models.streaming import Streamer, decode
from shelftalker.records import Completion, Message

__all__ = ["OpenVinoGenerator", "need_openvino", "open_openvino"]

# A draft is looked up by its last tokens in the prompt; a grounded answer copies long stretches.
_DRAFT_TOKENS = 24
_NGRAM_TOKENS = 3


class OpenVinoGenerator:
    """A model that OpenVINO runs, as `records.Generator`: one conversation at a time, drafts always looked up.

    Weights are rounded to 8 bits (Q8_0), so that an answer decided by a near tie can come out otherwise than with
    `TransformersGenerator`.

    Args:
        converted: the model as `convert_run` wrote it.

    Raises:
        MissingPart: openvino-genai is not installed.
        ModelError: OpenVINO cannot read the model.
    """

    def __init__(self, converted: Converted) -> None:
        genai = need_openvino()
        self._converted = converted
        self._tokenizer = converted.tokenizer()
        self._lock = threading.Lock()  # a pipeline holds one conversation
        try:
            self._pipeline = genai.LLMPipeline(str(converted.model), "CPU", prompt_lookup=True)
        except (RuntimeError, IndexError, ValueError) as error:  # what its reader finds missing in the file
            reason = " ".join(str(error).split())[-200:]
            forget_conversion(converted)
            raise ModelError(
                f"OpenVINO cannot run {converted.name}: {reason}", fix="leave out --engine openvino"
            ) from error

    @property
    def name(self) -> str:
        """What `Answer.model` says."""
        return self._converted.name

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
        """Return one completion a conversation, in order; see `records.Generator`. `lookup` changes nothing here.

        Raises:
            ModelError: a conversation leaves no room for an answer in the model's context.
        """
        if on_text is not None and len(conversations) != 1:
            raise ValueError("on_text follows one conversation only")
        prompts = encode_prompts(
            self._tokenizer, conversations, context_tokens=self._converted.context_tokens, model=self.name
        )
        with self._lock:
            return [self._one(prompt, max_new_tokens, temperature, seed, on_text) for prompt in prompts]

    def _one(
        self, prompt: list[int], limit: int, temperature: float, seed: int, on_text: Callable[[str], bool] | None
    ) -> Completion:
        import numpy as np
        import openvino

        started = time.perf_counter()
        streamer = Streamer(self._tokenizer, on_text) if on_text else None
        follow = _Follow(streamer, self._converted.stop)
        limit = min(limit, self._converted.context_tokens - len(prompt))
        # Tokens go in and come out, never text: one tokenizer, so that both engines read and write the same.
        result = self._pipeline.generate(
            openvino.Tensor(np.array([prompt], dtype=np.int64)),
            self._config(limit, temperature, seed),
            _streamer_base(follow),
        )
        # Stopped by its caller, it pads what it returns with -1.
        tokens = [int(token) for token in result.tokens[0] if token >= 0]
        end = next((place for place, token in enumerate(tokens) if token in self._converted.stop), None)
        written = tokens[:end]
        text = decode(self._tokenizer, written)
        return Completion(
            text=streamer.finish(text) if streamer else text,
            prompt_tokens=len(prompt),
            completion_tokens=len(written),
            seconds=time.perf_counter() - started,
            first_token_seconds=(follow.first or time.perf_counter()) - started,
            finished=end is not None,
        )

    def _config(self, limit: int, temperature: float, seed: int) -> Any:
        genai = need_openvino()
        config = genai.GenerationConfig()
        config.max_new_tokens = limit
        config.num_assistant_tokens = _DRAFT_TOKENS
        config.max_ngram_size = _NGRAM_TOKENS
        config.stop_token_ids = set(self._converted.stop)
        config.do_sample = temperature > 0
        if temperature > 0:
            config.temperature = temperature
            config.rng_seed = seed
        return config


class _Follow:
    """Notes when the first token came, and tells text as it grows."""

    def __init__(self, streamer: Streamer | None, stop: frozenset[int]) -> None:
        self._streamer = streamer
        self._stop = stop
        self._tokens: list[int] = []
        self.first: float | None = None

    def take(self, fresh: Sequence[int]) -> bool:
        """Add tokens; return whether to go on."""
        self.first = self.first or time.perf_counter()
        self._tokens += [token for token in fresh if token not in self._stop]
        if goes_round(self._tokens):
            return False
        return self._streamer is None or self._streamer.on_tokens(self._tokens)


def _streamer_base(follow: _Follow) -> Any:
    """Wrap it in the class that OpenVINO calls, which is there only where OpenVINO is."""
    genai = need_openvino()

    class Following(genai.StreamerBase):  # type: ignore[misc, name-defined]
        def write(self, token: int | Sequence[int]) -> Any:
            going = follow.take([token] if isinstance(token, int) else list(token))
            return genai.StreamingStatus.RUNNING if going else genai.StreamingStatus.STOP

        def end(self) -> None:
            pass

    return Following()


def open_openvino(run: Path, *, tuned: bool = True) -> OpenVinoGenerator:
    """Return the generator of a run that OpenVINO computes; the first time its model is converted, about 15 seconds.

    Raises:
        MissingPart: openvino-genai is not installed.
        FolderError: the run is unfinished or of another format.
        ModelError: the model cannot be loaded, or has no GGUF form.
        StorageError: there is no room for the converted model.
    """
    need_openvino()
    return OpenVinoGenerator(convert_run(run, tuned=tuned))


def need_openvino() -> Any:
    """Return the package openvino_genai.

    Raises:
        MissingPart: it is not installed.
    """
    if importlib.util.find_spec("openvino_genai") is None:
        raise MissingPart("openvino-genai, the faster engine, is not installed", fix="pip install 'shelftalker[fast]'")
    import openvino_genai

    return openvino_genai
