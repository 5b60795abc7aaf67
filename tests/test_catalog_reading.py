"""Any input to rows: every line is a row, blank or bad, whatever it holds and however it is packed."""

from __future__ import annotations

import gzip
import io
import json
import tracemalloc
import zipfile

import polars as pl
import pytest
import zstandard
from hypothesis import example, given, settings
from hypothesis import strategies as st

from shelftalker.catalog.batches import Columns
from shelftalker.catalog.json_lines import JsonLines
from shelftalker.catalog.reading import read_batches
from shelftalker.catalog.sources import BLOCK_BYTES, Block, find_sources, read_blocks
from shelftalker.errors import CatalogueError, InputNotFound, SettingsError

ROWS = [
    {"uid": f"U{n}", "title": f"Título {n}", "content": f'It\'s "quoted", and\nhas a line break {n}.'} for n in range(5)
]
LINES = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in ROWS).encode()


def read(*inputs, columns=None, max_line_bytes=1 << 20):
    return [
        batch for source in find_sources(inputs) for batch in read_batches(source, columns or Columns(), max_line_bytes)
    ]


def rows_of(batches):
    return [
        {name: row[name] for name in ("uid", "title", "content")}
        for batch in batches
        for row in batch.rows.iter_rows(named=True)
    ]


def lines_of(batches):
    return sum(batch.lines for batch in batches)


def parse(data: bytes):
    return JsonLines(Columns()).parse("f", Block(data, len(data)), 1)


ODD_LINES = st.one_of(
    st.binary(max_size=40),
    st.sampled_from(
        [
            b"",
            b" ",
            b"{}",
            b"[]",
            b"null",
            b'"x"',
            b"{",
            b"}{",
            b"{}{}",
            b'{"title": 1}',
            b'{"uid": true}',
            b"\x00",
            b"\xff",
            b'{"title": "a", "content": "b"}',
            b'{"title": "\\ud800"}',
            b'{"title": NaN}',
            b'{"uid": 12}',
            b"\xef\xbb\xbf{}",
            b'{"title": "a", "title": "b"}',
            b"[" * 2000,
            b'{"a":' * 2000,
            b"1e999",
            b'{"uid": ' + b"9" * 5000 + b"}",
        ]
    ),
    st.fixed_dictionaries(
        {"uid": st.text(max_size=5), "title": st.text(max_size=9), "content": st.text(max_size=9)}
    ).map(lambda row: json.dumps(row, ensure_ascii=False).encode("utf-8", "surrogatepass")),
)


@settings(max_examples=500, deadline=None)
@given(st.one_of(st.binary(max_size=300), st.lists(ODD_LINES, max_size=12).map(b"\n".join)))
@example(b"{}\n\n{}")
@example(b'{"title": "a}\n{b"}')
def test_any_bytes_add_up(data):
    batch = parse(data)
    expected = data.removeprefix(b"\xef\xbb\xbf").replace(b"\r\n", b"\n")
    assert batch.lines == expected.count(b"\n") + (not expected.endswith(b"\n") and expected != b"")
    assert len(batch.rows) + len(batch.blank) + len(batch.bad) == batch.lines
    numbers = sorted([*batch.rows["line"], *batch.blank, *(bad.line for bad in batch.bad)])
    assert numbers == list(range(1, batch.lines + 1))


@settings(max_examples=300, deadline=None)
@given(st.lists(ODD_LINES.filter(lambda line: b"\n" not in line and b"\r" not in line), min_size=1, max_size=8))
def test_a_line_means_the_same_alone_and_among_others(lines):
    """The quick way over a whole block and the slow way line by line must agree."""
    if lines[0].startswith(b"\xef\xbb\xbf"):
        return
    together = parse(b"\n".join(lines) + b"\n")
    alone = [parse(line + b"\n") for line in lines]
    if any(line.startswith(b"\xef\xbb\xbf") for line in lines):
        return  # a byte order mark is one only at a file's beginning
    assert rows_of([together]) == rows_of(alone)
    assert [bad.reason for bad in together.bad] == [bad.reason for one in alone for bad in one.bad]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"not json", "not_json"),
        (b'{"title": "cut', "not_json"),
        (b"[1, 2]", "not_an_object"),
        (b'"text"', "not_an_object"),
        (b'{"title": 5, "content": "x"}', "wrong_type"),
        (b'{"title": "x", "content": ["x"]}', "wrong_type"),
        (b'{"uid": {"a": 1}, "title": "x", "content": "x"}', "wrong_type"),
        (b'{"title": "a\x00b", "content": "x"}', "nul_byte"),
        (b'{"title": "\xff\xfe", "content": "x"}', "broken_utf8"),
        (b'{"title": "\\ud83d", "content": "x"}', "broken_utf8"),
    ],
)
def test_what_is_bad_and_why(line, reason):
    batch = parse(b'{"title": "a", "content": "b"}\n' + line + b"\n")
    assert [(bad.line, bad.reason) for bad in batch.bad] == [(2, reason)]
    assert len(batch.rows) == 1


def test_what_python_writes_is_read():
    batch = parse(b'{"uid": 7, "title": "a", "content": "b", "target_rel": [NaN, 1.0]}\n')
    assert rows_of([batch]) == [{"uid": "7", "title": "a", "content": "b"}]


def _zip(name, data):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, data)
    return buffer.getvalue()


def _csv(delimiter):
    def quote(text):
        return '"' + text.replace('"', '""') + '"'

    lines = [delimiter.join(quote(row[key]) for key in ("uid", "title", "content")) for row in ROWS]
    return "\n".join([delimiter.join(["uid", "title", "content"]), *lines, ""]).encode()


def _parquet():
    buffer = io.BytesIO()
    pl.DataFrame(ROWS).write_parquet(buffer)
    return buffer.getvalue()


FORMS = {
    "rows.json": LINES,
    "rows.jsonl": LINES,
    "rows.ndjson": LINES.replace(b"\n", b"\r\n"),
    "noend.jsonl": LINES.rstrip(b"\n"),
    "bom.jsonl": b"\xef\xbb\xbf" + LINES,
    "rows.jsonl.gz": gzip.compress(LINES),
    "members.jsonl.gz": gzip.compress(LINES[:40]) + gzip.compress(LINES[40:]),
    "rows.jsonl.zst": zstandard.compress(LINES),
    "frames.jsonl.zst": zstandard.compress(LINES[:40]) + zstandard.compress(LINES[40:]),
    "rows.zip": _zip("trn.json", LINES),
    "rows.csv": _csv(","),
    "rows.tsv": _csv("\t"),
    "semicolon.csv": _csv(";"),
    "rows.csv.gz": gzip.compress(_csv(",")),
    "rows.parquet": _parquet(),
}


@pytest.mark.parametrize("name", FORMS)
def test_every_form_gives_the_same_rows(tmp_path, name):
    (tmp_path / name).write_bytes(FORMS[name])
    batches = read(tmp_path / name)
    assert rows_of(batches) == ROWS
    assert lines_of(batches) == len(ROWS)
    assert {batch.file for batch in batches} == {name}


def test_lines_are_those_of_the_file(tmp_path):
    (tmp_path / "a.jsonl").write_bytes(b"\n" + LINES)
    (tmp_path / "a.csv").write_bytes(_csv(","))
    assert read(tmp_path / "a.jsonl")[0].rows["line"].to_list() == [2, 3, 4, 5, 6]
    assert read(tmp_path / "a.csv")[0].rows["line"].to_list() == [2, 4, 6, 8, 10]  # each content holds a line break


def test_a_folder_s_shards_are_read_in_order_and_named(tmp_path):
    for n, row in enumerate(ROWS):
        folder = tmp_path / f"part{n % 2}"
        folder.mkdir(exist_ok=True)
        (folder / f"{n}.jsonl").write_text(json.dumps(row) + "\n")
    (tmp_path / "notes.txt").write_text("not a shard")
    (tmp_path / ".hidden.jsonl").write_text("{}")
    batches = read(tmp_path)
    assert [batch.file for batch in batches] == [
        "part0/0.jsonl",
        "part0/2.jsonl",
        "part0/4.jsonl",
        "part1/1.jsonl",
        "part1/3.jsonl",
    ]
    assert sorted(row["uid"] for row in rows_of(batches)) == [row["uid"] for row in ROWS]


def test_a_zip_of_several(tmp_path):
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
        archive.writestr("b.jsonl", LINES)
        archive.writestr("a.csv", _csv(","))
        archive.writestr("readme.md", "x")
    assert [batch.file for batch in read(tmp_path / "all.zip")] == ["all.zip/a.csv", "all.zip/b.jsonl"]


def test_same_names_in_two_folders_are_told_apart(tmp_path):
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "trn.json").write_bytes(LINES)
    names = [source.name for source in find_sources([tmp_path / "one" / "trn.json", tmp_path / "two" / "trn.json"])]
    assert names == [(tmp_path / "one/trn.json").as_posix(), (tmp_path / "two/trn.json").as_posix()]


def test_named_columns(tmp_path):
    (tmp_path / "a.jsonl").write_text('{"sku": 1, "name": "N", "text": "T", "title": 5}\n')
    (tmp_path / "a.csv").write_text("sku,Name,text\n1,N,T\n")
    for name in ("a.jsonl", "a.csv"):
        assert rows_of(read(tmp_path / name, columns=Columns("sku", "name", "text"))) == [
            {"uid": "1", "title": "N", "content": "T"}
        ]


@pytest.mark.parametrize(("name", "data"), [("a.csv", b"title,text\nx,y\n"), ("a.parquet", None)])
def test_a_column_that_is_not_there_is_named_with_those_that_are(tmp_path, name, data):
    if data is None:
        pl.DataFrame({"title": ["x"], "text": ["y"]}).write_parquet(tmp_path / name)
    else:
        (tmp_path / name).write_bytes(data)
    with pytest.raises(SettingsError, match=r"no column 'content'; it has 'title', 'text'") as caught:
        read(tmp_path / name)
    assert caught.value.fix == "say which column it is: --content-column NAME"


def test_bad_rows_of_a_csv_are_counted(tmp_path):
    (tmp_path / "a.csv").write_bytes(b"uid,title,content\n1,a,b\n2,a\n3,a\xff,b\n4,a\x00,b\n\n5,a,b\n")
    (batch,) = read(tmp_path / "a.csv")
    assert [(bad.line, bad.reason) for bad in batch.bad] == [(3, "wrong_columns"), (4, "broken_utf8"), (5, "nul_byte")]
    assert (batch.lines, batch.rows["uid"].to_list(), batch.blank) == (6, ["1", "5"], (6,))


def test_a_quote_that_is_never_closed_says_where(tmp_path):
    (tmp_path / "a.csv").write_text('uid,title,content\n1,a,"b\n' + "x,y,z\n" * 400_000)
    with pytest.raises(CatalogueError, match="cannot be read as CSV from line 2"):
        read(tmp_path / "a.csv")


@pytest.mark.parametrize("name", ["rows.jsonl.gz", "rows.jsonl.zst", "rows.zip", "rows.csv.gz"])
@pytest.mark.parametrize("damage", ["cut", "broken"])
def test_damaged_compression_is_never_taken_for_the_end(tmp_path, name, damage):
    data = FORMS[name]
    place = len(data) // 2
    bad = (
        data[: place + 8]
        if damage == "cut"
        else data[:place] + bytes(b ^ 0xFF for b in data[place : place + 6]) + data[place + 6 :]
    )
    (tmp_path / name).write_bytes(bad)
    with pytest.raises(CatalogueError, match="damaged"):
        read(tmp_path / name)


def test_inputs_that_are_not_there(tmp_path):
    with pytest.raises(InputNotFound, match="there is no file"):
        find_sources([tmp_path / "nothing.jsonl"])
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputNotFound, match="holds no file that can be read"):
        find_sources([tmp_path / "empty"])


@pytest.mark.parametrize("ending", [b"\n", b""])
def test_a_line_longer_than_the_limit_is_one_bad_line(tmp_path, ending):
    row = json.dumps(ROWS[0]).encode()
    long = b'{"title": "' + b"x" * (3 * BLOCK_BYTES) + b'"}'
    (tmp_path / "a.jsonl").write_bytes(row + b"\n" + long + b"\n" + row + b"\n" + long + ending)
    batches = read(tmp_path / "a.jsonl", max_line_bytes=2 * BLOCK_BYTES)
    assert lines_of(batches) == 4
    assert [(bad.line, bad.reason) for batch in batches for bad in batch.bad] == [(2, "too_long"), (4, "too_long")]
    assert [line for batch in batches for line in batch.rows["line"]] == [1, 3]


def test_blocks_hold_whole_lines_and_bounded_memory(tmp_path):
    """Of 96 MB on one line no more than the limit and two blocks are ever held."""
    with (tmp_path / "a.jsonl").open("wb") as file:
        for _ in range(6):
            file.write(b"x" * BLOCK_BYTES)
    (source,) = find_sources([tmp_path / "a.jsonl"])
    tracemalloc.start()
    blocks = list(read_blocks(source, 16 << 20))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert [block.cut for block in blocks] == [True]
    assert peak < 5 * BLOCK_BYTES


@settings(max_examples=100, deadline=None)
@given(st.lists(st.binary(max_size=30), max_size=10))
def test_blocks_put_together_are_the_file(tmp_path_factory, parts):
    data = b"\n".join(parts)
    path = tmp_path_factory.mktemp("blocks") / "a.jsonl"
    path.write_bytes(data)
    (source,) = find_sources([path])
    assert b"".join(block.data for block in read_blocks(source, 1 << 20)) == data
