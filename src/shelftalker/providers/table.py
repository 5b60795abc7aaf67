"""What each hosted model allows, with the page that says so. None and "unknown" mean that no page was found.

The figures come from copies of the provider's pages, read on `READ_ON`; the provider changes them as it likes. Where
the table is behind, `--set provider.check_table=false` lets the provider decide.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

from shelftalker.errors import ProviderError

__all__ = ["DEVELOPER_API_NOTE", "HOSTED_MODELS", "READ_ON", "SOURCES", "HostedModel", "find_hosted", "table"]

READ_ON = date(2026, 11, 24)
"""When the pages of `SOURCES` were read, as copies."""

_CLOUD = "https://docs.cloud.google.com/gemini-enterprise-agent-platform"

SOURCES: dict[str, str] = {
    "versions": f"{_CLOUD}/models/model-versions",
    "tuning": f"{_CLOUD}/models/tuning/supervised-tuning",
    "tuning-api": f"{_CLOUD}/reference/models/tuning",
    "flash-lite": f"{_CLOUD}/models/gemini/3-5-flash-lite",
    "guide-3.5": f"{_CLOUD}/models/guides/gemini-3-5-flash",
    "guide-3.8": f"{_CLOUD}/models/guides/gemini-3-8-flash",
    "deprecations": "https://ai.google.dev/gemini-api/docs/deprecations",
    "developer-tuning": "https://ai.google.dev/gemini-api/docs/model-tuning",
}
"""Short name to page."""

DEVELOPER_API_NOTE = (
    "the Gemini Developer API (AI Studio, an API key) has no tuning since May 2025, when gemini-1.5-flash-001 was"
    " switched off; its tuned models answer 404"
)
"""Source: `SOURCES["developer-tuning"]`."""

_OF_DEVELOPER_API = re.compile(r"tunedModels/|(?:models/)?gemini-1\.", re.IGNORECASE)
"""What could be tuned there, and what came of it: the report's model was of this kind."""


@dataclass(frozen=True, slots=True)
class HostedModel:
    """A model of a provider, as far as its pages tell.

    Attributes:
        name: what `--base` takes.
        released, retires: days. `retires` is the last day known; None: none announced, or unknown.
        retires_or_later: the page says "or later" to `retires`.
        replacement: what the provider advises after it.
        tunable: "unknown" where the page of tunable models does not name it.
        example_tokens: longest example, question and answer together.
        training_examples, validation_examples: most examples of a file, text only.
        file_bytes: largest training file. Source gives 1 GB; we take 10^9 bytes.
        adapter_sizes: ranks that may be asked for; empty: unknown.
        tuning_locations: regions where jobs run; empty: unknown.
        serving_locations: where tuned models answer; empty: unknown.
        least_thinking: lowest `thinking_level`; "" is unknown.
        temperature: "ignored" where the provider says that it takes no notice of it.
        sources: field, or "*" for all others, to a key of `SOURCES`.
    """

    name: str
    released: date | None = None
    retires: date | None = None
    retires_or_later: bool = False
    replacement: str = ""
    tunable: Literal["yes", "no", "unknown"] = "unknown"
    example_tokens: int | None = None
    training_examples: int | None = None
    validation_examples: int | None = None
    file_bytes: int | None = None
    adapter_sizes: tuple[int, ...] = ()
    tuning_locations: tuple[str, ...] = ()
    serving_locations: tuple[str, ...] = ()
    least_thinking: str = ""
    temperature: Literal["used", "ignored", "unknown"] = "unknown"
    sources: Mapping[str, str] = field(default_factory=dict)

    def retired_by(self, today: date) -> bool:
        """Whether its last day is past, where the page names one without "or later"."""
        return self.retires is not None and not self.retires_or_later and today > self.retires


_TUNED = {
    "tunable": "yes",
    "example_tokens": 131_072,
    "training_examples": 10_000_000,
    "validation_examples": 5_000,
    "file_bytes": 1_000_000_000,
    "adapter_sizes": (1, 2, 4, 8, 16),
}
_TUNED_3: dict[str, Any] = {
    **_TUNED,
    "tuning_locations": ("us-central1", "europe-west4"),
    "serving_locations": ("us", "eu"),
    "least_thinking": "MINIMAL",
}
_DATES = {"released": "versions", "retires": "versions", "replacement": "versions"}
_2_5: dict[str, Any] = {
    **_TUNED,
    "retires": date(2026, 10, 20),
    "sources": {"*": "tuning", **_DATES},
}

HOSTED_MODELS: tuple[HostedModel, ...] = (
    HostedModel(
        "gemini-3.5-flash", date(2026, 5, 19), date(2027, 5, 19), retires_or_later=True, **_TUNED_3,
        sources={"*": "tuning", **_DATES, "least_thinking": "guide-3.5"},
    ),
    HostedModel(
        "gemini-3.5-flash-lite", date(2026, 7, 21), date(2027, 7, 21), retires_or_later=True, **_TUNED_3,
        temperature="ignored",
        sources={"*": "tuning", **_DATES, "least_thinking": "flash-lite", "temperature": "flash-lite"},
    ),
    HostedModel(
        "gemini-3.1-flash-lite", date(2026, 5, 7), date(2027, 5, 7), retires_or_later=True, **_TUNED_3,
        sources={"*": "tuning", **_DATES, "least_thinking": "guide-3.5"},
    ),
    HostedModel(
        "gemini-3.8-flash", date(2026, 9, 2), date(2027, 9, 2), retires_or_later=True, least_thinking="LOW",
        sources={"*": "tuning-api", **_DATES, "least_thinking": "guide-3.8"},
    ),
    HostedModel(
        "gemini-3.7-flash", date(2026, 8, 13), replacement="gemini-3.8-flash", least_thinking="LOW",
        sources={"*": "tuning-api", "released": "deprecations", "least_thinking": "guide-3.8"},
    ),
    HostedModel(
        "gemini-3.6-flash", date(2026, 7, 21), sources={"*": "tuning-api", "released": "deprecations"},
    ),
    HostedModel("gemini-2.5-flash", date(2025, 6, 17), replacement="gemini-3.5-flash-lite", **_2_5),
    HostedModel("gemini-2.5-flash-lite", date(2025, 7, 22), replacement="gemini-3.5-flash-lite", **_2_5),
    HostedModel(
        "gemini-2.5-pro", date(2025, 6, 17), replacement="gemini-3.5-flash", **{**_2_5, "adapter_sizes": (1, 2, 4, 8)}
    ),
)  # fmt: skip
"""Models of Google Cloud (Vertex AI, Gemini Enterprise Agent Platform), those that can be tuned today first."""


def find_hosted(name: str) -> HostedModel | None:
    """Return the model of that name, or None where the table does not have it."""
    wanted = name.removeprefix("models/").rpartition("publishers/google/models/")[2].casefold()
    return next((model for model in HOSTED_MODELS if model.name == wanted), None)


def check_tunable(name: str, location: str, today: date) -> tuple[HostedModel, list[str]]:
    """Return the model to tune, and what the user should know of it.

    Raises:
        ProviderError: the table lacks it, or says that it is retired, cannot be tuned, or not in that region.
    """
    model = find_hosted(name)
    if model is None and _OF_DEVELOPER_API.match(name):
        raise ProviderError(
            DEVELOPER_API_NOTE,
            fix=f"tune in Google Cloud: choose --base {_tunable(today)}, --project ID and --bucket gs://NAME",
        )
    choices = f"choose --base {_tunable(today)}"
    if model is None:
        near = difflib.get_close_matches(name, [one.name for one in HOSTED_MODELS], n=1, cutoff=0.6)
        raise ProviderError(
            f"our table of {READ_ON} has no hosted model {name!r}",
            fix=f"{f'did you mean {near[0]}? ' if near else ''}{choices}, or {_OVERRULE}",
        )
    if model.retired_by(today):
        raise ProviderError(f"{name} was retired on {model.retires}", fix=f"{choices}, or {_OVERRULE}")
    if model.tunable == "no":
        raise ProviderError(f"{name} cannot be tuned", fix=f"{choices}, or {_OVERRULE}")
    if model.tuning_locations and location not in model.tuning_locations:
        raise ProviderError(
            f"{name} cannot be tuned in {location}",
            fix=f"choose --location {' or '.join(model.tuning_locations)}, or {_OVERRULE}",
        )
    notes = []
    if model.tunable == "unknown":
        notes.append(f"no page that we read on {READ_ON} says whether {name} can be tuned")
    if model.retires and today > model.retires:
        notes.append(f"{name} may have been retired: it was promised until {model.retires}")
    if model.temperature == "ignored":
        notes.append(f"{name} takes no notice of the temperature, says {SOURCES[model.sources['temperature']]}")
    return model, notes


def _tunable(today: date) -> str:
    return " or ".join(one.name for one in HOSTED_MODELS if one.tunable == "yes" and not one.retired_by(today))


_OVERRULE = "--set provider.check_table=false to let the provider decide"


def table(provider: str = "gemini") -> list[dict[str, Any]]:
    """Return the table as plain rows, ready to print or for `json.dumps`; unknown figures are None.

    Raises:
        ProviderError: we keep no table of that provider.
    """
    if provider != "gemini":
        raise ProviderError(
            f"there is no table of models for {provider}",
            fix="shelftalker models --provider gemini; an OpenAI-compatible server lists its own at URL/models",
        )
    return [_row(model) for model in HOSTED_MODELS]


def _row(model: HostedModel) -> dict[str, Any]:
    retires = None if model.retires is None else f"{model.retires}{' or later' if model.retires_or_later else ''}"
    return {
        "name": model.name,
        "provider": "gemini",
        "tunable": model.tunable,
        "released": None if model.released is None else str(model.released),
        "retires": retires,
        "replacement": model.replacement or None,
        "example_tokens": model.example_tokens,
        "training_examples": model.training_examples,
        "validation_examples": model.validation_examples,
        "file_bytes": model.file_bytes,
        "adapter_sizes": list(model.adapter_sizes) or None,
        "tuning_locations": list(model.tuning_locations) or None,
        "serving_locations": list(model.serving_locations) or None,
        "temperature": model.temperature,
        "sources": {field: SOURCES[key] for field, key in model.sources.items()},
        "read_on": str(READ_ON),
    }
