"""Text is passed on as it comes; the closing number of the record never is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shelftalker.answer.streaming import without_marker


def _stream(pieces: list[str]) -> str:
    got: list[str] = []
    receive = without_marker(lambda piece: got.append(piece) is None)
    for piece in pieces:
        receive(piece)
    return "".join(got)


@pytest.mark.parametrize(
    ("pieces", "got"),
    [
        (["It weighs", " 2 kg.", " [", "1", "]"], "It weighs 2 kg."),
        (["It weighs 2 kg. [1]"], "It weighs 2 kg."),
        (["See [", "1", "2", "] there"], "See [12] there"),
        (["Two. [1]", " [2]"], "Two."),
        (["[1]"], ""),
        (["a [b", "] c"], "a [b] c"),
        ([], ""),
    ],
)
def test_the_marker_is_held_back(pieces: list[str], got: str):
    assert _stream(pieces) == got


@given(st.text(alphabet="ab []12 .", max_size=40), st.integers(1, 5))
def test_whatever_the_pieces_what_is_passed_on_starts_the_text(text: str, size: int):
    pieces = [text[start : start + size] for start in range(0, len(text), size)]
    got = _stream(pieces)
    assert text.startswith(got)
    assert text[len(got) :].strip(" []0123456789") == ""


def test_a_stop_is_passed_back():
    receive = without_marker(lambda piece: False)
    assert receive("some text") is False
