"""Which language a question is in, and the few question forms there are."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shelftalker.prompts import attribute_forms, description_forms, detect_language
from shelftalker.prompts.forms import attribute_names

ENGLISH_TITLE, PORTUGUESE_TITLE = "Wren Ceramic Mug", "Caneca de Cerâmica"


@pytest.mark.parametrize("language", ["en", "pt"])
@pytest.mark.parametrize("title", [ENGLISH_TITLE, PORTUGUESE_TITLE])
def test_the_language_of_every_form_is_told_whatever_the_title_is_in(language, title):
    asked = [*description_forms(language, "trained"), *description_forms(language, "held_out")]
    for name in attribute_names():
        asked += attribute_forms(name, language)
    wrong = [form for form in asked if detect_language(form.format(x=title)) != language]
    assert len(wrong) <= 0.02 * len(asked), wrong


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("", "en"),
        ("R$ 49,90", "en"),
        ("Memorex Sport CD Boombox", "en"),
        ("do you ship to Brazil?", "en"),
        ("vocês entregam no Recife?", "pt"),
        ("quanto custa", "pt"),
        ("O que é “What Is the What”?", "pt"),
    ],
)
def test_the_language_of_odd_questions(text, language):
    assert detect_language(text) == language


@given(st.text())
def test_any_text_has_a_language(text):
    assert detect_language(text) in ("en", "pt")


def test_held_out_forms_are_never_trained_on():
    for language in ("en", "pt"):
        held_out = description_forms(language, "held_out")
        assert held_out
        assert not set(description_forms(language, "trained")) & set(held_out)


def test_the_reports_own_questions_are_trained_on():
    assert {"What is product {x} on Amazon?", "What is the {x} product?"} <= set(description_forms("en"))


def test_every_form_has_its_place():
    for language in ("en", "pt"):
        forms = [form for name in attribute_names() for form in attribute_forms(name, language)]
        forms += [*description_forms(language), *description_forms(language, "held_out")]
        assert all("{x}" in form for form in forms)
