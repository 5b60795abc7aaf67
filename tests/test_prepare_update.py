"""`prepare --update`: the same records and answers as making the catalogue anew, and sides that nothing leaves."""

from __future__ import annotations

import json
import threading

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from preparing import contents, files_of, make_rows, write_rows

from shelftalker.artifacts import hash_manifest, read_manifest
from shelftalker.catalog import Catalogue
from shelftalker.cli.main import run
from shelftalker.config import PrepareSettings
from shelftalker.errors import CatalogueError, FolderError, InputNotFound, SettingsError, UsageError
from shelftalker.find import Finder
from shelftalker.prepare import prepare

SIDES = PrepareSettings(validation_share=0.2, test_share=0.2)
STATE_COUNTS = ["kept", "ambiguous_titles", "ambiguous_records", "same_title_other_content", "near_duplicates"]


def update(data, folder, rows, removed=(), name="u.jsonl", options=SIDES):
    """Bring `data` up to date with rows and removals."""
    remove = None
    if removed:
        remove = folder / "gone.txt"
        remove.write_text("".join(f"{uid}\n" for uid in removed))
    inputs = [write_rows(folder / name, rows)] if rows else []
    return prepare(inputs, data, options, update=True, remove=remove)


def anew(folder, first, rows, removed=(), name="u.jsonl", options=SIDES):
    """Prepare from scratch what should be there after the update: replaced and removed rows become empty lines."""
    gone = {row["uid"] for row in rows} | set(removed)
    folder.mkdir()
    sources = [write_rows(folder / "a.jsonl", [None if row["uid"] in gone else row for row in first])]
    sources += [write_rows(folder / name, rows)] if rows else []
    return prepare(sources, folder / "data", options.model_copy(update={"max_bad": 1.0}))


def made(folder, rows, options=SIDES):
    prepare([write_rows(folder / "a.jsonl", rows)], folder / "data", options)
    return folder / "data"


def find_results(data, questions):
    finder = Finder.open(data)
    return [
        (found.status, frozenset(hit.record.uid for hit in found.hits) if found.status != "absent" else None)
        for found in map(finder.find, questions)
    ]


def groups_of(data):
    """The sets of uids that are alike."""
    with Catalogue.open(data) as catalogue:
        marks = pl.read_parquet(catalogue.path_of("marks"))
        alive = np.flatnonzero(marks["alive"].to_numpy())
        uids = [record.uid for record in catalogue.read_rows(alive.tolist())]
        found: dict[int, set[str]] = {}
        for uid, group in zip(uids, marks["group"].to_numpy()[alive], strict=True):
            found.setdefault(int(group), set()).add(uid)
    return {frozenset(group) for group in found.values()}


def check_same(data, fresh, questions=()):
    """An updated catalogue and one made anew hold and answer the same."""
    assert contents(data) == contents(fresh)
    one, other = (read_manifest(folder, "catalogue").counts for folder in (data, fresh))
    assert {name: one[name] for name in STATE_COUNTS} == {name: other[name] for name in STATE_COUNTS}
    assert groups_of(data) == groups_of(fresh)
    assert find_results(data, questions) == find_results(fresh, questions)


FIRST = make_rows(400)
NEW = make_rows(30, prefix="N")
CHANGED = [{**row, "content": "Quite another text. " + row["content"]} for row in FIRST[10:20]]
CHANGED += [{**row, "title": "Renamed " + row["title"]} for row in FIRST[20:30]]
AMBIGUOUS = [{**NEW[0], "uid": "AMB", "title": FIRST[40]["title"]}]
TWIN = [{"uid": "TWIN", "title": FIRST[50]["title"] + " II", "content": FIRST[50]["content"] + " Again."}]
REMOVED = [row["uid"] for row in FIRST[60:75]]


def test_an_update_is_what_making_it_anew_would_be(tmp_path):
    data = made(tmp_path, FIRST)
    rows = NEW + CHANGED + AMBIGUOUS + TWIN
    manifest = update(data, tmp_path, rows, REMOVED)
    fresh = anew(tmp_path / "fresh", FIRST, rows, REMOVED)
    questions = [row["title"] for row in [*FIRST[:80], *rows]] + [row["uid"] for row in [*FIRST[:80], *rows]]
    questions += [f"What is the {row['title'].lower()} product?" for row in rows]
    check_same(data, tmp_path / "fresh" / "data", questions)
    done = manifest.results["update"]
    assert (done["added"], done["changed"], done["removed"], done["unchanged"]) == (32, 20, 15, 0)
    assert manifest.counts["lines"] == fresh.counts["lines"]
    assert manifest.inputs == {**fresh.inputs, "a.jsonl": manifest.inputs["a.jsonl"]}


def test_what_was_there_is_shared_and_not_written_again(tmp_path):
    data = made(tmp_path, FIRST)
    records = Catalogue.open(data).path_of("records")
    with records.open("rb") as file:
        before = records.stat().st_ino
        update(data, tmp_path, NEW)
        catalogue = Catalogue.open(data)
        assert len(catalogue.parts) == 2
        assert catalogue.parts[0].records.stat().st_ino == before
        assert file.read(4) == b"PAR1"


ROW = st.fixed_dictionaries(
    {
        "uid": st.sampled_from([f"U{n:04d}" for n in range(8)] + ["X", "Y", "Z"]),
        "title": st.sampled_from([row["title"] for row in FIRST[:6]] + ["Another Lamp 9", "***"]),
        "content": st.sampled_from([row["content"] for row in FIRST[:6]] + ["A text of its own.", "One more, 5 kg."]),
    }
)
ROWS = st.lists(ROW, min_size=1, max_size=6, unique_by=lambda row: row["uid"])


@settings(max_examples=8, deadline=None)
@given(
    ROWS,
    st.lists(
        st.tuples(ROWS, st.sets(st.sampled_from([f"U{n:04d}" for n in range(8)]), max_size=3)), min_size=1, max_size=3
    ),
)
def test_any_updates_one_after_another(tmp_path_factory, first, updates):
    """The last text of each uid stays, whatever was merged, split off, removed or brought back in between."""
    folder = tmp_path_factory.mktemp("any")
    base = [*first, {"uid": "KEEP", "title": "Always Here 1", "content": "So that something is left."}]
    data = made(folder, base)
    texts = {row["uid"]: (row["title"], row["content"]) for row in base}
    for number, (rows, removed) in enumerate(updates):
        removed = removed - {row["uid"] for row in rows}
        update(data, folder, rows, removed, name=f"u{number}.jsonl")
        texts = {uid: text for uid, text in texts.items() if uid not in removed}
        texts |= {row["uid"]: (row["title"], row["content"]) for row in rows}
    found = contents(data)
    assert {uid: record[:2] for record in found.values() for uid in record[4]} == texts
    assert len(found) == len(set(texts.values())) == read_manifest(data, "catalogue").counts["kept"]
    finder = Finder.open(data)
    for uid, text in texts.items():
        hit = finder.find(uid).hits[0].record
        assert (hit.title, hit.content) == text
    titles = [title for title, _ in set(texts.values())]
    ambiguous = {title for title in titles if titles.count(title) > 1}
    assert read_manifest(data, "catalogue").counts["ambiguous_titles"] == len(ambiguous)
    for title in set(titles) - {"***"}:
        assert finder.find(title).status == ("several" if title in ambiguous else "found")


def test_nothing_moves_towards_training(tmp_path):
    """A new record that joins a group takes its side; one that joins two pulls both to the side most held out."""
    data = made(tmp_path, FIRST)
    with Catalogue.open(data) as catalogue:
        before = {row["uid"]: catalogue.split_of(row["uid"]) for row in FIRST}
    by_side = {side: [row for row in FIRST if before[row["uid"]] == side] for side in ("train", "validation", "test")}
    rows = [{**by_side[side][0], "uid": f"J-{side}", "content": f"Joins {side}."} for side in by_side]  # same titles
    rows += [{**by_side[side][1], "title": f"Renamed thing {n}"} for n, side in enumerate(by_side)]  # changed
    near = by_side["test"][2]["content"].split() + by_side["test"][2]["content"].split()
    rows += [{**by_side["train"][2], "content": " ".join(near)}]
    update(data, tmp_path, rows)
    with Catalogue.open(data) as catalogue:
        after = {row["uid"]: catalogue.split_of(row["uid"]) for row in [*FIRST, *rows]}
    rank = {"train": 0, "validation": 1, "test": 2}
    assert all(rank[after[uid]] >= rank[side] for uid, side in before.items())
    for side in by_side:
        assert after[f"J-{side}"] == side
        assert after[by_side[side][1]["uid"]] == side


def test_a_record_that_bridges_two_groups_holds_both_out(tmp_path):
    base = make_rows(300)
    data = made(tmp_path, base)
    with Catalogue.open(data) as catalogue:
        train = next(row for row in base if catalogue.split_of(row["uid"]) == "train")
        test = next(row for row in base if catalogue.split_of(row["uid"]) == "test")
    bridge = {"uid": "B", "title": train["title"], "content": test["content"]}
    also = {"uid": "B2", "title": test["title"], "content": test["content"] + " Two."}
    long = " ".join(f"{test['content']} {n}" for n in range(3))
    update(
        data, tmp_path, [bridge, also, {**bridge, "uid": "L1", "content": long}, {**also, "uid": "L2", "content": long}]
    )
    with Catalogue.open(data) as catalogue:
        sides = {uid: catalogue.split_of(uid) for uid in (train["uid"], test["uid"], "B", "B2", "L1", "L2")}
    groups = groups_of(data)
    joined = any({train["uid"], test["uid"]} <= group for group in groups)
    assert joined
    assert set(sides.values()) == {"test"}
    assert read_manifest(data, "catalogue").results["update"]["moved_to_held_out"] == 1


def test_readers_at_work_see_the_old_state_or_the_new(tmp_path):
    data = made(tmp_path, FIRST)
    old = contents(data)
    reader, finder = Catalogue.open(data), Finder.open(data)
    seen: list[bool] = []
    stop = threading.Event()
    states = [old]

    def read():
        while not stop.is_set():
            found = contents(data)
            seen.append(any(found == state for state in [*states, *expected]))

    expected = [{}, {}]
    thread = threading.Thread(target=read)
    rows = NEW[:10]
    expected[0] = old | {
        row["uid"]: (row["title"], row["content"], "u.jsonl", n, frozenset([row["uid"]]))
        for n, row in enumerate(rows, 1)
    }
    expected[1] = {uid: record for uid, record in expected[0].items() if uid != "U0001"}
    thread.start()
    try:
        update(data, tmp_path, rows)
        update(data, tmp_path, [], ["U0001"])
    finally:
        stop.set()
        thread.join()
    assert len(seen) > 1
    assert all(seen)
    assert contents(data) == expected[1]
    assert {r.uid: r.title for r in reader.iterate()} == {uid: record[0] for uid, record in old.items()}
    assert reader.record("U0001").uid == "U0001"
    assert finder.find("U0001").status == "found"
    assert finder.find("N0001").status == "absent"


def test_the_old_files_go_once_nobody_reads_them(tmp_path):
    data = made(tmp_path, FIRST)
    with Catalogue.open(data):
        update(data, tmp_path, NEW[:1])
        assert {path.name for path in data.glob("generation-*")} == {"generation-1", "generation-2"}
    update(data, tmp_path, NEW[1:2])
    assert {path.name for path in data.glob("generation-*")} == {"generation-3"}


def test_many_updates_are_written_into_one_file_again(tmp_path):
    data = made(tmp_path, FIRST[:50])
    for n in range(9):
        update(data, tmp_path, [NEW[n]], [FIRST[n]["uid"]], name=f"u{n}.jsonl")
    assert len(Catalogue.open(data).parts) < 9
    alive = Catalogue.open(data)
    assert {r.uid for r in alive.iterate()} == {r["uid"] for r in FIRST[9:50]} | {r["uid"] for r in NEW[:9]}
    for row in [*FIRST[9:50], *NEW[:9]]:
        assert alive.record(row["uid"]).title == row["title"]
        assert Finder.open(data).find(row["title"]).hits[0].record.uid == row["uid"]
    assert find_results(data, [row["uid"] for row in FIRST[:9]]) == [("absent", None)] * 9


def test_removing_most_writes_the_rest_anew(tmp_path):
    data = made(tmp_path, FIRST[:50])
    update(data, tmp_path, [], [row["uid"] for row in FIRST[:40]])
    fresh = anew(tmp_path / "fresh", FIRST[:50], [], [row["uid"] for row in FIRST[:40]])
    assert fresh.counts["kept"] == 10
    check_same(data, tmp_path / "fresh" / "data", [row["title"] for row in FIRST[40:50]])
    assert len(Catalogue.open(data).parts) == 1


def test_an_update_that_changes_nothing_writes_nothing(tmp_path):
    data = made(tmp_path, FIRST[:50])
    before = hash_manifest(data), files_of(data)
    update(data, tmp_path, FIRST[10:20], ["NEVER"])
    assert (hash_manifest(data), files_of(data)) == before


def test_a_row_that_would_be_left_out_changes_nothing(tmp_path):
    data = made(tmp_path, FIRST[:50])
    update(data, tmp_path, [{**FIRST[0], "content": ""}, {**FIRST[1], "content": FIRST[1]["title"]}, NEW[0]])
    assert set(contents(data)) == {row["uid"] for row in FIRST[:50]} | {"N0000"}
    counts = read_manifest(data, "catalogue").counts
    assert (counts["empty_content"], counts["content_is_title"], counts["lines"]) == (1, 1, 53)


def test_the_report_tells_the_whole(tmp_path):
    data = made(tmp_path, FIRST[:50])
    manifest = update(data, tmp_path, [NEW[0], CHANGED[0], {**NEW[1], "title": "A &amp; B"}], ["U0003"])
    report = json.loads((data / manifest.files["report_json"]).read_text())
    assert report["inputs"] == ["a.jsonl", "u.jsonl"]
    assert (report["counts"]["kept"], report["counts"]["lines"], report["counts"]["superseded"]) == (51, 53, 2)
    assert next(rule for rule in report["rules"] if rule["name"] == "entities")["count"] == 1
    assert sum(report["splits"].values()) == 51
    page = (data / "report.html").read_text()
    assert "2 added, 1 changed, 1 removed" in page


def test_settings_that_every_record_shares_cannot_change(tmp_path, capsys):
    data = made(tmp_path, FIRST[:20], PrepareSettings(seed=5, keep_raw=True))
    source = write_rows(tmp_path / "u.jsonl", NEW[:2])
    with pytest.raises(SettingsError, match=r"cannot change prepare\.seed from 5 to 6"):
        prepare([source], data, PrepareSettings(seed=6, keep_raw=True), update=True)
    assert run(["prepare", str(source), "--out", str(data), "--update"]) == 0  # what is not said stays
    assert capsys.readouterr().out.startswith("Catalogue data\n22 records from 22 lines")
    frame = pl.read_parquet(Catalogue.open(data).parts[1].records)
    assert frame["raw_title"].to_list() == [row["title"] for row in NEW[:2]]


@pytest.mark.parametrize(
    ("rows", "removed", "error", "message"),
    [
        ([{"title": 1}], (), CatalogueError, "lines are bad"),
        ([], [row["uid"] for row in FIRST[:5]], CatalogueError, "would leave no record"),
        ([], None, UsageError, "nothing to do"),
    ],
)
def test_an_update_that_cannot_be_leaves_all_as_it_was(tmp_path, rows, removed, error, message):
    data = made(tmp_path, FIRST[:5])
    before = hash_manifest(data), files_of(data)
    with pytest.raises(error, match=message):
        update(data, tmp_path, rows, removed or ())
    assert (hash_manifest(data), files_of(data)) == before


@pytest.mark.parametrize(
    ("text", "error", "message"),
    [
        (None, InputNotFound, "no file"),
        ("\n \n", CatalogueError, "names no uid"),
        (b"\xff\xfe", CatalogueError, "UTF-8"),
    ],
)
def test_a_list_of_removals_that_cannot_be_read(tmp_path, text, error, message):
    data = made(tmp_path, FIRST[:5])
    gone = tmp_path / "gone.txt"
    if text is not None:
        gone.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(error, match=message):
        prepare([], data, SIDES, update=True, remove=gone)


def test_there_must_be_a_catalogue_to_update(tmp_path):
    source = write_rows(tmp_path / "a.jsonl", FIRST[:5])
    with pytest.raises(InputNotFound, match="there is no folder"):
        prepare([source], tmp_path / "nothing", SIDES, update=True)
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "manifest.json").write_text(json.dumps({"format": 1, "kind": "run"}))
    with pytest.raises(FolderError, match="is a run folder"):
        prepare([source], tmp_path / "run", SIDES, update=True)
