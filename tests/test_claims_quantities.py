"""Numbers and units, as both languages write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shelftalker.metrics.quantities import quantities, same_quantity


def _found(text: str) -> list[tuple[str, str]]:
    return [(quantity.text, quantity.dimension) for quantity in quantities(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("weighs 1.5 kg or 1,5 kg", [("1.5 kg", "mass"), ("1,5 kg", "mass")]),
        ("30 x 20 x 10 cm", [("30", "length"), ("20", "length"), ("10 cm", "length")]),
        ('9"H x 4"W x 3"D', [('9"', "length"), ('4"', "length"), ('3"', "length")]),
        ("MP3851BLK and the X-200 or 3D", []),
        ("3 to 5 years", [("3", "time"), ("5 years", "time")]),
        ("a two-year warranty", [("two-year", "time")]),
        ("one year, one of them", [("one year", "time")]),
        ("$1,299.00 or R$ 1.299,90", [("$1,299.00", "money USD"), ("R$ 1.299,90", "money BRL")]),
        ("5 1/2 inches and ½ cup", [("5 1/2 inches", "length"), ("½ cup", "volume")]),
        ("top 5 in the world, 5 in. long", [("5", ""), ("5 in", "length")]),
        ("2nd edition, 3ª edição", [("2nd", "ordinal"), ("3ª", "ordinal")]),
        ("the 1980s, 500GB at -18°C", [("1980", ""), ("500GB", "data"), ("18°C", "celsius")]),
        ("He said 'by 5' and \"of 7 \" again", [("5'", "length"), ("7", "")]),
        ("3,200 mAh and 20%", [("3,200 mAh", "charge"), ("20%", "share")]),
        ("", []),
    ],
)
def test_numbers_are_read_with_their_units(text: str, expected: list[tuple[str, str]]):
    assert _found(text) == expected


@pytest.mark.parametrize(
    ("claimed", "stated"),
    [
        ("1.5 kg", "1500 g"),
        ("1,5 kg", "1.5 kilograms"),
        ("1500 g", "1,500 g"),
        ("R$ 1.299,90", "R$ 1299,90"),
        ("2.2 lb", "1 kg"),
        ("two years", "24 months"),
        ("0.45 l", "450 ml"),
        ("45 cm", "450 mm"),
        ("12 V", "12 volts"),
        ("2nd", "2nd"),
        ("1/2 inch", "0.5 in."),
        ("90 minutes", "1.5 hours"),
    ],
)
def test_the_same_quantity_in_other_words_is_the_same(claimed: str, stated: str):
    [one], [other] = quantities(claimed), quantities(stated)
    assert same_quantity(one, other)
    assert same_quantity(other, one)


@pytest.mark.parametrize(
    ("claimed", "stated"),
    [
        ("1.5 kg", "1.5 lb"),
        ("1.5 kg", "15 kg"),
        ("12 V", "12 W"),
        ("$5", "€5"),
        ("2nd", "3rd"),
        ("2 years", "2 months"),
        ("30 °C", "30 °F"),
        ("3 hours", "3 minutes"),
    ],
)
def test_another_number_or_unit_is_another_quantity(claimed: str, stated: str):
    [one], [other] = quantities(claimed), quantities(stated)
    assert not same_quantity(one, other)


@given(st.integers(1, 99_999), st.sampled_from(["kg", "g", "cm", "ml", "W", "hours", "months", "pages"]))
def test_a_quantity_is_found_where_it_stands_and_equals_itself(value: int, unit: str):
    text = f"It has {value} {unit} of it."
    [found] = quantities(text)
    assert text[found.start : found.end] == found.text == f"{value} {unit}"
    assert same_quantity(found, found)


@given(st.text())
def test_any_text_is_read_without_error_and_places_are_right(text: str):
    for loose in (False, True):
        for quantity in quantities(text, loose=loose):
            assert text[quantity.start : quantity.end] == quantity.text


@given(st.integers(1, 9_999), st.integers(0, 99))
def test_english_and_portuguese_prices_agree(whole: int, cents: int):
    [english] = quantities(f"R${whole:,}.{cents:02d}")
    [portuguese] = quantities(f"R$ {whole:,}".replace(",", ".") + f",{cents:02d}")
    assert same_quantity(english, portuguese)
