"""Rows end to end in one long sequence, for GPUs: no padding at all, and attention that stays within each row.

Positions start anew with each row. From that alone transformers builds what keeps rows apart: lengths for flash
attention, a block-diagonal mask for the others.
"""

from __future__ import annotations

from importlib.util import find_spec
from typing import Any

import numpy as np
import torch
from torch import Tensor

from shelftalker.train.padded import PaddedEngine
from shelftalker.train.rows import Rows

__all__ = ["PackedEngine", "can_pack", "pack_rows", "pick_attention"]

_TOLERANCE = 0.02
"""Share of the largest logit by which packed and separate rows may differ: bf16 sums in another order."""


def pack_rows(rows: Rows, indices: np.ndarray[Any, Any]) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Return the rows end to end.

    Returns:
        input_ids [1, tokens]; where = positions of states that predict an answer token [answers];
        targets = those tokens [answers]; position_ids [1, tokens], from 0 in each row.
    """
    picked = [rows.row(int(i)) for i in indices]
    starts = np.cumsum([0, *(len(tokens) for tokens, _ in picked)])
    where, targets, positions = [], [], []
    for start, (tokens, prompt) in zip(starts, picked, strict=False):
        where.append(np.arange(prompt - 1, len(tokens) - 1) + start)
        targets.append(tokens[prompt:].astype(np.int64))
        positions.append(np.arange(len(tokens)))
    flat = np.concatenate([tokens for tokens, _ in picked]).astype(np.int64)
    return (
        torch.from_numpy(flat)[None],
        torch.from_numpy(np.concatenate(where)),
        torch.from_numpy(np.concatenate(targets)),
        torch.from_numpy(np.concatenate(positions))[None],
    )


class PackedEngine:
    """Computes the loss through the model's own layers, on packed rows.

    Args:
        model: a causal language model that `can_pack`.
        device: where it stands.
        autocast: as `PaddedEngine`'s.
    """

    name = "packed"

    def __init__(self, model: Any, device: torch.device, *, autocast: bool = False) -> None:
        self._general = PaddedEngine(model, device, autocast=autocast)

    def collate(self, rows: Rows, indices: np.ndarray[Any, Any]) -> tuple[Tensor, ...]:
        """Return the tensors of one forward pass; runs in the thread that prepares data."""
        return pack_rows(rows, indices)

    def refresh(self) -> None:
        """Nothing to do: the model computes with the weights that the optimizer changes."""

    def loss(self, batch: tuple[Tensor, ...]) -> float:
        """Return the summed loss of the batch's answer tokens."""
        return self._general.loss(batch)

    def backward(self, batch: tuple[Tensor, ...], scale: float) -> float:
        """Add the gradients of scale * loss to the weights' and return the summed loss."""
        return self._general.backward(batch, scale)


def pick_attention(model: Any, device: torch.device) -> bool:
    """Give the model attention that skips what is masked; return whether there is one here.

    Others compute the whole square of a packed sequence, which costs more than the padding that packing saves.
    """
    if device.type != "cuda":
        return False
    causal = model.get_base_model() if hasattr(model, "get_base_model") else model
    for needs, name in (("flash_attn", "flash_attention_2"), ("triton", "flex_attention")):
        if find_spec(needs) is None:
            continue
        try:
            causal.set_attn_implementation(name)
        except (ValueError, ImportError, NotImplementedError, AttributeError):
            continue  # not for this architecture, or not as this package was built
        return True
    return False


@torch.no_grad()
def can_pack(model: Any, device: torch.device) -> bool:
    """Whether two packed rows give the logits that each gives alone; a model may not heed positions."""
    training = model.training
    model.eval()
    first, second = torch.arange(3, 10, device=device), torch.arange(12, 7, -1, device=device)
    ids = torch.cat([first, second])[None]
    positions = torch.cat([torch.arange(len(first)), torch.arange(len(second))])[None].to(device)
    try:
        packed = model(input_ids=ids, position_ids=positions, use_cache=False).logits[0].float()
        alone = [model(input_ids=row[None], use_cache=False).logits[0].float() for row in (first, second)]
    except (TypeError, ValueError, RuntimeError):
        return False
    finally:
        model.train(training)
    apart = torch.cat(alone)
    return bool((packed - apart).abs().max() <= _TOLERANCE * apart.abs().max())
