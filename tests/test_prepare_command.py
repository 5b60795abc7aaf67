"""`shelftalker prepare`: what it prints where, and one clear line with its fix for whatever can be wrong."""

from __future__ import annotations

import gzip
import io
import json
import os
import resource
import subprocess
import sys
import zipfile

import polars as pl
import pytest
import zstandard
from preparing import contents, files_of, make_rows, write_rows

from shelftalker.artifacts import read_manifest
from shelftalker.catalog.folder import try_exclusive
from shelftalker.cli.main import run

GOOD = "".join(json.dumps(row) + "\n" for row in make_rows(6)).encode()


def bad_share(line: bytes) -> bytes:
    return GOOD + line + b"\n"


def encrypted_zip() -> bytes:
    """A zip whose member says that it is encrypted: bit 0 of its flags, in both places where they stand."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("trn.json", GOOD)
    data = bytearray(buffer.getvalue())
    data[6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1
    return bytes(data)


def parquet(frame: pl.DataFrame) -> bytes:
    buffer = io.BytesIO()
    frame.write_parquet(buffer)
    return buffer.getvalue()


BAD_FILES = {
    "empty": ("a.jsonl", b"", "a.jsonl is empty", "give lines such as"),
    "blank lines": ("a.jsonl", b"\n \n\n", "a.jsonl is empty", "give lines such as"),
    "not JSON": (
        "a.jsonl",
        bad_share(b"{oops"),
        "1 of 7 lines are bad, more than 1.0%: 1 not JSON, first a.jsonl line 7",
        "--max-bad 0.15",
    ),
    "plain text": ("a.txt", b"hello\nworld\n", "2 of 2 lines are bad", "--max-bad 1.00"),
    "NUL": (
        "a.jsonl",
        bad_share(b'{"title": "a\x00"}'),
        "1 holds a NUL byte, first a.jsonl line 7",
        "mend those lines",
    ),
    "broken UTF-8": (
        "a.jsonl",
        bad_share(b'{"title": "\xff"}'),
        "1 not valid UTF-8, first a.jsonl line 7",
        "mend those",
    ),
    "wrong type": (
        "a.jsonl",
        bad_share(b'{"title": 5, "content": "x"}'),
        "is not text, first a.jsonl line 7",
        "mend those",
    ),
    "no object": ("a.jsonl", bad_share(b"[1]"), "1 JSON, but not an object", "mend those"),
    "JSON array": ("a.json", json.dumps(make_rows(3)).encode(), "1 of 1 lines are bad", "jq -c '.[]' FILE"),
    "JSON array on lines": ("a.json", json.dumps(make_rows(3), indent=1).encode(), "lines are bad", "jq -c '.[]' FILE"),
    "other fields": (
        "a.jsonl",
        b'{"name": "x", "text": "y"}\n',
        "no line of a.jsonl has both a 'title' and a 'content'",
        "--title-column NAME",
    ),
    "nothing of use": (
        "a.jsonl",
        b'{"title": "x", "content": "X."}\n',
        "no record is left after cleaning: content_is_title 1",
        "look at the rows",
    ),
    "CSV without column": (
        "a.csv",
        b"name,text\nx,y\n",
        "a.csv has no column 'title'; it has 'name', 'text'",
        "--title-column NAME",
    ),
    "CSV of a header": ("a.csv", b"title,content\n", "a.csv is empty", "give lines"),
    "CSV with an open quote": (
        "a.csv",
        b'title,content\nx,"y\n' + b"z" * (20 << 20),
        "cannot be read as CSV from line 2",
        "quotation mark",
    ),
    "no Parquet": ("a.parquet", b"PAR1 not really", "a.parquet cannot be read as Parquet", "write or fetch it again"),
    "Parquet of numbers": (
        "a.parquet",
        parquet(pl.DataFrame({"title": [1], "content": ["x"]})),
        "column 'title' of a.parquet holds Int64",
        "--title-column NAME",
    ),
    "packed Parquet": ("a.parquet.gz", gzip.compress(b"x"), "a.parquet.gz is compressed Parquet", "unpack it first"),
    "cut gz": ("a.jsonl.gz", gzip.compress(GOOD)[:-20], "a.jsonl.gz is damaged", "fetch it again"),
    "no gz": ("a.jsonl.gz", GOOD, "a.jsonl.gz is damaged", "fetch it again"),
    "cut zst": ("a.jsonl.zst", zstandard.compress(GOOD)[:-9], "a.jsonl.zst is damaged", "fetch it again"),
    "no zip": ("a.zip", GOOD, "a.zip is damaged", "fetch it again"),
    "encrypted zip": ("a.zip", encrypted_zip(), "a.zip is encrypted", "decrypt it first"),
}


def check(capsys, arguments, message, fix, code=None):
    """The command fails with one line and its fix, and says nothing on standard output."""
    found = run(["prepare", *map(str, arguments)])
    out, err = capsys.readouterr()
    assert found in ((1, 2) if code is None else (code,))
    assert out == ""
    lines = err.splitlines()
    assert len(lines) == 2, err
    assert lines[0].startswith("error: ")
    assert lines[1].startswith("  try: ")
    assert message in lines[0]
    assert fix in lines[1]


@pytest.mark.parametrize("name", BAD_FILES)
def test_a_bad_file_is_one_clear_line_and_leaves_nothing(tmp_path, capsys, name):
    file, data, message, fix = BAD_FILES[name]
    (tmp_path / file).write_bytes(data)
    limit = ["--max-line-mb", "16"]
    check(capsys, [tmp_path / file, "--out", tmp_path / "data", *limit], message, fix)
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize(
    ("arguments", "message", "fix"),
    [
        (["nothing.jsonl"], "there is no file", "name a file that exists"),
        (["folder"], "the folder folder holds no file that can be read", "put .json"),
        ([], "no catalogue file is named", "shelftalker prepare trn.json"),
        (["a.jsonl", "--max-bad", "2"], "setting prepare.max_bad cannot be 2.0", "give prepare.max_bad"),
        (["a.jsonl", "--validation-share", "0.9"], "prepare.validation_share cannot be 0.9", "give prepare"),
        (["a.jsonl", "--set", "prepare.sead=1"], "there is no setting 'prepare.sead'", "did you mean 'prepare.seed'?"),
        (["a.jsonl", "--config", "no.toml"], "there is no settings file", "name a TOML file"),
        (["a.jsonl", "--update"], "there is no folder", "shelftalker prepare CATALOG"),
        (["a.jsonl", "--remove", "x"], "nothing to remove from a new catalogue", "say --update"),
        (["a.jsonl", "--update", "--overwrite"], "there is no folder", "shelftalker prepare"),
        (["-", "-"], "standard input is named twice", "name - once"),
        (["a.jsonl", "--title-column", "name"], "both a 'name' and a 'content'", "--title-column NAME"),
    ],
)
def test_misuse_is_one_clear_line(tmp_path, monkeypatch, capsys, arguments, message, fix):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.jsonl").write_bytes(GOOD)
    (tmp_path / "folder").mkdir()
    check(capsys, [*arguments, "--out", "data"], message, fix)
    assert not (tmp_path / "data").exists()


def test_out_is_never_overwritten_unasked(tmp_path, capsys):
    source = write_rows(tmp_path / "a.jsonl", make_rows(5))
    data = tmp_path / "data"
    assert run(["prepare", str(source), "--out", str(data)]) == 0
    capsys.readouterr()
    before = files_of(data)
    check(capsys, [source, "--out", data], "holds a catalogue already", "--update", 1)
    assert files_of(data) == before
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "photo.jpg").write_text("x")
    check(capsys, [source, "--out", tmp_path / "mine"], "holds other files, such as photo.jpg", "an empty or a new", 1)
    check(capsys, [source, "--out", tmp_path / "mine", "--overwrite"], "holds other files", "an empty or a new", 1)
    assert files_of(tmp_path / "mine") == {"photo.jpg"}
    check(capsys, [source, "--out", source], "is a file, not a catalogue folder", "--out", 1)


def test_two_at_once_do_not_mix(tmp_path, capsys):
    source = write_rows(tmp_path / "a.jsonl", make_rows(5))
    data = tmp_path / "data"
    assert run(["prepare", str(source), "--out", str(data)]) == 0
    capsys.readouterr()
    with try_exclusive(data / ".writing") as alone:  # what a `prepare` at work holds
        assert alone
        check(capsys, [source, "--out", data, "--overwrite"], "another prepare is at work", "wait until", 1)
        check(capsys, [source, "--out", data, "--update"], "another prepare is at work", "wait until", 1)
    assert len(contents(data)) == 5


def test_a_place_that_cannot_be_written(tmp_path, capsys):
    source = write_rows(tmp_path / "a.jsonl", make_rows(5))
    if os.geteuid() == 0:  # root writes anywhere but where the kernel itself refuses
        check(capsys, [source, "--out", "/proc/data"], "/proc/data", "choose a", 1)
        return
    (tmp_path / "locked").mkdir(mode=0o500)
    check(capsys, [source, "--out", tmp_path / "locked" / "data"], "no permission to write", "choose a folder", 1)


@pytest.mark.parametrize("kilobytes", [16, 600, 3000])
def test_a_full_disk_is_told_and_nothing_is_left(tmp_path, kilobytes):
    """A limit on the size of files stands in for the disk: wherever it strikes, the state of before stays."""
    data = tmp_path / "data"
    small = write_rows(tmp_path / "small.jsonl", make_rows(5))
    assert run(["prepare", str(small), "--out", str(data)]) == 0
    before = contents(data), files_of(data)
    rows = make_rows(6_000)
    source = write_rows(tmp_path / "a.jsonl", [{**row, "content": row["content"] * 3} for row in rows])

    def limit():
        resource.setrlimit(resource.RLIMIT_FSIZE, (kilobytes << 10, kilobytes << 10))

    for mode in ("--overwrite", "--update"):
        done = subprocess.run(
            [sys.executable, "-m", "shelftalker", "prepare", source, "--out", data, mode],
            capture_output=True,
            text=True,
            check=False,
            preexec_fn=limit,
        )
        assert (done.returncode, done.stdout) == (1, ""), done.stderr
        assert "Traceback" not in done.stderr
        assert done.stderr.splitlines()[-2].startswith("error: the file is too large"), done.stderr
        assert (contents(data), files_of(data)) == before


def test_bad_lines_below_the_limit_are_counted_and_told(tmp_path, capsys):
    source = tmp_path / "a.jsonl"
    source.write_bytes(GOOD + b"{oops\n")
    assert run(["prepare", str(source), "--out", str(tmp_path / "data"), "--max-bad", "0.2"]) == 0
    out, err = capsys.readouterr()
    assert "not_json: bad: not JSON; a.jsonl:7" in out
    assert out.startswith("Catalogue data\n6 records from 7 lines\n")
    assert "next: shelftalker train" in err


def test_json_is_the_manifest_and_nothing_else(tmp_path, capsys):
    source = write_rows(tmp_path / "a.jsonl", make_rows(5))
    assert run(["prepare", str(source), "--out", str(tmp_path / "data"), "--json"]) == 0
    out, err = capsys.readouterr()
    assert json.loads(out) == read_manifest(tmp_path / "data", "catalogue").model_dump(mode="json")
    assert err == ""
    needed = "lines bad empty_title empty_content both_present exact_duplicates ambiguous_titles kept"
    assert set(needed.split()) <= json.loads(out)["counts"].keys()


def test_flags_are_the_settings(tmp_path, capsys):
    (tmp_path / "a.csv").write_text("sku;name;text\n1;A lamp;It shines for hours\n2;A boat;It floats on water\n")
    (tmp_path / "s.toml").write_text("[prepare]\nseed = 3\nmax_bad = 0.5\n")
    columns = ["--uid-column", "sku", "--title-column", "name", "--content-column", "text"]
    flags = ["--seed", "9", "--validation-share", "0.2", "--test-share", "0.1", "--keep-raw", "--no-near-duplicates"]
    more = ["--config", str(tmp_path / "s.toml"), "--set", "prepare.test_share=0.3", "--language", "pt"]
    assert run(["prepare", str(tmp_path / "a.csv"), "--out", str(tmp_path / "data"), *columns, *flags, *more]) == 0
    assert capsys.readouterr().out.startswith("Catálogo data\n2 registros de 2 linhas")
    found = read_manifest(tmp_path / "data", "catalogue").settings
    expected = {"seed": 9, "validation_share": 0.2, "test_share": 0.1, "keep_raw": True, "near_duplicates": False}
    assert {key: found[key] for key in expected} == expected
    assert (found["max_bad"], found["language"], found["uid_column"]) == (0.5, "pt", "sku")
    assert sorted(contents(tmp_path / "data")) == ["1", "2"]


def test_an_update_that_changes_nothing_says_so(tmp_path, capsys):
    source = write_rows(tmp_path / "a.jsonl", make_rows(5))
    data = tmp_path / "data"
    assert run(["prepare", str(source), "--out", str(data)]) == 0
    first = capsys.readouterr()
    assert run(["prepare", str(source), "--out", str(data), "--update"]) == 0
    again = capsys.readouterr()
    assert again.out == first.out
    assert again.err.startswith("nothing changed\n")


def test_standard_input(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "shelftalker", "prepare", "-", "--out", tmp_path / "data", "--json"],
        input=GOOD,
        capture_output=True,
        check=True,
    )
    assert json.loads(done.stdout)["counts"]["kept"] == 6
    assert {file for _, _, file, *_ in contents(tmp_path / "data").values()} == {"stdin"}


def test_preparing_loads_no_torch(tmp_path):
    source = write_rows(tmp_path / "a.jsonl", make_rows(5))
    code = (
        "import sys; from shelftalker.cli.main import run\n"
        f"code = run(['prepare', {str(source)!r}, '--out', {str(tmp_path / 'data')!r}])\n"
        "sys.exit(code or ' '.join({'torch', 'transformers'} & set(sys.modules)) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
