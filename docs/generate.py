"""Write docs/commands.md and docs/settings.md from the program itself.

usage: python docs/generate.py [--check]

With --check nothing is written; exit 1 when a page is not what the program says today.
"""

from __future__ import annotations

import sys
from pathlib import Path

import click

from shelftalker.cli.main import VERBS, shelftalker
from shelftalker.config import Section, Settings

DOCS = Path(__file__).resolve().parent


def commands_page() -> str:
    """Every verb's --help, in the order of the work."""
    parts = ["# Commands", "", "Made by `make docs` from the program's own `--help`; do not edit.", ""]
    root = click.Context(shelftalker, info_name="shelftalker", max_content_width=100, terminal_width=100)
    parts += ["```text", shelftalker.get_help(root), "```", ""]
    for verb in VERBS:
        command = shelftalker.get_command(root, verb)
        assert command is not None
        context = click.Context(command, info_name=verb, parent=root, max_content_width=100, terminal_width=100)
        parts += [f"## {verb}", "", "```text", command.get_help(context), "```", ""]
        for name, part in command.commands.items() if isinstance(command, click.Group) else ():
            inner = click.Context(part, info_name=name, parent=context, max_content_width=100, terminal_width=100)
            parts += [f"### {verb} {name}", "", "```text", part.get_help(inner), "```", ""]
    return "\n".join(parts)


def settings_page() -> str:
    """Every section's keys, types, defaults and meaning."""
    parts = [
        "# Settings",
        "",
        "Made by `make docs` from the program itself; do not edit. Layers, later wins: defaults, `--config FILE.toml`,",
        "`--set section.key=value`, named flags. An unknown key is an error that suggests the nearest one.",
        "",
        "```toml",
        "[train]",
        "seed = 2",
        "```",
    ]
    for name, info in Settings.model_fields.items():
        section = info.annotation
        assert isinstance(section, type)
        assert issubclass(section, Section)
        parts += ["", f"## {name}", "", (section.__doc__ or "").strip().splitlines()[0], ""]
        parts += ["| key | type | default | meaning |", "|---|---|---|---|"]
        for key, field in section.model_fields.items():
            kind = (
                str(getattr(field.annotation, "__name__", field.annotation))
                if isinstance(field.annotation, type)
                else str(field.annotation)
            )
            kind = kind.replace("typing.", "").replace("|", "\\|")
            parts.append(f"| `{key}` | {kind} | `{field.default!r}` | {field.description or ''} |")
    return "\n".join([*parts, ""])


def main() -> int:
    """Write or check both pages; return the exit code."""
    stale = []
    for name, text in (("commands.md", commands_page()), ("settings.md", settings_page())):
        path = DOCS / name
        if "--check" in sys.argv[1:]:
            if not path.is_file() or path.read_text(encoding="utf-8") != text:
                stale.append(name)
        else:
            path.write_text(text, encoding="utf-8")
    if stale:
        print(f"stale: {', '.join(stale)}; run make docs", file=sys.stderr)
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())
