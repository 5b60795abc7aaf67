"""The report's table, made with a base model that invents and a tuned one that copies."""

import json

import pytest
from measuring import make_run, systems_of

from shelftalker.artifacts import read_manifest
from shelftalker.config import AnswerSettings, CompareSettings
from shelftalker.errors import CatalogueError, InputNotFound, QuestionError, UsageError
from shelftalker.evaluate import compare

RAW = AnswerSettings(repair=False)


@pytest.fixture(scope="module")
def run(tmp_path_factory, no_encoder):
    return make_run(tmp_path_factory.mktemp("compare"))


@pytest.fixture(scope="module")
def compared(run):
    open_system, _ = systems_of(run, RAW)
    return compare(run, CompareSettings(questions=4), AnswerSettings(), open_system=open_system)


def test_before_after_and_original(compared):
    document = json.loads((compared.folder / "compare.json").read_text())
    assert list(document["columns"]) == ["base", "tuned", "tuned_temperature_0"]
    assert [column["temperature"] for column in document["columns"].values()] == [0.7, 0.7, 0.0]
    assert len(document["rows"]) == 4
    for row in document["rows"]:
        before, after = row["answers"]["base"], row["answers"]["tuned_temperature_0"]
        assert before["rouge_l"] < 0.3
        assert before["answer"].startswith("It weighs 777 kg")  # as the model wrote it: nothing is put right here
        assert after["rouge_l"] > before["rouge_l"]
        assert after["sources"][0]["uid"] == row["uid"]
    assert document["columns"]["tuned_temperature_0"]["rouge_l"] > 0.4  # it copies what of the record it is shown


def test_questions_come_from_the_validation_set(compared, run):
    from shelftalker.catalog import Catalogue

    catalogue = Catalogue.open(run.parent / "data")
    assert compared.comparison.drawn_from == "validation"
    for row in compared.comparison.rows:
        assert catalogue.split_of(row.record.uid) == "validation"


def test_the_page_is_whole(compared):
    html = (compared.folder / "compare.html").read_text()
    assert html.count("<article") == 4
    assert html.count('class="answer') == 4 * 4
    assert html.count("<svg") == 1  # the loss
    assert 'src="' not in html
    for row in compared.comparison.rows:
        assert row.record.uid in html


def test_the_markdown_table_has_a_row_a_question(compared):
    lines = (compared.folder / "compare.md").read_text().splitlines()
    rows = [line for line in lines if line.startswith("| ")]
    assert len(rows) == 2 + 4 + 1  # heads, rule, questions, means
    unescaped = [row.replace("\\|", "").count("|") for row in rows]
    assert set(unescaped) == {6}
    assert "Source: " in rows[2]


def test_version_one_has_no_sources(run, tmp_path):
    open_system, _ = systems_of(run, RAW)
    settings = CompareSettings(questions=2, sources=False, language="pt")
    done = compare(run, settings, AnswerSettings(), open_system=open_system, out=tmp_path / "v1")
    html, table = ((done.folder / name).read_text() for name in ("compare.html", "compare.md"))
    assert "Fonte" not in html
    assert "Fonte" not in table
    assert "Antes e depois" in html
    assert done.to_json()["rows"][0]["answers"]["tuned"]["sources"]  # the document keeps them


def test_a_file_of_questions(run, tmp_path):
    record = json.loads((run / "compare" / "compare.json").read_text())["rows"][0]
    path = tmp_path / "questions.txt"
    path.write_text(
        f"What is {record['title']}?\n\n"
        "What is the Zanzibar Prime 9000?\n" + json.dumps({"question": "Tell me all.", "uid": record["uid"]}) + "\n",
        encoding="utf-8-sig",
    )
    open_system, _generators = systems_of(run, RAW)
    told = []
    done = compare(
        run,
        CompareSettings(),
        AnswerSettings(),
        questions=path,
        out=tmp_path / "out",
        open_system=open_system,
        on_progress=lambda *progress: told.append(progress),
    )
    first, absent, by_uid = done.comparison.rows
    assert first.record.uid == by_uid.record.uid == record["uid"]
    assert absent.record is None
    assert absent.answers[2].answer.refused
    assert absent.answers[2].rouge_l is None
    assert ("tuned", 3, 3) in told
    assert "no single record" in (done.folder / "compare.html").read_text()


def test_a_limit(run, tmp_path):
    open_system, _ = systems_of(run, RAW)
    done = compare(run, CompareSettings(), AnswerSettings(), limit=1, out=tmp_path / "out", open_system=open_system)
    assert len(done.comparison.rows) == 1
    assert read_manifest(done.folder, "comparison").counts == {"questions": 1}


def test_again_replaces_it_and_others_files_are_left_alone(run, tmp_path):
    open_system, _ = systems_of(run, RAW)
    out = tmp_path / "out"
    for _ in range(2):
        compare(run, CompareSettings(questions=1), AnswerSettings(), out=out, open_system=open_system)
    (out / "mine.txt").write_text("mine")
    with pytest.raises(UsageError, match="holds other files"):
        compare(run, CompareSettings(questions=1), AnswerSettings(), out=out, open_system=open_system)
    with pytest.raises(UsageError, match="is a file"):
        compare(run, CompareSettings(questions=1), AnswerSettings(), out=out / "mine.txt", open_system=open_system)


@pytest.mark.parametrize("text", ["", " \n ", '{"uid": "x"}', '{"question": "  "}', "{nonsense", '{"question": 3}'])
def test_bad_files_of_questions(run, tmp_path, text):
    path = tmp_path / "q.txt"
    path.write_text(text)
    open_system, _ = systems_of(run, RAW)
    with pytest.raises(QuestionError) as caught:
        compare(run, CompareSettings(), AnswerSettings(), questions=path, out=tmp_path / "o", open_system=open_system)
    assert caught.value.fix
    assert not (tmp_path / "o" / "manifest.json").exists()


def test_missing_questions_and_unknown_products(run, tmp_path):
    open_system, _ = systems_of(run, RAW)
    given = {"out": tmp_path / "o", "open_system": open_system}
    with pytest.raises(InputNotFound):
        compare(run, CompareSettings(), AnswerSettings(), questions=tmp_path / "none", **given)
    (tmp_path / "bytes").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(QuestionError, match="UTF-8"):
        compare(run, CompareSettings(), AnswerSettings(), questions=tmp_path / "bytes", **given)
    (tmp_path / "uid").write_text('{"question": "What?", "uid": "no such uid"}')
    with pytest.raises(CatalogueError):
        compare(run, CompareSettings(), AnswerSettings(), questions=tmp_path / "uid", **given)
