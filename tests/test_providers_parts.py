"""What every provider shares: secrets kept out of words, waits between tries, the source line taken off."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shelftalker import providers
from shelftalker.providers.retrying import Again, Retries, retry_after
from shelftalker.providers.secrets import one_line, redact
from shelftalker.providers.source_line import without_source, without_source_streamed


def test_what_the_package_shows():
    assert providers.__all__ == [
        "HOSTED_MODELS",
        "HostedModel",
        "HostedProgress",
        "OnHostedProgress",
        "TuningInterrupted",
        "find_hosted",
        "is_hosted",
        "open_generator",
        "table",
        "who_answers",
    ]
    assert all(getattr(providers, name) is not None for name in providers.__all__)


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("token ya29.a0Af_byC-1 refused", "token [hidden] refused"),
        ("key AIzaSyA1234567890abcdefghijklmnop", "key [hidden]"),
        ("Incorrect API key: sk-proj-abcdefgh1234", "Incorrect API key: [hidden]"),
        ("Authorization: bearer abc.def", "Authorization: bearer [hidden]"),
        ("PUT https://x/o?upload_id=ABg5-x_Y&a=1", "PUT https://x/o?upload_id=[hidden]&a=1"),
        ("GET https://x/v1?alt=sse&key=abc-1", "GET https://x/v1?alt=sse&key=[hidden]"),
        ("a -----BEGIN PRIVATE KEY-----\nMII\n-----END PRIVATE KEY----- b", "a [hidden] b"),
        ("a -----BEGIN RSA PRIVATE KEY-----\nMII", "a [hidden]"),
        ("a flask of 29.5 ml, a skate, a key=ring", "a flask of 29.5 ml, a skate, a key=ring"),
    ],
)
def test_what_has_the_shape_of_a_secret_is_hidden(text, hidden):
    assert redact(text) == hidden


def test_secrets_that_are_known_are_hidden_whatever_their_shape():
    assert redact("the pass-phrase of mine", ["pass-phrase", "", "of"]) == "the [hidden] of mine"


def test_a_providers_words_become_one_short_line():
    assert one_line("It failed.\n\n  Try again. ") == "It failed. Try again"
    assert len(one_line("word " * 300)) <= 402


@pytest.mark.parametrize(("value", "seconds"), [("7", 7.0), ("0.5", 0.5), ("-3", 0.0), ("", None), ("soon", None)])
def test_retry_after_in_seconds(value, seconds):
    assert retry_after(value) == seconds


def test_retry_after_as_a_date():
    assert retry_after(format_datetime(datetime.now(UTC) - timedelta(minutes=1), usegmt=True)) == 0.0
    wait = retry_after(format_datetime(datetime.now(UTC) + timedelta(hours=1), usegmt=True))
    assert 3000 < wait <= 3600


def test_waits_double_up_to_the_longest_and_the_last_error_comes_out():
    slept: list[float] = []
    tried: list[int] = []

    def fail():
        tried.append(1)
        raise OSError(f"try {len(tried)}")

    with pytest.raises(OSError, match="try 6"):
        Retries(6, 1.0, 5.0, slept.append).call(fail, lambda error: Again())
    for wait, longest in zip(slept, (1, 2, 4, 5, 5), strict=True):
        assert longest / 2 <= wait <= longest
    with pytest.raises(OSError, match="try 7"):  # what will not be better the next time is not tried again
        Retries(6, 1.0, 5.0, slept.append).call(fail, lambda error: None)
    with pytest.raises(OSError, match="try 8"):  # nor where we are to wait longer than the user allows
        Retries(6, 1.0, 5.0, slept.append).call(fail, lambda error: Again(60.0))
    assert len(slept) == 5


_LINES = st.sampled_from(["It is red.", "Source of light", "Sourc", "", "Fonte", " ", "Source: Lamp (A1), f, line 1"])
_TEXTS = st.lists(_LINES, max_size=5).map("\n".join)


@given(text=_TEXTS, cuts=st.lists(st.integers(1, 6), max_size=60))
def test_a_stream_shows_what_the_whole_answer_shows(text, cuts):
    """Wherever the pieces are cut, the source line never shows, and nothing else is lost but blanks at the end."""
    shown: list[str] = []
    receive = without_source_streamed(lambda piece: shown.append(piece) or True)
    place = 0
    for size in [*cuts, len(text)]:
        if text[place : place + size]:
            receive(text[place : place + size])
        place += size
    whole = without_source(text)
    assert "".join(shown).rstrip() == whole[: len("".join(shown))].rstrip()
    rest = whole[len("".join(shown)) :]
    assert not rest.strip() or any(start.startswith("\n" + rest.strip()) for start in ("\nSource: ", "\nFonte: "))


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("A lamp.\nSource: Lamp (A1), f, line 1", "A lamp."),
        ("Uma lâmpada.\n\nFonte: Lâmpada (A1), f, linha 1\n", "Uma lâmpada."),
        ("Source: of joy.", "Source: of joy."),
        ("A lamp.\nSourced in Leeds.", "A lamp.\nSourced in Leeds."),
    ],
)
def test_the_source_line_is_taken_off(text, answer):
    assert without_source(text) == answer
