"""Options that several verbs share."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

__all__ = ["json_option", "print_json", "settings_options"]

_F = TypeVar("_F", bound=Callable[..., Any])


def settings_options(function: _F) -> _F:
    """Add --config and --set; the verb receives `config` and `assignments` for `load_settings`."""
    function = click.option(
        "--set", "assignments", multiple=True, metavar="SECTION.KEY=VALUE", help="Change one setting; may be repeated."
    )(function)
    return click.option("--config", type=click.Path(path_type=Path), help="Settings in a TOML file.")(function)


def json_option(function: _F) -> _F:
    """Add --json; the verb receives `as_json`."""
    return click.option("--json", "as_json", is_flag=True, help="Print one JSON document and nothing else.")(function)


def print_json(document: Any) -> None:
    """Print one JSON document to standard output, letters of every language as they are."""
    click.echo(json.dumps(document, ensure_ascii=False))
