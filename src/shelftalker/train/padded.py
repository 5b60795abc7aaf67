"""Any causal language model of transformers, on right-padded rows, and what is computed by hand in it.

Rows in a forward pass have nearly equal length, so padding wastes little. It stands right of every token, where
causal attention cannot see it: no mask is needed, and attention takes its fastest path.

By hand is the cross-entropy of answer tokens only, in chunks: a vocabulary's logits are the largest array of all. On a
GPU so are the products of an adapter's layers, in one autograd node: PEFT adds an adapter's output to the layer's in
three kernels of the output's size, and autograd sums what flows back in two more; here both sums are part of a product.
What is trained, saved and loaded stays PEFT's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import partial
from typing import Any, cast

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.utils.checkpoint import checkpoint

from shelftalker.train.adapters import without_adapter
from shelftalker.train.processes import is_sharded
from shelftalker.train.training_set import Rows, answers

__all__ = ["LoraLinear", "LoraProducts", "PaddedEngine", "answer_loss", "pad"]

CHUNK_BYTES = 48 << 20
"""Size of one chunk of logits. 49,152 words x 512 tokens in bf16; stays within reach of a large cache."""


def pad(rows: Rows, indices: np.ndarray[Any, Any], filler: int) -> tuple[Tensor, Tensor, Tensor]:
    """Return the rows side by side, padded on the right.

    Returns:
        input_ids [rows, longest]; where = positions, in the flattened rows, of states that predict an
        answer token [answers]; targets = those tokens [answers].
    """
    picked = rows.pick(indices)
    longest = max(len(tokens) for tokens, _ in picked)
    input_ids = np.full((len(picked), longest), filler, dtype=np.int64)
    for row, (tokens, _) in zip(input_ids, picked, strict=True):
        row[: len(tokens)] = tokens
    return (torch.from_numpy(input_ids), *answers(picked, range(0, input_ids.size, longest)))


class PaddedEngine:
    """Computes the loss through the model's own layers.

    Args:
        model: a causal language model, with or without a PEFT adapter.
        autocast: compute in bf16 while weights are fp32 (`full`), or some of them are (`qlora`).
    """

    name = "peft"

    def __init__(self, model: Any, device: torch.device, *, autocast: bool = False) -> None:
        self._model = model
        self._device = device
        self._autocast = autocast
        self._causal = without_adapter(model)
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
                return functional.cross_entropy(logits.flatten(0, 1)[where].float(), targets, reduction="sum")
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
        bias: the output layer's.  Shape: [words]
        softcap: limit of the logits (Gemma 2), 0 for none.
        chunk_bytes: size of one chunk of logits; a chunk has 16 tokens at least.
    """
    rows = max(16, chunk_bytes // (head.shape[0] * hidden.element_size()))
    if head.requires_grad or bias is not None or softcap or torch.is_autocast_enabled(hidden.device.type):
        total = hidden.new_zeros((), dtype=torch.float32)
        for start in range(0, len(targets), rows):
            part = slice(start, start + rows)
            total = total + cast(
                Tensor, checkpoint(_chunk_loss, hidden[part], head, targets[part], bias, softcap, use_reentrant=False)
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


class LoraProducts:
    """Those of a model's layers that are of half precision with a plain LoRA: no DoRA, no dropout, no bias of its own.

    All other parts of the model, such as 4-bit layers, are left alone.
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
        ctx: Any, weight: Tensor, bias: Tensor | None, a: Tensor, b: Tensor,
        half_a: Tensor, half_b: Tensor, scaling: float, x: Tensor,
    ) -> Tensor:  # fmt: skip
        """Return the output.  Shape: [..., outputs], bf16

        Args:
            weight: the layer's, with its bias or None.  Shape: [outputs, inputs], bf16
            a, b: the adapter's, which are trained.  Shape: [rank, inputs] and [outputs, rank], fp32
            half_a, half_b: the same as they are multiplied, bf16.
            x: Shape: [..., inputs]
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
