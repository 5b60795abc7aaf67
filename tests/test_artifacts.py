"""A folder is finished when its manifest says so, and read only by who it was made for."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shelftalker.artifacts import (
    FORMAT,
    Parent,
    check_parent,
    hash_file,
    hash_manifest,
    make_manifest,
    read_manifest,
    write_atomic,
    write_manifest,
)
from shelftalker.errors import FormatMismatch, InputNotFound, ParentChanged, UnfinishedFolder


def finished(folder: Path, **fields) -> Path:
    folder.mkdir(exist_ok=True)
    write_manifest(folder, make_manifest("catalogue", **fields))
    return folder


def test_what_is_written_is_read_back(tmp_path):
    folder = finished(tmp_path / "a", counts={"lines": 3}, seed=7, settings={"train": {"rank": 4}}, device={"gpu": "x"})
    manifest = read_manifest(folder, "catalogue")
    assert manifest.counts == {"lines": 3}
    assert manifest.seed == 7
    assert manifest.device["gpu"] == "x"
    assert manifest.device["cores"] >= 1
    assert "shelftalker" in manifest.versions


def test_no_folder_no_manifest_no_catalogue(tmp_path):
    with pytest.raises(InputNotFound):
        read_manifest(tmp_path / "none", "catalogue")
    with pytest.raises(UnfinishedFolder) as caught:
        read_manifest(tmp_path, "catalogue")
    assert "shelftalker prepare" in caught.value.fix
    file = tmp_path / "file"
    file.write_text("x")
    with pytest.raises(FormatMismatch):
        read_manifest(file, "catalogue")


@pytest.mark.parametrize("change", [{"format": FORMAT + 1}, {"kind": "run"}, {"created": 5}, {"surplus": 1}])
def test_another_format_or_kind_is_refused(tmp_path, change):
    folder = finished(tmp_path / "a")
    path = folder / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | change))
    with pytest.raises(FormatMismatch):
        read_manifest(folder, "catalogue")


@pytest.mark.parametrize("text", ["", "{", "[]", "null"])
def test_a_damaged_manifest_is_refused(tmp_path, text):
    (tmp_path / "manifest.json").write_text(text)
    with pytest.raises(FormatMismatch):
        read_manifest(tmp_path, "catalogue")


def test_a_changed_or_missing_parent_is_noticed(tmp_path):
    data = finished(tmp_path / "data", counts={"kept": 1})
    parent = Parent(path=str(data), manifest_sha256=hash_manifest(data))
    assert check_parent(parent, "catalogue", child=tmp_path / "run") == data
    finished(data, counts={"kept": 2})
    with pytest.raises(ParentChanged):
        check_parent(parent, "catalogue", child=tmp_path / "run")
    (data / "manifest.json").unlink()
    with pytest.raises(ParentChanged):
        check_parent(parent, "catalogue", child=tmp_path / "run")


@given(st.binary(max_size=200))
def test_atomic_writing_keeps_every_byte(tmp_path_factory, data):
    path = tmp_path_factory.mktemp("atomic") / "deep" / "file"
    write_atomic(path, data)
    assert path.read_bytes() == data
    assert [p.name for p in path.parent.iterdir()] == ["file"]


def test_a_writer_killed_half_way_leaves_the_old_file(tmp_path):
    path = tmp_path / "file"
    write_atomic(path, "old")
    code = (
        "import os, pathlib, sys\n"
        "from shelftalker.artifacts import write_atomic\n"
        "os.fsync = lambda _: os.kill(os.getpid(), 9)\n"
        "write_atomic(pathlib.Path(sys.argv[1]), 'new')\n"
    )
    done = subprocess.run([sys.executable, "-c", code, str(path)], check=False)
    assert done.returncode == -9
    assert path.read_text() == "old"


def test_a_full_disk_is_said_so(tmp_path):
    code = (
        "import pathlib, resource, signal, sys\n"
        "from shelftalker.artifacts import write_atomic\n"
        "from shelftalker.errors import StorageError\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (10, 10))\n"
        "try: write_atomic(pathlib.Path(sys.argv[1]), 'x' * 100)\n"
        "except StorageError as error: sys.exit(error.message)\n"
    )
    path = tmp_path / "file"
    done = subprocess.run([sys.executable, "-c", code, str(path)], check=False, capture_output=True, text=True)
    assert "too large" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_the_hash_is_sha256(tmp_path):
    path = tmp_path / "x"
    path.write_bytes(b"abc")
    assert hash_file(path) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
