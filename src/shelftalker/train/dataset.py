"""From a prepared catalogue to the examples of a run."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from pathlib import Path

from shelftalker.catalog import Catalogue
from shelftalker.config import TrainSettings
from shelftalker.errors import CatalogueError
from shelftalker.examples import make_examples
from shelftalker.find import Finder
from shelftalker.records import Example, Record, Split
from shelftalker.train.holding import information_bytes
from shelftalker.train.training_set import TrainingSet

__all__ = ["read_training_set"]

NEIGHBOURS_LOOKED_AT = 4
"""Search hits read for each distractor that is asked for: some stand in another split and are left out."""


def read_training_set(data: Path, settings: TrainSettings) -> TrainingSet:
    """Return the examples that the settings ask for, the same ones for the same seed.

    Raises:
        CatalogueError: the catalogue has no product to train on.
        ShelftalkerError: the folder is not a finished catalogue.
    """
    catalogue = Catalogue.open(data)
    finder = Finder.open(data)
    records = catalogue.records(split="train", limit=settings.records or None, seed=settings.seed)
    if not records:
        raise CatalogueError(
            f"{data} has no product in its training split",
            fix="prepare more products, or with a smaller --set prepare.validation_share",
        )
    training: list[Example] = []
    validation: list[Example] = []
    modes = ("open-book", "closed-book") if settings.mode == "both" else (settings.mode,)
    held_out = catalogue.records(split="validation", limit=max(1, settings.validation_examples), seed=settings.seed)
    for mode in modes:
        made = make_examples(
            records,
            mode=mode,
            seed=settings.seed,
            neighbours=_within(catalogue, finder, "train"),
            limit=settings.examples // len(modes) or None,
        )
        training += made
        named = {uid for example in made for uid in example.uids}
        known = [record for record in records if record.uid in named]
        asked = held_out if mode == "open-book" else known[: max(1, settings.validation_examples)]
        if asked and settings.validation_examples:
            validation += make_examples(
                asked,
                mode=mode,
                seed=settings.seed + 1,
                neighbours=_within(catalogue, finder, "validation" if mode == "open-book" else "train"),
                limit=settings.validation_examples // len(modes) or 1,
                forms="held_out" if mode == "closed-book" else "trained",
            )
    by_heart = len(records) if "closed-book" in modes else 0
    return TrainingSet(
        training=tuple(training),
        validation=tuple(validation),
        truth=_truth(validation, settings.truth_questions),
        records=(*records, *held_out),
        by_heart=by_heart,
        information_bytes=information_bytes(catalogue, by_heart),
    )


def _truth(validation: list[Example], count: int) -> tuple[Example, ...]:
    """The first examples that state facts, descriptions and attributes in turn; refusals and lists are not asked."""
    telling = [[e for e in validation if e.kind == kind] for kind in ("description", "attribute")]
    mixed = [e for pair in itertools.zip_longest(*telling) for e in pair if e is not None]
    return tuple(mixed[:count])


def _within(catalogue: Catalogue, finder: Finder, split: Split) -> Callable[[Record, int], list[Record]]:
    """Neighbours of the same split only: no prompt of training shows a product of validation or test."""

    def neighbours(record: Record, limit: int) -> list[Record]:
        near = finder.neighbours(record, limit * NEIGHBOURS_LOOKED_AT)
        return [other for other in near if catalogue.split_of(other.uid) == split][:limit]

    return neighbours
