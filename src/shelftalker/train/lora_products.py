"""The products of an adapter's layers on a GPU: PEFT's own formula in fewer passes over memory, and one autograd node.

PEFT adds an adapter's output to the layer's in three kernels of the output's size, and autograd sums what flows back in
two more. Here both sums are part of a product. What is trained, saved and loaded stays PEFT's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import torch
from torch import Tensor, nn

from shelftalker.train.sharding import is_sharded

__all__ = ["LoraLinear", "LoraProducts"]


class LoraProducts:
    """Those of a model's layers that are of half precision with a plain LoRA: no DoRA, no dropout, no bias of its own.

    Args:
        parts: of a model with PEFT's adapter on; all others, such as 4-bit layers, are left alone.
    """

    def __init__(self, parts: Iterable[nn.Module]) -> None:
        self._layers: list[Any] = [part for part in parts if _is_plain(part)]
        self._forwards: list[Callable[[Tensor], Tensor]] = []
        self._weights: list[Tensor] = []
        self._halves: list[Tensor] = []
        for layer in self._layers:
            (name,) = layer.active_adapters
            base = layer.get_base_layer()
            a, b = layer.lora_A[name].weight, layer.lora_B[name].weight
            half_a, half_b = (weight.detach().to(base.weight.dtype) for weight in (a, b))
            self._weights += [a, b]
            self._halves += [half_a, half_b]
            scaling = float(layer.scaling[name])
            self._forwards.append(partial(LoraLinear.apply, base.weight, base.bias, a, b, half_a, half_b, scaling))

    @torch.no_grad()
    def refresh(self) -> None:
        """Take over what the optimizer changed."""
        if self._halves:
            torch._foreach_copy_(self._halves, [weight.detach() for weight in self._weights])

    @contextmanager
    def computing(self) -> Iterator[None]:
        """Have the layers compute so; elsewhere the model is PEFT's."""
        for layer, forward in zip(self._layers, self._forwards, strict=True):
            layer.forward = forward
        try:
            yield
        finally:
            for layer in self._layers:
                del layer.forward  # the class's own again


def _is_plain(part: Any) -> bool:
    from peft.tuners.lora import Linear

    if type(part) is not Linear or part.merged or part.disable_adapters or len(part.active_adapters) != 1:
        return False
    (name,) = part.active_adapters
    base = part.get_base_layer()
    return (
        type(base) is nn.Linear
        and base.weight.dtype in (torch.bfloat16, torch.float16)
        and not base.weight.requires_grad
        and not is_sharded(base.weight)
        and name in part.lora_A
        and name not in part.lora_variant
        and isinstance(part.lora_dropout[name], nn.Identity)
        and part.lora_B[name].bias is None
    )


class LoraLinear(torch.autograd.Function):
    """A frozen layer's output with its adapter's added, and the gradients of the adapter and of what went in."""

    @staticmethod
    def forward(
        ctx: Any,
        weight: Tensor,
        bias: Tensor | None,
        a: Tensor,
        b: Tensor,
        half_a: Tensor,
        half_b: Tensor,
        scaling: float,
        x: Tensor,
    ) -> Tensor:
        """Return the output.

        Args:
            ctx: autograd's.
            weight: the layer's.  Shape: [outputs, inputs], bf16
            bias: the layer's, or None.  Shape: [outputs]
            a: the adapter's first matrix, which is trained.  Shape: [rank, inputs], fp32
            b: its second.  Shape: [outputs, rank], fp32
            half_a: `a` as it is multiplied.  Shape: as a, bf16
            half_b: `b` likewise.
            scaling: of the adapter's output.
            x: Shape: [..., inputs]

        Returns:
            Shape: [..., outputs], bf16
        """
        flat = x.reshape(-1, x.shape[-1]).to(weight.dtype)
        low = flat @ half_a.t()  # [tokens, rank]
        out = torch.addmm(bias, flat, weight.t()) if bias is not None else flat @ weight.t()
        out.addmm_(low, half_b.t(), alpha=scaling)
        ctx.save_for_backward(flat, low, weight, half_a, half_b)
        ctx.scaling, ctx.shape, ctx.dtype = scaling, x.shape, x.dtype
        return out.view(*x.shape[:-1], out.shape[-1])

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor | None, ...]:
        """Return the gradients of `a`, `b` and `x`, in the places of forward's arguments."""
        flat, low, weight, half_a, half_b = ctx.saved_tensors
        grad = grads[0].reshape(-1, grads[0].shape[-1])
        grad_low = (grad @ half_b).mul_(ctx.scaling)  # [tokens, rank]
        grad_a, grad_b = _exact(grad_low.t(), flat), _exact(grad.t(), low).mul_(ctx.scaling)
        grad_x = None
        if ctx.needs_input_grad[-1]:
            grad_x = grad @ weight
            grad_x.addmm_(grad_low, half_a)
            grad_x = grad_x.view(ctx.shape).to(ctx.dtype)
        return None, None, grad_a, grad_b, None, None, None, grad_x


def _exact(left: Tensor, right: Tensor) -> Tensor:
    """Multiply bf16 and keep the sums in fp32, which is what the optimizer takes."""
    if left.is_cuda:
        return torch.mm(left, right, out_dtype=torch.float32)
    return left.float() @ right.float()
