"""Figures of one answer and of many, by hand."""

import json

import pytest

from shelftalker.errors import CatalogueError, InputNotFound, QuestionError
from shelftalker.evaluate.extremes import best_and_worst
from shelftalker.evaluate.facts import read_facts
from shelftalker.evaluate.journal import Answered, Journal, answer_from_json
from shelftalker.evaluate.own import read_own_set
from shelftalker.evaluate.questions import Question
from shelftalker.evaluate.report import score_report
from shelftalker.evaluate.scoring import score
from shelftalker.evaluate.summary import Scored, reliability_by_length, summarise
from shelftalker.records import Answer, Nearest, Record, Source, Span

RECORD = Record("u1", "Corvell KT-310 Kettle", "The Corvell KT-310 holds 1.7 liters and weighs 1.2 kg.", "f.jsonl", 3)
OTHER = Record("u2", "Corvell KT-311 Kettle", "The Corvell KT-311 holds 2 liters.", "f.jsonl", 4)


def ask(question_set="unseen", **changes):
    values = {
        "key": "q1",
        "set": question_set,
        "question": "What is it?",
        "language": "en",
        "uids": ("u1",),
        "group": "u1",
        "title": "",
    }
    return Question(**(values | {"title": RECORD.title} | changes))


def answer(text, *sources, mode="open-book", **changes):
    values = {
        "question": "What is it?",
        "answer": text,
        "mode": mode,
        "refused": False,
        "ambiguous": False,
        "grounded": True,
    }
    values |= {"model": "m", "seconds": 2.0, "completion_tokens": 50, "model_text": text}
    cited = tuple(Source(record.uid, record.title, record.file, record.line) for record in sources)
    return Answer(sources=cited, **(values | changes))


def test_a_right_description():
    figures = score(ask(), answer(RECORD.content, RECORD), [RECORD], [RECORD])
    for metric in ("rouge_l", "value_recall", "citation_precision", "citation_recall", "raw_rouge_l"):
        assert figures[metric] == 1.0, metric
    for metric in ("answers_with_unsupported", "unsupported_rate", "false_refusal"):
        assert figures[metric] == 0.0, metric


def test_the_wrong_source_is_told():
    figures = score(ask(), answer(OTHER.content, OTHER), [RECORD], [OTHER])
    assert figures["citation_precision"] == figures["citation_recall"] == 0.0
    assert figures["answers_with_unsupported"] == 0.0  # it stands in its source; the source is the wrong one
    assert figures["rouge_l"] < 0.9


def test_closed_book_answers_are_held_to_the_true_record():
    false = answer("The Corvell KT-310 holds 9 liters.", mode="closed-book")
    figures = score(ask("seen"), false, [RECORD])
    assert figures["answers_with_unsupported"] == 1.0
    assert 0 < figures["unsupported_rate"] <= 1
    assert "citation_precision" not in figures
    assert "raw_rouge_l" not in figures


def test_a_refusal():
    refusal = answer("No such product: 777 kg.", refused=True, written_by="finder", nearest=(Nearest("u1", "Kettle"),))
    wanted = score(ask("absent", uids=()), refusal, [])
    assert (wanted["refusal_recall"], wanted["nearest_offered"], wanted["answers_with_unsupported"]) == (1, 1, 0)
    unwanted = score(ask(), refusal, [RECORD])
    assert (unwanted["false_refusal"], unwanted["citation_recall"]) == (1, 0)
    assert unwanted["rouge_l"] < 0.2
    assert "citation_precision" not in unwanted  # nothing is cited
    answered = score(ask("absent", uids=()), answer("It is a kettle.", RECORD), [], [RECORD])
    assert (answered["refusal_recall"], answered["citation_precision"]) == (0, 0)


def test_an_attribute_raw_and_put_right():
    question = ask("attribute", accepted=("1.2 kg",), attribute="weight")
    repaired = answer("It weighs 1.2 kg.", RECORD, model_text="It weighs 3 kg. [1]", written_by="model-repaired")
    figures = score(question, repaired, [RECORD], [RECORD])
    assert (figures["attribute_accuracy"], figures["raw_attribute_accuracy"]) == (1.0, 0.0)
    assert figures["raw_answers_with_unsupported"] == 1.0
    assert (figures["written_by_repair"], figures["written_by_model"]) == (1.0, 0.0)


def test_ambiguous_titles_must_be_listed_with_their_uids():
    question = ask("ambiguous", uids=("u1", "u2"))
    listed = answer("Two:\n[1] u1: a\n[2] u2: b", RECORD, OTHER, ambiguous=True, written_by="finder")
    assert score(question, listed, [RECORD, OTHER], [RECORD, OTHER])["ambiguous_detected"] == 1.0
    flagged_only = answer("It is a kettle.", RECORD, ambiguous=True)
    assert score(question, flagged_only, [RECORD, OTHER], [RECORD])["ambiguous_detected"] == 0.0


def scored(system, rouge, *, group="g", alone=False, content="c", key="q", **changes):
    question = ask(key=key, group=group, **changes)
    record = Record("u1", "t", content, "f", 1)
    return Scored(system, question, answer("text", seconds=rouge + 1), (record,), {"rouge_l": rouge}, alone)


def test_figures_by_system_and_set():
    answers = [scored("a", value, group=str(n), alone=n < 2) for n, value in enumerate((0.0, 0.5, 1.0))]
    figures = summarise(answers, seed=1)["a"]["unseen"]
    assert (figures["rouge_l"].value, figures["rouge_l"].n) == (0.5, 3)
    assert (figures["seconds_p50"].value, figures["seconds_p50"].n) == (1.25, 2)
    assert figures["tokens_per_second"].value == pytest.approx((50 / 1 + 50 / 1.5) / 2)


def test_reliability_by_length_tells_lengths_apart():
    answers = [scored("a", 1.0, content="x" * 100), scored("a", 0.2, content="x" * 900)]
    bins = reliability_by_length(answers, seed=1)["a"]
    assert [None if one is None else one.value for one in bins] == [1.0, None, None, 0.2, None]


def test_the_best_and_the_worst():
    answers = [scored("a", value / 10, key=str(value)) for value in range(10)] + [scored("b", 0.0)]
    best, worst = best_and_worst(answers, "a", 3)
    assert [one.main for one in best] == [0.9, 0.8, 0.7]
    assert [one.main for one in worst] == [0.0, 0.1, 0.2]
    best, worst = best_and_worst(answers, "a", 20)
    assert len(best) + len(worst) == 10
    assert best_and_worst([], "a", 3) == ([], [])


def test_an_answer_comes_back_from_the_journal_as_it_was(tmp_path):
    span = Span(0, 4, "text", "name")
    kept = answer("text", RECORD, unsupported=(span,), nearest=(Nearest("u2", "é"),), grounded=False)
    assert answer_from_json(json.loads(json.dumps(kept.to_json()))) == kept
    path = tmp_path / "answers.jsonl"
    with Journal(path, {"seed": 1}) as journal:
        journal.add("a", "q1", Answered(kept, alone=True))
    with Journal(path, {"seed": 1}) as journal:
        assert journal.done == {("a", "q1"): Answered(kept, alone=True)}
    with Journal(path, {"seed": 2}) as journal:
        assert journal.done == {}


def test_the_reports_own_answers(tmp_path):
    product = {
        "title": RECORD.title,
        "original": RECORD.content,
        "report_tuned": "It has 13.5 oz.\n***\n**Source:** 'trn.json' file",
        "report_tuned_temperature_0": RECORD.content + "\n***\n**Source:** 'trn.json' file",
    }
    path = tmp_path / "report.json"
    path.write_text(json.dumps({"products": [product]}))
    figures = score_report(path, seed=1)
    assert figures["report_tuned_temperature_0"]["rouge_l"].value == 1.0  # the constant source line is taken off
    assert figures["report_tuned"]["answers_with_unsupported"].value == 1.0
    assert figures["report_tuned"]["rouge_l"].n == 1
    with pytest.raises(InputNotFound):
        score_report(tmp_path / "none.json", seed=1)
    for text in ("{}", "no json", '{"products": [{"title": "t"}]}', '{"products": 3}'):
        path.write_text(text)
        with pytest.raises(CatalogueError):
            score_report(path, seed=1)


@pytest.mark.parametrize("text", ["", "\n\n", '{"question": ""}', "{broken", '{"question": "x", "uids": "u1"}'])
def test_bad_files_of_own_questions(tmp_path, text):
    path = tmp_path / "own.jsonl"
    path.write_text(text)
    with pytest.raises(QuestionError) as caught:
        read_own_set(path, None)
    assert caught.value.fix


@pytest.mark.parametrize("line", ["{", "[]", '{"uid": "a"}', '{"facts": {"weight": "1"}}', '{"uid": "a", "facts": 3}'])
def test_bad_facts_name_their_line(tmp_path, line):
    path = tmp_path / "f.jsonl.facts.jsonl"
    path.write_text('{"uid": "a", "facts": {"weight": "1 kg"}}\n' + line + "\n")
    with pytest.raises(CatalogueError, match="line 2"):
        read_facts(path)
