"""A whole evaluation with a generator that copies (tuned) and one that invents (base): the figures are known."""

import json
from html.parser import HTMLParser
from unittest.mock import ANY

import pytest
from measuring import make_run, systems_of

from shelftalker.artifacts import read_manifest
from shelftalker.catalog import Catalogue
from shelftalker.config import AnswerSettings, EvaluateSettings
from shelftalker.errors import BelowBar, UnfinishedFolder, UsageError
from shelftalker.evaluate import SETS, Choice, check_bars, evaluate, find_system, read_bars

SETTINGS = EvaluateSettings(questions_per_set=12, timed_questions=3, extremes=4)
METRICS = {"value", "low", "high", "n"}


@pytest.fixture(scope="module")
def run(tmp_path_factory, no_encoder):
    return make_run(tmp_path_factory.mktemp("run"))


@pytest.fixture(scope="module")
def done(run):
    open_system, _ = systems_of(run)
    return evaluate(run, SETTINGS, AnswerSettings(), open_system=open_system)


def figure(done, name):
    system, question_set, metric = name.split(".")
    return done.document["systems"][system][question_set][metric]


def test_the_document_has_the_agreed_form(done):
    assert set(done.document) >= {"systems", "groups", "seconds", "manifest"}
    assert list(done.document["systems"]) == ["no_model", "base_open", "tuned_open"]  # the run is an open-book one
    for sets in done.document["systems"].values():
        assert list(sets) == list(SETS)
        for metrics in sets.values():
            for metric, value in metrics.items():
                assert set(value) == METRICS, metric
                assert value["low"] <= value["value"] <= value["high"]
    assert json.loads((done.folder / "evaluation.json").read_text()) == done.document


def test_a_model_that_copies_keeps_its_words(done):
    for system in ("no_model", "tuned_open"):
        for question_set in SETS:
            assert figure(done, f"{system}.{question_set}.answers_with_unsupported")["value"] == 0.0
    assert figure(done, "tuned_open.attribute.raw_answers_with_unsupported")["value"] == 0.0
    assert figure(done, "tuned_open.attribute.written_by_model")["value"] > 0.5
    assert figure(done, "no_model.attribute.written_by_model")["value"] == 0.0
    assert figure(done, "tuned_open.attribute.citation_precision")["value"] == 1.0
    assert "raw_attribute_accuracy" not in done.document["systems"]["no_model"]["attribute"]


def test_a_model_that_invents_is_replaced_and_told_on(done):
    """The product's answer is the record's; the raw figures say what the model itself wrote."""
    assert figure(done, "base_open.attribute.answers_with_unsupported")["value"] == 0.0
    assert figure(done, "base_open.attribute.raw_answers_with_unsupported")["value"] == 1.0
    assert figure(done, "base_open.attribute.raw_attribute_accuracy")["value"] == 0.0
    assert figure(done, "base_open.attribute.written_by_model")["value"] == 0.0


def test_closed_book_inventions_are_all_unsupported(run, tmp_path):
    choice = Choice(sets=("seen", "absent", "ambiguous"), systems=(find_system("base_closed"),), out=tmp_path / "eval")
    done = evaluate(run, SETTINGS, AnswerSettings(), choice, open_system=systems_of(run)[0])
    for question_set in ("seen", "absent"):
        assert figure(done, f"base_closed.{question_set}.answers_with_unsupported")["value"] == 1.0
    assert figure(done, "base_closed.seen.unsupported_rate")["value"] == 1.0
    assert figure(done, "base_closed.seen.value_recall")["value"] < 0.2
    assert figure(done, "base_closed.absent.refusal_recall")["value"] == 0.0
    assert "citation_precision" not in done.document["systems"]["base_closed"]["seen"]


def test_times_are_of_questions_asked_alone(done):
    for system in done.document["systems"].values():
        assert system["unseen"]["seconds_p50"]["n"] == 3
        assert "seconds_p50" not in system["seen"]


def test_absent_and_ambiguous_titles_are_the_finders(done):
    assert figure(done, "tuned_open.ambiguous.ambiguous_detected") == figure(
        done, "no_model.ambiguous.ambiguous_detected"
    )
    assert figure(done, "tuned_open.absent.refusal_recall") == figure(done, "base_open.absent.refusal_recall")


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
    assert html.count("<svg") >= 3
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
    check_bars(read_bars(["tuned_open.attribute.citation_precision=0.95"], at_least=True), figures)
    check_bars(read_bars(["tuned_open.unseen.answers_with_unsupported=0.01"], at_least=False), figures)
    with pytest.raises(BelowBar, match=r"base_open\.attribute\.raw_attribute_accuracy is 0, not >= 0\.9"):
        check_bars(read_bars(["base_open.attribute.raw_attribute_accuracy=0.9"], at_least=True), figures)
    with pytest.raises(UsageError, match="was not measured") as caught:
        check_bars(read_bars(["tuned_open.unseen.rougeL=0.9"], at_least=True), figures)
    assert "rouge_l" in caught.value.fix
    for text in ("rouge_l=1", "a.b.c", "a.b.c=x", "a.b.c=nan"):
        with pytest.raises(UsageError, match="is no bar"):
            read_bars([text], at_least=True)


def test_an_interrupted_evaluation_goes_on(run, tmp_path):
    """Stopped after 30 answers, the next call asks only for the rest, and the figures are those of one go."""
    choice = Choice(out=tmp_path / "eval", sets=("attribute", "absent"))
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
    choice = Choice(out=folder, sets=("attribute",), systems=(find_system("tuned_open"),))
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
    catalogue = Catalogue.open(run.parent / "data")
    trained = json.loads((run / "examples.json").read_text())["uids"]["train"]
    record = next(one for one in map(catalogue.record, trained) if len(catalogue.same_title(one.title)) == 1)
    uid = record.uid
    turns = [{"role": "user", "content": f"Tell me about {record.title}."}]
    lines = [
        {"question": "What is the Zanzibar Prime 9000?", "absent": True},
        {"question": "Which words does it say?", "uid": uid, "answer": record.content},
        {"question": "How heavy is it?", "history": turns, "uids": [uid]},
    ]
    path = tmp_path / "own.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines) + "Just a question?\n")
    choice = Choice(out=tmp_path / "eval", sets=(), files=(path,))
    done = evaluate(run, SETTINGS, AnswerSettings(evidence_chars=5000), choice, open_system=open_system)
    systems = done.document["systems"]["tuned_open"]
    assert systems["own"]["answers_with_unsupported"]["n"] == 3
    assert systems["own"]["citation_precision"] == {"value": 1.0, "low": ANY, "high": 1.0, "n": 2}
    assert systems["own"]["raw_rouge_l"]["value"] > 0.8  # the first six of its sentences


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
