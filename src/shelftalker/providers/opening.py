"""Open the generator of a hosted model: that of a hosted run, or the server that the user names."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from shelftalker.artifacts import Manifest
from shelftalker.config import ProviderSettings
from shelftalker.errors import FormatMismatch, UsageError
from shelftalker.records import Generator

__all__ = ["is_hosted", "open_generator", "who_answers"]


def is_hosted(manifest: Manifest) -> bool:
    """Whether the run's model lives at a provider, so that there are no weights of it here."""
    return "provider" in manifest.results


def who_answers(settings: ProviderSettings | None) -> dict[str, str]:
    """Return the settings that decide which model answers, for a manifest; {} where they leave it to the run."""
    settings = settings or ProviderSettings()
    names = ["checkpoint", "thinking"]
    if settings.name == "openai-compatible":
        names = ["name", "url", "model", "tuned_model", "serves"]
    told = {name: str(getattr(settings, name)) for name in names}
    return {name: value for name, value in told.items() if value and (name, value) != ("thinking", "least")}


def open_generator(
    manifest: Manifest,
    settings: ProviderSettings | None = None,
    *,
    tuned: bool = True,
    account: Any = None,
    sleep: Callable[[float], None] = time.sleep,
) -> Generator | None:
    """Return the generator of a hosted model, None where the run's own weights are to answer.

    Args:
        manifest: of a run.
        settings: `openai-compatible` and an address put that server in the place of the run's model, or of one of
            its two (`serves`); otherwise they give a hosted run its times, retries and checkpoint.
        tuned: False asks for the model as it was before training.
        account: a `gemini.Account`, by default the machine's.
        sleep: waits between retries.

    Raises:
        FormatMismatch: the run is hosted by a provider that this version does not know.
        MissingPart: the provider's clients are not installed.
        ProviderError: the provider cannot be reached, or refuses.
        UsageError: something is not named.
    """
    settings = settings or ProviderSettings()
    if settings.url and settings.name == "none":
        raise UsageError("an address is named, but nobody there", fix="add --provider openai-compatible")
    if settings.name == "openai-compatible" and settings.serves in ("both", "tuned" if tuned else "base"):
        from shelftalker.providers.openai_compatible import open_openai_compatible

        return open_openai_compatible(settings, tuned=tuned, sleep=sleep)
    if not is_hosted(manifest):
        return None
    provider = manifest.results["provider"]
    if not isinstance(provider, dict) or provider.get("name") != "gemini":
        raise FormatMismatch(
            "the run is hosted by a provider unknown to this version", fix="pip install -U shelftalker"
        )
    from shelftalker.providers.gemini import open_gemini

    return open_gemini(
        provider, str(manifest.settings.get("base", "")), settings, tuned=tuned, account=account, sleep=sleep
    )
