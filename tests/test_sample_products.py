"""The made-up products: what they state is true of them, said once, and told apart from the others."""

import re
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shelftalker.catalog import normalise_title
from shelftalker.sample import fact_names, make_products
from shelftalker.sample.material import kinds

KIND_FACTS = {kind.name: kind.facts for kind in kinds().values()}

# A second mention of any of these would be a second value of a fact, or a repetition of the first.
ONCE = {
    "weight": r"\d (?:kg|kilos?|kilograms?|quilos?|quilogramas?|g|grams?|gramas?|lb|lbs|pounds?|oz|ounces?)\b",
    "price": r"(?:R\$ |\$)\d",
    "pages": r"\d (?:pages|páginas)\b",
    "power": r"\d (?:W|watts?)\b",
    "voltage": r"\d (?:V|volts?)\b",
    "capacity": r"\d (?:L|ml|liters?|litros?|milliliters?|mililitros?|quarts?)\b",
    "year": r"\b(?:19|20)\d\d\b",
    "age": r"\d (?:years? and (?:up|older))|a partir d[eo]s? \d",
}


@pytest.fixture(scope="module")
def products():
    return make_products(products=1500, seed=11)


@settings(max_examples=15, deadline=None)
@given(count=st.integers(1, 120), seed=st.integers(0, 10**6))
def test_any_size_and_seed_gives_that_many_products_apart_from_each_other(count, seed):
    made = make_products(products=count, seed=seed)
    assert len(made) == count
    assert len({product.uid for product in made}) == count
    for product in made:
        assert product.title.strip() == product.title != ""
        assert product.content.strip() == product.content != ""
        for fact in product.stated:
            assert fact.value in product.content
        for fact in product.in_title:
            assert fact.short.casefold() in product.title.casefold()


def test_every_fact_stands_in_the_content_word_for_word_and_once_among_the_facts(products):
    for product in products:
        names = [fact.name for fact in product.stated]
        assert len(names) == len(set(names))
        assert set(names) <= fact_names().keys()
        for fact in product.stated:
            assert fact.value in product.content
            for item in fact.items:
                assert item in product.content
            assert fact.value not in fact.accepted


def test_what_is_not_stated_is_neither_in_the_facts_nor_in_the_title(products):
    for product in products:
        told = {fact.name for fact in (*product.stated, *product.in_title)}
        assert told.isdisjoint(product.not_stated)
        assert told | set(product.not_stated) == set(KIND_FACTS[product.kind])


@pytest.mark.parametrize("name", ONCE)
def test_a_description_holds_no_second_value_of_a_fact(products, name):
    for product in products:
        # The name is no statement: a model may be called "Vela 1998", and it may stand before any word.
        text = product.content.replace(product.name, "").replace(product.model or "\0", "")
        if name not in KIND_FACTS[product.kind]:
            continue
        found = re.findall(ONCE[name], text)
        stated = [fact for fact in product.stated if fact.name == name]
        assert len(found) <= len(stated), (product.title, product.content)


def test_a_fact_in_title_and_content_has_the_same_value(products):
    both = 0
    for product in products:
        stated = {fact.name: fact for fact in product.stated}
        for fact in product.in_title:
            if fact.name in stated:
                both += 1
                same = {stated[fact.name].value, *stated[fact.name].accepted, stated[fact.name].short}
                assert fact.short in same
    assert both > 50


def test_titles_are_unique_unless_shared_on_purpose(products):
    by_title = Counter(normalise_title(product.title) for product in products)
    for product in products:
        assert by_title[normalise_title(product.title)] == 1 + len(product.same_title)
    shared = [product for product in products if product.same_title]
    assert 0.08 < len(shared) / len(products) < 0.12


def test_bearers_of_one_title_differ_in_content_and_name_each_other(products):
    by_uid = {product.uid: product for product in products}
    for product in products:
        for uid in product.same_title:
            assert by_uid[uid].title == product.title
            assert by_uid[uid].content != product.content
            assert product.uid in by_uid[uid].same_title


def test_near_twins_are_of_one_kind_and_their_titles_differ_a_little(products):
    by_uid = {product.uid: product for product in products}
    twins = [product for product in products if product.twins]
    assert 0.15 < len(twins) / len(products) < 0.25
    for product in twins:
        for uid in product.twins:
            other = by_uid[uid]
            assert product.uid in other.twins
            assert (other.kind, other.language, other.brand) == (product.kind, product.language, product.brand)
            assert other.title != product.title
            here, there = set(product.title.split()), set(other.title.split())
            assert len(here ^ there) <= 4


def test_no_name_repeats_outside_its_group(products):
    owners = {}
    for product in products:
        group = frozenset((product.uid, *product.twins, *product.same_title))
        assert owners.setdefault(normalise_title(product.name), group) == group


def test_kinds_languages_and_lengths_are_spread_as_documented(products):
    counted = Counter(product.kind for product in products)
    assert set(counted) == {kind.name for kind in kinds().values()}
    assert len(counted) >= 8
    assert min(counted.values()) > 0.5 * len(products) / len(counted)
    portuguese = sum(product.language == "pt" for product in products) / len(products)
    assert 0.2 < portuguese < 0.3
    lengths = sorted(len(product.content) for product in products)
    assert sum(length < 120 for length in lengths) > 0.05 * len(products)
    assert sum(length > 1500 for length in lengths) > 0.05 * len(products)
    assert any(length > 4000 for length in lengths)


def test_a_small_catalogue_has_every_kind():
    assert {product.kind for product in make_products(products=60, seed=2)} == {kind.name for kind in kinds().values()}


def test_facts_come_in_varying_order_and_number(products):
    orders = {(product.kind, tuple(fact.name for fact in product.stated)) for product in products}
    assert len(orders) > 0.6 * len(products)


def test_no_slot_is_left_unfilled_and_nothing_is_doubled(products):
    for product in products:
        text = f"{product.title} {product.content}"
        assert "{" not in text
        assert "}" not in text
        assert "  " not in text
        assert not re.search(r"\b(the the|a a|de de|o o)\b", text, re.IGNORECASE), text
        assert not re.search(r"(?<! [A-Z])[.,;:]{2}", text), text
        assert not re.search(r"\ba [aeio]\w", text) or product.language == "pt", text
