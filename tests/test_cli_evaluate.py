"""`compare` and `evaluate` as commands: misuse is told in one line with its fix, and with the right exit code."""

import json

import pytest
from measuring import make_run
from tiny_models import tiny_model

from shelftalker.cli.main import run as run_cli


@pytest.fixture(scope="module")
def run(tmp_path_factory, no_encoder):
    return make_run(tmp_path_factory.mktemp("cli"), products=30)


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (["--sets", "seen,unknown"], 2, "--sets has no unknown"),
        (["--systems", "base"], 2, "--systems has no base"),
        (["--sets", ","], 2, "--sets has no name"),
        (["--min", "rouge_l=0.9"], 2, "is no bar"),
        (["--set", "no-such-file.jsonl"], 2, "there is no file no-such-file.jsonl"),
        (["--set", "evaluate.sed=1"], 2, "there is no setting 'evaluate.sed'"),
        (["--set", "evaluate.seed=x"], 2, "setting evaluate.seed cannot be 'x'"),
        (["--facts", "none.jsonl"], 2, "there is no facts file none.jsonl"),
        (["--report-answers", "none.json"], 2, "there is no file none.json"),
        (["--sets", "attribute", "--out", "x/manifest.json"], 1, "there is no question to ask"),
    ],
)
def test_evaluate_misused(run, tmp_path, monkeypatch, capsys, arguments, code, told):
    monkeypatch.chdir(tmp_path)
    facts = run.parent / "shop.jsonl.facts.jsonl"
    if "attribute" in arguments:
        facts.rename(tmp_path / "aside")
    try:
        assert run_cli(["evaluate", str(run), *arguments]) == code
    finally:
        if "attribute" in arguments:
            (tmp_path / "aside").rename(facts)
    captured = capsys.readouterr()
    assert captured.out == ""
    assert told in captured.err
    assert captured.err.count("error: ") == 1
    assert "\n  try: " in captured.err
    assert "Traceback" not in captured.err
    assert not (run / "eval" / "manifest.json").exists()


@pytest.mark.parametrize("verb", ["evaluate", "compare"])
def test_folders_that_are_no_runs(verb, run, tmp_path, capsys):
    assert run_cli([verb, str(tmp_path / "none")]) == 2
    assert run_cli([verb, str(tmp_path)]) == 1
    assert run_cli([verb, str(run.parent / "data")]) == 1
    errors = capsys.readouterr().err
    assert "there is no folder" in errors
    assert "is not finished" in errors
    assert "is a catalogue folder, not a run folder" in errors


def test_a_run_whose_catalogue_changed(tmp_path, capsys):
    run = make_run(tmp_path, products=30)
    manifest = tmp_path / "data" / "manifest.json"
    manifest.write_text(manifest.read_text() + "\n")
    for verb in ("evaluate", "compare"):
        assert run_cli([verb, str(run)]) == 1
        assert "changed since" in capsys.readouterr().err


@pytest.mark.parametrize("verb", ["evaluate", "compare"])
def test_help_shows_examples(verb, capsys):
    assert run_cli([verb, "--help"]) == 0
    assert f"shelftalker {verb} runs/demo" in capsys.readouterr().out


@pytest.fixture(scope="module")
def tiny_run(tmp_path_factory, no_encoder):
    """A run whose model is a tiny one with random weights: what it writes is noise, but it is the real path."""
    folder = tmp_path_factory.mktemp("tiny")
    run = make_run(folder, products=40)
    base = tiny_model("smollm", folder / "base")
    tiny_model("smollm", run / "adapter", seed=1)
    manifest = json.loads((run / "manifest.json").read_text())
    manifest["settings"] |= {"base": str(base), "method": "full"}
    manifest["files"] = {"model": "adapter"}
    (run / "manifest.json").write_text(json.dumps(manifest))
    return run


SMALL = [
    "--set=evaluate.quick_questions_per_set=2", "--set=evaluate.quick_closed_book_tokens=8",
    "--set=answer.answer_tokens=8", "--set=evaluate.quick_timed_questions=1",
]  # fmt: skip


def test_evaluate_end_to_end(tiny_run, capsys):
    """Through the command, with real models loaded from disk: exact stdout, the exit codes, the folder after."""
    command = ["evaluate", str(tiny_run), "--quick", *SMALL]
    chosen = ["--sets", "unseen,absent"]
    assert run_cli([*command, *chosen, "--json", "--min", "tuned_open.unseen.citation_precision=0.5"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert list(document["systems"]) == ["no_model", "base_open", "tuned_open"]
    assert document["manifest"]["kind"] == "evaluation"
    assert document["systems"]["base_open"]["unseen"]["raw_rouge_l"]["value"] < 0.5  # noise
    assert (tiny_run / "eval" / "manifest.json").is_file()
    assert (tiny_run / "README.md").read_text().startswith("---\nbase_model: ")

    chosen = ["--sets", "unseen", "--systems", "base_open,tuned_open"]
    assert run_cli([*command, *chosen, "--min", "tuned_open.unseen.raw_rouge_l=0.9"]) == 3
    captured = capsys.readouterr()
    heads = captured.out.splitlines()[0].split()
    assert heads == ["base_open", "tuned_open"]
    assert str(tiny_run / "eval" / "evaluation.html") in captured.out
    assert "tuned_open.unseen.raw_rouge_l is " in captured.err


def test_peoples_questions_end_to_end(tiny_run, tmp_path, capsys):
    """Of another catalogue, with the product given: people's figures come first, on the page and in Markdown."""
    rows = [{"uid": f"S{n}", "title": f"Ovel Lamp {n}", "content": f"It weighs {n} kg. It is blue."} for n in range(3)]
    source = tmp_path / "lamps.jsonl"
    source.write_text("".join(json.dumps(row) + "\n" for row in rows))
    assert run_cli(["prepare", str(source), "--out", str(tmp_path / "lamps")]) == 0
    weight = {"uid": "S2", "question": "how heavy?", "answers": ["2 kg"], "evidence": ["It weighs 2 kg."]}
    plug = {"uid": "S1", "question": "plug included?", "answers": [], "evidence": []}
    asked = [{**weight, "kind": "answerable"}, {**plug, "kind": "unanswerable"}]
    questions = tmp_path / "shoppers.jsonl"
    questions.write_text("".join(json.dumps(row) + "\n" for row in asked))
    command = ["evaluate", str(tiny_run), "--data", str(tmp_path / "lamps"), "--out", str(tmp_path / "eval"), "--json"]
    capsys.readouterr()
    assert run_cli([*command, "--set", str(questions), "--systems", "no_model,tuned_open", *SMALL]) == 0
    document = json.loads(capsys.readouterr().out)
    assert set(document["groups"]["shoppers"]["kind"]) == {"answerable", "unanswerable"}
    figures = document["systems"]["no_model"]["shoppers"]
    assert figures["evidence_hit_3"]["value"] == 1.0
    assert figures["right"]["n"] == 2
    assert document["systems"]["tuned_open"]["shoppers"]["raw_right"]["n"] == 2
    headings = [line for line in (tmp_path / "eval" / "evaluation.md").read_text().splitlines() if line[:3] == "## "]
    assert headings[0] == "## People's questions"
    assert 'id="people"' in (tmp_path / "eval" / "evaluation.html").read_text()
    assert run_cli(["evaluate", str(tiny_run), "--set", str(questions), "--out", str(tmp_path / "eval")]) == 1
    assert "--data DIR" in capsys.readouterr().err


def test_compare_end_to_end(tiny_run, tmp_path, capsys):
    command = [
        "compare",
        str(tiny_run),
        "--limit",
        "1",
        "--out",
        str(tmp_path / "out"),
        "--set=answer.answer_tokens=8",
    ]
    assert run_cli([*command, "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert len(document["rows"]) == 1
    assert run_cli(command) == 0
    out = capsys.readouterr().out
    assert "Tuned, temperature 0 " in out
    assert out.endswith(f"{tmp_path / 'out' / 'compare.json'}\n")
