"""The command line as a whole: what it prints where, its exit codes, and what it does not import."""

import os
import subprocess
import sys

import click
import pytest

from shelftalker import __version__
from shelftalker.cli.main import VERBS, run, shelftalker
from shelftalker.errors import BelowBar, CatalogueError, SettingsError


def launch(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "shelftalker", *arguments], capture_output=True, text=True, check=False
    )


def test_help_names_every_verb_and_imports_nothing_heavy():
    code = (
        "import sys\n"
        "from shelftalker.cli.main import run\n"
        "code = run(['--help'])\n"
        "heavy = {'torch', 'transformers', 'peft', 'duckdb', 'polars', 'pydantic', 'fastapi', 'matplotlib'}\n"
        "heavy &= set(sys.modules)\n"
        "sys.exit(code or ' '.join(sorted(heavy)) or 0)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    for verb in VERBS:
        assert f"\n  {verb} " in done.stdout


@pytest.mark.parametrize("verb", sorted(VERBS))
def test_every_verb_has_a_module_and_help_with_an_example(verb, capsys):
    assert run([verb, "--help"]) == 0
    assert f"shelftalker {verb}" in capsys.readouterr().out.partition("Options:")[2]


def test_version():
    done = launch("--version")
    assert (done.returncode, done.stdout) == (0, f"shelftalker, version {__version__}\n")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["foo"], "error: no such command 'foo'\n  try: shelftalker --help\n"),
        (["--loud"], "error: no such option '--loud'\n  try: shelftalker --help\n"),
        (
            ["prepare", "--loud"],
            "error: no such option '--loud'. Did you mean '--out'?\n  try: shelftalker prepare --help\n",
        ),
    ],
)
def test_misuse_is_one_line_and_its_fix(arguments, message):
    done = launch(*arguments)
    assert (done.returncode, done.stdout, done.stderr) == (2, "", message)


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (CatalogueError("rows are bad", fix="mend them"), 1),
        (SettingsError("no such key", fix="another"), 2),
        (BelowBar("too low", fix="train on"), 3),
        (KeyboardInterrupt(), 130),
    ],
)
def test_errors_become_exit_codes(error, code, capsys):
    @click.command()
    def failing() -> None:
        raise error

    # click's own way to add a verb; `get_command` is asked first, so the name must be a known one
    before = shelftalker.get_command
    shelftalker.get_command = lambda ctx, name: failing if name == "failing" else before(ctx, name)  # type: ignore[method-assign]
    try:
        assert run(["failing"]) == code
    finally:
        shelftalker.get_command = before  # type: ignore[method-assign]
    captured = capsys.readouterr()
    assert captured.out == ""
    if code != 130:
        assert captured.err == f"error: {error.message}\n  try: {error.fix}\n"


def test_a_reader_that_leaves_early_gets_no_traceback():
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "w") as gone:
        done = subprocess.run(
            [sys.executable, "-m", "shelftalker", "--help"], stdout=gone, stderr=subprocess.PIPE, text=True, check=False
        )
    assert (done.returncode, done.stderr) == (1, "")
