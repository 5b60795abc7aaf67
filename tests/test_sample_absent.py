"""Absent titles: they sound right, and the catalogue has none of them."""

from collections import Counter

import pytest

from shelftalker.catalog import normalise_title
from shelftalker.errors import CatalogueError
from shelftalker.sample import absent_titles, make_products


@pytest.fixture(scope="module")
def products():
    return make_products(products=400, seed=6)


@pytest.fixture(scope="module")
def absent(products):
    return absent_titles(products, count=600, seed=6)


def test_as_many_as_asked_for_and_all_different(absent):
    assert len({normalise_title(title.title) for title in absent}) == 600


def test_none_is_in_the_catalogue(products, absent):
    titles = {normalise_title(product.title) for product in products}
    names = {normalise_title(product.name) for product in products}
    for one in absent:
        assert normalise_title(one.title) not in titles
        assert normalise_title(one.title) not in names


def test_no_product_of_the_same_brand_bears_the_model_number(products, absent):
    pairs = {(product.brand, product.model) for product in products if product.model}
    near = {product.uid: product for product in products}
    for one in absent:
        words = set(one.title.replace("(", " ").replace(")", " ").replace(",", " ").split())
        for brand, model in pairs:
            if brand in words and set(model.split()) <= words:
                # Only a size or the noun may be changed with brand and model kept, and then of that very product.
                assert one.change in ("size", "noun")
                assert (brand, model) == (near[one.near_uid].brand, near[one.near_uid].model)


def test_every_way_of_change_occurs_and_near_misses_are_most(absent):
    changes = Counter(one.change for one in absent)
    assert set(changes) == {"model", "brand", "size", "word", "noun", "all"}
    assert changes["all"] < 0.25 * len(absent)


def test_a_near_miss_keeps_most_of_the_title_it_was_made_from(products, absent):
    near = {product.uid: product for product in products}
    for one in absent:
        if one.change in ("model", "brand", "word"):
            before, after = near[one.near_uid].title.split(), one.title.split()
            assert len(set(before) - set(after)) <= 2, (before, after)
            assert one.language == near[one.near_uid].language


def test_the_same_seed_gives_the_same_titles_and_another_others(products, absent):
    assert absent_titles(products, count=600, seed=6) == absent
    assert absent_titles(products, count=600, seed=7) != absent


def test_too_few_products_for_so_many_titles_is_an_error(products):
    novel = next(product for product in products if product.kind == "cookbook")
    with pytest.raises(CatalogueError) as caught:
        absent_titles([novel], count=20_000, seed=1)
    assert caught.value.fix
