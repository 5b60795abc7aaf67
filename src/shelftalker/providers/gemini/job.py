"""Start, find, watch and cancel a tuning job, and read what it tells."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from shelftalker.providers.gemini.asked import Asked, Effective
from shelftalker.providers.gemini.clients import Account
from shelftalker.providers.gemini.faults import Request, call
from shelftalker.providers.retrying import Retries

if TYPE_CHECKING:
    from google.genai.types import TuningJob

__all__ = ["FAILED_STATES", "GOOD_STATES", "Job", "Jobs", "Order"]

LABEL = "shelftalker-run"

GOOD_STATES = frozenset({"JOB_STATE_SUCCEEDED", "JOB_STATE_PARTIALLY_SUCCEEDED"})
FAILED_STATES = frozenset({"JOB_STATE_FAILED", "JOB_STATE_CANCELLED", "JOB_STATE_EXPIRED"})

_SIZES = {1: "ONE", 2: "TWO", 4: "FOUR", 8: "EIGHT", 16: "SIXTEEN", 32: "THIRTY_TWO"}
_SIZE_OF = {f"ADAPTER_SIZE_{word}": size for size, word in _SIZES.items()}


@dataclass(frozen=True, slots=True)
class Order:
    """What a job is started with. `token` is set as a label, `name` as the tuned model's display name."""

    base: str
    training_uri: str
    validation_uri: str
    asked: Asked
    token: str
    name: str


@dataclass(frozen=True, slots=True)
class Job:
    """A job as the provider tells of it at one time.

    Attributes:
        name: resource name.
        state: such as "JOB_STATE_RUNNING".
        detail: what a running job is at, "" where not told.
        effective: the settings it says it uses.
        completed_epochs: None where not told.
        error: why it failed.
        document: everything worth keeping, ready for JSON.
        dropped: reason to {"count", "first"} of examples that the provider left out; lines counted from 1.
    """

    name: str
    state: str
    detail: str
    effective: Effective
    completed_epochs: int | None
    error: str
    document: dict[str, Any] = field(repr=False)
    dropped: dict[str, dict[str, int]] = field(repr=False)

    @property
    def finished(self) -> bool:
        """Whether nothing will change any more."""
        return self.state in GOOD_STATES or self.state in FAILED_STATES


class Jobs:
    """The tuning jobs of one region."""

    def __init__(self, account: Account, location: str, retries: Retries) -> None:
        self._account = account
        self._location = location
        self._retries = retries
        self._client = account.genai(location)

    def start(self, order: Order) -> Job:
        """Start a job; one that was started without our hearing of it is taken, not started twice."""
        from google.genai import types

        asked = order.asked
        config = types.CreateTuningJobConfig(
            tuned_model_display_name=order.name,
            epoch_count=asked.epochs,
            adapter_size=types.AdapterSize(f"ADAPTER_SIZE_{_SIZES[asked.adapter_size]}")
            if asked.adapter_size
            else None,
            learning_rate_multiplier=asked.learning_rate_multiplier,
            export_last_checkpoint_only=asked.last_checkpoint_only or None,
            validation_dataset=types.TuningValidationDataset(gcs_uri=order.validation_uri)
            if order.validation_uri
            else None,
            labels={LABEL: order.token},
        )
        sent = False

        def create() -> TuningJob:
            nonlocal sent
            if sent and (found := self._look_for(order.token)):
                return found
            sent = True
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # "the SDK's tuning implementation is experimental"
                job: TuningJob = self._client.tunings.tune(
                    base_model=order.base,
                    training_dataset=types.TuningDataset(gcs_uri=order.training_uri),
                    config=config,
                )
            return job

        request = self._request("start the tuning job", order.base)
        return _read(call(create, self._retries, request))

    def find(self, token: str) -> Job | None:
        """Return the job that was started with the token, None where there is none."""
        found = call(lambda: self._look_for(token), self._retries, self._request("list the tuning jobs"))
        return _read(found) if found else None

    def get(self, name: str) -> Job:
        """Return the job of that name as it is now."""
        request = self._request("look at the tuning job")
        return _read(call(lambda: self._client.tunings.get(name=name), self._retries, request))

    def cancel(self, name: str) -> None:
        """Ask the provider to stop the job; what it has used until then is charged."""
        request = self._request("cancel the tuning job")
        call(lambda: self._client.tunings.cancel(name=name), self._retries, request)

    def watch(
        self, name: str, *, poll_seconds: float, sleep: Callable[[float], None], on_look: Callable[[Job], None]
    ) -> Job:
        """Look at the job until it is finished; `on_look` is called each time."""
        while True:
            job = self.get(name)
            on_look(job)
            if job.finished:
                return job
            sleep(poll_seconds)

    def _look_for(self, token: str) -> TuningJob | None:
        for job in self._client.tunings.list(config={"page_size": 100}):
            if (job.labels or {}).get(LABEL) == token:
                return job
        return None

    def _request(self, doing: str, model: str = "") -> Request:
        return Request(doing, model=model, location=self._location, secrets=self._account.secrets)


def _read(job: TuningJob) -> Job:
    spec = job.supervised_tuning_spec
    parameters = spec.hyper_parameters if spec else None
    size = str(getattr(parameters.adapter_size, "value", "")) if parameters else ""
    metadata = job.tuning_job_metadata
    completed = metadata.completed_epoch_count if metadata else None
    tuned = job.tuned_model
    checkpoints = [
        {"id": one.checkpoint_id, "epoch": one.epoch, "step": one.step, "endpoint": one.endpoint}
        for one in (tuned.checkpoints if tuned else None) or ()
    ]
    state = str(job.state.value if job.state else "JOB_STATE_UNSPECIFIED")
    if state in GOOD_STATES and completed is None and checkpoints:
        completed = max((int(one["epoch"]) for one in checkpoints if one["epoch"] is not None), default=None)
    stated = parameters.epoch_count if parameters else None
    effective = Effective(
        epochs=completed if state in GOOD_STATES and completed is not None else stated,
        adapter_size=_SIZE_OF.get(size),
        learning_rate_multiplier=parameters.learning_rate_multiplier if parameters else None,
    )
    return Job(
        name=job.name or "",
        state=state,
        detail=str(job.tuning_job_state.value) if job.tuning_job_state else "",
        effective=effective,
        completed_epochs=completed,
        error=(job.error.message or "") if job.error else "",
        document={
            "job": job.name,
            "state": state,
            "base": job.base_model,
            "model": tuned.model if tuned else None,
            "endpoint": tuned.endpoint if tuned else None,
            "checkpoints": checkpoints,
            "experiment": job.experiment,
            "metrics_uri": job.gcs_metrics_uri if "gcs_metrics_uri" in type(job).model_fields else None,
            "created": _time(job.create_time),
            "started": _time(job.start_time),
            "ended": _time(job.end_time),
            "data": _data_figures(job),
        },
        dropped=_dropped(job),
    )


def _time(moment: Any) -> str | None:
    return moment.isoformat() if moment else None


def _stats(job: TuningJob) -> Any:
    return job.tuning_data_stats.supervised_tuning_data_stats if job.tuning_data_stats else None


def _data_figures(job: TuningJob) -> dict[str, Any]:
    """Return what the provider counted in the training file; {} where it does not say."""
    stats = _stats(job)
    if stats is None:
        return {}
    figures = {
        "examples": stats.tuning_dataset_example_count,
        "steps": stats.tuning_step_count,
        "billable_tokens": stats.total_billable_token_count,
        "billable_characters": stats.total_billable_character_count,
        "dropped_examples": stats.total_truncated_example_count,
    }
    return {name: figure for name, figure in figures.items() if figure is not None}


def _dropped(job: TuningJob) -> dict[str, dict[str, int]]:
    """Return the provider's reasons. It names a sample only; what the sample leaves open has a reason of its own."""
    stats = _stats(job)
    if stats is None:
        return {}
    dropped: dict[str, dict[str, int]] = {}
    lines = stats.truncated_example_indices or ()
    reasons = stats.dropped_example_reasons or ()
    for place, line in enumerate(lines):
        reason = reasons[place] if place < len(reasons) else "no reason given"
        entry = dropped.setdefault(reason, {"count": 0, "first": int(line)})
        entry["count"] += 1
        entry["first"] = min(entry["first"], int(line))
    rest = (stats.total_truncated_example_count or 0) - len(lines)
    if rest > 0:
        dropped["dropped by the provider, which names only a sample"] = {"count": rest, "first": 0}
    return dropped
