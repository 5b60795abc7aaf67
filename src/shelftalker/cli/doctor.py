"""shelftalker doctor."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from shelftalker.cli.options import json_option, print_json

if TYPE_CHECKING:
    from shelftalker.models.machine import Machine, Part

__all__ = ["command"]


@click.command(
    epilog="""Examples:

\b
  shelftalker doctor
  shelftalker doctor --json
"""
)
@json_option
def command(as_json: bool) -> None:
    """Say what this machine has, and which optional parts are missing.

    Nothing optional is needed for the default path: the embedded model, training and answering on the CPU.
    """
    from shelftalker.models.machine import look_around

    machine = look_around()
    if as_json:
        print_json(machine.to_json())
        return
    for name, value in _facts(machine):
        click.echo(f"{name:<16}{value}")
    click.echo()
    width = max(len(part.name) for part in machine.parts)
    for part in machine.parts:
        click.echo(f"{_state(part):<16}{part.name:<{width}}  {part.use}")
        if part.version is None and part.fits:
            click.echo(f"{'':<16}{'':<{width}}  {part.install}")


def _facts(machine: Machine) -> list[tuple[str, str]]:
    from shelftalker.models.local import default_base

    formats = "bf16 in hardware" if machine.fast_bf16 else "no bf16 in hardware: computes in fp32"
    gpus = [f"{gpu.name}, {gpu.memory_gb:.0f} GB" for gpu in machine.gpus] or ["none: trains and answers on the CPU"]
    return [
        ("system", f"{machine.system}, Python {machine.python}, torch {machine.torch or 'missing'}"),
        ("cpu", f"{machine.cores} cores, {machine.cpu}"),
        ("number formats", formats + (" (AMX)" if machine.amx else "")),
        ("memory", f"{machine.memory_gb:.1f} GB, {machine.memory_free_gb:.1f} GB free"),
        ("disk", f"{machine.disk_free_gb:.1f} GB free here"),
        *(("gpu", gpu) for gpu in gpus),
        ("embedded model", "present" if machine.embedded_model else "missing"),
        ("default base", machine.default_base or default_base()[1]),
        ("model cache", machine.cache_folder),
    ]


def _state(part: Part) -> str:
    if part.version is not None:
        return part.version
    return "missing" if part.fits else "needs a GPU"
