"""`shelftalker examples`: show what training would see, or have a teacher write pairs about the catalogue."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from shelftalker.cli.options import json_option, print_json, settings_options
from shelftalker.errors import UsageError

if TYPE_CHECKING:
    from shelftalker.examples.teacher import TeacherPlan, Teaching
    from shelftalker.records import Example

__all__ = ["command"]

_EPILOG = """\b
Examples:
  shelftalker examples data/demo --show 20
  shelftalker examples data/demo --pairs faq.csv --show 20
  shelftalker examples data/demo --mode closed-book --show 5
  shelftalker examples data/demo --kind compare --show 3
  shelftalker examples data/demo --teacher http://127.0.0.1:8080/v1 --teacher-model M --teacher-pairs 200 \\
    --out data/demo.pairs.jsonl
  shelftalker train data/demo --out runs/demo --pairs data/demo.pairs.jsonl
"""


class _Price(click.ParamType):  # type: ignore[type-arg]
    """A price, or two with a comma."""

    name = "price"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[float, float]:
        """Return the prices of a million tokens, read and written."""
        try:
            parts = [float(part) for part in str(value).split(",")]
            if not 1 <= len(parts) <= 2 or min(parts) < 0:
                raise ValueError
        except ValueError:
            self.fail(f"{value!r} is no price: write READ,WRITTEN such as 0.15,0.60", param, ctx)
        return parts[0], parts[-1]


@click.command(epilog=_EPILOG)
@click.argument("data", type=click.Path(path_type=Path))
@click.option("--show", type=click.IntRange(min=1), default=20, show_default=True, help="How many to show.")
@click.option("--mode", type=click.Choice(["open-book", "closed-book", "both"]), default="open-book", show_default=True)
@click.option(
    "--pairs",
    type=click.Path(path_type=Path),
    multiple=True,
    help="Questions with their answers, JSON Lines or CSV; may be repeated.",
)
@click.option("--kind", help="Only this kind, such as compare or unstated.")
@click.option("--seed", type=int, default=1, show_default=True, help="Of every choice.")
@click.option("--teacher", "teacher_url", metavar="URL", help="An OpenAI-compatible server that is to write pairs.")
@click.option("--teacher-model", metavar="MODEL", help="The server's model; left out: its only one.")
@click.option("--teacher-pairs", type=click.IntRange(min=1), default=50, show_default=True, help="Pairs to keep.")
@click.option("--out", type=click.Path(path_type=Path), help="The teacher's pairs; DATA.pairs.jsonl where not said.")
@click.option("--price", type=_Price(), metavar="READ,WRITTEN", help="Price of a million tokens, to tell the cost.")
@click.option("--yes", is_flag=True, help="Ask the teacher without asking first.")
@settings_options
@json_option
def command(
    data: Path,
    show: int,
    mode: str,
    pairs: tuple[Path, ...],
    kind: str | None,
    seed: int,
    teacher_url: str | None,
    teacher_model: str | None,
    teacher_pairs: int,
    out: Path | None,
    price: tuple[float, float] | None,
    yes: bool,
    config: Path | None,
    assignments: tuple[str, ...],
    as_json: bool,
) -> None:
    """Show examples as training would see them, made from the catalogue DATA; or have a teacher write pairs."""
    if teacher_url is not None:
        flags = {"provider.name": "openai-compatible", "provider.url": teacher_url, "provider.model": teacher_model}
        result, written = _teach(
            data, out or data.with_name(f"{data.resolve().name}.pairs.jsonl"),
            wanted=teacher_pairs, seed=seed, price=price, yes=yes, provider=(config, assignments, flags),
        )  # fmt: skip
        if as_json:
            print_json({"out": str(written), **result.to_json()})
        else:
            _print_teaching(written, result)
        return
    if teacher_model or out or price or yes:
        raise UsageError("--teacher-model, --out, --price and --yes go with --teacher", fix="add --teacher URL")
    shown = _make(data, mode, pairs, kind, seed, show)
    if as_json:
        print_json([_to_json(example) for example in shown])
    else:
        click.echo("\n\n".join(_shown(number, example) for number, example in enumerate(shown, 1)))


def _make(data: Path, mode: str, paths: tuple[Path, ...], kind: str | None, seed: int, show: int) -> list[Example]:
    from shelftalker.catalog import Catalogue
    from shelftalker.examples import make_examples, read_subjects
    from shelftalker.find.encoder import open_sentence_encoder

    catalogue = Catalogue.open(data)
    subjects, files = read_subjects(paths, catalogue)
    for one in files:
        click.echo(one.told(), err=True)
    made = make_examples(
        catalogue.records("train", limit=max(1000, 2 * show), seed=seed),
        mode=mode,
        seed=seed,
        pairs=[one for one in subjects if one.split != "validation"],
        encoder=open_sentence_encoder() if mode != "closed-book" else None,
        limit=None if kind else show,
    )
    kinds = sorted({example.kind for example in made})
    if kind is not None and kind not in kinds:
        raise click.BadParameter(f"there is no kind {kind!r}; there are {', '.join(kinds)}", param_hint="--kind")
    return [example for example in made if kind in (None, example.kind)][:show]


def _teach(
    data: Path, out: Path, *, wanted: int, seed: int, price: tuple[float, float] | None, yes: bool, provider: Any
) -> tuple[Teaching, Path]:
    from shelftalker.artifacts import hash_manifest
    from shelftalker.catalog import Catalogue
    from shelftalker.config import load_settings
    from shelftalker.examples.teacher import plan_teaching, teach
    from shelftalker.find.encoder import open_sentence_encoder
    from shelftalker.providers.openai_compatible import open_openai_compatible

    settings = load_settings(*provider).provider
    plan = plan_teaching(Catalogue.open(data).records("train", limit=2 * wanted, seed=seed), wanted, seed)
    teacher = open_openai_compatible(settings)
    _confirm(plan, price, teacher.name, yes=yes)

    def tell(result: Teaching) -> None:
        rejected = sum(count for count, _ in result.rejected.values())
        asked = result.calls + result.replayed
        click.echo(f"{len(result.kept)}/{wanted} kept, {rejected} rejected, {asked} calls", err=True)

    result = teach(
        teacher, plan, open_sentence_encoder(), out,
        catalogue=hash_manifest(data), seed=seed, at_once=settings.parallel, on_progress=tell,
    )  # fmt: skip
    return result, out


def _confirm(plan: TeacherPlan, price: tuple[float, float] | None, teacher: str, *, yes: bool) -> None:
    """Say what it will take, and ask whether to begin.

    Raises:
        UsageError: nobody is there to be asked.
        click.Abort: it is not wanted.
    """
    click.echo("\n".join([f"teacher  {teacher}", *plan.told(price)]), err=True)
    if yes:
        return
    if not sys.stdin.isatty():
        raise UsageError("nobody is there to be asked whether to begin", fix="add --yes")
    click.confirm("Ask the teacher?", abort=True, err=True)


def _print_teaching(out: Path, result: Teaching) -> None:
    replayed = f", {result.replayed} more were in its journal" if result.replayed else ""
    click.echo(
        f"{out}: {len(result.kept)} pairs kept; {result.calls} calls{replayed}; "
        f"{result.read_tokens} tokens read, {result.written_tokens} written"
    )
    for reason, (count, example) in sorted(result.rejected.items(), key=lambda one: -one[1][0]):
        shown = "; ".join(f"{name}: {' '.join(text.split())[:160]}" for name, text in example.items())
        click.echo(f"  {count} rejected: {reason}\n    such as {shown}")
    click.echo(f"  next: shelftalker train DATA --out RUN --pairs {out}")


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
