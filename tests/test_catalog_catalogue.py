"""A prepared catalogue, read: by uid, by title, in order, by split, as a sample."""

from __future__ import annotations

import json

import pytest
from preparing import make_rows, write_rows

from shelftalker.catalog import Catalogue
from shelftalker.config import PrepareSettings
from shelftalker.errors import CatalogueError, FormatMismatch, InputNotFound, UnfinishedFolder
from shelftalker.prepare import prepare

ROWS = make_rows(300)
ROWS[7] = {**ROWS[3], "uid": "SAME"}  # an exact duplicate
ROWS[9] = {**ROWS[9], "title": ROWS[8]["title"].upper()}  # the same title with another content
ROWS[20] = {**ROWS[20], "title": "***"}
ROWS[21] = {**ROWS[21], "title": "???"}


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory):
    folder = tmp_path_factory.mktemp("catalogue")
    prepare(
        [write_rows(folder / "rows.jsonl", ROWS)],
        folder / "data",
        PrepareSettings(validation_share=0.1, test_share=0.1),
    )
    return Catalogue.open(folder / "data")


def test_records_are_in_the_order_of_the_file(catalogue):
    records = catalogue.records()
    assert len(records) == len(catalogue) == 299
    assert [r.line for r in records] == [n for n in range(1, 301) if n != 8]
    assert list(catalogue.iterate(batch=64)) == records
    assert {r.file for r in records} == {"rows.jsonl"}


def test_a_record_is_found_by_any_of_its_uids(catalogue):
    record = catalogue.record("SAME")
    assert (record.uid, record.uids, record.line) == ("U0003", ("U0003", "SAME"), 4)
    assert catalogue.record("U0003") == record
    assert catalogue.split_of("SAME") == catalogue.split_of("U0003")


def test_a_uid_that_is_not_there(catalogue):
    for ask in (catalogue.record, catalogue.split_of):
        with pytest.raises(CatalogueError, match="has no uid 'NOPE'"):
            ask("NOPE")


def test_same_titles(catalogue):
    assert [r.uid for r in catalogue.same_title(ROWS[8]["title"])] == ["U0008", "U0009"]
    assert [r.uid for r in catalogue.same_title(ROWS[8]["title"].replace(" ", " - "))] == ["U0008", "U0009"]
    assert [r.uid for r in catalogue.same_title("***")] == ["U0020"]  # no letters: equal or not
    assert catalogue.same_title("no such title") == []


def test_splits_are_apart_and_whole(catalogue):
    sides = {side: {r.uid for r in catalogue.records(side)} for side in ("train", "validation", "test")}
    assert sum(map(len, sides.values())) == len(set().union(*sides.values())) == len(catalogue)
    assert all(len(uids) > 5 for uids in sides.values())
    assert all(catalogue.split_of(uid) == side for side, uids in sides.items() for uid in uids)
    assert catalogue.split_of("U0008") == catalogue.split_of("U0009")


def test_a_sample_is_drawn_by_the_seed(catalogue):
    one, again, other = (catalogue.records("train", limit=20, seed=seed) for seed in (1, 1, 2))
    assert one == again != other
    assert len(one) == 20
    assert {r.uid for r in one} <= {r.uid for r in catalogue.records("train")}


@pytest.mark.parametrize("count", [1, 200, 299])
def test_rows_come_in_the_order_asked_for(catalogue, count):
    rows = list(range(count))[::-1]
    assert [r.uid for r in catalogue.read_rows(rows)] == [catalogue.records()[row].uid for row in rows]


def test_folders_that_are_no_catalogue(tmp_path):
    with pytest.raises(InputNotFound, match="there is no folder"):
        Catalogue.open(tmp_path / "nothing")
    (tmp_path / "empty").mkdir()
    with pytest.raises(UnfinishedFolder):
        Catalogue.open(tmp_path / "empty")
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "manifest.json").write_text(json.dumps({"format": 1, "kind": "run"}))
    with pytest.raises(FormatMismatch):
        Catalogue.open(tmp_path / "run")


def test_a_manifest_whose_files_are_gone(tmp_path):
    prepare([write_rows(tmp_path / "a.jsonl", make_rows(3))], tmp_path / "data", PrepareSettings())
    (tmp_path / "data" / "generation-1").rename(tmp_path / "elsewhere")
    with pytest.raises(UnfinishedFolder, match="lacks files that its manifest names") as caught:
        Catalogue.open(tmp_path / "data")
    assert "--overwrite" in caught.value.fix
