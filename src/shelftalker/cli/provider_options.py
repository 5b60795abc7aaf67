"""Options of the verbs that can use a hosted model, and the settings they stand for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

__all__ = ["answering_provider_options", "provider_flags", "training_provider_options"]

_F = TypeVar("_F", bound=Callable[..., Any])

_TRAINING: tuple[Callable[[Any], Any], ...] = (
    click.option("--provider", "provider_name", type=click.Choice(["gemini"]), help="Tune a hosted model there."),
    click.option("--project", "provider_project", help="Hosted: the Google Cloud project."),
    click.option("--location", "provider_location", help="Hosted: the region, us-central1 where not said."),
    click.option("--bucket", "provider_bucket", help="Hosted: gs://BUCKET for the training file."),
    click.option(
        "--data-version",
        "provider_data_version",
        type=click.IntRange(1, 2),
        help="Hosted: 1 answers alone, 2 with a source line.",
    ),
)
_ANSWERING: tuple[Callable[[Any], Any], ...] = (
    click.option(
        "--provider",
        "provider_name",
        type=click.Choice(["openai-compatible"]),
        help="Answer with a server in place of the run's model.",
    ),
    click.option("--url", "provider_url", help="The server's address, such as http://127.0.0.1:8080/v1."),
    click.option(
        "--serves",
        "provider_serves",
        type=click.Choice(["both", "base", "tuned"]),
        help="Which system the server stands in for.",
    ),
)


def training_provider_options(function: _F) -> _F:
    """Add --provider and what hosted tuning needs; take the values out with `provider_flags`.

    The verb also receives `yes`, `dry_run`, `accept_changes` and `cancel`.
    """
    function = click.option("--cancel", is_flag=True, help="Hosted: stop the job that runs for --out.")(function)
    function = click.option(
        "--accept-changes", is_flag=True, help="Hosted: settings the provider lacks or changes are no error."
    )(function)
    function = click.option("--dry-run", is_flag=True, help="Hosted: do all but send.")(function)
    function = click.option("--yes", is_flag=True, help="Hosted: send without asking.")(function)
    return _add(function, _TRAINING)


def answering_provider_options(function: _F) -> _F:
    """Add --provider, --url and --serves; take the values out with `provider_flags`."""
    return _add(function, _ANSWERING)


def provider_flags(arguments: dict[str, Any]) -> dict[str, Any]:
    """Take the provider's options out of a verb's arguments, and return them as flags for `load_settings`."""
    names = [name for name in arguments if name.startswith("provider_")]
    return {f"provider.{name.removeprefix('provider_')}": arguments.pop(name) for name in names}


def _add(function: _F, options: tuple[Callable[[Any], Any], ...]) -> _F:
    for option in reversed(options):
        function = option(function)
    return function
