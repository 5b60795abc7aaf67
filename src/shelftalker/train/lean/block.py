"""One decoder block forward and back, by hand: nothing frozen gets a gradient."""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

import torch
from torch import Tensor

from shelftalker.train.lean.kernels import Heads, RowsOfHeads, Workspace
from shelftalker.train.lean.native import Kernels
from shelftalker.train.lean.weights import Block, Linear

__all__ = ["Kept", "Memory", "Place", "block_backward", "block_forward"]

_SPAN_TOKENS = 128
"""Queries attended together. None is held against keys behind the last of them, which shorter spans would save more
of; but each is a product of its own, and adds to the keys' gradients in bf16."""


class Memory(NamedTuple):
    """Where a pass puts its tensors.

    Attributes:
        keep: what the way back needs; good until the pass is over.
        scratch: everything else; good until the next block.
    """

    keep: Workspace
    scratch: Workspace


class Place(NamedTuple):
    """Where the tokens of a forward pass stand.

    Attributes:
        rows: what is left of the rows after their common beginning.
        shared: the common beginning as a row of its own, or None.
        spans: attend long rows span by span.
    """

    rows: RowsOfHeads
    shared: RowsOfHeads | None
    heads: Heads
    cosine: Tensor
    sine: Tensor
    epsilon: float
    spans: bool


class Attended(NamedTuple):
    """One attention: what its way back needs."""

    q: Tensor
    k: Tensor
    v: Tensor
    chances: list[Tensor]


class Kept(NamedTuple):
    """What a block's way back needs."""

    entered: Tensor
    first: Tensor
    first_inverse: Tensor
    qkv_low: Tensor
    attended: list[Attended]
    mixed: Tensor
    mixed_low: Tensor
    middle: Tensor
    second: Tensor
    second_inverse: Tensor
    both: Tensor
    both_low: Tensor
    down_low: Tensor


def _forward(
    linear: Linear, x: Tensor, memory: Memory, base: Tensor | None = None, *, keep: bool = False
) -> tuple[Tensor, Tensor]:
    """Return base or the layer's bias + x W^T + (x A^T) B^T, and x A^T, which is always kept."""
    weight = linear.weight.t()
    out = (memory.keep if keep else memory.scratch).take(len(x), weight.shape[1], like=x)
    added = base if base is not None else linear.bias
    if added is None:
        torch.mm(x, weight, out=out)
    else:
        torch.addmm(added, x, weight, out=out)
    low = memory.keep.take(len(x), len(linear.fast_a), like=x)
    torch.mm(x, linear.fast_a.t(), out=low)
    for adapter in linear.adapters:
        out[:, adapter.columns].addmm_(low[:, adapter.low], adapter.fast_b.t())
    return out, low


def _backward(
    kernels: Kernels, linear: Linear, grad: Tensor, low: Tensor, work: Workspace, *, onward: bool = True
) -> tuple[Tensor | None, Tensor]:
    """Add up the gradients of the adapters' B; return those of x and of x A^T."""
    below = work.take(*low.shape, like=low)
    for adapter in linear.adapters:
        part = grad[:, adapter.columns]
        kernels.outer_sum(part, low[:, adapter.low], _gradient(adapter.b), 1.0)
        torch.mm(part, adapter.fast_b, out=below[:, adapter.low])
    if not onward:
        return None, below
    if linear.turned is not None:
        out = torch.ops.mkldnn._linear_pointwise(grad, linear.turned, None, "none", [], "")
    else:
        out = torch.mm(grad, linear.weight, out=work.take(len(grad), linear.weight.shape[1], like=grad))
    return (out.addmm_(below, linear.fast_a) if linear.adapters else out), below


def _backward_a(kernels: Kernels, linear: Linear, below: Tensor, x: Tensor) -> None:
    """Add up the gradients of the adapters' A."""
    for adapter in linear.adapters:
        kernels.outer_sum(x, below[:, adapter.low], _gradient(adapter.a).t(), adapter.scale)


def _gradient(weight: Tensor) -> Tensor:
    if weight.grad is None:
        weight.grad = torch.zeros_like(weight)
    return weight.grad


def block_forward(kernels: Kernels, block: Block, x: Tensor, place: Place, memory: Memory) -> tuple[Tensor, Kept]:
    """Return the block's output and what its way back needs. `x` is kept, not changed."""
    memory.scratch.reset()
    first, first_inverse = kernels.rms(x, block.first_norm, place.epsilon, memory.keep)
    qkv, qkv_low = _forward(block.qkv, first, memory)
    attended, mixed = _attend(kernels, qkv, place, memory)
    middle, mixed_low = _forward(block.output, mixed, memory, x, keep=True)
    second, second_inverse = kernels.rms(middle, block.second_norm, place.epsilon, memory.keep)
    both, both_low = _forward(block.gate_up, second, memory, keep=True)
    active = kernels.swiglu(both, memory.scratch)
    out, down_low = _forward(block.down, active, memory, middle, keep=True)
    return out, Kept(
        x, first, first_inverse, qkv_low, attended, mixed, mixed_low,
        middle, second, second_inverse, both, both_low, down_low,
    )  # fmt: skip


def block_backward(
    kernels: Kernels, block: Block, kept: Kept, grad: Tensor, place: Place, memory: Memory, *, onward: bool
) -> Tensor | None:
    """Add up the adapters' gradients and return the gradient of the block's input; None for the first block.

    `grad` and `kept` are used up.
    """
    work = memory.scratch
    work.reset()
    inner, below = _backward(kernels, block.down, grad, kept.down_low, work)
    both_grad, active = kernels.swiglu_backward(_there(inner), kept.both, work)
    _backward_a(kernels, block.down, below, active)
    inner, below = _backward(kernels, block.gate_up, both_grad, kept.both_low, work)
    _backward_a(kernels, block.gate_up, below, kept.second)
    grad = kernels.rms_backward(_there(inner), kept.middle, block.second_norm, kept.second_inverse, grad)
    inner, below = _backward(kernels, block.output, grad, kept.mixed_low, work)
    _backward_a(kernels, block.output, below, kept.mixed)
    qkv_grad = _attend_backward(kernels, kept.attended, _there(inner), place, work)
    inner, below = _backward(kernels, block.qkv, qkv_grad, kept.qkv_low, work, onward=onward)
    _backward_a(kernels, block.qkv, below, kept.first)
    if inner is None:
        return None
    return kernels.rms_backward(inner, kept.entered, block.first_norm, kept.first_inverse, grad)


def _there(tensor: Tensor | None) -> Tensor:
    assert tensor is not None
    return tensor


def _attend(kernels: Kernels, qkv: Tensor, place: Place, memory: Memory) -> tuple[list[Attended], Tensor]:
    """Return what the way back needs, and the heads' outputs by token; rows see their beginning and themselves."""
    heads = place.heads
    mixed = memory.keep.take(len(qkv), heads.kv * heads.group * heads.width, like=qkv)
    done: list[Attended] = []
    for at in (place.shared, place.rows):
        if at is None:
            continue
        q, k, v = kernels.split(qkv, place.cosine, place.sine, at, heads, memory.keep)
        if done and at.prefix:
            k[:, :, : at.prefix] = done[0].k
            v[:, :, : at.prefix] = done[0].v
        flat_q, flat_k, flat_v = _matrices(q), _matrices(k), _matrices(v)
        out = memory.scratch.take(*flat_q.shape, like=q)
        chances = []
        for span in _spans(at, heads, spans=place.spans):
            scores = _product(flat_q[:, span.queries], flat_k[:, span.keys].transpose(1, 2), memory.keep)
            chances.append(kernels.softmax(scores, heads.width**-0.5, heads.group, span.first))
            torch.bmm(chances[-1], flat_v[:, span.keys], out=out[:, span.queries])
        kernels.to_tokens(out.view_as(q), at, heads, mixed)
        done.append(Attended(q, k, v, chances))
    return done, mixed


def _attend_backward(kernels: Kernels, attended: list[Attended], grad: Tensor, place: Place, work: Workspace) -> Tensor:
    """Return the gradient of the packed queries, keys and values."""
    heads = place.heads
    packed = work.take(len(grad), heads.kv * (heads.group + 2) * heads.width, like=grad)
    from_rows: tuple[Tensor, Tensor] | None = None
    for at in (place.rows, place.shared):
        if at is None:
            continue
        kept = attended.pop()
        q, k, v = _matrices(kept.q), _matrices(kept.k), _matrices(kept.v)
        out = _matrices(kernels.to_heads(grad, at, heads, work))
        q_grad, k_grad, v_grad = (work.take(*one.shape, like=one) for one in (q, k, v))
        for span in reversed(_spans(at, heads, spans=place.spans)):
            chances, queries, keys = kept.chances.pop(), span.queries, span.keys
            chances_grad = _product(out[:, queries], v[:, keys].transpose(1, 2), work)
            _fill(v_grad, span, chances.transpose(1, 2), out[:, queries])
            scores_grad = kernels.softmax_backward(chances, chances_grad, heads.width**-0.5, heads.group, span.first)
            torch.bmm(scores_grad, k[:, keys], out=q_grad[:, queries])
            _fill(k_grad, span, scores_grad.transpose(1, 2), q[:, queries])
        k_grad, v_grad = k_grad.view_as(kept.k), v_grad.view_as(kept.v)
        q_grad = q_grad.view_as(kept.q)
        if at.prefix:
            from_rows = _over_rows(k_grad, at), _over_rows(v_grad, at)
        elif from_rows is not None:
            k_grad, v_grad = (k_grad + from_rows[0]).to(grad.dtype), (v_grad + from_rows[1]).to(grad.dtype)
        kernels.split_backward(q_grad, k_grad, v_grad, place.cosine, place.sine, at, heads, packed)
    return packed


class _Span(NamedTuple):
    """Queries that are attended together: none sees a key behind the last of them.

    Attributes:
        first: position of the first.
        queries: where they stand among the queries of a row, each `group` times.
        keys: what the last of them sees.
        last: whether they are the row's last, and so see all keys.
    """

    first: int
    queries: slice
    keys: slice
    last: bool


def _spans(at: RowsOfHeads, heads: Heads, *, spans: bool) -> list[_Span]:
    """Cut at fixed places, so that a row's sums are the same whatever rows stand beside it."""
    cuts = [*range(0, at.longest, _SPAN_TOKENS), at.longest] if spans else [0, at.longest]
    return [
        _Span(
            first=at.prefix + begin,
            queries=slice(begin * heads.group, end * heads.group),
            keys=slice(0, at.prefix + end),
            last=end == at.longest,
        )
        for begin, end in pairwise(cuts)
    ]


def _fill(total: Tensor, span: _Span, left: Tensor, right: Tensor) -> None:
    """Write the product for the last span, which covers all of `total`, and add the others' to it."""
    if span.last:
        torch.bmm(left, right, out=total)
    else:
        total[:, span.keys].baddbmm_(left, right)


def _matrices(t: Tensor) -> Tensor:
    """[kv, rows, ..., width] as [kv * rows, ..., width]: one matrix for each row and key-value head."""
    return t.flatten(0, 1).flatten(1, -2)


def _product(left: Tensor, right: Tensor, work: Workspace) -> Tensor:
    out = work.take(left.shape[0], left.shape[1], right.shape[2], like=left)
    return torch.bmm(left, right, out=out)


def _over_rows(grad: Tensor, at: RowsOfHeads) -> Tensor:
    """What all rows say of their common beginning.  Shape: [kv, 1, prefix, width], fp32"""
    return grad[:, :, : at.prefix].sum(1, keepdim=True, dtype=torch.float32)
