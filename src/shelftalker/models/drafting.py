"""Guess the next tokens: what followed the last few tokens where they stood before."""

from __future__ import annotations

from collections.abc import Sequence

__all__ = ["NgramDraft"]

_LONGEST = 4
_FIRST_DRAFT_TOKENS = 16
_SHORTEST_DRAFT_TOKENS = 8
_LONGEST_DRAFT_TOKENS = 96


class NgramDraft:
    """Drafts by n-gram lookup in the prompt and in what was written so far.

    A grounded answer copies long stretches of its prompt, so a draft doubles while whole drafts are accepted
    and shrinks when one fails: checking a draft costs about as much as reading it.

    Args:
        context: the prompt's tokens; `append` adds what was written.
        line_ends: tokens that end a line. A single token is weak evidence of where a copy begins; one at a
            line's beginning is the better guess, since records stand on lines of their own.
    """

    def __init__(self, context: Sequence[int], line_ends: frozenset[int] = frozenset()) -> None:
        self._tokens: list[int] = []
        self._line_ends = line_ends
        self._after: list[dict[tuple[int, ...], int]] = [{} for _ in range(_LONGEST + 1)]
        self._line_start: dict[int, int] = {}
        self._draft_tokens = _FIRST_DRAFT_TOKENS
        self.append(context)

    def append(self, tokens: Sequence[int]) -> None:
        """Add tokens that the model has read or written."""
        for token in tokens:
            # What follows position p is known only once p + 1 is there: register the n-grams that end before it.
            position = len(self._tokens)
            for length in range(1, min(_LONGEST, position) + 1):
                self._after[length].setdefault(tuple(self._tokens[position - length : position]), position)
            if position >= 2 and self._tokens[position - 2] in self._line_ends:
                self._line_start.setdefault(self._tokens[position - 1], position)
            self._tokens.append(token)

    def draft(self, limit: int) -> list[int]:
        """Return up to `limit` tokens that may come next; empty when nothing like it stood before."""
        start = self._find()
        if start is None:
            return []
        return self._tokens[start : start + min(limit, self._draft_tokens)]

    def learn(self, drafted: int, accepted: int) -> None:
        """Tell how much of a draft was right."""
        if drafted and accepted == drafted:
            self._draft_tokens = min(self._draft_tokens * 2, _LONGEST_DRAFT_TOKENS)
        elif accepted < drafted // 2:
            self._draft_tokens = max(self._draft_tokens // 2, _SHORTEST_DRAFT_TOKENS)

    def _find(self) -> int | None:
        for length in range(min(_LONGEST, len(self._tokens)), 1, -1):
            start = self._after[length].get(tuple(self._tokens[-length:]))
            if start is not None:
                return start
        last = self._tokens[-1] if self._tokens else -1
        return self._line_start.get(last, self._after[1].get((last,)))
