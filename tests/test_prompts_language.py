"""Which language a question is in, and what attribute it asks for."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shelftalker.prompts import (
    ATTRIBUTES,
    FORMS,
    asked_attribute,
    attribute_forms,
    description_forms,
    detect_language,
    find_attribute,
    forms,
)

ENGLISH_TITLE, PORTUGUESE_TITLE = "Wren Ceramic Mug", "Caneca de Cerâmica"


@pytest.mark.parametrize("language", ["en", "pt"])
@pytest.mark.parametrize("title", [ENGLISH_TITLE, PORTUGUESE_TITLE])
def test_the_language_of_every_form_is_told_whatever_the_title_is_in(language, title):
    for which in ("trained", "held_out"):
        asked = list(description_forms(language, which))
        for kind in ("comparison", "listing", "mention"):
            asked += forms(kind, language, which)
        for attribute in ATTRIBUTES:
            asked += attribute_forms(attribute, language, which)
        wrong = [form for form in asked if detect_language(form.format(x=title, y="Lumo", t="x")) != language]
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
    for kind in FORMS:
        for language in ("en", "pt"):
            assert not set(forms(kind, language, "trained")) & set(forms(kind, language, "held_out"))
    for attribute in ATTRIBUTES:
        for language in ("en", "pt"):
            wording = attribute.wording(language)
            assert wording.held_out
            assert not set(wording.trained) & set(wording.held_out)


def test_the_reports_own_questions_are_trained_on():
    assert {"What is product {x} on Amazon?", "What is the {x} product?"} <= set(description_forms("en"))


def test_every_form_has_its_places():
    for attribute in ATTRIBUTES:
        for language in ("en", "pt"):
            wording = attribute.wording(language)
            assert all("{x}" in form for form in (*wording.trained, *wording.held_out))
            assert "{v}" in wording.says
            assert {"{x}", "{v}"} <= {"{x}", "{v}"} & {part for part in ("{x}", "{v}") if part in wording.confirm}


@pytest.mark.parametrize("language", ["en", "pt"])
def test_every_form_of_an_attribute_asks_for_it(language):
    wrong = [
        form
        for attribute in ATTRIBUTES
        for which in ("trained", "held_out")
        for form in attribute_forms(attribute, language, which)
        if asked_attribute(form.format(x=""), language) is not attribute
    ]
    assert wrong == []


@pytest.mark.parametrize(
    ("rest", "language", "name"),
    [
        ("is it heavy", "en", "weight"),
        ("how long does the battery last", "en", "battery_life"),
        ("how long is the warranty", "en", "warranty"),
        ("how much is", "en", "price"),
        ("quanto custa", "pt", "price"),
        ("de que é feito", "pt", "material"),
        ("vem com o quê na caixa", "pt", "box_contents"),
    ],
)
def test_attributes_in_free_words(rest, language, name):
    assert asked_attribute(rest, language) is find_attribute(name)


@pytest.mark.parametrize(
    ("rest", "language"), [("what is", "en"), ("tell me about", "en"), ("o que é", "pt"), ("", "en")]
)
def test_a_description_asks_for_no_attribute(rest, language):
    assert asked_attribute(rest, language) is None
