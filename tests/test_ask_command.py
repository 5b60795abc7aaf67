"""`shelftalker ask` and `shelftalker examples`, end to end on a tiny random model: exact streams and exit codes."""

from __future__ import annotations

import io
import json

import pytest
from tiny_models import tiny_model

from shelftalker.cli.main import run as shelftalker

ROWS = [
    {"uid": "K1", "title": "Corvane Kettle 1.7 L", "content": "It holds 1.7 liters and weighs 1.2 kg. It is red."},
    {"uid": "M1", "title": "Wren Mug", "content": "A white mug of 350 ml, thrown in Stoke."},
    {"uid": "M2", "title": "Wren Mug", "content": "A blue mug of 250 ml, thrown in Leeds."},
    *(
        {
            "uid": f"P{n}",
            "title": f"Calder Pan {n} cm",
            "content": f"A pan of cast iron, {n} cm wide. It weighs {n} kg.",
        }
        for n in range(10, 30)
    ),
]


@pytest.fixture(scope="module")
def tiny_run(tmp_path_factory):
    folder = tmp_path_factory.mktemp("ask")
    source = folder / "shelf.jsonl"
    source.write_text("".join(json.dumps(row) + "\n" for row in ROWS))
    assert shelftalker(["prepare", str(source), "--out", str(folder / "data")]) == 0
    base = tiny_model("smollm", folder / "base")
    arguments = ["train", str(folder / "data"), "--out", str(folder / "run"), "--base", str(base), "--examples", "8"]
    settings = ["--set", "train.truth_questions=0", "--set", "train.validation_examples=0", "--set", "train.device=cpu"]
    assert shelftalker([*arguments, "--epochs", "1", *settings]) == 0
    return folder / "run"


def _ask(capsys, *arguments: str) -> tuple[int, str, str]:
    capsys.readouterr()
    code = shelftalker(["ask", *arguments])
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def test_a_wrong_model_still_gives_the_record_and_its_source(tiny_run, capsys):
    code, out, _ = _ask(capsys, "What is the Corvane Kettle 1.7 L?", "--run", str(tiny_run))
    assert code == 0
    assert out == (
        "It holds 1.7 liters and weighs 1.2 kg. It is red.\n\n"
        "[1] K1  Corvane Kettle 1.7 L  (shelf.jsonl, line 1)\n"
        "(the model's own answer did not pass the check; this one is from the record)\n"
    )


def test_json_is_one_document_with_the_agreed_keys(tiny_run, capsys):
    code, out, _ = _ask(capsys, "How much does Corvane Kettle 1.7 L weigh?", "--run", str(tiny_run), "--json")
    assert code == 0
    document = json.loads(out)
    agreed = {"question", "answer", "mode", "refused", "ambiguous", "grounded", "model", "sources", "seconds"}
    assert agreed <= set(document)
    assert document["answer"].startswith("It weighs 1.2 kg")
    assert document["sources"][0] | {"quotes": None} == {
        "uid": "K1", "title": "Corvane Kettle 1.7 L", "file": "shelf.jsonl", "line": 1, "quotes": None,
    }  # fmt: skip
    assert document["written_by"] == "record"
    assert document["grounded"]


def test_an_absent_product_is_refused_with_the_nearest(tiny_run, capsys):
    code, out, _ = _ask(capsys, "O que é Calder Pan 77 cm?", "--run", str(tiny_run))
    assert code == 0
    assert out.startswith("O catálogo não tem nenhum produto chamado “Calder Pan 77 cm”. Os títulos mais próximos: ")
    assert "  Calder Pan " in out


def test_an_ambiguous_title_asks_for_a_uid_and_takes_it(tiny_run, capsys):
    code, out, _ = _ask(capsys, "What is the Wren Mug?", "--run", str(tiny_run))
    assert code == 0
    assert out.splitlines()[0] == "2 products bear the title “Wren Mug”. Which one?"
    assert out.splitlines()[-1] == "name one with --uid"
    code, out, _ = _ask(capsys, "What is the Wren Mug?", "--run", str(tiny_run), "--uid", "M2")
    assert (code, out.splitlines()[0]) == (0, "A blue mug of 250 ml, thrown in Leeds.")


def test_closed_book_marks_what_the_record_does_not_bear_out(tiny_run, capsys):
    code, out, _ = _ask(
        capsys, "What is the Corvane Kettle 1.7 L?", "--run", str(tiny_run), "--closed-book", "--json",
        "--set", "answer.max_new_tokens=20",
    )  # fmt: skip
    document = json.loads(out)
    assert code == 0
    assert document["mode"] == "closed-book"
    assert document["answer"] == document["model_text"].strip()
    for span in document["unsupported"]:
        assert document["answer"][span["start"] : span["end"]] == span["text"]


def test_many_questions_come_a_line_each(tiny_run, capsys, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO("What is Nothing At All?\n\nWhat is the Wren Mug?\n"))
    code, out, _ = _ask(capsys, "-", "--run", str(tiny_run), "--json")
    assert code == 0
    documents = [json.loads(line) for line in out.splitlines()]
    assert [(one["refused"], one["ambiguous"]) for one in documents] == [(True, False), (False, True)]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ([""], "the question is empty"),
        (["   "], "the question is empty"),
        (["x" * 10_000], "the question has 10,000 characters, 2,000 are accepted"),
        (["What is it?", "--set", "answer.temprature=1"], "there is no setting 'answer.temprature'"),
        (["What is it?", "--temperature", "9"], "setting answer.temperature cannot be 9.0"),
        (["What is it?", "--engine", "abacus"], "invalid value for '--engine'"),
    ],
)
def test_misuse_is_one_line_with_its_fix_and_exit_code_2(tiny_run, capsys, arguments, says):
    code, out, err = _ask(capsys, *arguments, "--run", str(tiny_run))
    assert (code, out) == (2, "")
    assert err.startswith(f"error: {says}")
    assert err.splitlines()[1].startswith("  try: ")


def test_a_run_that_is_not_there_is_exit_code_2(tmp_path, capsys):
    code, out, err = _ask(capsys, "What is it?", "--run", str(tmp_path / "none"))
    assert (code, out) == (2, "")
    assert "there is no folder" in err


def test_an_unknown_uid_fails_and_says_so(tiny_run, capsys):
    code, out, err = _ask(capsys, "What is it?", "--run", str(tiny_run), "--uid", "Z9")
    assert (code, out) == (1, "")
    assert err.startswith("error: ")


def test_examples_are_shown_for_reading(tiny_run, capsys):
    data = str(tiny_run.parent / "data")
    capsys.readouterr()
    assert shelftalker(["examples", data, "--show", "3"]) == 0
    shown = capsys.readouterr().out
    assert shown.count("--- ") == 3
    assert shown.count("assistant: ") == 3
    assert shelftalker(["examples", data, "--show", "2", "--kind", "description", "--json"]) == 0
    documents = json.loads(capsys.readouterr().out)
    assert [one["kind"] for one in documents] == ["description"] * 2
    assert [message["role"] for message in documents[0]["messages"]] == ["system", "user", "assistant"]
    assert shelftalker(["examples", data, "--kind", "haiku"]) == 2
