"""Memory is bounded by the line limit and the block size, whatever the input."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
from pathlib import Path

import pytest
from preparing import contents, make_rows

CHILD = """
import sys
from pathlib import Path
from shelftalker.config import PrepareSettings
from shelftalker.prepare import prepare
prepare([sys.argv[1]], Path(sys.argv[2]), PrepareSettings())
# not getrusage: across exec it keeps the peak of the process that started this one
status = Path("/proc/self/status").read_text()
print(next(int(line.split()[1]) * 1024 for line in status.splitlines() if line.startswith("VmHWM")))
"""
BOUND_BYTES = 3e9
pytestmark = pytest.mark.skipif(not Path("/proc/self/status").is_file(), reason="the peak is read from /proc")


def peak_bytes(source, data) -> int:
    done = subprocess.run([sys.executable, "-c", CHILD, source, data], capture_output=True, text=True, check=True)
    return int(done.stdout)


def test_a_line_of_50_mb_is_a_record_like_any_other(tmp_path):
    rows = make_rows(20)
    rows[7]["content"] = "A long &amp; winding <b>text</b> of 5 kg. " * (50_000_000 // 42)
    source = tmp_path / "a.jsonl"
    source.write_text("".join(json.dumps(row) + "\n" for row in rows))
    assert source.stat().st_size > 49_000_000
    assert peak_bytes(source, tmp_path / "data") < BOUND_BYTES
    found = contents(tmp_path / "data")
    assert len(found) == 20
    text = found["U0007"][1]
    assert text.startswith("A long & winding text of 5 kg. A long")
    assert len(text) > 30_000_000


def test_what_a_small_file_unpacks_to_is_never_held_whole(tmp_path):
    """1 GB of one letter in a file of megabytes: one line, longer than the limit, between two good ones."""
    source = tmp_path / "bomb.jsonl.gz"
    rows = make_rows(150)
    block = b"x" * (64 << 20)
    with gzip.open(source, "wb", compresslevel=1) as file:
        file.writelines(json.dumps(row).encode() + b"\n" for row in rows)
        for _ in range(16):
            file.write(block)
        file.write(b"\n" + json.dumps({**rows[0], "uid": "LAST", "title": "The last"}).encode() + b"\n")
    assert peak_bytes(source, tmp_path / "data") < BOUND_BYTES / 3
    assert "LAST" in contents(tmp_path / "data")
