"""What is known of a hosted tuning before it is finished: `tuning.json`, which --resume reads. No secret is in it."""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from shelftalker.artifacts import write_atomic
from shelftalker.errors import FormatMismatch

__all__ = ["STATE_FILE", "TuningState", "new_token", "read_state", "write_state"]

STATE_FILE = "tuning.json"

Stage = Literal["written", "uploading", "starting", "started", "succeeded", "failed", "cancelled"]


class TuningState(BaseModel):
    """How far a hosted tuning has come.

    Attributes:
        token: stands as a label on the job, so that it is found again when its name never reached us.
        stage: the last step that is certain.
        catalogue: SHA-256 of the catalogue's manifest.
        train, provider: the settings it was begun with.
        given: which of `train` the user gave.
        changes: settings that are not as asked, which the user accepted.
        plan: the figures of the files, for the manifest.
        job: resource name of the job.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: Literal[1] = 1
    token: str
    stage: Stage
    catalogue: str
    train: dict[str, Any]
    provider: dict[str, Any]
    given: list[str] = Field(default_factory=list)
    accepted: bool = False
    changes: list[dict[str, Any]] = Field(default_factory=list)
    plan: dict[str, Any] = Field(default_factory=dict)
    notes: list[str] = Field(default_factory=list)
    training_uri: str = ""
    validation_uri: str = ""
    job: str = ""
    began: str = ""


def new_token() -> str:
    """Return a label's value that no other run has."""
    return uuid.uuid4().hex[:20]


def write_state(folder: Path, state: TuningState) -> TuningState:
    """Write the state, and return it."""
    write_atomic(folder / STATE_FILE, state.model_dump_json(indent=1) + "\n")
    return state


def read_state(folder: Path) -> TuningState | None:
    """Return the state, None where there is none.

    Raises:
        FormatMismatch: the file is damaged.
    """
    try:
        text = (folder / STATE_FILE).read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    try:
        return TuningState.model_validate_json(text)
    except ValidationError as error:
        raise FormatMismatch(
            f"{folder / STATE_FILE} is damaged", fix="train into another folder; the console lists the job"
        ) from error
