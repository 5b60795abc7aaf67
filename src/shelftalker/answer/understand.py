"""Parse a question once: its language, what kind of help it asks for, and what earlier turns were about."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import NDArray

from shelftalker.errors import QuestionError
from shelftalker.find.encoder import open_sentence_encoder
from shelftalker.prompts import detect_language
from shelftalker.records import Language, Message

__all__ = ["INTENTS", "UNNAMED", "Question", "understand"]

INTENTS = ("compare", "describe", "discover", "off_topic", "product", "summary")
UNNAMED: Mapping[Language, str] = {"en": "this product", "pt": "este produto"}
"""What stands for a product's name once it is found: a name says much and nothing about what is asked of it."""
_TURNS = 12
"""Earlier turns that are looked at, the newest."""


@dataclass(frozen=True, slots=True)
class Question:
    """What was asked.

    Attributes:
        text: the question, on one line.
        language: it is answered in.
        intents: how likely it asks for each of `INTENTS`; they sum up to 1. All the same where no encoder is there.
        history: earlier turns, the oldest first.
    """

    text: str
    language: Language
    intents: Mapping[str, float]
    history: tuple[Message, ...] = ()

    def unnamed(self, name: str) -> Question:
        """Return the question with its intents told anew, the name of its product left out."""
        text = self.text.replace(name, UNNAMED[self.language]) if name else self.text
        return self if text == self.text else replace(self, intents=_intents(text))

    @property
    def before(self) -> str:
        """The question before this one, "" where it is the first."""
        return next((turn.content for turn in reversed(self.history) if turn.role == "user"), "")


def understand(text: str, history: Sequence[Message] = (), *, most_chars: int = 2000) -> Question:
    """Return a question parsed.

    Args:
        text: as the user put it.
        history: earlier turns of the conversation, the oldest first; only the newest are kept.
        most_chars: longest question that is accepted.

    Raises:
        QuestionError: it is empty or too long.
    """
    asked = " ".join(text.split())
    if not asked:
        raise QuestionError("the question is empty", fix="ask about a product, such as: What is PRODUCT?")
    if len(asked) > most_chars:
        raise QuestionError(
            f"the question has {len(asked)} characters, more than {most_chars}",
            fix="ask in fewer words, or raise answer.max_question_chars",
        )
    turns = tuple(turn for turn in history if turn.role != "system" and turn.content.strip())[-_TURNS:]
    return Question(asked, detect_language(asked), _intents(asked), turns)


def _intents(text: str) -> dict[str, float]:
    encoder = open_sentence_encoder()
    head = _head()
    if encoder is None or head is None or not encoder.name.startswith(head["encoder"]):
        return dict.fromkeys(INTENTS, 1 / len(INTENTS))
    vector = (encoder.meaning(text) - head["mean"]) / head["scale"]
    logits: NDArray[np.float64] = np.append(vector, 1.0) @ head["weights"]
    likely = np.exp(logits - logits.max())
    return dict(zip(INTENTS, (likely / likely.sum()).tolist(), strict=True))


@cache
def _head() -> dict[str, Any] | None:
    """The linear head over the encoder's vectors, made by `bench/reader/intents.py`."""
    file = files("shelftalker.answer").joinpath("intents.npz")
    if not file.is_file():
        return None
    with file.open("rb") as stream, np.load(stream) as read:
        found: dict[str, Any] = {name: read[name] for name in ("mean", "scale", "weights")}
        found |= json.loads(str(read["about"]))
    return found
