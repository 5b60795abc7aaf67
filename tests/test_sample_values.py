"""Values of facts: their wording, and the spellings that are as right."""

import re
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shelftalker.metrics.units import find_unit
from shelftalker.sample.material import kinds
from shelftalker.sample.values import draw_fact, format_number

SEEDS = st.integers(0, 10**6)
LANGUAGES = st.sampled_from(("en", "pt"))


def draw_until(name, limits, language, wanted):
    """The first of many draws that `wanted` accepts."""
    draws = (draw_fact(Random(seed), language, name, limits) for seed in range(2000))
    return next(fact for fact in draws if wanted(fact))


@pytest.mark.parametrize(
    ("amount", "language", "grouped", "text"),
    [
        (1.4, "en", False, "1.4"),
        (1.4, "pt", False, "1,4"),
        (1400, "en", True, "1,400"),
        (1400, "pt", True, "1.400"),
        (1400, "pt", False, "1400"),
        (2.0, "en", True, "2"),
        (0.25, "pt", False, "0,25"),
    ],
)
def test_numbers_are_written_as_the_language_does(amount, language, grouped, text):
    assert format_number(amount, language, grouped=grouped) == text


def test_a_weight_is_accepted_in_grams_and_kilos_and_in_both_languages():
    fact = draw_until("weight", {"from": 1400, "to": 1499}, "en", lambda f: f.value == "1.4 kg")
    assert {"1.4kg", "1,4 kg", "1.4 kilograms", "1,4 quilo", "1,400 g", "1400 g", "1.400 gramas"} <= set(fact.accepted)
    assert (fact.unit, fact.short) == ("kg", "1.4 kg")


def test_a_warranty_of_two_years_is_accepted_in_months_and_in_words():
    fact = draw_until("warranty", {"any": [24]}, "en", lambda f: f.value == "2 years")
    assert {"24 months", "two years", "2 anos", "dois anos", "24 meses"} <= set(fact.accepted)


def test_portuguese_counts_in_the_singular_below_two():
    assert draw_until("capacity", {"any": [1.7]}, "pt", lambda f: f.value != "1,7 L").value == "1,7 litro"
    assert draw_until("capacity", {"any": [2.5]}, "pt", lambda f: f.value != "2,5 L").value == "2,5 litros"
    assert draw_until("warranty", {"any": [12]}, "pt", lambda f: f.value.startswith("1 ")).value == "1 ano"


def test_a_price_is_written_with_the_countrys_sign():
    english = draw_until("price", {"from": 1200, "to": 1300}, "en", lambda f: f.value.endswith(".95"))
    assert english.value.startswith("$1,2")
    assert english.value.replace(",", "") in english.accepted
    portuguese = draw_until("price", {"from": 300, "to": 400}, "pt", lambda f: f.value.endswith(",90"))
    assert portuguese.value.startswith("R$ 1.")
    assert portuguese.value.replace("R$ ", "R$") in portuguese.accepted


def test_a_list_is_joined_as_a_phrase():
    things = [("a lid", "uma tampa"), ("a rack", "uma grade"), ("a cloth", "um pano")]
    limits = {"fewest": 3, "most": 3, "of": things}
    fact = draw_fact(Random(1), "en", "box_contents", limits)
    one, two, three = fact.items
    assert fact.value == f"{one}, {two} and {three}"
    assert f"{one}, {two}, and {three}" in fact.accepted
    assert " e " in draw_fact(Random(1), "pt", "box_contents", limits).value


@given(seed=SEEDS, language=LANGUAGES)
def test_every_draw_names_its_fact_and_never_accepts_its_value_twice(seed, language):
    for kind in kinds().values():
        for name, limits in kind.facts.items():
            fact = draw_fact(Random(seed), language, name, limits)
            assert fact.name == name
            assert fact.value
            assert fact.value not in fact.accepted
            assert len(set(fact.accepted)) == len(fact.accepted)


@given(seed=SEEDS, language=LANGUAGES)
def test_no_draw_gives_nothing_or_a_negative_amount(seed, language):
    for kind in kinds().values():
        for name, limits in kind.facts.items():
            fact = draw_fact(Random(seed), language, name, limits)
            assert not fact.value.startswith(("0 ", "-"))


def test_every_unit_that_a_value_ends_in_is_known_to_the_checker():
    unknown = set()
    for kind in kinds().values():
        for name, limits in kind.facts.items():
            for seed in range(40):
                for language in ("en", "pt"):
                    fact = draw_fact(Random(seed), language, name, limits)
                    if fact.unit and fact.unit not in ("USD", "BRL", "year") and fact.name != "age":
                        word = fact.value.split()[-1]
                        if find_unit(word) is None:
                            unknown.add(word)
    assert not unknown


@pytest.mark.parametrize("name", ["material", "colour", "origin"])
def test_no_choice_stands_whole_inside_another(name):
    """Who checks that an answer holds no other value of its kind would find two in one."""
    groups = {}
    for kind in kinds().values():
        if name in kind.facts:
            for seed in range(300):
                fact = draw_fact(Random(seed), "en", name, kind.facts[name])
                groups.setdefault(fact.value, set()).update((fact.value, *fact.accepted))
    for value, forms in groups.items():
        for other, theirs in groups.items():
            if other != value:
                inside = [(a, b) for a in forms for b in theirs if re.search(rf"(?<!\w){re.escape(a)}(?!\w)", b)]
                assert not inside
