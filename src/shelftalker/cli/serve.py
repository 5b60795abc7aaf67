"""`shelftalker serve`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from shelftalker.cli.options import settings_options
from shelftalker.cli.provider_options import answering_provider_options, provider_flags

__all__ = ["command"]

_EPILOG = """\b
Examples:
  shelftalker serve runs/demo
  shelftalker serve runs/demo --port 9000
  SHELFTALKER_API_KEYS=secret shelftalker serve runs/demo --host 0.0.0.0
  shelftalker serve runs/demo --data data/demo-june
  kill -HUP PID     load run and catalogue again, dropping no question
  kill -TERM PID    answer what was accepted, then stop
"""


@click.command(epilog=_EPILOG)
@click.argument("run", type=click.Path(path_type=Path))
@click.option("--host", help="Address to bind to; loopback by default.")
@click.option("--port", type=int, help="Port to bind to; 0 picks a free one.")
@click.option(
    "--data", type=click.Path(path_type=Path), help="Another prepared catalogue to answer from, such as a newer one."
)
@answering_provider_options
@settings_options
def command(
    run: Path,
    host: str | None,
    port: int | None,
    data: Path | None,
    config: Path | None,
    assignments: tuple[str, ...],
    **provider: Any,
) -> None:
    """Serve a run: an OpenAI-compatible API, a plain one, and a chat page."""
    from shelftalker.config import load_settings
    from shelftalker.serve import serve

    settings = load_settings(config, assignments, {"serve.host": host, "serve.port": port} | provider_flags(provider))
    serve(run, settings, data=data, on_ready=lambda address: click.echo(f"serving {run} at {address}", err=True))
