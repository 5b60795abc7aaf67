"""Write several answers at once, a token each a step, where there is nothing to copy drafts from."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from shelftalker.models.decoding import Written, goes_round
from shelftalker.models.forwards import splits_head
from shelftalker.models.lean import LeanBatch, LeanCache, LeanForward
from shelftalker.models.lean_weights import LeanWeights
from shelftalker.models.picking import Picker

__all__ = ["write_padded", "write_together"]

_CACHE_LIMIT_BYTES = 400_000_000
_MOST_SLOTS = 32
_PADDED_ROWS = 16


@dataclass(slots=True)
class _Active:
    index: int
    pick: Picker
    started: float
    first_token_seconds: float = 0.0
    tokens: list[int] = field(default_factory=list)

    def take(self, token: int, stop: frozenset[int], limit: int) -> Written | None:
        """Add a token; return what was written once that ends it."""
        if token in stop:
            return Written(self.tokens, True, self.first_token_seconds, len(self.tokens) + 1, self._seconds())
        self.tokens.append(token)
        if len(self.tokens) >= limit or goes_round(self.tokens):
            return Written(self.tokens, False, self.first_token_seconds, len(self.tokens), self._seconds())
        return None

    def _seconds(self) -> float:
        return time.perf_counter() - self.started


def write_together(
    weights: LeanWeights,
    prompts: Sequence[Sequence[int]],
    new_picker: Callable[[], Picker],
    *,
    limits: Sequence[int],
    stop: frozenset[int],
) -> list[Written]:
    """Continue every prompt with the lean pass; a finished one makes room for the next at once.

    `new_picker` makes the picker of one prompt; `limits` are the most tokens to write, for each prompt.
    """
    results: list[Written | None] = [None] * len(prompts)
    capacity = max(len(prompt) + limit for prompt, limit in zip(prompts, limits, strict=True))
    slots = max(1, min(_MOST_SLOTS, len(prompts), _CACHE_LIMIT_BYTES // (capacity * _token_bytes(weights))))
    cache = LeanCache(weights, slots, max(len(prompt) for prompt in prompts))
    batch, active, waiting = LeanBatch(cache), list[_Active](), list(range(len(prompts)))[::-1]
    while waiting or active:
        while waiting and len(active) < slots:
            index = waiting.pop()
            one = _Active(index, new_picker(), time.perf_counter())
            cache.lengths[len(active)] = 0
            token = one.pick(*LeanForward(cache, len(active)).read(prompts[index], 1), 0)[0]
            one.first_token_seconds = time.perf_counter() - one.started
            results[index] = one.take(token, stop, limits[index])
            if results[index] is None:
                active.append(one)
        if not active:
            continue
        hidden, logits = batch.read([one.tokens[-1] for one in active])
        for slot in reversed(range(len(active))):  # from the last, so that slots can be moved into the gaps
            one = active[slot]
            token = one.pick(hidden[slot : slot + 1], logits[slot : slot + 1], len(one.tokens))[0]
            results[one.index] = one.take(token, stop, limits[one.index])
            if results[one.index] is not None:
                last = active.pop()
                if last is not one:
                    cache.move(len(active), slot)
                    active[slot] = last
    return [written for written in results if written is not None]


def _token_bytes(weights: LeanWeights) -> int:
    return 2 * len(weights.layers) * weights.kv_heads * weights.width * int(weights.norm.element_size())


def write_padded(
    model: Any,
    prompts: Sequence[Sequence[int]],
    new_picker: Callable[[], Picker],
    *,
    limits: Sequence[int],
    stop: frozenset[int],
    pad: int,
) -> list[Written]:
    """Continue every prompt with any model of transformers, in padded batches of prompts of like length."""
    results: list[Written | None] = [None] * len(prompts)
    order = sorted(range(len(prompts)), key=lambda index: len(prompts[index]))
    for at in range(0, len(order), _PADDED_ROWS):
        group = [_Active(index, new_picker(), time.perf_counter()) for index in order[at : at + _PADDED_ROWS]]
        for one, written in _padded_group(model, group, prompts, limits, stop, pad):
            results[one.index] = written
    return [written for written in results if written is not None]


def _padded_group(
    model: Any,
    active: list[_Active],
    prompts: Sequence[Sequence[int]],
    limits: Sequence[int],
    stop: frozenset[int],
    pad: int,
) -> list[tuple[_Active, Written]]:
    import torch
    from transformers import DynamicCache

    done: list[tuple[_Active, Written]] = []
    cache = DynamicCache()
    width = max(len(prompts[one.index]) for one in active)
    rows = [list(prompts[one.index]) for one in active]
    ids = torch.tensor([[pad] * (width - len(row)) + row for row in rows], device=model.device)
    mask = torch.tensor([[0] * (width - len(row)) + [1] * len(row) for row in rows], device=model.device)
    while active:
        places = (mask.cumsum(-1) - 1).clamp(min=0)[:, -ids.shape[1] :]
        hidden, logits = _last_row(model, ids, mask, places, cache)
        kept = []
        for row, one in enumerate(active):
            if not one.tokens:
                one.first_token_seconds = time.perf_counter() - one.started
            token = one.pick(
                hidden if hidden is None else hidden[row : row + 1], logits[row : row + 1], len(one.tokens)
            )
            written = one.take(token[0], stop, limits[one.index])
            if written is None:
                kept.append(row)
            else:
                done.append((one, written))
        if len(kept) < len(active):
            active = [active[row] for row in kept]
            chosen = torch.tensor(kept, dtype=torch.long, device=model.device)
            mask = mask[chosen]
            if active:
                cache.batch_select_indices(chosen)
        ids = torch.tensor([[one.tokens[-1]] for one in active], device=model.device)
        mask = torch.cat((mask, mask.new_ones(len(active), 1)), -1)
    return done


def _last_row(model: Any, ids: Any, mask: Any, places: Any, cache: Any) -> tuple[Any, Any]:
    """Return hidden states (or None) and logits of each row's last token."""
    arguments = {
        "input_ids": ids,
        "attention_mask": mask,
        "position_ids": places,
        "past_key_values": cache,
        "use_cache": True,
    }
    if not splits_head(model):
        return None, model(**arguments, logits_to_keep=1).logits[:, -1]
    hidden = model.base_model(**arguments).last_hidden_state[:, -1]
    return hidden, model.get_output_embeddings()(hidden)
