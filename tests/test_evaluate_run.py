"""A whole evaluation with a generator that copies (tuned) and one that invents (base): the figures are known."""

import json
from html.parser import HTMLParser

import pytest
from measuring import make_run, systems_of

from shelftalker.artifacts import read_manifest
from shelftalker.config import AnswerSettings, EvaluateSettings
from shelftalker.errors import BelowBar, UnfinishedFolder, UsageError
from shelftalker.evaluate import SETS, Choice, check_bars, evaluate, find_system, read_bars

SETTINGS = EvaluateSettings(questions_per_set=12, timed_questions=3, extremes=4)
METRICS = {"value", "low", "high", "n"}


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    return make_run(tmp_path_factory.mktemp("run"))


@pytest.fixture(scope="module")
def done(run):
    open_system, _ = systems_of(run)
    return evaluate(run, SETTINGS, AnswerSettings(), open_system=open_system)


def figure(done, name):
    system, question_set, metric = name.split(".")
    return done.document["systems"][system][question_set][metric]


def test_the_document_has_the_agreed_form(done):
    assert set(done.document) >= {"systems", "seconds", "manifest"}
    assert list(done.document["systems"]) == ["base_closed", "base_open", "tuned_closed", "tuned_open"]
    for sets in done.document["systems"].values():
        assert list(sets) == list(SETS)
        for metrics in sets.values():
            for metric, value in metrics.items():
                assert set(value) == METRICS, metric
                assert value["low"] <= value["value"] <= value["high"]
    assert json.loads((done.folder / "evaluation.json").read_text()) == done.document


def test_a_model_that_copies_is_right(done):
    """Where the finder found the product, everything is right."""
    for question_set in ("seen", "reworded", "unseen"):
        assert figure(done, f"tuned_open.{question_set}.raw_rouge_l")["value"] == 1.0
        assert figure(done, f"tuned_open.{question_set}.answers_with_unsupported")["value"] == 0.0
        assert figure(done, f"tuned_open.{question_set}.citation_precision")["value"] == 1.0
        refused = figure(done, f"tuned_open.{question_set}.false_refusal")["value"]
        assert refused < 0.5
        by_model = figure(done, f"tuned_open.{question_set}.written_by_model")["value"]
        quoted_whole = figure(done, f"tuned_open.{question_set}.written_by_record")["value"]  # very long ones
        assert by_model + quoted_whole == pytest.approx(1 - refused, abs=1e-5)
        assert by_model > quoted_whole
        for metric in ("rouge_l", "chrf", "value_recall"):
            assert figure(done, f"tuned_open.{question_set}.{metric}")["value"] >= (1 - refused) * 0.99


def test_a_model_that_invents_is_put_right_and_told_on(done):
    """The product's answer is the record's; the raw figures say what the model itself wrote."""
    refused = figure(done, "base_open.unseen.false_refusal")["value"]
    assert figure(done, "base_open.unseen.rouge_l")["value"] >= (1 - refused) * 0.99
    assert figure(done, "base_open.unseen.written_by_record")["value"] == pytest.approx(1 - refused, abs=1e-5)
    assert figure(done, "base_open.unseen.raw_rouge_l")["value"] < 0.3
    assert figure(done, "base_open.unseen.raw_answers_with_unsupported")["value"] == 1.0


def test_closed_book_inventions_are_all_unsupported(done):
    for question_set in ("seen", "unseen", "absent"):
        assert figure(done, f"base_closed.{question_set}.answers_with_unsupported")["value"] == 1.0
    assert figure(done, "base_closed.seen.unsupported_rate")["value"] == 1.0
    assert figure(done, "base_closed.seen.value_recall")["value"] < 0.2
    assert "citation_precision" not in done.document["systems"]["base_closed"]["seen"]


def test_times_are_of_questions_asked_alone(done):
    for system in done.document["systems"].values():
        assert system["unseen"]["seconds_p50"]["n"] == 3
        assert "seconds_p50" not in system["seen"]


def test_absent_and_ambiguous_titles_are_the_finders(done):
    assert figure(done, "tuned_open.ambiguous.ambiguous_detected")["value"] == 1.0
    assert figure(done, "tuned_open.ambiguous.citation_recall")["value"] == 1.0
    assert figure(done, "tuned_open.absent.refusal_recall")["value"] >= 0.9
    assert figure(done, "base_closed.absent.refusal_recall")["value"] == 0.0
    assert figure(done, "base_closed.ambiguous.ambiguous_detected")["value"] == 0.0  # its text names no record


def test_the_folder_is_finished_and_named_files_are_there(done, run):
    manifest = read_manifest(done.folder, "evaluation")
    assert done.folder == run / "eval"
    for name in manifest.files.values():
        assert (done.folder / name).is_file()
    answers = (done.folder / "answers.jsonl").read_text().splitlines()
    assert len(answers) == 1 + manifest.counts["answers"]


class _Texts(HTMLParser):
    def __init__(self, html):
        super().__init__()
        self.marks = self.cards = 0
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.marks += tag == "mark"
        self.cards += tag == "article"


def test_the_page_shows_the_best_and_the_worst(done):
    html = (done.folder / "evaluation.html").read_text()
    assert _Texts(html).cards == 2 * SETTINGS.extremes
    assert html.count("<svg") == 4
    for text in ("The bars", "The worst answers", "Every figure"):
        assert text in html


def test_the_model_card_is_the_hubs_form(done, run):
    card = (run / "README.md").read_text()
    _, header, body = card.split("---\n", 2)
    fields = dict(line.split(": ", 1) for line in header.splitlines() if ": " in line)
    assert fields["base_model"] == '"HuggingFaceTB/SmolLM2-135M-Instruct"'
    assert fields["license"] == "apache-2.0"
    assert fields["library_name"] == "peft"
    for heading in ("## Data", "## Method and settings", "## Results", "## Limits", "## Licence"):
        assert heading in body
    assert "shop.jsonl" in body
    assert "n 12" in body


def test_bars(done):
    figures = done.evaluation.figures
    check_bars(read_bars(["tuned_open.unseen.raw_rouge_l=0.95"], at_least=True), figures)
    check_bars(read_bars(["tuned_open.unseen.answers_with_unsupported=0.01"], at_least=False), figures)
    with pytest.raises(BelowBar, match=r"base_open\.unseen\.raw_rouge_l is 0\.\d+, not >= 0\.9"):
        check_bars(read_bars(["base_open.unseen.raw_rouge_l=0.9"], at_least=True), figures)
    with pytest.raises(UsageError, match="was not measured") as caught:
        check_bars(read_bars(["tuned_open.unseen.rougeL=0.9"], at_least=True), figures)
    assert "rouge_l" in caught.value.fix
    for text in ("rouge_l=1", "a.b.c", "a.b.c=x", "a.b.c=nan"):
        with pytest.raises(UsageError, match="is no bar"):
            read_bars([text], at_least=True)


def test_an_interrupted_evaluation_goes_on(run, tmp_path):
    """Stopped after 30 answers, the next call asks only for the rest, and the figures are those of one go."""
    choice = Choice(out=tmp_path / "eval", sets=("unseen", "absent"))
    open_system, generators = systems_of(run)
    seen = 0

    class Stop(Exception):
        pass

    def stop(name, done, total):
        nonlocal seen
        seen += 1
        if seen == 30:
            raise Stop

    with pytest.raises(Stop):
        evaluate(run, SETTINGS, AnswerSettings(), choice, open_system=open_system, on_progress=stop)
    assert not (tmp_path / "eval" / "manifest.json").exists()
    with (tmp_path / "eval" / "answers.jsonl").open("a") as file:
        file.write('{"system": "base_op')  # cut off by the crash
    before = sum(generator.asked for generator in generators.values())
    second = evaluate(run, SETTINGS, AnswerSettings(), choice, open_system=open_system)
    after = sum(generator.asked for generator in generators.values()) - before

    whole_system, whole_generators = systems_of(run)
    whole = evaluate(
        run, SETTINGS, AnswerSettings(), Choice(out=tmp_path / "whole", sets=choice.sets), open_system=whole_system
    )
    assert after < sum(generator.asked for generator in whole_generators.values())

    def scores(evaluated):
        return {
            (system, name, metric): value
            for system, sets in evaluated.document["systems"].items()
            for name, metrics in sets.items()
            for metric, value in metrics.items()
            if not metric.startswith(("seconds", "tokens_per"))
        }

    assert scores(second) == scores(whole)


def test_answers_to_other_questions_are_not_taken_over(run, tmp_path):
    folder = tmp_path / "eval"
    choice = Choice(out=folder, sets=("unseen",), systems=(find_system("tuned_open"),))
    open_system, generators = systems_of(run)
    evaluate(run, SETTINGS, AnswerSettings(), choice, open_system=open_system)
    (folder / "manifest.json").unlink()  # as if it had been interrupted at the very end
    asked = generators[True].asked
    evaluate(run, SETTINGS, AnswerSettings(), choice, open_system=open_system)
    assert generators[True].asked == asked
    (folder / "manifest.json").unlink()
    evaluate(run, SETTINGS.model_copy(update={"seed": 9}), AnswerSettings(), choice, open_system=open_system)
    assert generators[True].asked > asked


def test_own_questions(run, tmp_path):
    open_system, _ = systems_of(run)
    uid = json.loads((run / "examples.json").read_text())["uids"]["train"][0]
    lines = [
        {"question": "What is the Zanzibar Prime 9000?", "absent": True},
        {"question": f"What is {uid}?", "uid": uid},
    ]
    path = tmp_path / "own.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines) + "Just a question?\n")
    done = evaluate(
        run, SETTINGS, AnswerSettings(), Choice(out=tmp_path / "eval", sets=(), own=path), open_system=open_system
    )
    systems = done.document["systems"]["tuned_open"]
    assert systems["absent"]["refusal_recall"]["value"] == 1.0
    assert systems["own"]["rouge_l"] == {"value": 1.0, "low": pytest.approx(0.025), "high": 1.0, "n": 1}
    assert systems["own"]["answers_with_unsupported"]["n"] == 2


def test_without_the_list_of_examples_nothing_can_be_called_unseen(tmp_path):
    run = make_run(tmp_path, products=30)
    (run / "examples.json").unlink()
    with pytest.raises(UnfinishedFolder, match="no question can be called unseen"):
        evaluate(run, SETTINGS, AnswerSettings())


def test_a_folder_of_somebody_elses_is_left_alone(run, tmp_path):
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "thesis.txt").write_text("mine")
    open_system, _ = systems_of(run)
    with pytest.raises(UsageError, match="holds other files"):
        evaluate(run, SETTINGS, AnswerSettings(), Choice(out=folder), open_system=open_system)
    assert [path.name for path in folder.iterdir()] == ["thesis.txt"]
