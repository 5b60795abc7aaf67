"""The product's name in questions of many forms, two languages, any dress."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shelftalker.find.names import squash
from shelftalker.find.question import product_name, quoted, readings, split_words

NAMES = ("Memorex Sport CD Boombox", "Garrafa Térmica Andorinha 500 ml", "Is Paris Burning?", "Corvane Toaster T-310")

FORMS = (
    "What is product {} on Amazon?",
    "What is the {} product?",
    "What is {}?",
    "What's the price of the {}?",
    "What kind of product is {}?",
    "How heavy is the {}?",
    "How much does {} weigh?",
    "How many pages does the {} have?",
    "Tell me about {}, please.",
    "Can you tell me more about {}",
    "please describe the product {}",
    "I would like to know more about {}",
    "Who wrote {}?",
    "{} - how heavy is it?",
    "{}: what is it made of?",
    "Is the {} suitable for children?",
    "Does the {} come with a warranty?",
    "O que é {}?",
    "O que é o produto {}?",
    "Me fale sobre {}",
    "Fale sobre o produto {}.",
    "Você pode me explicar o que é {}?",
    "Quero saber mais sobre {}",
    "Qual é o peso do {}?",
    "Quais são as características da {}?",
    "Quanto pesa o {}?",
    "Quanto custa a {}?",
    "De que material é feito o {}?",
    "Quem escreveu {}?",
    "{} - quanto custa?",
    "O {} vem com garantia?",
    "A {} é feita de quê?",
)


def key(text: str) -> str:
    return " ".join(word.key for word in split_words(text))


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", NAMES)
def test_the_name_is_taken_out_or_is_among_the_readings(form, name):
    question = form.format(name)
    wanted = key(name)
    assert wanted in {key(product_name(question)), *(key(r.text) for r in readings(question))}


@pytest.mark.parametrize("form", FORMS)
def test_the_name_itself_is_found_without_a_catalogue(form):
    assert squash(product_name(form.format("Memorex Sport CD Boombox"))) == squash("Memorex Sport CD Boombox")


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    "dress", [str.upper, str.lower, lambda q: q.replace("ê", "e").replace("é", "e").replace("ã", "a"), str.split]
)
def test_letter_case_accents_and_blanks_do_not_matter(form, dress):
    question = form.format("Memorex Sport CD Boombox")
    dressed = dress(question)
    text = "  \n ".join(dressed) if isinstance(dressed, list) else dressed
    wanted = key("Memorex Sport CD Boombox")
    assert wanted in {key(product_name(text)), *(key(r.text) for r in readings(text))}


@pytest.mark.parametrize("marks", ['""', "“”", "„“", "«»", "''", "‘’"])
@pytest.mark.parametrize("form", FORMS)
def test_quotation_marks_of_any_kind_settle_it(form, marks):
    name = "What It Weighs"
    assert product_name(form.format(marks[0] + name + marks[1])) == name


def test_an_apostrophe_quotes_nothing():
    assert quoted("What's the keeper's lamp?") == []
    assert quoted("“one” and 'two'") == ["one", "two"]


def test_a_bare_name_comes_back_whole():
    assert product_name("  Memorex Sport CD Boombox ") == "Memorex Sport CD Boombox"


@given(st.text(max_size=120))
def test_any_text_has_a_name_that_stands_in_it(text):
    assert product_name(text) in text
    assert all(reading.text in text for reading in readings(text))


@given(st.lists(st.sampled_from("what is the of a Kettle Corvane 1.7 - : ? “ ” é o que para".split()), max_size=14))
def test_readings_come_longest_first(words):
    sizes = [len(split_words(reading.text)) for reading in readings(" ".join(words))]
    assert sizes == sorted(sizes, reverse=True)


def test_a_very_long_text_is_not_taken_apart():
    assert readings("kettle " * 100) == []
    assert product_name("kettle " * 100) == ("kettle " * 100).strip()
