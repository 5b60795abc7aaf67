"""How much of a catalogue an adapter could hold at best."""

from __future__ import annotations

import lzma
from collections.abc import Sequence
from dataclasses import dataclass

from shelftalker.config import FRESH_RANK

__all__ = ["BITS_A_PARAMETER", "Capacity", "adapter_parameters", "measure_capacity"]

BITS_A_PARAMETER = 2.0
"""Most that a language model's parameter stores of facts. Source: Allen-Zhu and Li 2024, arXiv 2404.05405."""

_LAYERS = 30
_SHAPES = ((576, 576), (576, 192), (576, 192), (576, 576), (576, 1536), (576, 1536), (1536, 576))
"""The linear layers of one block of SmolLM2-135M: q, k, v, o, gate, up, down; (in, out)."""

_SAMPLE_BYTES = 2 << 20


@dataclass(frozen=True, slots=True)
class Capacity:
    """What an adapter holds and what a catalogue needs, in bytes.

    Attributes:
        text_bytes: all descriptions, as UTF-8.
        information_bytes: what of that is left once a strong compressor has taken out what repeats.
        share: of the descriptions that the adapter could hold at best, at most 1.
        records: how many records that is.
    """

    rank: int
    parameters: int
    adapter_bytes: int
    text_bytes: int
    information_bytes: int
    share: float
    records: int


def adapter_parameters(rank: int) -> int:
    """Return the parameters of a LoRA adapter on every linear layer of the embedded model."""
    return _LAYERS * rank * sum(inside + outside for inside, outside in _SHAPES)


def measure_capacity(sample: Sequence[str], text_bytes: int, records: int, rank: int | None = None) -> Capacity:
    """Compare what an adapter of `rank` (that of a fresh one by default) holds with what the texts hold.

    Args:
        sample: some of the texts; their compression stands for that of all.
        text_bytes: of all texts.
        records: how many there are.
    """
    rank = FRESH_RANK if rank is None else rank
    data = "\n".join(sample).encode("utf-8")[:_SAMPLE_BYTES]
    packed = len(lzma.compress(data, preset=6)) if data else 0
    information = round(text_bytes * packed / len(data)) if data else 0
    parameters = adapter_parameters(rank)
    holds = round(parameters * BITS_A_PARAMETER / 8)
    share = min(1.0, holds / information) if information else 1.0
    return Capacity(rank, parameters, holds, text_bytes, information, share, round(share * records))
