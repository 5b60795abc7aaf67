"""Killed at random moments, `prepare` and `--update` leave nothing unfinished that is read, and the next run works."""

from __future__ import annotations

import gc
import random
import shutil
import signal
import subprocess
import sys
import time

import pytest
from preparing import contents, make_rows, write_rows

from shelftalker.artifacts import read_manifest
from shelftalker.catalog import Catalogue
from shelftalker.config import PrepareSettings
from shelftalker.errors import UnfinishedFolder
from shelftalker.find import Finder
from shelftalker.prepare import prepare

KILLS = 10
CHILD = """
import sys
from pathlib import Path
from shelftalker.config import PrepareSettings
from shelftalker.prepare import prepare
print("ready", flush=True)
prepare([sys.argv[1]], Path(sys.argv[2]), PrepareSettings(meaning="off"), update=sys.argv[3] == "update")
print("done", flush=True)
"""


def kill(source, data, mode, seconds) -> bool:
    """Start a `prepare`, kill it some seconds after it began, and say whether it had ended by then."""
    child = subprocess.Popen(
        [sys.executable, "-c", CHILD, source, data, mode], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert child.stdout is not None
    assert child.stdout.readline() == "ready\n"
    time.sleep(seconds)
    child.send_signal(signal.SIGKILL)
    said, error = child.communicate()
    assert error == ""
    return said == "done\n"


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    return write_rows(tmp_path_factory.mktemp("killed") / "a.jsonl", make_rows(600))


def duration(*arguments, **options) -> float:
    began = time.perf_counter()
    prepare(*arguments, **options)
    return time.perf_counter() - began


def test_prepare_killed_at_random_moments(tmp_path, source):
    draw = random.Random(1)
    whole = tmp_path / "whole"
    seconds = duration([source], whole, PrepareSettings(meaning="off"))
    expected = contents(whole)
    unfinished = 0
    data = tmp_path / "data"
    for moment in [draw.uniform(0.0, seconds) for _ in range(KILLS)]:
        kill(source, data, "new", moment)
        if (data / "manifest.json").exists():
            assert contents(data) == expected
        elif data.exists():
            unfinished += 1
            with pytest.raises(UnfinishedFolder, match="is not finished"):
                Catalogue.open(data)
            prepare([source], data, PrepareSettings(meaning="off"))  # over what the killed one left
            assert contents(data) == expected
            assert {path.name for path in data.iterdir() if path.is_dir()} == {"generation-1"}
        shutil.rmtree(data, ignore_errors=True)
    assert unfinished, "no kill struck while the folder was in the making"


def test_update_killed_at_random_moments(tmp_path, source):
    draw = random.Random(2)
    rows = make_rows(60, prefix="N") + [{**row, "content": row["content"] + " More."} for row in make_rows(600)[::30]]
    update = write_rows(tmp_path / "u.jsonl", rows)
    extra = write_rows(tmp_path / "e.jsonl", make_rows(1, prefix="E"))
    base, data = tmp_path / "base", tmp_path / "data"
    prepare([source], base, PrepareSettings(meaning="off"))
    shutil.copytree(base, data)
    before = contents(data)
    seconds = duration([update], data, PrepareSettings(meaning="off"), update=True)
    after = contents(data)
    states = set()
    for moment in [draw.uniform(0.0, seconds) for _ in range(KILLS)]:
        shutil.rmtree(data)
        shutil.copytree(base, data)
        kill(update, data, "update", moment)
        found = contents(data)
        assert found in (before, after)
        states.add(found == after)
        assert Finder.open(data).find("U0001").status == "found"
        prepare([update], data, PrepareSettings(meaning="off"), update=True)
        assert contents(data) == after
        assert Finder.open(data).find("N0001").status == "found"
        gc.collect()  # the finders above hold on to the files they read
        prepare([extra], data, PrepareSettings(meaning="off"), update=True)
        named = read_manifest(data, "catalogue").files["records"].split("/")[0]
        assert {path.name for path in data.iterdir() if path.is_dir()} == {named}
    assert False in states, "no kill struck before the update was whole"
