"""Any causal language model of transformers, on right-padded rows.

Rows in a forward pass have nearly equal length, so padding wastes little. It stands right of every token, where
causal attention cannot see it: no mask is needed, and attention takes its fastest path.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from shelftalker.train.lora_products import LoraProducts
from shelftalker.train.loss import answer_loss
from shelftalker.train.rows import Rows

__all__ = ["PaddedEngine", "pad"]


def pad(rows: Rows, indices: np.ndarray[Any, Any], filler: int) -> tuple[Tensor, Tensor, Tensor]:
    """Return the rows side by side, padded on the right.

    Returns:
        input_ids [rows, longest]; where = positions, in the flattened rows, of states that predict an
        answer token [answers]; targets = those tokens [answers].
    """
    picked = [rows.row(int(i)) for i in indices]
    longest = max(len(tokens) for tokens, _ in picked)
    input_ids = np.full((len(picked), longest), filler, dtype=np.int64)
    where, targets = [], []
    for i, (tokens, prompt) in enumerate(picked):
        input_ids[i, : len(tokens)] = tokens
        where.append(np.arange(prompt - 1, len(tokens) - 1) + i * longest)
        targets.append(tokens[prompt:].astype(np.int64))
    return (
        torch.from_numpy(input_ids),
        torch.from_numpy(np.concatenate(where)),
        torch.from_numpy(np.concatenate(targets)),
    )


class PaddedEngine:
    """Computes the loss through the model's own layers.

    Args:
        model: a causal language model, with or without a PEFT adapter.
        device: where it stands.
        autocast: compute in bf16 while weights are fp32 (`full`), or some of them are (`qlora`).
    """

    name = "peft"

    def __init__(self, model: Any, device: torch.device, *, autocast: bool = False) -> None:
        self._model = model
        self._device = device
        self._autocast = autocast
        self._causal = model.get_base_model() if hasattr(model, "get_base_model") else model
        self._filler = int(self._causal.config.pad_token_id or 0)
        self._shortcut: bool | None = None
        self._keep_casts = True
        # autocast brings an adapter's input and weights together: PEFT need not make a copy in fp32 first
        adapted = list(model.modules()) if autocast else []
        self._casting = [part for part in adapted if hasattr(part, "cast_input_dtype_enabled")]
        self._products = LoraProducts(adapted)

    def collate(self, rows: Rows, indices: np.ndarray[Any, Any]) -> tuple[Tensor, ...]:
        """Return the tensors of one forward pass; runs in the thread that prepares data."""
        return pad(rows, indices, self._filler)

    def refresh(self) -> None:
        """Take over what the optimizer changed: the adapter's weights as they are multiplied."""
        self._products.refresh()

    @torch.no_grad()
    def loss(self, batch: tuple[Tensor, ...]) -> float:
        """Return the summed loss of the batch's answer tokens."""
        with self._computing():
            return float(self._loss(batch))

    def backward(self, batch: tuple[Tensor, ...], scale: float) -> Tensor:
        """Add the gradients of scale * loss to the weights' and return the summed loss."""
        with self._computing():
            loss = self._loss(batch)
            (loss * scale).backward()  # type: ignore[no-untyped-call]
        return loss.detach()

    @contextmanager
    def _computing(self) -> Iterator[None]:
        """Have the model as it computes here; activations that are computed twice are computed twice within this."""
        for part in self._casting:
            part.cast_input_dtype_enabled = False
        try:
            with self._products.computing():
                yield
        finally:
            for part in self._casting:
                part.cast_input_dtype_enabled = True

    def _loss(self, batch: tuple[Tensor, ...]) -> Tensor:
        input_ids, where, targets = (part.to(self._device, non_blocking=True) for part in batch[:3])
        return self._loss_of(input_ids, where, targets, self._places(list(batch[3:])))

    def _loss_of(self, input_ids: Tensor, where: Tensor, targets: Tensor, places: dict[str, Any]) -> Tensor:
        with self._arithmetic():
            if self._shortcut is None:
                self._shortcut = self._head_is_plain(input_ids[:1, : int(min(16, input_ids.shape[1]))])
            if not self._shortcut:
                logits = self._causal(input_ids=input_ids, use_cache=False, **places).logits
                return nn.functional.cross_entropy(logits.flatten(0, 1)[where].float(), targets, reduction="sum")
            hidden = self._hidden(input_ids, **places).flatten(0, 1)[where]
            head = self._causal.get_output_embeddings()
            # a frozen head of the states' own dtype needs no autocast, which would compute its logits twice
            own = self._autocast and not head.weight.requires_grad and head.weight.dtype == hidden.dtype
            with torch.autocast(self._device.type, enabled=False) if own else nullcontext():
                return answer_loss(hidden, head.weight, targets, bias=head.bias, softcap=self._softcap())

    def _places(self, parts: list[Tensor]) -> dict[str, Any]:
        """Return what the model is told beside the tokens: nothing, its rows begin where they begin."""
        return {}

    def _hidden(self, input_ids: Tensor, **places: Any) -> Tensor:
        states: Tensor = self._causal.get_decoder()(input_ids=input_ids, use_cache=False, **places).last_hidden_state
        return states

    def _softcap(self) -> float:
        return float(getattr(self._causal.config, "final_logit_softcapping", None) or 0.0)

    def _head_is_plain(self, input_ids: Tensor) -> bool:
        """Whether decoder, output layer and softcap give the model's own logits; some scale or mix them."""
        head = self._causal.get_output_embeddings()
        if not isinstance(head, nn.Linear):
            return False
        training = self._causal.training
        self._causal.eval()
        with torch.no_grad():
            own = self._causal(input_ids=input_ids, use_cache=False).logits.float()
            ours = head(self._hidden(input_ids)).float()
            if self._softcap():
                ours = torch.tanh(ours / self._softcap()) * self._softcap()
        self._causal.train(training)
        return bool((own - ours).abs().max() <= 0.02 * own.abs().max())

    def _arithmetic(self) -> AbstractContextManager[Any]:
        if not self._autocast:
            return nullcontext()
        return torch.autocast(self._device.type, torch.bfloat16, cache_enabled=self._keep_casts)
