"""Cross-entropy of answer tokens only, in chunks: the logits of a vocabulary are the largest array there is."""

from __future__ import annotations

from typing import Any, cast

import torch
from torch import Tensor
from torch.nn import functional
from torch.utils.checkpoint import checkpoint

__all__ = ["answer_loss"]

CHUNK_BYTES = 48 << 20
"""Size of one chunk of logits. 49,152 words x 512 tokens in bf16; stays within reach of a large cache."""


def answer_loss(
    hidden: Tensor,
    head: Tensor,
    targets: Tensor,
    *,
    bias: Tensor | None = None,
    softcap: float = 0.0,
    chunk_bytes: int = CHUNK_BYTES,
) -> Tensor:
    """Return the summed cross-entropy of `targets`, without ever holding all logits.

    Args:
        hidden: states that predict the targets.  Shape: [tokens, width]
        head: the output layer's weight.  Shape: [words, width]
        targets: -100 stands for one that does not count.  Shape: [tokens]
        bias: the output layer's bias, where it has one.  Shape: [words]
        softcap: limit of the logits (Gemma 2), 0 for none.
        chunk_bytes: size of one chunk of logits; a chunk has 16 tokens at least.
    """
    rows = max(16, chunk_bytes // (head.shape[0] * hidden.element_size()))
    if head.requires_grad or bias is not None or softcap or torch.is_autocast_enabled(hidden.device.type):
        total = hidden.new_zeros((), dtype=torch.float32)
        for start in range(0, len(targets), rows):
            part = slice(start, start + rows)
            total = total + cast(
                Tensor,
                checkpoint(_chunk_loss, hidden[part], head, targets[part], bias, softcap, use_reentrant=False),
            )
        return total
    return cast(Tensor, _FrozenHead.apply(hidden, head, targets, rows))  # type: ignore[no-untyped-call]


def _chunk_loss(hidden: Tensor, head: Tensor, targets: Tensor, bias: Tensor | None, softcap: float) -> Tensor:
    logits = functional.linear(hidden, head, bias).float()
    if softcap:
        logits = torch.tanh(logits / softcap) * softcap
    return functional.cross_entropy(logits, targets, reduction="sum")


class _FrozenHead(torch.autograd.Function):
    """The output layer is not trained: its gradient to the hidden states is computed with the loss, chunk by chunk."""

    @staticmethod
    def forward(ctx: Any, hidden: Tensor, head: Tensor, targets: Tensor, rows: int) -> Tensor:
        grad = torch.empty_like(hidden) if ctx.needs_input_grad[0] else None
        total = torch.zeros((), dtype=torch.float32, device=hidden.device)
        for start in range(0, len(targets), rows):
            part = slice(start, start + rows)
            logits = functional.linear(hidden[part], head).float()  # [rows, words]
            counts = targets[part, None] >= 0
            wanted = targets[part, None].clamp_min(0)
            scale = logits.logsumexp(dim=-1, keepdim=True)
            total += ((scale - logits.gather(-1, wanted)) * counts).sum()
            if grad is not None:
                chances = logits.sub_(scale).exp_()
                chances.scatter_(-1, wanted, chances.gather(-1, wanted) - 1.0)
                torch.matmul(chances.to(head.dtype), head, out=grad[part])
                grad[part] *= counts
        ctx.save_for_backward(grad)
        return total

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor | None, None, None, None]:
        (grad,) = ctx.saved_tensors
        return (grad * grads[0].to(grad.dtype), None, None, None)
