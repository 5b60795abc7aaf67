"""Tell text as it comes, in pieces that join to the whole text."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

__all__ = ["Streamer", "decode"]


def decode(tokenizer: Any, tokens: Sequence[int]) -> str:
    """Return the text of tokens, letter for letter: no blanks before punctuation are taken away."""
    return str(tokenizer.decode(tokens, skip_special_tokens=True, clean_up_tokenization_spaces=False))


class Streamer:
    """Hands on what is new in the text of a growing list of tokens, holding back letters that are not whole yet.

    Args:
        on_text: gets each piece; returning False stops the writing.
    """

    def __init__(self, tokenizer: Any, on_text: Callable[[str], bool]) -> None:
        self._tokenizer = tokenizer
        self._on_text = on_text
        self._told = ""

    def on_tokens(self, tokens: Sequence[int]) -> bool:
        """Tell what the tokens so far add; return whether to go on."""
        text = decode(self._tokenizer, tokens)
        if text.endswith("\ufffd"):  # the first bytes of a letter of several
            text = text.rstrip("\ufffd")
        return self._tell(text)

    def finish(self, text: str) -> str:
        """Tell what is left of the whole text, and return all that was told.

        It is `text`, unless the model wrote bytes that are no letters: those can change what came before them.
        """
        self._tell(text)
        return self._told

    def _tell(self, text: str) -> bool:
        piece = text[len(self._told) :]
        if not piece:
            return True
        self._told += piece
        return self._on_text(piece) is not False
