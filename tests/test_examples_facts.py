"""Attributes found in descriptions: what is taken, and what is left because it is not sure."""

from __future__ import annotations

import pytest
from grounding_texts import TEXTS

from shelftalker.examples import clip, find_facts, first_sentence, may_state, mentions, quote_around, window
from shelftalker.metrics.sentences import sentences
from shelftalker.prompts import find_attribute


def _found(content: str) -> dict[str, str]:
    return {fact.attribute.name: fact.value for fact in find_facts(content)}


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("It weighs only 1.5 kg and has a 750 W motor.", {"weight": "1.5 kg", "power": "750 W"}),
        ("Pesa 1,2 kg. Garantia de 12 meses.", {"weight": "1,2 kg", "warranty": "12 meses"}),
        ("Price: R$ 199,90.", {"price": "R$ 199,90"}),
        ("Made of brushed stainless steel.", {"material": "brushed stainless steel"}),
        ("Feito de aço inoxidável escovado.", {"material": "aço inoxidável escovado"}),
        ("Measures 30x20x10 cm.", {"dimensions": "30x20x10 cm"}),
        ("With a lifetime warranty.", {"warranty": "lifetime"}),
        ("By Marilyn Sadler, Illustrated by Roger Bollen", {"author": "Marilyn Sadler"}),
        ("First published in 1961.", {"year": "1961"}),
        ("Ages 3 to 6. 48 pages.", {"age": "3 to 6", "pages": "48 pages"}),
        ("Comes with a charger and a case.", {"box_contents": "a charger and a case"}),
        ("Na caixa: 1 cafeteira, 1 manual.", {"box_contents": "1 cafeteira, 1 manual"}),
        ("The battery lasts up to 8 hours.", {"battery_life": "8 hours"}),
        ("It comes in navy blue.", {"colour": "navy blue"}),
        ("* Weight: 2 kg * Made in: Japan", {"weight": "2 kg", "origin": "Japan"}),
        ("Recommended age: 5 years and up.", {"age": "5 years and up"}),
        ("Duração da bateria: 55 h", {"battery_life": "55 h"}),
        ("Na balança, são 1,8 quilo.", {"weight": "1,8 quilo"}),
        ("From end to end it measures 4 m.", {"length": "4 m"}),
        ("It is delivered with a recipe card.", {"box_contents": "a recipe card"}),
        ("Na caixa vêm um cabo e um guia.", {"box_contents": "um cabo e um guia"}),
        ("A novel by Ruth Linding about her twin.", {"author": "Ruth Linding"}),
        ("Ela vem na cor azul-clara.", {"colour": "azul-clara"}),
        ("Por R$ 508,00, é um preço justo.", {"price": "R$ 508,00"}),
        ("The maker's warranty runs for 2 years.", {"warranty": "2 years"}),
        ("It came out in 1985.", {"year": "1985"}),
        ("The housing is recycled plastic.", {"material": "recycled plastic"}),
        ("A haste e o pé são de alumínio escovado.", {"material": "alumínio escovado"}),
        ("You also get a rain cover, a bag and a tag.", {"box_contents": "a rain cover, a bag and a tag"}),
        ("It plays for 27 h before it wants the socket again.", {"battery_life": "27 h"}),
        ("A lovely thing for everyone.", {}),
        ("", {}),
    ],
)
def test_stated_attributes_are_found(content: str, expected: dict[str, str]):
    assert _found(content) == expected


@pytest.mark.parametrize(
    "content",
    [
        "It weighs 2 kg. The large one weighs 3 kg.",
        "A $5 million heist sold out.",
        "It carries 25 kg.",
        "He waited two years.",
        "The heroes are iron, and the villain is gold.",
        "You get a sense of the place and a feel for it.",
        "The blue hour comes.",
        "He comes with her to the sea.",
        "Mary came out in 1985 as the first of her class.",
        "Copyright 1990 Reed Business Information, Inc.",
        "A story of 3 friends, published from 1927-1929",
    ],
)
def test_what_is_not_sure_is_left(content: str):
    assert _found(content) == {}


def test_values_stand_in_the_content_where_they_say():
    for text in TEXTS:
        for fact in find_facts(text.content):
            assert fact.value in text.content[fact.start : fact.end]
            assert fact.value in fact.sentence


def test_what_is_found_in_the_test_texts_is_what_they_state():
    for text in TEXTS:
        stated = dict(text.values)
        for name, value in _found(text.content).items():
            if name in stated:
                assert value.casefold() in stated[name].casefold() or stated[name].casefold() in value.casefold()


@pytest.mark.parametrize(
    ("content", "name", "there"),
    [
        ("A heavy pan.", "weight", True),
        ("A pan of 3 lb.", "weight", True),
        ("A pan.", "weight", False),
        ("A pan.", "price", False),
        ("A steel pan.", "material", True),
        ("A red pan.", "colour", True),
        ("A pan with a lid.", "box_contents", True),
        ("Since 1921.", "year", True),
    ],
)
def test_a_mention_in_any_wording_makes_a_question_answerable(content: str, name: str, there: bool):
    assert mentions(content, find_attribute(name)) is there


def test_a_quote_holds_the_value_and_no_other_of_its_kind():
    assert quote_around("It holds 1.7 liters and weighs 1.2 kg.", "1.2 kg") == "It holds 1.7 liters and weighs 1.2 kg."
    assert quote_around("It weighs 1.2 kg, the lid weighs 200 g.", "1.2 kg") == "It weighs 1.2 kg"
    assert quote_around("One of 2 kg", "3 kg") == ""


def test_passages_are_whole_sentences_within_their_budget():
    content = " ".join(f"Sentence number {n} is here." for n in range(50))
    start = content.index("number 25")
    part = window(content, start, start + 9, 120)
    assert "number 25 is here." in part
    assert len(part) <= 120
    assert part.startswith("Sentence")
    assert part.endswith(".")
    assert clip(content, 60) == "Sentence number 0 is here. Sentence number 1 is here."
    assert clip("word " * 50, 22) == "word word word word"
    assert first_sentence("Need 26 L? It is a bag. More.") == "It is a bag."


def test_a_value_of_the_kind_may_state_an_attribute_unless_it_is_another_ones():
    content = "On the head you feel 130 g. It carries up to 20 kg. Height: 30 cm. A box of oak."
    facts = find_facts(content)

    def stating(name: str) -> list[str]:
        asked = find_attribute(name)
        return [one.text for one in sentences(content) if may_state(one, asked, facts)]

    assert stating("weight") == ["On the head you feel 130 g."]
    assert stating("length") == []
    assert stating("material") == ["A box of oak."]
    assert stating("author") == []
