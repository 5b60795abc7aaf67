"""shelftalker models."""

from __future__ import annotations

import click

from shelftalker.cli.options import json_option, print_json

__all__ = ["command"]


@click.command(
    epilog="""Examples:

\b
  shelftalker models
  shelftalker models --json
  shelftalker models --provider gemini
  shelftalker train data/demo --base smollm2-135m --out runs/demo
"""
)
@click.option("--provider", type=click.Choice(["gemini"]), help="List the models of a provider, and what it allows.")
@json_option
def command(provider: str | None, as_json: bool) -> None:
    """List the base models, what memory tuning them takes, and whether that fits this machine.

    A hub name or a folder with a model works as --base too. Memory is in GB, for 1,024 tokens at a time, about.
    """
    if provider:
        from shelftalker.cli.hosted_models import list_hosted

        list_hosted(provider, as_json=as_json)
        return
    from shelftalker.models.listing import list_models

    rows = list_models()
    if as_json:
        print_json({"models": [row.to_json() for row in rows]})
        return
    click.echo(
        f"{'name':<14}{'parameters':>11}  {'licence':<20}{'template':<10}"
        f"{'LoRA':>6}{'QLoRA':>7}{'full':>7}  {'fits here':<18}{'weights':<15}hub id"
    )
    for row in rows:
        click.echo(
            f"{row.name:<14}{row.parameters / 1e6:>9,.0f} M  {row.licence:<20}{row.chat_template:<10}"
            f"{row.lora_gb:>6.1f}{row.qlora_gb:>7.1f}{row.full_gb:>7.1f}  "
            f"{', '.join(row.fits_here) or 'no':<18}{row.weights:<15}{row.hub_id}"
        )
