"""Choose the next token from logits, greedily or by chance."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

__all__ = ["Picker", "greedy", "sampled", "watched"]

Picker = Callable[[Any, Any, int], list[int]]
"""Takes hidden states (rows, width; or None), logits (rows, vocabulary) and the place of the first row in the
answer, counted from 0; returns a token a row."""

_CANDIDATES = 8
_OPENING_TOKENS = 5


def greedy(head_weight: Any | None) -> Picker:
    """Return a picker of the likeliest token.

    bfloat16 has 8 bits, so that logits near 20 lie 0.125 apart and equal bests are common; the first index would
    win then. Rows with a close race are decided anew from the hidden state in float32.

    Args:
        head_weight: the output layer's weight (vocabulary, width), or None where logits are used as they are.
    """
    import torch

    def pick(hidden: Any, logits: Any, place: int) -> list[int]:
        del place
        if hidden is None or head_weight is None or logits.dtype == torch.float32:
            return [int(token) for token in logits.argmax(-1).tolist()]
        values, tokens = logits.topk(_CANDIDATES, dim=-1)  # (rows, candidates)
        best = tokens[:, 0].tolist()
        top = values.float()
        close = (top[:, 0] - top[:, 1]) <= top[:, 0].abs() * 2.0**-6
        for row in torch.nonzero(close).flatten().tolist():
            contenders = tokens[row].sort().values
            exact = head_weight[contenders].float() @ hidden[row].float()
            best[row] = contenders[exact.argmax()].item()
        return [int(token) for token in best]

    return pick


def sampled(temperature: float, seed: int) -> Picker:
    """Return a picker that draws from the softmax at a temperature above 0.

    The random number of each place in the answer is fixed by the seed, so that drafts, and how many of them
    are rejected, change nothing.
    """
    import torch

    source = random.Random(seed)
    draws: list[float] = []

    def pick(hidden: Any, logits: Any, place: int) -> list[int]:
        del hidden
        rows = len(logits)
        while len(draws) < place + rows:
            draws.append(source.random())
        shares = torch.softmax(logits.double() / temperature, dim=-1).cumsum(-1)
        wanted = torch.tensor(draws[place : place + rows], dtype=torch.double, device=logits.device)[:, None]
        chosen = torch.searchsorted(shares, wanted * shares[:, -1:], right=True)
        return [int(token) for token in chosen.clamp(max=logits.shape[-1] - 1).flatten().tolist()]

    return pick


def watched(pick: Picker, probabilities: dict[int, float]) -> Picker:
    """Return a picker that also notes how likely the first tokens of the answer were that it took.

    Args:
        pick: chooses.
        probabilities: by place in the answer; what was picked again, after a draft was turned down, is noted anew.
    """
    import torch

    def noted(hidden: Any, logits: Any, place: int) -> list[int]:
        tokens = pick(hidden, logits, place)
        rows = min(len(tokens), _OPENING_TOKENS - place)
        if rows > 0:
            shares = torch.softmax(logits[:rows].float(), dim=-1)
            for row in range(rows):
                probabilities[place + row] = float(shares[row, tokens[row]])
        return tokens

    return noted
