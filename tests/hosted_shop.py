"""A small shop to be tuned on at a provider: a catalogue folder, examples made from its records, an account."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from provider_servers import Google, running

from shelftalker.artifacts import Manifest, make_manifest, write_manifest
from shelftalker.config import ProviderSettings, TrainSettings
from shelftalker.examples import make_examples
from shelftalker.providers.gemini import Examples, Plan, tune
from shelftalker.records import Record

RECORDS = tuple(
    Record(
        f"A{n}",
        f"Corvane Lamp {n}",
        f"A desk lamp of {n} watts. It weighs {n} kg and is made of steel.",
        "shop.jsonl",
        n,
    )
    for n in range(1, 9)
)
CLIENT_SECRET = "client-secret-of-the-test"
REFRESH_TOKEN = "refresh-token-of-the-test"
PLACE = {"project": "shop-project", "bucket": "gs://shop/tuning"}


def write_catalogue(folder: Path) -> Path:
    folder.mkdir(parents=True)
    write_manifest(folder, make_manifest("catalogue", inputs={"shop.jsonl": "0" * 64}))
    return folder


def shop_examples() -> Examples:
    training = make_examples(RECORDS, mode="closed-book", seed=1, limit=8)
    validation = make_examples(RECORDS, mode="closed-book", seed=2, limit=3)
    return Examples(training, validation, RECORDS)


def write_key(folder: Path, server: Google) -> Path:
    """Credentials in a file, whose access tokens the test server gives.

    Of this kind, since google-auth looks up where others may be used at an address that is not on loopback.
    """
    path = folder / "credentials.json"
    path.write_text(
        json.dumps(
            {
                "type": "external_account_authorized_user",
                "audience": "//iam.googleapis.com/projects/1",
                "client_id": "tuner",
                "client_secret": CLIENT_SECRET,
                "refresh_token": REFRESH_TOKEN,
                "token_url": f"{server.url}/token",
                "token_info_url": f"{server.url}/introspect",
            }
        )
    )
    return path


@dataclass
class Shop:
    """A catalogue and a run's folder, tuned at `server` with the machine's credentials."""

    data: Path
    out: Path
    server: Google
    slept: list[float] = field(default_factory=list)
    told: list[Any] = field(default_factory=list)
    plans: list[Plan] = field(default_factory=list)

    def provider(self, **changes: Any) -> ProviderSettings:
        local = {"endpoint": self.server.url, "storage_endpoint": self.server.url, "name": "gemini"}
        return ProviderSettings.model_validate(PLACE | local | changes)

    def train(self, **changes: Any) -> TrainSettings:
        return TrainSettings.model_validate({"base": "gemini-3.5-flash", "mode": "closed-book"} | changes)

    def tune(
        self, *, train: dict[str, Any] | None = None, provider: dict[str, Any] | None = None, **more: Any
    ) -> Manifest:
        def confirm(plan: Plan) -> bool:
            self.plans.append(plan)
            return True

        return tune(
            self.data,
            self.out,
            more.pop("examples", shop_examples),
            self.train(**(train or {})),
            self.provider(**(provider or {})),
            **{"confirm": confirm, "sleep": self.slept.append, "on_progress": self.told.append} | more,
        )


@pytest.fixture(name="shop")
def shop_fixture(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shop]:
    """A shop whose machine has credentials of the test server, and no other account of Google's."""
    for name in ("GOOGLE_CLOUD_PROJECT", "GEMINI_API_KEY", "GOOGLE_API_KEY", "STORAGE_EMULATOR_HOST"):
        monkeypatch.delenv(name, raising=False)
    with running(Google()) as server:
        assert isinstance(server, Google)
        monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(write_key(tmp_path, server)))
        yield Shop(write_catalogue(tmp_path / "data"), tmp_path / "run", server)
