"""The import rows hold, and the check that says so can fail."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [
            sys.executable,
            "-c",
            "from importlinter.cli import lint_imports_command; lint_imports_command()",
            "--no-cache",
        ],
        cwd=folder,
        env={"PYTHONPATH": str(folder / "src"), "PATH": "/usr/bin:/bin", "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("module", "line"),
    [
        ("records.py", "import shelftalker.artifacts"),  # up
        ("artifacts.py", "import shelftalker.pages"),  # sideways
        ("catalog/titles.py", "import torch"),  # torch where it must not be
    ],
)
def test_a_broken_row_is_caught(tmp_path, module, line):
    shutil.copytree(ROOT / "src", tmp_path / "src")
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    whole = lint(tmp_path)
    assert whole.returncode == 0, whole.stdout
    path = tmp_path / "src" / "shelftalker" / module
    path.write_text(f"{line}  # noqa\n" + path.read_text().replace("from __future__ import annotations\n", ""))
    broken = lint(tmp_path)
    assert broken.returncode == 1, broken.stdout
    assert "BROKEN" in broken.stdout
