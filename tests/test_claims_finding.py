"""What counts as a claim: numbers, names and quotations."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shelftalker.metrics import claims
from shelftalker.metrics.sentences import sentences


def _claims(text: str) -> list[tuple[str, str]]:
    return [(claim.kind, claim.text) for claim in claims(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Designed in Aarhus by Lena Corvane, it weighs 1.2 kg.",
            [("name", "Aarhus"), ("name", "Lena Corvane"), ("number", "1.2 kg")],
        ),
        ("It comes with a lid. The lid is red. You will like it.", []),
        ("The record says: “It holds 1.7 liters.” [1]", [("quote", "It holds 1.7 liters.")]),
        ("Uses Bluetooth 5.3 and USB-C", [("name", "Bluetooth"), ("number", "5.3"), ("name", "USB")]),
        ("O romance de Vicente Amaral sai por R$ 39,90.", [("name", "Vicente Amaral"), ("number", "R$ 39,90")]),
        ("Custa R$ 20.", [("number", "R$ 20")]),
        ("Model MP3851BLK plays", [("name", "Model MP3851BLK")]),
        ("Weight: 2 kg [1]\nPrice: $5 [2]", [("number", "2 kg"), ("number", "$5")]),
        ("Don't stop at Okafor's door", [("name", "Okafor's")]),
    ],
)
def test_claims_of_a_text(text: str, expected: list[tuple[str, str]]):
    assert _claims(text) == expected


def test_names_of_two_sentences_are_two_names():
    assert ("name", "Kelp Quartet") in _claims("They met the Kelp Quartet. Maddox mixed it.")


@given(st.text())
def test_claims_stand_where_they_say(text: str):
    for claim in claims(text):
        assert text[claim.start : claim.end] == claim.text


@given(st.text())
def test_sentences_leave_nothing_out_but_blanks_and_bullets(text: str):
    found = sentences(text)
    assert all(text[one.start : one.end] == one.text for one in found)
    bare = re.compile(r"[\s*•|·]+")
    assert bare.sub("", "".join(one.text for one in found)) == bare.sub("", text)


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("It weighs 1.5 kg. It is red.", 2),
        ("Dr. C. S. Lewis wrote it. Read it!", 2),
        ("'A joy' The Times. 'Fine.' Observer", 3),
        ("One line\nanother line", 2),
        ("* Weight: 2 kg * Price: $5 | Colour: red", 3),
        ("approx. 5 cm wide", 1),
        ("Is it good? Yes... it is", 2),
    ],
)
def test_sentences_of_product_texts(text: str, count: int):
    assert len(sentences(text)) == count
