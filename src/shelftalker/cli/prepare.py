"""`shelftalker prepare`."""

from __future__ import annotations

from pathlib import Path

import click

from shelftalker.cli.options import json_option, print_json, settings_options

__all__ = ["command"]


@click.command(
    name="prepare",
    epilog="""\b
Examples:
  shelftalker prepare trn.json --out data/amazon
""",
)
@click.argument("inputs", nargs=-1, required=True, metavar="CATALOG...")
@click.option("--out", type=click.Path(path_type=Path), required=True, metavar="DIR", help="Folder to make.")
@click.option("--overwrite", is_flag=True, help="Replace a catalogue that is there.")
@settings_options
@json_option
def command(
    inputs: tuple[str, ...],
    out: Path,
    overwrite: bool,
    config: Path | None,
    assignments: tuple[str, ...],
    as_json: bool,
) -> None:
    """Clean, split and index a catalogue."""
    from shelftalker.config import load_settings
    from shelftalker.prepare import prepare

    settings = load_settings(config, assignments)
    manifest = prepare(inputs, out, settings.prepare, overwrite=overwrite)
    if as_json:
        print_json(manifest.model_dump(mode="json"))
        return
    for name, count in manifest.counts.items():
        click.echo(f"{name:28} {count:>12,}")
