"""`shelftalker export`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from shelftalker.cli.options import json_option, print_json

if TYPE_CHECKING:
    from shelftalker.export import Exported

__all__ = ["command"]

_EPILOG = """\b
Examples:
  shelftalker export runs/demo --to merged --out out/demo
  shelftalker export runs/demo --to gguf --out out/demo-gguf
  shelftalker export runs/demo --to gguf --quant q8_0 --check 200 --out out/demo-q8
  shelftalker export runs/demo --to ollama --out out/demo-ollama
  ollama create demo -f out/demo-ollama/Modelfile
"""


@click.command(name="export", epilog=_EPILOG)
@click.argument("run", type=click.Path(path_type=Path))
@click.option(
    "--to",
    type=click.Choice(["merged", "gguf", "ollama"]),
    required=True,
    help="merged: safetensors for transformers; gguf: llama.cpp; ollama: GGUF and Modelfile.",
)
@click.option("--out", type=click.Path(path_type=Path), required=True, help="The folder to write.")
@click.option(
    "--quant",
    "quants",
    type=click.Choice(["f16", "q8_0"]),
    multiple=True,
    help="How GGUF keeps the weights; may be repeated. Both where not said, q8_0 for Ollama.",
)
@click.option(
    "--check",
    type=click.IntRange(min=0),
    default=50,
    show_default=True,
    help="Questions that run and export must answer alike; 0 asks none.",
)
@click.option("--no-check", is_flag=True, help="As --check 0.")
@click.option("--seed", type=click.IntRange(min=0), default=1, show_default=True, help="Seed of the questions.")
@click.option(
    "--dtype",
    type=click.Choice(["auto", "bfloat16", "float16", "float32"]),
    default="auto",
    show_default=True,
    help="Of the merged weights; auto is what this machine answers in.",
)
@click.option("--overwrite", is_flag=True, help="Replace the export that is there.")
@json_option
def command(
    run: Path,
    to: Any,
    out: Path,
    quants: tuple[Any, ...],
    check: int,
    no_check: bool,
    seed: int,
    dtype: Any,
    overwrite: bool,
    as_json: bool,
) -> None:
    """Take the model of RUN away, and check that it answers as the run does.

    Below 95 of 100 equal greedy answers (q8_0: 90) the exit code is 3; the files stay, marked in their manifest.
    """
    from shelftalker.cli.progress import progress_bars
    from shelftalker.export import export, require_agreement

    with progress_bars() as on_progress:
        exported = export(
            run,
            out,
            to,
            quants=quants or ("f16", "q8_0"),
            check=0 if no_check else check,
            seed=seed,
            dtype=dtype,
            overwrite=overwrite,
            on_progress=on_progress,
        )
    if as_json:
        print_json(exported.to_json())
    else:
        click.echo(_summary(exported))
    require_agreement(exported)


def _summary(exported: Exported) -> str:
    """A line a file: how large it is, and how often it gave the run's own answer."""
    lines = []
    for role, path in exported.files.items():
        held = [file for file in path.iterdir() if file.suffix == ".safetensors"] if path.is_dir() else [path]
        line = f"{path}: {role}, {sum(file.stat().st_size for file in held) / 1e6:,.1f} MB"
        agreement = exported.agreements.get(role)
        if agreement:
            line += f", gives the run's answer to {agreement.same} of {agreement.questions} ({agreement.share:.1%})"
        lines.append(line)
    if not exported.agreements:
        lines.append("not checked: no question was asked")
    return "\n".join(lines)
