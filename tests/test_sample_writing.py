"""The written files: the same bytes again, the counts exact, and noise that cleaning undoes."""

import json
import os
import subprocess
import sys
from collections import Counter

import pytest

from shelftalker.catalog import clean_text, normalise_title
from shelftalker.cli.main import run
from shelftalker.errors import InputNotFound, UsageError
from shelftalker.sample import fact_names, make_products, read_facts, side_files, write_sample


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    path = tmp_path_factory.mktemp("sample") / "s.jsonl"
    counts = write_sample(path, products=700, seed=3)
    return path, counts


@pytest.fixture(scope="module")
def rows(written):
    with written[0].open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def every_file(path):
    beside = side_files(path)
    return [file.read_bytes() for file in (path, beside.facts, beside.absent, beside.counts)]


def test_the_same_seed_writes_the_same_bytes_and_another_seed_others(written, tmp_path):
    path = written[0]
    again, other = tmp_path / "again.jsonl", tmp_path / "other.jsonl"
    write_sample(again, products=700, seed=3)
    assert every_file(again) == every_file(path)
    write_sample(other, products=700, seed=4)
    assert all(one != two for one, two in zip(every_file(other), every_file(path), strict=True))


def test_the_bytes_do_not_hang_on_the_order_of_a_set(tmp_path):
    """Python shuffles sets of strings anew in each process, and the facts' order was once that of a set."""
    code = (
        "import sys, pathlib, shelftalker.sample as s; s.write_sample(pathlib.Path(sys.argv[1]), products=200, seed=1)"
    )
    for shuffled in ("1", "3"):  # in these two the order differed
        path = tmp_path / shuffled / "s.jsonl"
        subprocess.run([sys.executable, "-c", code, path], env={**os.environ, "PYTHONHASHSEED": shuffled}, check=True)
    assert every_file(tmp_path / "1" / "s.jsonl") == every_file(tmp_path / "3" / "s.jsonl")


def test_rows_have_the_real_files_form_and_uids_of_their_own(rows):
    for row in rows:
        assert list(row) == ["uid", "title", "content", "target_ind", "target_rel"]
        assert len(row["target_ind"]) == len(row["target_rel"]) > 0
    assert len({row["uid"] for row in rows}) == len(rows)


def test_the_counts_are_what_a_plain_reader_finds(written, rows):
    counts = written[1]
    assert json.loads(side_files(written[0]).counts.read_text()) == counts.to_json()
    assert counts.lines == len(rows)
    assert counts.empty_title == sum(not row["title"].strip() for row in rows)
    assert counts.empty_content == sum(not row["content"].strip() for row in rows)
    assert counts.empty_both == sum(not row["title"].strip() and not row["content"].strip() for row in rows)
    both = [(row["title"], row["content"]) for row in rows if row["title"].strip() and row["content"].strip()]
    assert counts.both_present == len(both)
    assert counts.exact_duplicates == len(both) - len(set(both))
    cleaned = [(clean_text(title), clean_text(content)) for title, content in dict.fromkeys(both)]
    full = [pair for pair in cleaned if all(pair)]
    assert counts.emptied_by_cleaning == len(cleaned) - len(full)
    assert counts.duplicates_after_cleaning == len(full) - len(set(full))
    assert counts.kept == len(set(full)) == 700
    bearers = Counter(normalise_title(title) for title, _ in set(full))
    assert counts.ambiguous_titles == sum(n > 1 for n in bearers.values())
    assert counts.ambiguous_records == sum(n for n in bearers.values() if n > 1)
    assert sum(counts.kinds.values()) == 700


def test_cleaning_a_row_gives_the_clean_product_again(written, rows):
    by_uid = {row["uid"]: row for row in rows}
    for product in make_products(products=700, seed=3):
        row = by_uid[product.uid]
        assert clean_text(row["title"]) == product.title
        assert clean_text(row["content"]) == product.content


def test_a_duplicate_follows_its_original(written, rows):
    originals = {line["uid"] for line in read_facts(written[0])}
    seen = {}
    for row in rows:
        pair = clean_text(row["title"]), clean_text(row["content"])
        if all(pair):
            first = seen.setdefault(pair, row["uid"])
            assert first in originals
    assert set(seen.values()) == originals


def test_every_flaw_of_the_real_file_is_there(rows):
    text = "\n".join(f"{row['title']}\n{row['content']}" for row in rows)
    for flaw in (
        "&amp;",
        "&amp;amp;",
        "&amp;#",
        "&#x2019;",
        "&quot;",
        "<br",
        "<p>",
        "&nbsp;",
        "\xa0",
        "--This text refers to the",
    ):
        assert flaw in text, flaw


def test_the_facts_file_says_what_the_cleaned_content_says(written, rows):
    by_uid = {row["uid"]: row for row in rows}
    lines = list(read_facts(written[0]))
    assert len(lines) == 700
    for line in lines:
        row = by_uid[line["uid"]]
        assert clean_text(row["title"]) == line["title"]
        content = clean_text(row["content"])
        assert set(line["facts"]) <= fact_names().keys()
        for value in line["facts"].values():
            assert value in content
        for value in line["in_title"].values():
            assert value.casefold() in line["title"].casefold()
        for key in ("units", "accepted", "items"):
            assert line[key].keys() <= line["facts"].keys()
        assert line["language"] in ("en", "pt")


def test_absent_titles_lie_beside_and_are_absent(written, rows):
    titles = {normalise_title(clean_text(row["title"])) for row in rows if row["content"].strip()}
    lines = [json.loads(line) for line in side_files(written[0]).absent.read_text().splitlines()]
    assert len(lines) >= 250
    for line in lines:
        assert set(line) == {"title", "kind", "language", "near_uid", "change"}
        assert normalise_title(line["title"]) not in titles


@pytest.mark.parametrize("products", [1, 2, 3, 17])
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_the_smallest_catalogues_can_be_written(tmp_path, products, seed):
    counts = write_sample(tmp_path / "s.jsonl", products=products, seed=seed)
    assert counts.kept == products


@pytest.mark.parametrize("products", [0, -3, 1_000_001])
def test_a_size_out_of_range_is_refused(tmp_path, products):
    with pytest.raises(UsageError):
        write_sample(tmp_path / "s.jsonl", products=products, seed=1)
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_no_sample_is_never_overwritten(tmp_path):
    mine = tmp_path / "trn.json"
    mine.write_text("precious")
    with pytest.raises(UsageError):
        write_sample(mine, products=5, seed=1)
    assert mine.read_text() == "precious"
    with pytest.raises(UsageError):
        write_sample(tmp_path, products=5, seed=1)


def test_a_sample_is_written_over_an_older_one(tmp_path):
    path = tmp_path / "new" / "s.jsonl"
    write_sample(path, products=5, seed=1)
    before = path.read_bytes()
    write_sample(path, products=5, seed=2)
    assert path.read_bytes() != before


def test_facts_of_another_file_are_an_error(tmp_path):
    with pytest.raises(InputNotFound):
        list(read_facts(tmp_path / "trn.json"))


def test_the_verb_prints_where_it_wrote(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert run(["sample", "--products", "30", "--out", "s.jsonl"]) == 0
    captured = capsys.readouterr()
    lines = len((tmp_path / "s.jsonl").read_text().splitlines())
    assert captured.out == (
        f"s.jsonl: {lines} lines, 30 products in 14 kinds\n"
        "s.jsonl.facts.jsonl: the facts that each product's description states\n"
    )
    assert captured.err == ""


def test_the_verb_prints_the_counts_as_one_document(tmp_path, capsys):
    path = tmp_path / "s.jsonl"
    assert run(["sample", "--products", "30", "--seed", "2", "--out", str(path), "--json"]) == 0
    captured = capsys.readouterr()
    assert json.loads(captured.out) == json.loads(side_files(path).counts.read_text())
    assert captured.out.count("\n") == 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "error: missing option '--out'\n  try: shelftalker sample --help\n"),
        (
            ["--out", "s.jsonl", "--products", "0"],
            "error: a sample of 0 products cannot be made\n  try: ask for 1 to 1,000,000 products\n",
        ),
        (["--out", "."], "error: . is a folder\n  try: name a file: --out sample.jsonl\n"),
    ],
)
def test_misuse_is_one_line_and_its_fix(tmp_path, monkeypatch, capsys, arguments, message):
    monkeypatch.chdir(tmp_path)
    assert run(["sample", *arguments]) == 2
    captured = capsys.readouterr()
    assert (captured.out, captured.err) == ("", message)
    assert list(tmp_path.iterdir()) == []


def test_the_docs_list_every_fact(request):
    page = (request.config.rootpath / "docs" / "sample-catalogue.md").read_text(encoding="utf-8")
    for name, meaning in fact_names().items():
        assert f"| `{name}` | {meaning} |" in page
