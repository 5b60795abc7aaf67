"""`shelftalker examples`: show the examples a catalogue gives for training."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from shelftalker.cli.options import json_option, print_json

if TYPE_CHECKING:
    from shelftalker.records import Example

__all__ = ["command"]

_EPILOG = """\b
Examples:
  shelftalker examples data/demo --show 20
  shelftalker examples data/demo --mode closed-book --show 5
  shelftalker examples data/demo --kind comparison --show 3
  shelftalker examples data/demo --show 100 --json > examples.json
"""


@click.command(epilog=_EPILOG)
@click.argument("data", type=click.Path(path_type=Path))
@click.option("--show", type=click.IntRange(min=1), default=20, show_default=True, help="How many to show.")
@click.option("--mode", type=click.Choice(["open-book", "closed-book", "both"]), default="open-book", show_default=True)
@click.option("--kind", help="Only this kind, such as attribute or comparison.")
@click.option("--forms", type=click.Choice(["trained", "held_out"]), default="trained", show_default=True)
@click.option("--seed", type=int, default=1, show_default=True, help="Of every choice.")
@json_option
def command(data: Path, show: int, mode: str, kind: str | None, forms: str, seed: int, as_json: bool) -> None:
    """Show examples as training would see them, made from the catalogue DATA."""
    from shelftalker.catalog import Catalogue
    from shelftalker.examples import make_examples
    from shelftalker.examples.kinds import MAKERS
    from shelftalker.find import Finder

    if kind is not None and kind not in MAKERS:
        raise click.BadParameter(f"there is no kind {kind!r}; there are {', '.join(MAKERS)}", param_hint="--kind")
    records = Catalogue.open(data).records("train", limit=max(1000, 2 * show), seed=seed)
    neighbours = Finder.open(data).neighbours
    wanted = None if kind else show
    made = make_examples(records, mode=mode, seed=seed, neighbours=neighbours, limit=wanted, forms=forms)  # type: ignore[arg-type]
    chosen = [example for example in made if kind is None or example.kind == kind][:show]
    if as_json:
        print_json([_to_json(example) for example in chosen])
        return
    click.echo("\n\n".join(_shown(number, example) for number, example in enumerate(chosen, 1)))


def _to_json(example: Example) -> dict[str, Any]:
    return {
        "kind": example.kind,
        "mode": example.mode,
        "language": example.language,
        "uids": list(example.uids),
        "messages": [{"role": message.role, "content": message.content} for message in example.messages],
    }


def _shown(number: int, example: Example) -> str:
    head = f"--- {number}: {example.kind}, {example.mode}, {example.language}, {', '.join(example.uids)}"
    turns = [f"{message.role}: {message.content}" for message in example.messages]
    return "\n".join([head, *turns])
