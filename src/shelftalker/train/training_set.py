"""What a run learns from, and the list of it that others check for leaks."""

from __future__ import annotations

import json
from collections.abc import Set
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from shelftalker.artifacts import write_atomic
from shelftalker.records import Example, Record

__all__ = ["TrainingSet", "write_example_log"]


@dataclass(frozen=True)
class TrainingSet:
    """What a run learns from and what it is measured on while it runs.

    Attributes:
        training: examples that are trained on.
        validation: examples whose loss is measured. Open-book: pairs about products never trained on, and the course's
            held out. Closed-book: the trained products, asked in forms held out, since nothing else can be known so.
        truth: examples whose questions are asked at an epoch's end; their last message is the right answer.
        records: the products that examples were made of, so that their sources can be told.
        by_heart: how many products are to be known by heart; 0 open-book.
        information_bytes: about how much their descriptions say.
        pairs: by file of pairs, what it held, for the manifest.
        notes: what the user is to be told of them.
    """

    training: tuple[Example, ...]
    validation: tuple[Example, ...]
    truth: tuple[Example, ...]
    records: tuple[Record, ...] = ()
    by_heart: int = 0
    information_bytes: int = 0
    pairs: tuple[tuple[str, Any], ...] = ()
    notes: tuple[str, ...] = ()


def write_example_log(folder: Path, examples: TrainingSet, left_out: Set[int] = frozenset()) -> None:
    """Write `examples.json`: the uids that each split's examples name, so that others can check for leaks.

    Args:
        folder: of the run.
        examples: what the run was given.
        left_out: places of the training examples that were too long to be trained on.
    """
    training = [example for place, example in enumerate(examples.training) if place not in left_out]
    named = {
        split: sorted({uid for example in named_by for uid in example.uids})
        for split, named_by in (("train", training), ("validation", examples.validation))
    }
    kinds: dict[str, int] = {}
    for example in training:
        kinds[f"{example.mode}/{example.kind}"] = kinds.get(f"{example.mode}/{example.kind}", 0) + 1
    document = {"uids": named, "kinds": dict(sorted(kinds.items()))}
    write_atomic(folder / "examples.json", json.dumps(document, indent=1, ensure_ascii=False) + "\n")
