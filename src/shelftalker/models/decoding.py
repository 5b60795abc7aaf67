"""Write one answer: read the prompt, then write token after token, checking whole drafts at once."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from shelftalker.models.drafting import NgramDraft
from shelftalker.models.forwards import Forward
from shelftalker.models.picking import Picker

__all__ = ["Written", "goes_round", "write"]

_ROUNDS_TOKENS = 96
_LONGEST_ROUND_TOKENS = 24


@dataclass(frozen=True, slots=True)
class Written:
    """What one decoding gave.

    Attributes:
        tokens: what was written, without the token that stopped it.
        stopped: a stop token ended it, and neither the limit, nor the caller, nor that it went round in circles.
        first_token_seconds: from the start of reading the prompt to the first token.
        steps: how many times the model ran, reading the prompt included.
        seconds: all of it.
    """

    tokens: list[int]
    stopped: bool
    first_token_seconds: float
    steps: int
    seconds: float


def write(
    forward: Forward,
    prompt: Sequence[int],
    pick: Picker,
    *,
    max_new_tokens: int,
    stop: frozenset[int],
    draft: NgramDraft | None = None,
    on_tokens: Callable[[list[int]], bool] | None = None,
) -> Written:
    """Continue a prompt until a stop token, the limit, `on_tokens` returning False, or until it goes round in circles.

    With a draft, every step reads the newest token and the tokens that may follow it, and keeps as many of them as
    the model itself would have written: the same answer in fewer steps. A draft has no part in the choice.
    """
    started = time.perf_counter()
    fresh = pick(*forward.read(prompt, 1), 0)
    first_token_seconds = time.perf_counter() - started
    written: list[int] = []
    steps = 1
    while True:
        end = next((place for place, token in enumerate(fresh) if token in stop), None)
        written.extend(fresh[:end])
        going = on_tokens is None or not fresh[:end] or on_tokens(written)
        if end is not None or not going or len(written) >= max_new_tokens or goes_round(written):
            seconds = time.perf_counter() - started
            return Written(written, end is not None, first_token_seconds, steps, seconds)
        guess: list[int] = []
        if draft is not None:
            draft.append(fresh)
            guess = draft.draft(max_new_tokens - len(written) - 1)
        fresh = _step(forward, fresh[-1], guess, pick, len(written))
        if draft is not None:
            draft.learn(len(guess), len(fresh) - 1)
        steps += 1


def goes_round(tokens: Sequence[int]) -> bool:
    """Tell whether a text has repeated the same few tokens for so long that nothing else will come.

    A greedy model that has said the same 24 tokens four times over goes on to its limit.
    """
    if len(tokens) < _ROUNDS_TOKENS:
        return False
    end = list(tokens[-_ROUNDS_TOKENS:])
    return any(end[:-round_] == end[round_:] for round_ in range(1, _LONGEST_ROUND_TOKENS + 1))


def _step(forward: Forward, newest: int, guess: list[int], pick: Picker, place: int) -> list[int]:
    """Return the tokens that follow `newest`: the right part of the guess, and one more."""
    picked = pick(*forward.read([newest, *guess], len(guess) + 1), place)
    right = 0
    while right < len(guess) and guess[right] == picked[right]:
        right += 1
    forward.forget(len(guess) - right)
    return picked[: right + 1]
