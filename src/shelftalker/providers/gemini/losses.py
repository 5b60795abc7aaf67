"""Read a job's loss values from the experiment that it names, where that can be read. None are made up.

A job carries no loss. It names an experiment (a context of Vertex ML Metadata), which names a TensorBoard, which holds
the series. Plain REST with google-auth, since the package that wraps it (google-cloud-aiplatform) is large.

Source of names and paths: https://docs.cloud.google.com/vertex-ai/generative-ai/docs/models/gemini-use-supervised-tuning
and the REST reference of projects.locations.tensorboards.
"""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

from shelftalker.artifacts import write_atomic
from shelftalker.providers.gemini.clients import Account

__all__ = ["LOSS_FILE", "read_losses", "write_losses"]

LOSS_FILE = "loss.jsonl"
_SERIES = {"/train_total_loss": "loss", "/eval_total_loss": "validation_loss"}
_MOST_POINTS = 10_000


def read_losses(experiment: str, account: Account, location: str) -> list[dict[str, Any]]:
    """Return rows for `loss.jsonl`: `step`, and `loss` or `validation_loss`; [] where the experiment does not tell.

    Nothing is raised for an experiment that cannot be read: the model is tuned all the same.

    Args:
        experiment: its resource name, "" for none.
        account: whose.
        location: the region where the job ran.
    """
    if not experiment:
        return []
    import requests
    from google.auth.exceptions import GoogleAuthError
    from google.auth.transport.requests import AuthorizedSession

    session = AuthorizedSession(account.credentials)  # type: ignore[no-untyped-call]
    root = (account.settings.endpoint or f"https://{location}-aiplatform.googleapis.com").rstrip("/")

    def get(name: str, **parameters: Any) -> Any:
        response = session.get(f"{root}/v1/{name}", params=parameters, timeout=account.settings.timeout_seconds)
        response.raise_for_status()
        return response.json()

    try:
        rows = _rows(experiment, get)
    except (requests.RequestException, GoogleAuthError, AttributeError, LookupError, TypeError, ValueError):
        return []
    return sorted(rows, key=lambda row: (row["step"], "loss" not in row))


def write_losses(out: Path, rows: list[dict[str, Any]]) -> None:
    """Write `loss.jsonl`, as a run that was trained here has it."""
    write_atomic(out / LOSS_FILE, "".join(json.dumps(row) + "\n" for row in rows))


def _rows(experiment: str, get: Any) -> list[dict[str, Any]]:
    board = get(experiment)["metadata"]["backing_tensorboard_resource"]
    runs = get(f"{board}/experiments/{experiment.rpartition('/')[2]}/runs")["tensorboardRuns"]
    rows: list[dict[str, Any]] = []
    for series in get(f"{runs[0]['name']}/timeSeries", pageSize=100)["tensorboardTimeSeries"]:
        key = _SERIES.get(series["displayName"])
        if key is None:
            continue
        values = get(f"{series['name']}:read", maxDataPoints=_MOST_POINTS)["timeSeriesData"]["values"]
        for one in values:
            value = float(one["scalar"]["value"])
            if math.isfinite(value):
                rows.append({"step": int(one.get("step", 0)), key: value})
    return rows
