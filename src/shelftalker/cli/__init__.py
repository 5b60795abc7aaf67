"""The command line: one module a verb, each read only when it is called."""

from shelftalker.cli.main import main

__all__ = ["main"]
