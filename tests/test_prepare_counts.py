"""What `prepare` counts, merges, keeps apart and splits."""

from __future__ import annotations

import json
import subprocess
import sys

import polars as pl
import pytest
from conftest import ROOT
from hypothesis import given, settings
from hypothesis import strategies as st
from preparing import WORDS, contents, make_rows, write_rows

from shelftalker.catalog import Catalogue
from shelftalker.catalog.batches import Columns
from shelftalker.catalog.sources import find_sources
from shelftalker.config import PrepareSettings
from shelftalker.find import Finder
from shelftalker.prepare import prepare
from shelftalker.prepare.choosing import choose
from shelftalker.prepare.gathering import gather
from shelftalker.sample import write_sample

MAKER = ROOT.parent / "shared" / "tools" / "make_trn.py"


def test_counts_are_the_generator_s(tmp_path):
    if not MAKER.is_file():
        pytest.skip("the generator (../shared/tools/make_trn.py) is not on this machine")
    made = subprocess.run(
        [sys.executable, MAKER, tmp_path / "trn.jsonl", "--rows", "20000"], capture_output=True, text=True, check=True
    )
    said = json.loads(made.stdout.splitlines()[-1])
    counts = prepare([tmp_path / "trn.jsonl"], tmp_path / "data", PrepareSettings()).counts
    names = ["empty_title", "empty_content", "empty_both", "exact_duplicates", "same_title_other_content"]
    assert {name: counts[name] for name in [*names, "both_present"]} == {
        name: said[name] for name in [*names, "both_present"]
    }
    assert counts["lines"] == said["rows"]
    assert counts["kept"] == said["after_exact_dedup"]
    assert counts["ambiguous_titles"] == said["same_title_other_content"]  # each title is copied once at most


def test_counts_are_the_sample_s(tmp_path):
    said = write_sample(tmp_path / "my.jsonl", products=120, seed=5).to_json()
    counts = prepare([tmp_path / "my.jsonl"], tmp_path / "data", PrepareSettings()).counts
    assert {name: counts[name] for name in counts if name in said} == {
        name: said[name] for name in counts if name in said
    }
    assert counts["kept"] == 120


def add_up(counts):
    """Every line is accounted for once."""
    left_out = ["emptied_by_cleaning", "content_is_title", "test_rows", "duplicates_after_cleaning", "repeated_uids"]
    full = counts["kept"] + counts["exact_duplicates"] + sum(counts[name] for name in left_out)
    assert counts["both_present"] == full
    empty = counts["empty_title"] + counts["empty_content"] - counts["empty_both"]
    assert counts["lines"] == counts["blank"] + counts["bad"] + empty + full


TEXT = st.sampled_from(
    ["", " ", "Lamp", "lamp", "Lamp &amp; Shade", "Lamp & Shade", "test", "<br>", "A lamp of 5 W", "\u200b"]
)
LINE = st.one_of(
    st.fixed_dictionaries({"uid": st.sampled_from(["", "a", "b", "c"]), "title": TEXT, "content": TEXT}).map(
        lambda row: json.dumps(row).encode()
    ),
    st.binary(max_size=20),
    st.just(b""),
)
GOOD = json.dumps({"uid": "good", "title": "A good title", "content": "With a good content."}).encode()


@settings(max_examples=120, deadline=None)
@given(st.lists(LINE, max_size=15))
def test_any_bytes_in_and_the_counts_add_up(tmp_path_factory, lines):
    folder = tmp_path_factory.mktemp("any")
    data = b"\n".join([GOOD, *lines]) + b"\n"
    (folder / "a.jsonl").write_bytes(data)
    gathered = gather(
        find_sources([folder / "a.jsonl"]),
        folder,
        Columns(),
        keep_raw=False,
        max_line_bytes=1 << 20,
        on_bytes=lambda _: None,
    )
    chosen = choose(pl.concat(gathered.marks))
    add_up(gathered.counts | chosen.counts)
    assert gathered.counts["lines"] == data.replace(b"\r\n", b"\n").count(b"\n")
    both = pl.concat([chosen.kept, chosen.rows.filter("keep").select("uids")], how="horizontal")
    uids = both.select(pl.coalesce("uids", pl.concat_list("uid")))["uids"].explode()
    assert len(chosen.kept) == chosen.counts["kept"]
    assert uids.n_unique() == len(uids)  # a uid leads to one record


def test_duplicates_are_merged_and_every_uid_leads_to_the_record(tmp_path):
    rows = make_rows(4)
    rows += [{**rows[0], "uid": "D1"}, {**rows[0], "uid": "D2", "title": f"<b>{rows[0]['title']}</b>"}]
    data = tmp_path / "data"
    counts = prepare([write_rows(tmp_path / "a.jsonl", rows)], data, PrepareSettings()).counts
    assert (counts["exact_duplicates"], counts["duplicates_after_cleaning"], counts["kept"]) == (1, 1, 4)
    assert Catalogue.open(data).record("D2").uids == ("U0000", "D1", "D2")
    for uid in ("D1", "D2"):
        assert Finder.open(data).find(uid).hits[0].record.uid == "U0000"


def test_rows_without_a_uid_get_one_from_their_place(tmp_path):
    rows = [{"title": row["title"], "content": row["content"]} for row in make_rows(3)]
    manifest = prepare([write_rows(tmp_path / "a.jsonl", rows)], tmp_path / "data", PrepareSettings())
    assert manifest.counts["made_uids"] == 3
    assert sorted(contents(tmp_path / "data")) == ["a.jsonl#1", "a.jsonl#2", "a.jsonl#3"]


def test_a_uid_that_comes_again_with_another_text_is_told(tmp_path):
    rows = make_rows(3)
    rows[2] = {**rows[2], "uid": rows[0]["uid"]}
    manifest = prepare([write_rows(tmp_path / "a.jsonl", rows)], tmp_path / "data", PrepareSettings())
    assert manifest.counts["repeated_uids"] == 1
    assert manifest.dropped["repeated_uids"]["first"] == {"file": "a.jsonl", "line": 3}


def test_every_reason_has_its_first_line(tmp_path):
    rows = make_rows(400)
    lines = [json.dumps(row).encode() for row in rows]
    lines[10:10] = [b"", b"{", b'{"title": "", "content": "x"}', b'{"title": "x", "content": " "}', b'{"title": 1}']
    lines.insert(0, b'{"uid": "T", "title": "Test", "content": "this is a test"}')
    lines.insert(0, b'{"uid": "R", "title": "A lamp", "content": "a lamp."}')
    (tmp_path / "a.jsonl").write_bytes(b"\n".join(lines))
    manifest = prepare([tmp_path / "a.jsonl"], tmp_path / "data", PrepareSettings())
    firsts = {reason: found["first"]["line"] for reason, found in manifest.dropped.items()}
    assert firsts == {
        "content_is_title": 1,
        "test_rows": 2,
        "blank": 13,
        "bad": 14,
        "not_json": 14,
        "empty_title": 15,
        "empty_content": 16,
        "wrong_type": 17,
    }


def near_twins(count, seed):
    """Pairs of rows whose titles differ and whose long contents differ in one word."""
    rows = []
    for n, row in enumerate(make_rows(count, seed)):
        words = (row["content"] + " " + " ".join(WORDS[(n + k * 7) % len(WORDS)] for k in range(60))).split()
        other = [*words[:40], "otherwise", *words[41:]]
        rows += [{**row, "content": " ".join(words)}]
        rows += [{"uid": f"{row['uid']}t", "title": row["title"] + " Two", "content": " ".join(other)}]
    return rows


def test_near_duplicates_are_on_one_side_of_the_split(tmp_path):
    rows = near_twins(200, seed=3)
    settings = PrepareSettings(validation_share=0.2, test_share=0.2)
    data = tmp_path / "data"
    manifest = prepare([write_rows(tmp_path / "a.jsonl", rows)], data, settings)
    catalogue = Catalogue.open(data)
    apart = [r["uid"] for r in rows[::2] if catalogue.split_of(r["uid"]) != catalogue.split_of(r["uid"] + "t")]
    assert manifest.counts["near_duplicates"] >= 0.95 * len(rows)
    assert len(apart) <= 0.05 * len(rows) / 2
    sizes = manifest.results["splits"]
    assert min(sizes["validation"], sizes["test"]) > 0.1 * len(rows)


def test_without_looking_for_near_duplicates_there_are_none(tmp_path):
    manifest = prepare(
        [write_rows(tmp_path / "a.jsonl", near_twins(10, seed=3))],
        tmp_path / "data",
        PrepareSettings(near_duplicates=False),
    )
    assert "near_duplicates" not in manifest.counts
    assert "near" not in manifest.files


def test_the_split_is_the_same_whatever_else_is_in_the_catalogue(tmp_path):
    rows = make_rows(200)
    settings = PrepareSettings(validation_share=0.2, test_share=0.2)
    sides = []
    for name, chosen in (("all", rows), ("half", rows[::-2])):
        data = tmp_path / name
        prepare([write_rows(tmp_path / f"{name}.jsonl", chosen)], data, settings)
        catalogue = Catalogue.open(data)
        sides.append({row["uid"]: catalogue.split_of(row["uid"]) for row in rows[::-2]})
    assert sides[0] == sides[1]
    again = tmp_path / "seed"
    prepare([tmp_path / "all.jsonl"], again, settings.model_copy(update={"seed": 2}))
    assert any(Catalogue.open(again).split_of(uid) != side for uid, side in sides[0].items())


def test_the_uncleaned_texts_may_be_kept(tmp_path):
    row = {"uid": "a", "title": "Tom &amp; Jerry", "content": "<b>A film</b> of 1992."}
    data = tmp_path / "data"
    prepare([write_rows(tmp_path / "a.jsonl", [row])], data, PrepareSettings(keep_raw=True))
    frame = pl.read_parquet(Catalogue.open(data).path_of("records"))
    assert frame.select("title", "raw_title", "content", "raw_content").row(0) == (
        "Tom & Jerry",
        row["title"],
        "A film of 1992.",
        row["content"],
    )
