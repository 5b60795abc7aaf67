"""shelftalker sample."""

from __future__ import annotations

from pathlib import Path

import click

from shelftalker.cli.options import json_option, print_json

__all__ = ["command"]


@click.command(
    epilog="""Examples:

\b
  shelftalker sample --out my.jsonl
  shelftalker sample --products 5000 --seed 7 --out data/big.jsonl --json
"""
)
@click.option("--products", default=300, show_default=True, help="Distinct products to keep; rows to drop come on top.")
@click.option("--seed", default=1, show_default=True, help="The same seed writes the same bytes.")
@click.option("--out", required=True, type=click.Path(path_type=Path), help="The file to write, as JSON Lines.")
@json_option
def command(products: int, seed: int, out: Path, as_json: bool) -> None:
    """Write a made-up catalogue with known facts.

    The products are fictional, in many kinds, a quarter of them in Portuguese, with the flaws of a real export:
    markup, empty rows, duplicates, titles that several products bear. Beside OUT lie OUT.facts.jsonl (what each
    product's description states), OUT.absent.jsonl (titles that the catalogue lacks) and OUT.counts.json (what a
    reader must count).
    """
    from shelftalker.sample import side_files, write_sample

    counts = write_sample(out, products=products, seed=seed)
    if as_json:
        print_json(counts.to_json())
        return
    click.echo(f"{out}: {counts.lines:,} lines, {counts.kept:,} products in {len(counts.kinds)} kinds")
    click.echo(f"{side_files(out).facts}: the facts that each product's description states")
