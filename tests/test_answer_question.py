"""What a question asks for, told from its words, in both languages and in forms nobody trained on."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shelftalker.answer.question import compared_names, read_question, take_out, understand
from shelftalker.errors import QuestionError
from shelftalker.prompts import ATTRIBUTES, attribute_forms, description_forms, forms

BOTH = pytest.mark.parametrize("language", ["en", "pt"])


def _asked(form: str, language) -> str:
    return understand(take_out(form, "{x}"), language)


@BOTH
@pytest.mark.parametrize("which", ["trained", "held_out"])
def test_every_form_is_understood(language, which):
    for form in description_forms(language, which):
        assert _asked(form, language).kind == "description", form
    for form in forms("listing", language, which):
        assert _asked(form, language).kind == "listing", form
    for form in forms("mention", language, which):
        assert _asked(form.replace("{t}", "garden"), language).kind == "yes_no", form
    for attribute in ATTRIBUTES:
        for form in attribute_forms(attribute, language, which):
            asked = _asked(form, language)
            assert (asked.kind, asked.attribute) == ("attribute", attribute), form


@BOTH
def test_a_value_to_confirm_is_a_yes_no_question(language):
    values = {"weight": "3 kg", "price": "$5", "power": "9 W", "voltage": "12 V", "material": "oak", "colour": "red"}
    values |= {"colour": "azul", "material": "couro", "price": "R$ 5"} if language == "pt" else {}
    for attribute in ATTRIBUTES:
        if attribute.name in values:
            confirm = attribute.wording(language).confirm.replace("{v}", values[attribute.name])
            asked = _asked(confirm, language)
            assert (asked.kind, asked.attribute) == ("yes_no", attribute), confirm


@pytest.mark.parametrize(
    ("rest", "language", "kind", "attribute"),
    [
        ("", "en", "description", None),
        ("?", "en", "description", None),
        ("Please, what's", "en", "description", None),
        ("resuma", "pt", "description", None),
        ("Do que trata", "pt", "description", None),
        ("Is it free of charge?", "en", "yes_no", None),
        ("me diga tudo sobre", "pt", "description", None),
        ("Is it good for kids?", "en", "yes_no", None),
        ("pode ir na lava-louças?", "pt", "yes_no", None),
        ("Does it come in red?", "en", "yes_no", "colour"),
        ("does it weigh more than 3 kg?", "en", "yes_no", "weight"),
        ("tem 300 páginas?", "pt", "yes_no", "pages"),
        ("and how heavy is that?", "en", "attribute", "weight"),
        ("Who illustrated", "en", "other", None),
    ],
)
def test_free_wordings(rest, language, kind, attribute):
    asked = understand(rest, language)
    assert (asked.kind, asked.attribute.name if asked.attribute else None) == (kind, attribute)


@BOTH
@pytest.mark.parametrize("which", ["trained", "held_out"])
def test_compared_names_are_told_apart(language, which):
    more = {"en": "heavier", "pt": "mais pesado"}[language]
    for kind in ("comparison", "which"):
        for form in forms(kind, language, which):
            pairs = compared_names(form.format(x="Corvane Kettle", y="Wren Mug", more=more), language)
            assert ("Corvane Kettle", "Wren Mug") in pairs, form


def test_names_with_an_and_inside_are_tried_at_every_cut():
    pairs = compared_names("What is the difference between Salt and Pepper and Oil and Vinegar?", "en")
    assert ("Salt and Pepper", "Oil and Vinegar") in pairs
    assert pairs[0] == ("Salt and Pepper", "Oil and Vinegar"), "the middle is likeliest"


@pytest.mark.parametrize("question", ["What is Salt and Pepper?", "How much does it weigh?", "", "Wren Mug"])
def test_other_questions_compare_nothing(question):
    assert compared_names(question, "en") == []


@given(st.text(max_size=300))
def test_any_text_is_read_or_refused(text):
    try:
        question = read_question(text, 200)
    except QuestionError:
        return
    assert question
    assert len(question) <= 200
    assert question == " ".join(question.split())
    for language in ("en", "pt"):
        assert understand(question, language).kind in ("description", "attribute", "yes_no", "listing", "other")
        compared_names(question, language)


def test_a_name_is_taken_out_whatever_its_case_and_the_longest_first():
    assert take_out("what is the WREN MUG blue, a wren mug?", "Wren Mug", "Wren Mug Blue") == "what is the , a ?"
    assert take_out("what is it", "") == "what is it"
