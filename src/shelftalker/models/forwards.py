"""Run a model over new tokens with everything before them cached."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

__all__ = ["Forward", "HubForward", "head_weight", "splits_head"]


class Forward(Protocol):
    """One conversation in progress: the tokens read so far are cached."""

    @property
    def length(self) -> int:
        """Tokens read so far."""
        ...

    def read(self, tokens: Sequence[int], last: int) -> tuple[Any, Any]:
        """Read more tokens; return hidden states (last, width), or None, and logits (last, vocabulary) of the last."""
        ...

    def forget(self, count: int) -> None:
        """Take the last `count` tokens back."""
        ...


# Their logits are the output layer times the last hidden state, at most scaled; others go through the whole model.
_PLAIN_HEADS = frozenset(
    {"llama", "mistral", "qwen2", "qwen3", "gemma", "gemma2", "gemma3_text", "opt", "smollm3", "phi3", "gpt2", "olmo2"}
)


def splits_head(model: Any) -> bool:
    """Return whether the model's logits are its output layer applied to its last hidden state, and nothing more."""
    from transformers import PreTrainedModel

    config = model.config
    if not isinstance(model, PreTrainedModel):  # wrapped by PEFT, whose base_model is something else
        return False
    if config.model_type not in _PLAIN_HEADS or getattr(model.get_output_embeddings(), "bias", None) is not None:
        return False
    return getattr(config, "final_logit_softcapping", None) is None


def head_weight(model: Any) -> Any | None:
    """Return the output layer's weight (vocabulary, width) where `splits_head`, else None."""
    return model.get_output_embeddings().weight if splits_head(model) else None


class HubForward:
    """Any causal model of transformers."""

    def __init__(self, model: Any) -> None:
        from transformers import DynamicCache

        self._model = model
        # Without the config every layer keeps all of its past; a sliding-window layer's cache could not be
        # cropped. The attention mask still applies the window.
        self._cache = DynamicCache()
        self._split = splits_head(model)
        self._length = 0

    @property
    def length(self) -> int:
        """Tokens read so far."""
        return self._length

    def read(self, tokens: Sequence[int], last: int) -> tuple[Any, Any]:
        """Read more tokens."""
        import torch

        ids = torch.tensor([list(tokens)], device=self._model.device)
        self._length += len(tokens)
        if not self._split:
            logits = self._model(input_ids=ids, past_key_values=self._cache, use_cache=True, logits_to_keep=last).logits
            return None, logits[0, -last:]
        states = self._model.base_model(input_ids=ids, past_key_values=self._cache, use_cache=True).last_hidden_state
        hidden = states[0, -last:]  # (last, width)
        return hidden, self._model.get_output_embeddings()(hidden)

    def forget(self, count: int) -> None:
        """Take the last `count` tokens back."""
        if count:
            self._cache.crop(-count)
            self._length -= count
