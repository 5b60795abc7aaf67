"""From a prepared catalogue, and the user's pairs, to the examples of a run; and whether its weights can hold them."""

from __future__ import annotations

from pathlib import Path

from shelftalker.catalog import Catalogue
from shelftalker.config import TrainSettings
from shelftalker.errors import CatalogueError
from shelftalker.examples import held_out_examples, make_examples, read_subjects
from shelftalker.find.encoder import open_sentence_encoder
from shelftalker.records import Example
from shelftalker.train.training_set import TrainingSet

__all__ = ["read_training_set", "too_much_to_hold"]

_RECORDS_SEEN = 2000
"""Open-book, where only pairs name products, what is read of the catalogue's records."""
_NO_PAIRS = (
    "no --pairs: what is learnt is the course that comes with Shelftalker, which the embedded reader knows already; "
    "pairs of your own customers' questions, or `examples --teacher`, teach about your products"
)
_BITS_A_WEIGHT = 2.0
"""Most that a weight was seen to store of facts, after hundreds of passes. Source: arXiv 2404.05405."""


def read_training_set(data: Path, settings: TrainSettings) -> TrainingSet:
    """Return the examples that the settings ask for, the same ones for the same seed.

    Raises:
        CatalogueError: the catalogue has no product to train on.
        UsageError: a file of pairs cannot be used.
        ShelftalkerError: the folder is not a finished catalogue.
    """
    catalogue = Catalogue.open(data)
    most = settings.records or (_RECORDS_SEEN if settings.mode == "open-book" else None)
    records = catalogue.records(split="train", limit=most, seed=settings.seed)
    if not records:
        raise CatalogueError(
            f"{data} has no product in its training split",
            fix="prepare more products, or with a smaller --set prepare.validation_share",
        )
    subjects, files = read_subjects([Path(one) for one in settings.pairs], catalogue)
    opened = settings.mode != "closed-book"
    encoder = open_sentence_encoder() if opened else None
    training = make_examples(
        records,
        mode=settings.mode,
        seed=settings.seed,
        pairs=[one for one in subjects if one.split != "validation"],
        encoder=encoder,
        limit=settings.examples or None,
    )
    validation: list[Example] = []
    share = settings.validation_examples // (2 if settings.mode == "both" else 1)
    if opened and settings.validation_examples:
        kept = [one for one in subjects if one.split == "validation"]
        validation += held_out_examples(kept, encoder, seed=settings.seed, limit=max(1, share))
    if settings.mode != "open-book" and settings.validation_examples:
        named = {uid for example in training if example.mode == "closed-book" for uid in example.uids}
        known = [record for record in records if record.uid in named][: settings.validation_examples]
        validation += make_examples(
            known, mode="closed-book", seed=settings.seed + 1, limit=max(1, share), forms="held_out"
        )
    by_heart = len(records) if settings.mode != "open-book" else 0
    of_pairs = {record.uid: record for one in subjects for record in one.records if record.uid}
    return TrainingSet(
        training=tuple(training),
        validation=tuple(validation),
        truth=_truth(validation, settings.truth_questions),
        records=tuple((of_pairs | {record.uid: record for record in records}).values()),
        by_heart=by_heart,
        information_bytes=_information_bytes(catalogue, by_heart),
        pairs=tuple((one.name, one.to_json()) for one in files),
        notes=tuple(one.told() for one in files) or ((_NO_PAIRS,) if opened else ()),
    )


def _truth(validation: list[Example], count: int) -> tuple[Example, ...]:
    """The first examples that tell something; that a record is silent is no fact to be compared."""
    return tuple([example for example in validation if example.kind != "unstated"][:count])


def _information_bytes(catalogue: Catalogue, records: int) -> int:
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
        information: that the descriptions say, in bytes.
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
