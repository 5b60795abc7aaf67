"""A question for every record: all of them, once, in order, and on from where it was stopped."""

from __future__ import annotations

import json

import pytest

from shelftalker.answer import Answerer, answer_all
from shelftalker.catalog import Catalogue
from shelftalker.config import PrepareSettings
from shelftalker.errors import StorageError, UsageError
from shelftalker.find import Finder
from shelftalker.prepare import prepare


def _prepare(folder, count, first=0):
    source = folder / f"rows{first}.jsonl"
    rows = [
        {"uid": f"U{n}", "title": f"Lamp number {n}", "content": f"A lamp of {n} W. It is the lamp for room {n}."}
        for n in range(first, first + count)
    ]
    source.write_text("".join(json.dumps(row) + "\n" for row in rows))
    prepare([source], folder / f"data{first}", PrepareSettings())
    return Catalogue.open(folder / f"data{first}")


@pytest.fixture(scope="module")
def shelf(tmp_path_factory, no_encoder):
    catalogue = _prepare(tmp_path_factory.mktemp("everything"), 20)
    return catalogue, Answerer(Finder(catalogue), catalogue, None)


def _read(path):
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_every_record_is_asked_about_once_in_order(shelf, tmp_path):
    catalogue, answerer = shelf
    told: list[tuple[int, int]] = []
    out = tmp_path / "deep" / "answers.jsonl"
    assert answer_all(answerer, catalogue, out, on_progress=lambda *at: told.append(at)) == 20
    lines = _read(out)
    assert [line["uid"] for line in lines] == [record.uid for record in catalogue.iterate()]
    assert all(line["sources"][0]["uid"] == line["uid"] for line in lines)
    for line, record in zip(lines, catalogue.iterate(), strict=True):
        assert record.content.split(". ")[0] in line["answer"]
    assert told[-1] == (20, 20)
    assert list(out.parent.iterdir()) == [out]


def test_a_stopped_run_goes_on_and_ends_the_same(shelf, tmp_path):
    catalogue, answerer = shelf
    whole, out = tmp_path / "whole.jsonl", tmp_path / "answers.jsonl"
    answer_all(answerer, catalogue, whole)

    def stop(done: int, total: int) -> None:
        if done == 7:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        answer_all(answerer, catalogue, out, on_progress=stop)
    assert not out.exists()
    part = tmp_path / "answers.jsonl.part"
    assert len(_read(part)) == 7
    part.write_text(part.read_text() + '{"uid": "half a li')
    assert answer_all(answerer, catalogue, out) == 20
    assert [line["answer"] for line in _read(out)] == [line["answer"] for line in _read(whole)]
    assert not part.exists()


def test_another_catalogues_part_file_is_not_gone_on_with(shelf, tmp_path):
    catalogue, answerer = shelf
    out = tmp_path / "answers.jsonl"
    (tmp_path / "answers.jsonl.part").write_text('{"uid": "SOMEONE"}\n')
    with pytest.raises(StorageError, match="another catalogue"):
        answer_all(answerer, catalogue, out)


def test_a_file_that_is_there_is_kept_unless_told_otherwise(shelf, tmp_path):
    catalogue, answerer = shelf
    out = tmp_path / "answers.jsonl"
    out.write_text("mine\n")
    with pytest.raises(UsageError, match="is there already"):
        answer_all(answerer, catalogue, out)
    assert out.read_text() == "mine\n"
    assert answer_all(answerer, catalogue, out, overwrite=True) == 20


def test_the_form_needs_a_place_for_the_title(shelf, tmp_path):
    catalogue, answerer = shelf
    with pytest.raises(UsageError, match="no place for the title"):
        answer_all(answerer, catalogue, tmp_path / "a.jsonl", form="What is it?")


def test_records_are_asked_by_uid_so_that_shared_titles_do_not_matter(tmp_path, no_encoder):
    source = tmp_path / "mugs.jsonl"
    rows = [
        {"uid": uid, "title": "Wren Mug", "content": f"A {colour} mug."}
        for uid, colour in (("M1", "red"), ("M2", "blue"))
    ]
    source.write_text("".join(json.dumps(row) + "\n" for row in rows))
    prepare([source], tmp_path / "data", PrepareSettings(near_duplicates=False))
    catalogue = Catalogue.open(tmp_path / "data")
    answerer = Answerer(Finder(catalogue), catalogue, None)
    answer_all(answerer, catalogue, tmp_path / "answers.jsonl", form="What colour is {x}?")
    assert {line["uid"]: line["sources"][0]["uid"] for line in _read(tmp_path / "answers.jsonl")} == {
        "M1": "M1",
        "M2": "M2",
    }
