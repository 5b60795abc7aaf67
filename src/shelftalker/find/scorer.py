"""Is the title that was seen in a question the product that was asked about? One logistic model over named features.

The weights and thresholds stand in scorer.toml; `bench/find_scorer.py` tells what they do to questions written for the
purpose.
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files

from shelftalker.find.link import Features

__all__ = ["Scorer"]


@dataclass(frozen=True, slots=True)
class Scorer:
    """Weights and thresholds; scores are logits.

    Attributes:
        weights: of the features of `Features`, by name, and "bias".
        accept: from here on the product is taken for found.
        accept_calm: the same where nothing speaks against it.
        accept_second: the same of a second product in one question.
        ask: from here on, where nothing speaks against it, "did you mean" is worth asking.
        calm: most of each feature that speaks against a title, for it to count as nothing.
    """

    weights: Mapping[str, float]
    accept: float
    accept_calm: float
    accept_second: float
    ask: float
    calm: Mapping[str, float]

    @classmethod
    def read(cls) -> Scorer:
        """Read the weights that come with the package."""
        table = tomllib.loads(files("shelftalker.find").joinpath("scorer.toml").read_text(encoding="utf-8"))
        return cls(table["weights"], calm=table["calm"], **table["thresholds"])

    def score(self, features: Features) -> float:
        """Return how likely the title is meant, as a logit."""
        w = self.weights
        return w["bias"] + sum(w[name] * value for name, value in _values(features).items())

    def is_calm(self, features: Features) -> bool:
        """Tell whether nothing speaks against a title: it may only be named in part."""
        values = _values(features)
        return features.worded and all(values[name] <= most for name, most in self.calm.items())

    def thresholds(self, features: Features, *, second: bool = False) -> tuple[float, float]:
        """Return the scores from which on a title is taken for found, and is worth asking back."""
        if second:
            return self.accept_second, math.inf
        return (self.accept_calm, self.ask) if self.is_calm(features) else (self.accept, self.accept)


def _values(features: Features) -> dict[str, float]:
    """The features by name, and their products that count for themselves."""
    return {
        "main": features.main,
        "whole": features.whole,
        "phrase": features.phrase,
        "run": features.run,
        "surprise": features.surprise,
        "main_and_surprise": features.main * features.surprise,
        "foreign": features.foreign,
        "named": features.named,
        "swapped": features.swapped,
        "numbers": features.numbers,
        "described": features.described,
    }
