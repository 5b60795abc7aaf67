"""The one value that was asked for, and the share of a record's values that a description repeats."""

import pytest

from shelftalker.metrics import attribute_accuracy, value_recall
from shelftalker.records import Record

KG = ["1.2 kg", "1.2 kilograms", "1,2 kg"]


@pytest.mark.parametrize(
    ("answer", "right"),
    [
        ("It weighs 1.2 kg.", 1),
        ("Pesa 1,2 kg.", 1),
        ("It weighs 1,200 g.", 1),  # the same in another unit
        ("It weighs 1.2.", 0),  # of what?
        ("It weighs 1.3 kg.", 0),
        ("It weighs 1.2 kg or 2 kg.", 0),  # another value of that kind
        ("It weighs 1.2 kg and is 30 cm wide.", 1),  # another value of another kind
        ("It is light.", 0),
        ("", 0),
        ("It weighs 1.2 kg: “The frame of 1.2 kg carries 90 kg” [1]", 1),  # the proof may state more
        ("It weighs 90 kg: “The frame of 1.2 kg carries 90 kg” [1]", 0),
        ("It weighs 1.2 kg: “It weighs 3 kg”", 0),  # quoted, but not from the record
    ],
)
def test_a_weight(answer, right):
    record = "The frame of 1.2 kg carries 90 kg. Nothing else is told."
    assert attribute_accuracy(answer, KG, evidence=record) == right


@pytest.mark.parametrize(
    ("answer", "right"),
    [
        ("It is red.", 1),
        ("É vermelha.", 1),
        ("It is blue.", 0),
        ("It is red and blue.", 0),
        ("The Blue Heron Mug is red.", 1),  # the title's word is no answer
        ("The Blue Heron Mug.", 0),
        ("It is infrared.", 0),  # part of a word is no word
    ],
)
def test_a_colour(answer, right):
    assert (
        attribute_accuracy(answer, ["red", "vermelha"], others=["blue", "dark red", "green"], title="Blue Heron Mug")
        == right
    )


def test_a_value_that_holds_anothers_name():
    """ "steel" is a value too, but "stainless steel" is what was asked for."""
    assert attribute_accuracy("Stainless steel.", ["stainless steel"], others=["steel", "glass"]) == 1
    assert attribute_accuracy("Glass.", ["stainless steel"], others=["steel", "glass"]) == 0


def test_dimensions_and_years_and_lists():
    assert attribute_accuracy("It measures 11 x 19 x 2 cm.", ["11x19x2 cm"]) == 1
    assert attribute_accuracy("It measures 11 x 18 x 2 cm.", ["11x19x2 cm"]) == 0
    assert attribute_accuracy("It came out in 1987.", ["1987"]) == 1
    assert attribute_accuracy("It came out in 1988.", ["1987"]) == 0
    contents = {"accepted": ["a lid, two cups and a brush"], "items": ["a lid", "two cups", "a brush"]}
    assert attribute_accuracy("You get two cups, a brush and a lid.", **contents) == 1
    assert attribute_accuracy("You get a lid and a brush.", **contents) == 0


def test_value_recall_by_hand():
    content = "The Corvell boils 1.7 liters. It weighs 2 kg. Made in Portugal."
    record = Record("u", "A kettle", content, "f", 1)
    assert value_recall(content, record) == 1.0
    told = value_recall("It weighs 2 kg.", record)
    assert told is not None
    assert 0 < told < 0.5
    assert value_recall("Nothing.", record) == 0.0
    assert value_recall("x", Record("u", "t", "nothing to claim here", "f", 1)) is None
