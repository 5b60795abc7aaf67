"""The one dial: what `--size` and `--preset` set. Everything can still be set by hand on top."""

from __future__ import annotations

from typing import Any, Literal

__all__ = ["PRESETS", "Size", "size_settings"]

Size = Literal["quick", "good", "best"]

# A reader is gone on with, so that few examples are enough; an example has some 250 tokens, and 0.5 billion weights are
# tuned at about 150 tokens a second on 2 cores: "good" is to fit a quarter of an hour.
_OPEN: dict[str, dict[str, Any]] = {
    "quick": {"examples": 120, "epochs": 1, "learning_rate": 3e-4, "validation_examples": 24, "truth_questions": 6},
    "good": {"examples": 350, "epochs": 1, "learning_rate": 3e-4, "validation_examples": 32, "truth_questions": 8},
    "best": {"examples": 0, "epochs": 2, "learning_rate": 3e-4},
}
# Steps of so many tokens, and not of so many examples: a description of 1,000 tokens shares its step with no other, and
# the short ones do not take all the steps. An epoch asks for each record in three forms; "good" in five or six, and it
# leaves out what is longer than some 1,500 characters: so few passes do not teach it (docs/training.md).
_BY_TOKENS: dict[str, Any] = {"batch_tokens": 256, "max_tokens": 1536}
_CLOSED: dict[str, dict[str, Any]] = {
    "quick": {"records": 30, "epochs": 6, "rank": 32, "learning_rate": 3e-3, **_BY_TOKENS},
    "good": {
        "records": 124,
        "examples": 740,
        "epochs": 2.3,
        "rank": 32,
        "learning_rate": 3e-3,
        **_BY_TOKENS,
        "max_tokens": 448,
    },
    "best": {"records": 0, "epochs": 20, "rank": 64, "learning_rate": 1e-3, **_BY_TOKENS},
}

PRESETS: dict[str, dict[str, Any]] = {"report": {"epochs": 2, "batch_size": 4, "learning_rate": 1e-3}}
"""Recipes of others, by name. `report`: the original report's epochs, batch size and learning rate."""


def size_settings(size: Size, mode: str) -> dict[str, Any]:
    """Return the training settings that a size stands for; what is known by heart needs more passes.

    Args:
        size: quick is minutes, good a quarter of an hour (2 cores, default base), best takes what it takes.
        mode: of the run; "both" is sized like closed-book, with room for rows that hold several records.
    """
    if mode == "open-book":
        return dict(_OPEN[size])
    dial = _CLOSED[size]
    return dial | {"max_tokens": 1536, "examples": 2 * dial.get("examples", 0)} if mode == "both" else dict(dial)
