"""`ask`, `chat` and `examples`, end to end on a tiny random model, or none: exact streams and exit codes."""

from __future__ import annotations

import io
import json
import subprocess
import sys

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
def tiny_run(tmp_path_factory, no_encoder):
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
    code, out, _ = _ask(capsys, "How much does the Corvane Kettle 1.7 L weigh?", "--run", str(tiny_run))
    assert code == 0
    assert out == (
        "The record says: “It holds 1.7 liters and weighs 1.2 kg. … It is red.”\n\n"
        "[1] K1  Corvane Kettle 1.7 L  (shelf.jsonl, line 1)\n"
        "    “It holds 1.7 liters and weighs 1.2 kg.”\n"
        "(the model's own answer did not pass the check; this one is from the record)\n"
    )


def test_json_is_one_document_with_the_agreed_keys(tiny_run, capsys):
    code, out, _ = _ask(capsys, "How much does Corvane Kettle 1.7 L weigh?", "--run", str(tiny_run), "--json")
    assert code == 0
    document = json.loads(out)
    agreed = {"question", "answer", "mode", "refused", "ambiguous", "grounded", "model", "written_by", "language",
              "model_text", "sources", "nearest", "seconds"}  # fmt: skip
    assert agreed <= set(document)
    assert "1.2 kg" in document["answer"]
    assert document["sources"] == [
        {"uid": "K1", "title": "Corvane Kettle 1.7 L", "file": "shelf.jsonl", "line": 1,
         "quotes": ["It holds 1.7 liters and weighs 1.2 kg."]}
    ]  # fmt: skip
    assert document["written_by"] == "record"
    assert document["grounded"]


def test_an_absent_product_is_refused_with_the_nearest(tiny_run, capsys):
    code, out, _ = _ask(capsys, "O que é Calder Pan 77 cm?", "--run", str(tiny_run))
    assert code == 0
    assert out.startswith("Não encontrei esse produto no catálogo. Os títulos mais próximos: “Calder Pan ")
    assert "\n    P" in out  # with their uids


def test_an_ambiguous_title_asks_for_a_uid_and_takes_it(tiny_run, capsys):
    code, out, _ = _ask(capsys, "What is the Wren Mug?", "--run", str(tiny_run))
    assert code == 0
    assert out.splitlines() == [
        "2 products go by that name. Which one do you mean?",
        "- Wren Mug (M1): A white mug of 350 ml, thrown in Stoke.",
        "- Wren Mug (M2): A blue mug of 250 ml, thrown in Leeds.",
        "name one with --uid",
    ]
    code, out, _ = _ask(capsys, "Where is the Wren Mug thrown?", "--run", str(tiny_run), "--uid", "M2")
    assert (code, out.splitlines()[0]) == (0, "The record says: “A blue mug of 250 ml, thrown in Leeds.”")


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


def _many(tiny_run, capsys, monkeypatch, text: str, *more: str):
    monkeypatch.setattr("sys.stdin", io.StringIO(text))
    code, out, err = _ask(capsys, "-", "--run", str(tiny_run), *more)
    return code, out, err


def test_lines_are_answered_in_order_and_bad_ones_say_why(tiny_run, capsys, monkeypatch):
    turns = [{"role": "user", "content": "What is the Corvane Kettle 1.7 L?"}, {"role": "system", "content": "x"}]
    lines = [
        "How much does the Corvane Kettle 1.7 L weigh?",
        "",
        json.dumps({"question": "What is its colour?", "uid": "K1"}),
        json.dumps({"question": "What is its colour?", "uid": "Z9"}),
        json.dumps({"question": "What is its colour?", "history": turns}),
        "{broken",
        json.dumps({"question": ["x"]}),
        json.dumps({"question": "x", "history": "before"}),
        "y" * 3000,
        json.dumps({"question": "\ud800 What is the Wren Mug?"}),
        "",
    ]
    code, out, err = _many(tiny_run, capsys, monkeypatch, "\n".join(lines) + "\n\n", "--json")
    documents = [json.loads(line) for line in out.splitlines()]
    assert (code, err) == (1, "")
    assert len(documents) == len(lines) - 1  # empty lines at the end are nothing
    failed = {place for place, one in enumerate(documents) if "error" in one}
    assert failed == {1, 3, 5, 6, 7, 8}
    assert all(set(documents[place]) == {"question", "error", "fix"} for place in failed)
    assert len(documents[8]["question"]) < 300
    assert [documents[place]["sources"][0]["uid"] for place in (0, 2, 4)] == ["K1"] * 3
    assert documents[9]["ambiguous"]


def test_lines_for_people(tiny_run, capsys, monkeypatch):
    code, out, _ = _many(tiny_run, capsys, monkeypatch, "What is the Wren Mug?\n{}\n")
    assert code == 1
    assert out.startswith("> What is the Wren Mug?\n")
    assert "\n> {}\nerror: the object has no question that is a text\n  try: " in out


def test_earlier_turns_from_a_file(tiny_run, capsys, tmp_path):
    turns = [{"role": "user", "content": "What is the Calder Pan 12 cm?"}, {"role": "assistant", "content": "A pan."}]
    as_list, as_lines = tmp_path / "list.json", tmp_path / "lines.jsonl"
    as_list.write_text(json.dumps(turns))
    as_lines.write_text("".join(json.dumps(turn) + "\n" for turn in turns))
    for path in (as_list, as_lines):
        code, out, _ = _ask(capsys, "How much does it weigh?", "--run", str(tiny_run), "--json", "--history", str(path))
        assert (code, json.loads(out)["sources"][0]["uid"]) == (0, "P12")
    as_list.write_text('{"role": "user"}')
    for path, says in ((as_list, "holds no turns"), (tmp_path / "none", "there is no file")):
        code, out, err = _ask(capsys, "How much does it weigh?", "--run", str(tiny_run), "--history", str(path))
        assert (code, out) == (2, "")
        assert says in err


def test_no_model_quotes_the_record_of_a_run_or_of_a_catalogue_alone(tiny_run, capsys):
    said = []
    for named in (["--run", str(tiny_run)], ["--data", str(tiny_run.parent / "data")]):
        code, out, _ = _ask(capsys, "How much does Calder Pan 12 cm weigh?", "--no-model", *named)
        assert code == 0
        said.append(out)
    assert said[0] == said[1]
    assert "It weighs 12 kg." in said[0]
    assert "[1] P12  Calder Pan 12 cm  (shelf.jsonl, line 6)" in said[0]
    for arguments in ([], ["--no-model"]):
        code, out, err = _ask(capsys, "What is it?", *arguments)
        assert (code, out) == (2, "")
        assert err.startswith("error: there is nothing to ask\n  try: add --run RUN")


def test_another_catalogue_is_asked(tiny_run, capsys, tmp_path):
    source = tmp_path / "other.jsonl"
    source.write_text(
        json.dumps({"uid": "T1", "title": "Ovel Tray", "content": "A tray of beech. It is round."}) + "\n"
    )
    assert shelftalker(["prepare", str(source), "--out", str(tmp_path / "other")]) == 0
    code, out, _ = _ask(
        capsys, "Is the Ovel Tray round?", "--run", str(tiny_run), "--data", str(tmp_path / "other"), "--json"
    )
    assert (code, json.loads(out)["sources"][0]["uid"]) == (0, "T1")


def test_no_model_starts_without_torch(tiny_run):
    program = (
        "import sys; from shelftalker.cli.main import run; code = run(sys.argv[1:]);"
        "sys.exit(code or int(any(m in sys.modules for m in ('torch', 'transformers'))))"
    )
    data = str(tiny_run.parent / "data")
    command = [
        sys.executable,
        "-c",
        program,
        "ask",
        "How much does Calder Pan 12 cm weigh?",
        "--no-model",
        "--data",
        data,
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_a_chat_goes_on_from_what_was_said(tiny_run, capsys, monkeypatch):
    said = (
        "How much does Calder Pan 12 cm weigh?\nhow wide is it?\n/new\n\n/where\nWhat is the Wren Mug?\n/quit\nnever\n"
    )
    monkeypatch.setattr("sys.stdin", io.StringIO(said))
    capsys.readouterr()
    assert shelftalker(["chat", "--no-model", "--data", str(tiny_run.parent / "data")]) == 0
    turns = capsys.readouterr().out.split("> ")[1:]
    assert len(turns) == 6
    assert "(quoted from the record)\n\n[1] P12" in turns[0]
    assert "[1] P12" in turns[1]
    assert turns[2] == "/new\n(a new conversation)\n\n"
    assert "error: there is no /where\n  try: /new starts over, /quit leaves\n" in turns[3]
    assert "(which one is not clear)" in turns[4]
    assert turns[5] == "/quit\n"


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ([""], "the question is empty"),
        (["   "], "the question is empty"),
        (["x" * 10_000], "the question has 10000 characters, more than 2000"),
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
    assert shelftalker(["examples", data, "--show", "2", "--kind", "unstated", "--json"]) == 0
    documents = json.loads(capsys.readouterr().out)
    assert [one["kind"] for one in documents] == ["unstated"] * 2
    assert [message["role"] for message in documents[0]["messages"]] == ["system", "user", "assistant"]
    assert shelftalker(["examples", data, "--kind", "haiku"]) == 2
