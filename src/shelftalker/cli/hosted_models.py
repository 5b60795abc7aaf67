"""What `shelftalker models --provider` prints: what a provider's models allow, with the day it was read."""

from __future__ import annotations

from typing import Any

import click

from shelftalker.cli.options import print_json

__all__ = ["list_hosted"]

_UNKNOWN = "?"


def list_hosted(provider: str, *, as_json: bool) -> None:
    """Print the table of a provider's models."""
    from shelftalker.providers.table import DEVELOPER_API_NOTE, READ_ON, table

    rows = table(provider)
    if as_json:
        print_json({"provider": provider, "read_on": str(READ_ON), "models": rows, "notes": [DEVELOPER_API_NOTE]})
        return
    click.echo(
        f"{'name':<23}{'tunable':<9}{'released':<12}{'retires':<21}{'tokens':>9}{'examples':>12}{'file GB':>9}  "
        f"{'ranks':<12}{'tuned in':<26}{'answers in':<12}instead"
    )
    for row in rows:
        click.echo(
            f"{row['name']:<23}{row['tunable']:<9}{row['released'] or _UNKNOWN:<12}{row['retires'] or _UNKNOWN:<21}"
            f"{_count(row['example_tokens']):>9}{_count(row['training_examples']):>12}{_gigabytes(row):>9}  "
            f"{_list(row['adapter_sizes']):<12}{_list(row['tuning_locations']):<26}"
            f"{_list(row['serving_locations']):<12}{row['replacement'] or ''}".rstrip()
        )
    click.echo(
        f"\nRead on {READ_ON} in copies of the provider's pages; {_UNKNOWN} means that no page was found. tokens:"
        " longest example. examples, file: largest training set.\n"
        f"{DEVELOPER_API_NOTE[:1].upper()}{DEVELOPER_API_NOTE[1:]}.\n"
        "Pages:"
    )
    for name in sorted({page for row in rows for page in row["sources"].values()}):
        click.echo(f"  {name}")


def _count(number: int | None) -> str:
    return _UNKNOWN if number is None else f"{number:,}"


def _gigabytes(row: dict[str, Any]) -> str:
    return _UNKNOWN if row["file_bytes"] is None else f"{row['file_bytes'] / 1e9:g}"


def _list(items: list[Any] | None) -> str:
    return ",".join(map(str, items)) if items else _UNKNOWN
