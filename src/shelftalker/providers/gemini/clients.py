"""Open Google's own clients, with the credentials that the machine has."""

from __future__ import annotations

import importlib.util
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from shelftalker.config import ProviderSettings
from shelftalker.errors import MissingPart, ProviderError, UsageError
from shelftalker.providers.secrets import one_line
from shelftalker.providers.table import DEVELOPER_API_NOTE

if TYPE_CHECKING:
    from google.cloud.storage import Client as StorageClient
    from google.genai import Client as GenaiClient

__all__ = ["LOG_IN", "Account", "open_account", "project_of", "require_parts"]

LOG_IN = "gcloud auth application-default login, or name a service account's file in GOOGLE_APPLICATION_CREDENTIALS"
_SCOPE = "https://www.googleapis.com/auth/cloud-platform"
_PARTS = ("google.genai", "google.cloud.storage")
_KEYS = ("GEMINI_API_KEY", "GOOGLE_API_KEY")


@dataclass(frozen=True)
class Account:
    """A Google Cloud project and the right to use it. Opens clients; never shows what is in it.

    Attributes:
        project: of Google Cloud.
        credentials: google-auth's.
    """

    project: str
    credentials: Any
    settings: ProviderSettings

    def __repr__(self) -> str:
        return f"Account(project={self.project!r})"

    def genai(self, location: str) -> GenaiClient:
        """Return a client of the models and tuning jobs of one region; "us" and "eu" are regions, too."""
        from google import genai
        from google.genai import types

        options: dict[str, Any] = {"api_version": "v1", "timeout": int(self.settings.timeout_seconds * 1000)}
        if self.settings.endpoint:
            options["base_url"] = self.settings.endpoint
        return genai.Client(
            vertexai=True,
            project=self.project,
            location=location,
            credentials=self.credentials,
            http_options=types.HttpOptions(**options),
        )

    def storage(self) -> StorageClient:
        """Return a client of Cloud Storage."""
        from google.cloud import storage

        where = {"api_endpoint": self.settings.storage_endpoint} if self.settings.storage_endpoint else None
        return storage.Client(project=self.project, credentials=self.credentials, client_options=where)

    def secrets(self) -> tuple[str, ...]:
        """Return what must not get into a message."""
        token = getattr(self.credentials, "token", None)
        return (token,) if isinstance(token, str) else ()


def require_parts() -> None:
    """Make sure that Google's clients are installed.

    Raises:
        MissingPart: they are not.
    """
    for name in _PARTS:
        try:
            found = importlib.util.find_spec(name)
        except ModuleNotFoundError:  # a parent package is missing
            found = None
        if found is None:
            raise MissingPart(
                f"Gemini needs the package {name.replace('.', '-')}, which is not installed",
                fix="pip install 'shelftalker[gemini]'",
            )


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep google-auth from warning that it knows no project: we do."""
    log = logging.getLogger("google.auth._default")
    before = log.level
    log.setLevel(logging.ERROR)
    try:
        yield
    finally:
        log.setLevel(before)


def project_of(settings: ProviderSettings) -> str:
    """Return the Google Cloud project.

    Raises:
        ProviderError: only a key of the Developer API is there, which has no tuning any more.
        UsageError: no project is named.
    """
    project = settings.project or os.environ.get("GOOGLE_CLOUD_PROJECT", "")
    if project:
        return project
    if any(os.environ.get(name) for name in _KEYS):
        raise ProviderError(DEVELOPER_API_NOTE, fix="use a Google Cloud project: --project ID --bucket gs://NAME")
    raise UsageError("no Google Cloud project is named", fix="add --project ID, or set GOOGLE_CLOUD_PROJECT")


def open_account(settings: ProviderSettings) -> Account:
    """Return the account that the settings and the machine's credentials give.

    Raises:
        MissingPart: Google's clients are not installed.
        ProviderError: the machine has no credentials.
        UsageError: no project is named.
    """
    require_parts()
    project = project_of(settings)
    import google.auth
    from google.auth.exceptions import GoogleAuthError

    try:
        with _quiet():
            credentials, _ = google.auth.default(scopes=[_SCOPE])
    except GoogleAuthError as error:
        raise ProviderError(f"no Google Cloud credentials: {one_line(str(error))}", fix=LOG_IN) from error
    return Account(project, credentials, settings)
