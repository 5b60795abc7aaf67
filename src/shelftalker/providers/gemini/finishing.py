"""Turn a job that succeeded into a finished run: its manifest says what was asked, what was done, what was left out."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from shelftalker.artifacts import Manifest, make_manifest, read_manifest, write_manifest
from shelftalker.config import ProviderSettings, TrainSettings
from shelftalker.providers.gemini.asked import UNKNOWN, Asked, changes_made
from shelftalker.providers.gemini.clients import Account
from shelftalker.providers.gemini.job import Job
from shelftalker.providers.gemini.losses import LOSS_FILE, read_losses, write_losses
from shelftalker.providers.gemini.state import TuningState, write_state

__all__ = ["finish"]

_HELD = frozenset("base mode seed records examples epochs overlong validation_examples".split())
"""Settings of training that hold here. The others are our own loop's: its defaults would read as if they were used."""


def finish(data: Path, out: Path, state: TuningState, job: Job, account: Account) -> Manifest:
    """Write the manifest of a run whose job succeeded, and return it.

    Raises:
        FolderError: the catalogue is not there any more.
    """
    catalogue = read_manifest(data, "catalogue")
    asked = Asked(**state.plan["asked"])
    changes = [*state.changes, *(asdict(change) for change in changes_made(asked, job.effective))]
    dropped: dict[str, Any] = dict(state.plan["dropped"])
    dropped |= {f"provider: {reason}": entry for reason, entry in job.dropped.items()}
    warnings = [*state.notes, *(f"{one['setting']} {one['asked']} -> {one['gets']}" for one in changes)]
    lost = sum(entry["count"] for entry in job.dropped.values())
    if lost:
        warnings.append(f"the provider left out {lost} examples; the reasons stand in the manifest")
    used = ProviderSettings.model_validate(state.provider)
    train = TrainSettings.model_validate(state.train)
    losses = read_losses(job.document["experiment"] or "", account, used.location)
    if losses:
        write_losses(out, losses)
    manifest = make_manifest(
        "run",
        settings={name: value for name, value in train.model_dump().items() if name in _HELD} | {"method": "hosted"},
        seed=train.seed,
        inputs=catalogue.inputs,
        parent={"path": str(data.resolve()), "manifest_sha256": state.catalogue},
        counts={
            "examples": state.plan["examples"],
            "validation": state.plan["validation_examples"],
            "tokens_estimated": state.plan["tokens"] * asked.epochs,
            **{f"provider_{name}": figure for name, figure in job.document["data"].items()},
        },
        dropped=dropped,
        files=_files(out),
        device={"hosted_by": "gemini", "location": used.location},
        seconds=_seconds_since(state.began),
        results={
            "provider": {
                "name": "gemini",
                "project": account.project,
                "location": used.location,
                "data_version": used.data_version,
                "training_uri": state.training_uri,
                "validation_uri": state.validation_uri,
                **job.document,
                "requested": {name: getattr(train, name) for name in state.given} | {"sent": asdict(asked)},
                "effective": job.effective.told(),
                "changes": changes,
                "client": {name: version(name) for name in ("google-genai", "google-cloud-storage")},
            },
            "loss": f"{len(losses)} values from {job.document['experiment']}" if losses else _where_the_loss_is(job),
            "warnings": warnings,
        },
    )
    write_manifest(out, manifest)
    write_state(out, state.model_copy(update={"stage": "succeeded"}))
    return manifest


def _where_the_loss_is(job: Job) -> str:
    """Say that there is no curve of ours: a job carries no loss values, and none are invented."""
    places = [str(job.document[name]) for name in ("experiment", "metrics_uri") if job.document[name]]
    return f"{UNKNOWN}; see {' and '.join(places)}" if places else UNKNOWN


def _files(out: Path) -> dict[str, str]:
    names = {f"{role}-v{number}": f"{role}-v{number}.jsonl" for role in ("training", "validation") for number in (1, 2)}
    names |= {"examples": "examples.json", "loss": LOSS_FILE}
    return {role: name for role, name in names.items() if (out / name).is_file()}


def _seconds_since(began: str) -> float:
    return round((datetime.now(UTC) - datetime.fromisoformat(began)).total_seconds(), 3)
