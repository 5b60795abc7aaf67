"""What `build_index` writes, and that extending an index gives what building it anew gives."""

import polars as pl
import pytest
from find_shop import PRODUCTS
from hypothesis import given
from hypothesis import strategies as st

from shelftalker.errors import CatalogueError
from shelftalker.find import build_index, can_extend, extend_index
from shelftalker.find.names import name_tokens, squash
from shelftalker.find.opening import Index
from shelftalker.find.rows import TitleReader, TitleWriter
from shelftalker.find.words import WordIndex, WordWriter, content_chars, content_tokens

ROWS = [
    {"uid": uid, "title": title, "content": content, "file": "shop.jsonl", "line": line, "uids": [uid]}
    for line, (uid, (title, content)) in enumerate(PRODUCTS.items(), start=1)
]


def write_index(folder, rows):
    pl.DataFrame(rows).write_parquet(folder / "records.parquet")
    told = []
    build_index(folder / "records.parquet", folder / "index", on_progress=told.append)
    assert told == [len(rows)]
    return folder / "index"


@pytest.fixture(scope="module")
def index(tmp_path_factory):
    return Index(write_index(tmp_path_factory.mktemp("shop"), ROWS))


def test_titles_uids_and_names_lead_to_their_rows(index):
    assert len(index) == len(ROWS)
    for row, record in enumerate(ROWS):
        assert index.titles[row] == record["title"]
        assert index.uids.rows(record["uid"]) == [row]
        assert row in index.names.rows(squash(record["title"]))
    assert ROWS[6]["uid"] == "P07"
    assert index.names.rows(squash("Silent Lighthouse")) == [6]  # a head is a name


def test_words_are_found_with_any_and_with_all(index):
    rows = {row for row, record in enumerate(ROWS) if "corvane" in name_tokens(record["title"])}
    assert {row for row, _ in index.by_title.any_of([["corvane"]], 50)} == rows
    assert [row for row, _ in index.by_title.all_of([["corvane", "korvane"], ["kettle"], ["1.7"]], 50)] == [1]
    assert index.by_title.all_of([["corvane"], ["unheard"]], 50) == []
    assert index.by_title.any_of([], 50) == index.by_title.any_of([["corvane"]], 0) == []


def test_descriptions_are_searched_folded(index):
    assert [row for row, _ in index.by_content(content_tokens("Ajustável, LEITURA!"), 5)] == [10]
    assert not index.has_meaning
    assert index.by_content(["unheard"], 5) == []


def test_of_a_description_only_so_much_is_searched(tmp_path):
    assert content_chars(2_000_000) < content_chars(100)
    long = {**ROWS[0], "content": "opening " + "x " * content_chars(1) + "ending"}
    index = Index(write_index(tmp_path, [long]))
    assert [len(index.by_content([word], 5)) for word in ("opening", "ending")] == [1, 0]


def test_what_is_no_file_of_records_is_refused(tmp_path):
    (tmp_path / "records.parquet").write_bytes(b"no parquet")
    with pytest.raises(CatalogueError) as raised:
        build_index(tmp_path / "records.parquet", tmp_path / "index")
    assert raised.value.fix == "make the catalogue again: shelftalker prepare CATALOG --out DIR"


def test_extending_gives_what_building_anew_gives(tmp_path):
    gone = [0, 3, 16]
    (tmp_path / "old").mkdir()
    old = write_index(tmp_path / "old", ROWS[:18])
    assert can_extend(old, len(gone))
    added = pl.DataFrame(ROWS[18:]).select("title", "content", "uids")
    extend_index(old, tmp_path / "new", added, gone)
    new, whole = Index(tmp_path / "new"), Index(write_index(tmp_path, ROWS))
    assert len(new) == len(whole)
    for row, record in enumerate(ROWS):
        kept = [] if row in gone else [row]
        assert new.uids.rows(record["uid"]) == kept
        assert new.titles[row] == record["title"]
        named = squash(record["title"])
        assert new.names.rows(named) == [r for r in whole.names.rows(named) if r not in gone]
        for word in name_tokens(record["title"]):
            found = {r for r, _ in new.by_title.any_of([[word]], 50)}
            assert found == {r for r, _ in whole.by_title.any_of([[word]], 50)} - set(gone)
        for word in content_tokens(record["content"])[:3]:
            assert {r for r, _ in new.by_content([word], 50)} == {r for r, _ in whole.by_content([word], 50)} - set(
                gone
            )
    assert (new.words.count("memorex"), whole.words.count("memorex")) == (0, 1)
    assert new.words.count("notes") == 1
    assert "memorex" not in new.words.similar("memorx", 1)
    assert "harbin" in new.words.similar("harbyn", 1)
    assert [r for r, _ in Index(old).by_title.any_of([["memorex"]], 5)] == [0]  # the old index is as it was


def test_an_index_of_another_kind_is_not_extended(tmp_path):
    index = write_index(tmp_path, ROWS[:3])
    assert not can_extend(index, 4_001)
    (index / "more").touch()
    assert not can_extend(index, 0)


@given(batches=st.lists(st.lists(st.text(max_size=8), max_size=4), max_size=4))
def test_titles_come_back_as_they_were(tmp_path_factory, batches):
    path = tmp_path_factory.mktemp("titles") / "title"
    writer = TitleWriter(path)
    for batch in batches:
        writer.append(batch)
    writer.close()
    titles = TitleReader(path)
    assert [titles[row] for row in range(len(titles))] == [title for batch in batches for title in batch]
    assert titles.size_bytes == path.with_suffix(".bytes").stat().st_size


def test_bm25_ranks_as_its_formula_does(tmp_path):
    """Two titles of one length: the one with the rarer word goes first."""
    writer = WordWriter.create(tmp_path / "words", "title")
    writer.append(["common rare", "common other", "common third", "fourth fifth"], 0)
    writer.commit()
    writer.close()
    found = WordIndex(tmp_path / "words", "title").any_of([["common"], ["rare"]], 9)
    assert found[0][0] == 0
    assert {row for row, _ in found} == {0, 1, 2}
