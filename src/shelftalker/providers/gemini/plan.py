"""What a hosted tuning would send: files written and checked, figures to judge its cost by. Nothing is sent here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from shelftalker.catalog import Catalogue
from shelftalker.config import ProviderSettings, TrainSettings
from shelftalker.errors import storage_errors
from shelftalker.providers.gemini.asked import Asked, Change, what_is_asked
from shelftalker.providers.gemini.dataset import Written, check_limits, write_lines
from shelftalker.providers.gemini.upload import Place, place_of
from shelftalker.providers.progress import HostedProgress, OnHostedProgress
from shelftalker.providers.table import HostedModel, check_tunable, find_hosted
from shelftalker.records import Example, Record

__all__ = ["Examples", "Plan", "make_plan"]


@dataclass(frozen=True)
class Examples:
    """What is to be trained on, and the records at hand, by which the source lines are written."""

    training: Sequence[Example]
    validation: Sequence[Example]
    records: Sequence[Record]


@dataclass(frozen=True)
class Plan:
    """What would be sent, where to, and what it amounts to.

    Attributes:
        tokens: of one pass over the training file, about: characters / 4.
        changes: settings that will not be as asked.
        notes: what the user should know.
    """

    base: str
    project: str
    location: str
    place: Place
    version: int
    training: Written
    validation: Written | None
    asked: Asked
    changes: tuple[Change, ...]
    notes: tuple[str, ...]

    @property
    def tokens(self) -> int:
        """About how many tokens one pass over the training file reads."""
        return self.training.tokens(self.version)

    def lines(self) -> list[str]:
        """Return the plan in words, a line a thing."""
        training = self.training
        told = [
            f"base model   {self.base}, project {self.project}, {self.location}",
            f"training     {training.examples} examples, {training.bytes[self.version]} bytes, about {self.tokens} "
            f"tokens (characters / 4), version {self.version}",
            f"epochs       {self.asked.epochs}: about {self.tokens * self.asked.epochs} tokens are charged",
        ]
        if self.validation:
            told.insert(2, f"validation   {self.validation.examples} examples, charged as the provider's page says")
        told.append(f"goes to      {self.place.uri('')}")
        told += [
            f"left out     {entry['count']} examples {reason}, the first is number {entry['first']}"
            for reason, entry in training.dropped.items()
        ]
        told += [f"not as asked {change}" for change in self.changes]
        return told + [f"note         {note}" for note in self.notes]

    def to_json(self) -> dict[str, Any]:
        """Return the plan ready for JSON."""
        return {
            "base": self.base,
            "project": self.project,
            "location": self.location,
            "bucket": self.place.uri(""),
            "version": self.version,
            "examples": self.training.examples,
            "validation_examples": self.validation.examples if self.validation else 0,
            "bytes": self.training.bytes[self.version],
            "tokens": self.tokens,
            "epochs": self.asked.epochs,
            "dropped": self.training.dropped,
            "changes": [{"setting": one.setting, "asked": one.asked, "gets": one.gets} for one in self.changes],
            "notes": list(self.notes),
            "files": [str(path) for path in self.training.paths.values()],
        }


def make_plan(
    data: Path,
    out: Path,
    make_examples: Callable[[], Examples],
    train: TrainSettings,
    provider: ProviderSettings,
    *,
    project: str,
    today: date,
    refuse: Callable[[Sequence[Change]], None],
    on_progress: OnHostedProgress,
) -> Plan:
    """Write the training files into `out`, check everything against the table, and return what would be sent.

    Args:
        data: a prepared catalogue.
        out: the run's folder.
        make_examples: makes the examples; called once, when all that can be checked without them is.
        train: which examples, how many epochs.
        provider: where, and how.
        project: of Google Cloud.
        today: by which a model is retired or not.
        refuse: called with the settings that are not as asked; raises where the user has not accepted that.
        on_progress: told of the files.

    Raises:
        ProviderError: the model cannot be tuned, or the files are over its limits.
        UsageError: the bucket is not named.
    """
    place = place_of(provider.bucket)
    model: HostedModel | None
    if provider.check_table:
        model, notes = check_tunable(train.base, provider.location, today)
    else:
        model, notes = find_hosted(train.base), ["our table of models was not asked: the provider decides"]
    asked, changes = what_is_asked(train, provider, model)
    refuse(changes)
    limits = model if provider.check_table else None
    with storage_errors(out):
        out.mkdir(parents=True, exist_ok=True)
    examples = make_examples()
    lookup = _lookup(data, examples.records)
    training = write_lines(
        examples.training,
        out,
        "training",
        lookup=lookup,
        model=limits,
        refuse_long=train.overlong == "refuse",
        on_written=lambda count: on_progress(HostedProgress("write", count, len(examples.training))),
    )
    validation = None
    if examples.validation:
        validation = write_lines(examples.validation, out, "validation", lookup=lookup, model=limits)
    check_limits(training, validation, provider.data_version, limits)
    return Plan(
        base=train.base,
        project=project,
        location=provider.location,
        place=place,
        version=provider.data_version,
        training=training,
        validation=validation if validation and validation.examples else None,
        asked=asked,
        changes=tuple(changes),
        notes=tuple(notes),
    )


def _lookup(data: Path, records: Sequence[Record]) -> Callable[[str], Record]:
    """Return uid -> record: those at hand first, the catalogue for the others."""
    at_hand = {record.uid: record for record in records}
    opened: list[Catalogue] = []

    def look_up(uid: str) -> Record:
        if uid not in at_hand:
            if not opened:
                opened.append(Catalogue.open(data))
            at_hand[uid] = opened[0].record(uid)
        return at_hand[uid]

    return look_up
