"""Whether a model can learn a catalogue by heart: what its trained weights hold against what the descriptions say."""

from __future__ import annotations

from shelftalker.catalog import Catalogue

__all__ = ["information_bytes", "too_much_to_hold"]

_BITS_A_WEIGHT = 2.0
"""Most that a weight was seen to store of facts, after hundreds of passes. Source: arXiv 2404.05405."""


def information_bytes(catalogue: Catalogue, records: int) -> int:
    """Return about how much the descriptions of so many of a catalogue's records say, in bytes; 0 where unknown.

    `prepare` measured the whole: what a strong compressor leaves of the texts.
    """
    measured = catalogue.manifest.results.get("capacity")
    whole = int(measured.get("information_bytes", 0)) if isinstance(measured, dict) else 0
    return round(whole * min(1.0, records / max(1, len(catalogue))))


def too_much_to_hold(weights: int, information: int, records: int) -> str:
    """Return a warning with its figures, where the descriptions say more than the weights can hold; else "".

    Args:
        weights: that are trained.
        information: of `information_bytes`, in bytes.
        records: that are to be known by heart.
    """
    holds = weights * _BITS_A_WEIGHT / 8
    if information <= holds:
        return ""
    share = holds / information
    fewer = max(1, int(share * records))
    return (
        f"{weights:,} trained weights hold {_size(holds)} of facts at best, and {records:,} descriptions say about "
        f"{_size(information)}: closed-book, no more than {share:.1%} of them can be known by heart, and the rest will "
        f"be made up; train on {fewer:,} --records or fewer, with a higher --rank, or --mode open-book"
    )


def _size(count: float) -> str:
    return f"{count / 1e6:,.1f} MB" if count >= 1e6 else f"{count / 1e3:,.0f} kB"
