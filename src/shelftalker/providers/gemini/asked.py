"""What was asked for beside what the provider does: no setting is dropped or changed in silence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from shelftalker.config import ProviderSettings, TrainSettings
from shelftalker.errors import SettingsError
from shelftalker.providers.table import HostedModel

__all__ = ["Asked", "Change", "Effective", "changes_made", "refuse_changes", "what_is_asked"]

_OURS = frozenset("base mode seed records pairs examples epochs rank overlong validation_examples max_tokens".split())
"""Settings of training that hold for hosted tuning too: they choose the examples, or have a counterpart there."""

NO_SETTING = "not a setting of Gemini tuning"
UNKNOWN = "not given by the provider"


@dataclass(frozen=True, slots=True)
class Change:
    """A setting that is not as asked: `gets` is what holds instead."""

    setting: str
    asked: Any
    gets: Any

    def __str__(self) -> str:
        return f"{self.setting} {self.asked} -> {self.gets}"


@dataclass(frozen=True, slots=True)
class Asked:
    """What is sent to the provider; None leaves a thing to it."""

    epochs: int
    adapter_size: int | None
    learning_rate_multiplier: float | None
    last_checkpoint_only: bool


@dataclass(frozen=True, slots=True)
class Effective:
    """What the provider says it uses; None where it does not say."""

    epochs: int | None = None
    adapter_size: int | None = None
    learning_rate_multiplier: float | None = None

    def told(self) -> dict[str, Any]:
        """Return each setting with its value, or the words that it is not given."""
        return {name: UNKNOWN if value is None else value for name, value in asdict(self).items()}


def what_is_asked(
    train: TrainSettings, provider: ProviderSettings, model: HostedModel | None
) -> tuple[Asked, list[Change]]:
    """Return what to send, and what of the user's settings cannot be sent as it is.

    Only settings that the user gave count as asked for: our defaults are for our own training.
    """
    given = train.model_fields_set
    changes = [
        Change(name, getattr(train, name), NO_SETTING)
        for name in TrainSettings.model_fields
        if name in given and name not in _OURS
    ]
    if "max_tokens" in given:
        limit = model.example_tokens if model and model.example_tokens else "the provider's own limit"
        changes.append(Change("max_tokens", train.max_tokens, limit))
    epochs = max(1, round(train.epochs))
    if epochs != train.epochs:
        changes.append(Change("epochs", train.epochs, epochs))
    adapter_size = None
    if "rank" in given and train.rank:
        adapter_size = _adapter_size(train.rank, model)
        if adapter_size != train.rank:
            changes.append(Change("rank", train.rank, adapter_size))
    asked = Asked(
        epochs=epochs,
        adapter_size=adapter_size,
        learning_rate_multiplier=provider.learning_rate_multiplier or None,
        last_checkpoint_only=provider.last_checkpoint_only,
    )
    return asked, changes


def _adapter_size(rank: int, model: HostedModel | None) -> int:
    """Return the size nearest to the rank, on a doubling scale; the larger of two that are as near."""
    sizes = model.adapter_sizes if model and model.adapter_sizes else (1, 2, 4, 8, 16, 32)
    return min(sizes, key=lambda size: (max(size, rank) / min(size, rank), -size))


def changes_made(asked: Asked, effective: Effective) -> list[Change]:
    """Return what the provider says that it does otherwise; what it does not say counts as no change."""
    changes = []
    for name in ("epochs", "adapter_size", "learning_rate_multiplier"):
        wanted, used = getattr(asked, name), getattr(effective, name)
        if wanted is not None and used is not None and wanted != used:
            changes.append(Change(name, wanted, used))
    return changes


def refuse_changes(changes: Sequence[Change], fix: str) -> None:
    """Raise when settings are not as asked.

    Raises:
        SettingsError: they are not; all are named.
    """
    if changes:
        raise SettingsError("the provider would not do as asked: " + "; ".join(map(str, changes)), fix=fix)
