"""The grounding check on answers one by one: what it marks, where and why."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shelftalker.metrics import check_grounding
from shelftalker.records import Record

KETTLE = Record(
    "K1",
    "Corvane Kettle 1.7 L",
    "It holds 1.7 liters and weighs 1.2 kg. Designed in Aarhus by Lena Corvane. It is not suitable for microwave "
    "ovens. The cord reaches 80 cm, the handle 12 cm. 'A fine kettle' Home Review.",
    "a.jsonl",
    1,
)
PAN = Record("P1", "Calder Pan 28 cm", "A pan of cast iron, 28 cm in diameter. It weighs 2.9 kg.", "a.jsonl", 2)


def _reasons(answer: str, *records: Record) -> list[tuple[str, str]]:
    return [(span.text, span.reason) for span in check_grounding(answer, records or (KETTLE,)).unsupported]


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("It weighs 1.3 kg.", [("1.3 kg", "number")]),
        ("It weighs 1.2 lb.", [("1.2 lb", "number")]),
        ("Designed in Oslo by Lena Corvane.", [("Oslo", "name")]),
        ("It says: “A poor kettle” indeed", [("A poor kettle", "quote")]),
        ("It is suitable for microwave ovens.", [("It is suitable for microwave ovens", "negation")]),
        ("The cord reaches 12 cm, the handle 80 cm.", [("12", "swapped"), ("80", "swapped")]),
        ("Perfect gift wrapping included everywhere.", [("Perfect gift wrapping included everywhere.", "statement")]),
    ],
)
def test_falsehoods_are_marked_where_they_stand(answer: str, expected: list[tuple[str, str]]):
    assert _reasons(answer) == expected
    for span in check_grounding(answer, [KETTLE]).unsupported:
        assert answer[span.start : span.end] == span.text


@pytest.mark.parametrize(
    "answer",
    [
        KETTLE.content,
        KETTLE.content.upper(),
        "The kettle weighs 1,2 kg, that is 1200 g. [1]",
        "It weighs 1.2 kg: “It holds 1.7 liters and weighs 1.2 kg.” [1]",
        "Pesa 1.2 kg: “It holds 1.7 liters and weighs 1.2 kg.” [1]",
        "You can't use it in microwave ovens.",
        "Lena Corvane designed the kettle.",
        "The record does not say how many pages it has. [1]",
        "No, the record does not mention “Norway”. [1]",
        "O registro não diz quanto custa. [1]",
        "Yes: “A fine kettle” [1]",
        "The handle is 12 cm: “the handle 12 cm.” [1]",
        "",
    ],
)
def test_true_answers_pass(answer: str):
    assert _reasons(answer) == []


def test_a_line_is_held_against_the_record_it_cites():
    right = "Corvane Kettle 1.7 L: “weighs 1.2 kg” [1]\nCalder Pan 28 cm: “It weighs 2.9 kg.” [2]"
    wrong = "Corvane Kettle 1.7 L: “It weighs 2.9 kg.” [1]\nCalder Pan 28 cm: “It weighs 2.9 kg.” [2]"
    assert _reasons(right, KETTLE, PAN) == []
    assert _reasons(wrong, KETTLE, PAN) == [("It weighs 2.9 kg.", "quote")]


def test_without_a_source_every_claim_is_unsupported():
    grounding = check_grounding("It weighs 2 kg and is made by Vireo Labs.", [])
    assert [span.text for span in grounding.unsupported] == ["2 kg", "Vireo Labs"]
    assert not grounding.grounded


def test_the_claims_that_were_looked_up_are_told():
    grounding = check_grounding("It weighs 1.3 kg, says Lena Corvane.", [KETTLE])
    assert [(claim.kind, claim.text) for claim in grounding.claims] == [("number", "1.3 kg"), ("name", "Lena Corvane")]


@given(st.text(), st.text(), st.text())
@settings(max_examples=200)
def test_any_answer_is_checked_without_error_and_marks_lie_inside_it(answer: str, title: str, content: str):
    for span in check_grounding(answer, [Record("u", title, content, "f", 1)]).unsupported:
        assert answer[span.start : span.end] == span.text


@given(st.lists(st.sampled_from(KETTLE.content.split(". ")), min_size=1, max_size=4))
def test_whole_sentences_of_the_record_pass_in_any_order(parts: list[str]):
    assert check_grounding(" ".join(part.rstrip(".") + "." for part in parts), [KETTLE]).grounded


def test_a_record_that_says_not_of_the_same_words_bears_out_its_own_sentences():
    """Found by measuring: "it fits where others do not" was marked in its own record's words."""
    bag = Record(
        "B1",
        "Norrbo Bag",
        "A key without a door. Nothing is what it was. At 22 cm, it fits where others do not.",
        "a",
        3,
    )
    assert not _reasons(bag.content.replace(". N", ".\nN"), bag)
    assert not _reasons("It measures 22 cm: “At 22 cm, it fits where others do not.”", bag)
    assert _reasons("At 22 cm, it fits where others do.", bag)
