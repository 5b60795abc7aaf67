"""Figures of one answer and of many, by hand."""

import json

import pytest

from shelftalker.errors import CatalogueError, InputNotFound, QuestionError
from shelftalker.evaluate.facts import read_facts
from shelftalker.evaluate.journal import Answered, Journal, answer_from_json
from shelftalker.evaluate.people import read_questions
from shelftalker.evaluate.questions import Question
from shelftalker.evaluate.report import score_report
from shelftalker.evaluate.scoring import score
from shelftalker.evaluate.summary import Scored, best_and_worst, reliability_by_length, summarise, summarise_groups
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
    for metric in ("answers_with_unsupported", "raw_answers_with_unsupported", "false_refusal"):
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
    assert (wanted["refusal_recall"], wanted["answers_with_unsupported"]) == (1, 0)
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
    near = (Nearest("u1", "a"), Nearest("u2", "b"))
    listed = answer("Two: a, b", ambiguous=True, written_by="finder", nearest=near)
    assert score(question, listed, [RECORD, OTHER])["ambiguous_detected"] == 1.0
    flagged_only = answer("It is a kettle.", RECORD, ambiguous=True)
    assert score(question, flagged_only, [RECORD, OTHER], [RECORD])["ambiguous_detected"] == 0.0


def person(kind, **changes):
    return ask("free", kind=kind, gold="1.7 liters", quote="holds 1.7 liters", **changes)


def test_final_answers_stand_beside_the_models_own_words():
    quoted = answer(
        "The record says: “holds 1.7 liters”", RECORD, model_text="About 9 liters. [1]", written_by="record"
    )
    figures = score(person("quantity"), quoted, [RECORD], [RECORD], evidence_place=2)
    assert (figures["right"], figures["raw_right"]) == (1.0, 0.0)
    assert (figures["answers_with_unsupported"], figures["raw_answers_with_unsupported"]) == (0.0, 1.0)
    assert (figures["evidence_hit_1"], figures["evidence_hit_3"]) == (0.0, 1.0)
    assert (figures["found_first"], figures["denied"], figures["false_refusal"]) == (1.0, 0.0, 0.0)
    without = score(person("quantity"), answer("1.7 liters", RECORD, model_text=""), [RECORD], [RECORD])
    assert "raw_right" not in without
    assert "evidence_hit_1" not in without


def test_a_product_that_is_there_and_denied():
    denial = answer(
        "No such product.", refused=True, written_by="finder", nearest=(Nearest("u2", "x"), Nearest("u1", "y"))
    )
    figures = score(person("quantity"), denial, [RECORD])
    assert (figures["denied"], figures["right"], figures["found_first"], figures["found_listed"]) == (1, 0, 0, 1)
    silent = answer("The record does not say.", RECORD, refused=True)
    figures = score(person("unstated"), silent, [RECORD], [RECORD])
    assert (figures["denied"], figures["right"], figures["refusal_recall"]) == (0, 1, 1)
    assert score(person("quantity"), silent, [RECORD], [RECORD])["false_refusal"] == 1
    given = score(person("quantity", uid="u1"), denial, [RECORD])
    assert "denied" not in given  # the product was given with the question: there was nothing to find


def test_traps_told_as_facts():
    question = ask("stated", kind="stated", uid="u1", answers=("Ann Lee",), traps=("Bob Ray",), attribute="author")
    for text, told in (("Ann Lee", 0), ("Bob Ray", 1), ("Ann Lee, not Bob Ray", 0), ("The record does not say.", 0)):
        assert score(question, answer(text, RECORD), [RECORD], [RECORD])["trap_told"] == told
    figures = score(question, answer("Ann Lee", RECORD, model_text="Bob Ray"), [RECORD], [RECORD])
    assert (figures["right"], figures["raw_right"], figures["raw_trap_told"]) == (1, 0, 1)


def test_shoppers_answers_are_held_to_the_nearest_of_peoples():
    question = ask("shoppers", kind="answerable", uid="u1", answers=("It is red.", "it holds 1.7 liters"))
    figures = score(question, answer("It holds 1.7 liters.", RECORD, model_text="It holds. [1]"), [RECORD], [RECORD])
    assert figures["rouge_l"] == 1.0
    assert figures["raw_rouge_l"] == pytest.approx(4 / 7)


class Shelf:
    """A catalogue of two records."""

    path = "shelf"

    def record(self, uid):
        for one in (RECORD, OTHER):
            if one.uid == uid:
                return one
        raise CatalogueError(f"there is no {uid}", fix="look")


def read(tmp_path, *rows, **more):
    path = tmp_path / "set.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return read_questions(path, Shelf(), **more)


def test_peoples_questions_are_told_by_their_fields(tmp_path):
    turns = [{"role": "user", "content": "The KT-310?"}, {"role": "system", "content": "x"}]
    free = {"kind": "follow_up", "language": "pt", "question": "e o peso?", "uids": ["u1"], "gold": "1,2 kg",
            "quote": "weighs 1.2 kg", "history": turns}  # fmt: skip
    dropped = {"kind": "who", "question": "who made it?", "uids": ["gone"], "gold": "x", "quote": ""}
    shopper = {"uid": "u2", "question": "how much?", "kind": "answerable", "answers": ["2 l"], "evidence": ["2 liters"]}
    unsure = {**shopper, "kind": "partly"}
    questions, notes = read(tmp_path, free, dropped, shopper, unsure)
    assert [(q.set, q.kind, q.language, q.uids, q.uid) for q in questions] == [
        ("free", "follow_up", "pt", ("u1",), None),
        ("free", "who", "en", ("gone",), None),  # asked about though the catalogue left it out: a user would ask
        ("shoppers", "answerable", "en", ("u2",), "u2"),
    ]
    assert [(turn.role, turn.content) for turn in questions[0].history] == [("user", "The KT-310?")]
    assert notes == ["set.jsonl: 1 left out, partly: asked with --all-kinds"]
    assert len(read(tmp_path, free, shopper, unsure, all_kinds=True)[0]) == 3
    with pytest.raises(CatalogueError, match="no product of this catalogue") as caught:
        read(tmp_path, dropped)
    assert "--data" in caught.value.fix


def test_stated_facts_become_questions(tmp_path):
    facts = [
        {"attribute": "author", "value": "Ann Lee", "quote": "by Ann Lee", "where": "content", "strength": "implied"},
        {"attribute": "weight", "value": "1.2 kg", "quote": "1.2 kg", "where": "title", "strength": "stated"},
        {"attribute": "edition", "value": "2nd", "quote": "2nd", "strength": "stated", "other_edition": True},
        {"attribute": "number_of_villains", "value": "3", "quote": "3", "strength": "stated"},
    ]
    traps = [{"attribute": "author", "wrong_value": "Bob"}, {"attribute": "publisher", "wrong_value": "Times"}]
    row = {"uid": "u1", "facts": facts, "silent": ["pages", "publisher", "isbn", "price"], "traps": traps}
    questions, _ = read(tmp_path, row)
    assert {q.attribute: (q.kind, q.answers, q.traps, q.uid) for q in questions} == {
        "author": ("implied", ("Ann Lee",), ("Bob",), "u1"),
        "weight": ("stated", ("1.2 kg",), (), "u1"),
        "publisher": ("trap", (), ("Times",), "u1"),
        "isbn": ("silent", (), (), "u1"),
        "price": ("silent", (), (), "u1"),
    }
    assert {q.language for q in questions} == {"en", "pt"}
    assert all("{x}" not in q.question and RECORD.title not in q.question for q in questions)


def test_figures_by_kind_and_language():
    answers = [
        Scored("a", person(kind, key=f"{kind}{n}", language=language), answer("x"), (RECORD,), {"right": right}, False)
        for n, (kind, language, right) in enumerate([("who", "en", 1.0), ("who", "pt", 0.0), ("list", "pt", 1.0)])
    ]
    groups = summarise_groups(answers, seed=1)["free"]
    assert {kind: found["a"]["right"].value for kind, found in groups["kind"].items()} == {"who": 0.5, "list": 1.0}
    assert groups["language"]["pt"]["a"]["right"].n == 2
    best, worst = best_and_worst([*answers, scored("a", 0.9)], "a", 1)
    assert (best[0].question.set, worst[0].main) == ("free", 0.0)


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
        read_questions(path, Shelf())
    assert caught.value.fix


@pytest.mark.parametrize("line", ["{", "[]", '{"uid": "a"}', '{"facts": {"weight": "1"}}', '{"uid": "a", "facts": 3}'])
def test_bad_facts_name_their_line(tmp_path, line):
    path = tmp_path / "f.jsonl.facts.jsonl"
    path.write_text('{"uid": "a", "facts": {"weight": "1 kg"}}\n' + line + "\n")
    with pytest.raises(CatalogueError, match="line 2"):
        read_facts(path)
