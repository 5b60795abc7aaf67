"""Cleaning loses nothing a reader would miss, and the bulk form does what the plain form does."""

from __future__ import annotations

import html
import re

import polars as pl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from shelftalker.catalog import clean_text, normalise_title
from shelftalker.catalog.bulk import clean_column, normalise_titles
from shelftalker.catalog.rules import (
    BOILERPLATE,
    RULES,
    TAG_BLOCK,
    TAG_INLINE,
    decode_entity,
    is_content_its_title,
    is_test_row,
)

PIECES = st.sampled_from(
    [
        "&amp;",
        "&amp;amp;",
        "&#8217;",
        "&#x2019;",
        "&#150;",
        "&nbsp;",
        "&lt;b&gt;",
        "&eacute;",
        "&notit;",
        "&",
        ";",
        "<",
        "<br>",
        "<BR/>",
        "<p class='x'>",
        "</p>",
        "<b>",
        "</b>",
        "<sup>2</sup>",
        "10<sup>6</sup>",
        "<!-- x -->",
        ">",
        "<3",
        "a<b",
        "<script>var x=1;</script>",
        "<style>p{}</style>",
        " ",
        "  ",
        "\n",
        "\t",
        "\xa0",
        "\u200b",
        "\xad",
        "--This text refers to thePaperbackedition.",
        " This text refers to an out of print or unavailable edition",
        "cafÃ©",
        "â€™",
        "Â½",
        "½″",
        "Ação",
        "日本語",
        "x",
        "5",
        "Model 12",
        "1.5 kg",
        "\x00",
        "\x1f",
        "amp;",
        "#39;",
    ]
)
TEXTS = st.one_of(st.text(max_size=60), st.lists(st.one_of(PIECES, st.text(max_size=3)), max_size=12).map("".join))


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        ("Levi&#8217;s 501", "Levi’s 501"),
        ("Tom &amp;amp; Jerry", "Tom & Jerry"),
        ("A<br>B<br />C", "A B C"),
        ("<b>new</b>ly", "newly"),
        ("10<sup>6</sup> units", "10^6 units"),
        ("&lt;p&gt;Hello&lt;/p&gt;", "Hello"),
        ("x < 5 and y > 3", "x < 5 and y > 3"),
        ("I <3 this", "I <3 this"),
        ("caf&eacute;  au\tlait ", "café au lait"),
        ("cut&paste R&D AT&T", "cut&paste R&D AT&T"),
        ("cafÃ©", "café"),
        ("Great book. --This text refers to thePaperbackedition.", "Great book."),
        ("Soft\u00adhyphen and\u200b zero", "Softhyphen and zero"),
        ("<script>alert(1)</script>Text", "Text"),
        ("MiXeD CaSe ÀÉ", "MiXeD CaSe ÀÉ"),
        ("", ""),
    ],
)
def test_what_cleaning_does(raw, clean):
    assert clean_text(raw) == clean
    assert clean_column(pl.Series([raw])).texts.to_list() == [clean]


@settings(max_examples=400, deadline=None)
@given(TEXTS)
@example("&amp;amp;amp;amp;lt;br&amp;gt;")
@example("&#38;#60;b&#62;")
@example("<<b>b>x")
def test_cleaning_twice_is_cleaning_once(text):
    once = clean_text(text)
    assert clean_text(once) == once


@settings(max_examples=400, deadline=None)
@given(TEXTS)
def test_no_letter_or_digit_is_lost_outside_markup_and_listed_boilerplate(text):
    """What stays, once everything that may go is taken out of both sides, is the same letters in the same order."""
    without = re.sub(rf"{TAG_BLOCK}|{TAG_INLINE}|{BOILERPLATE}", "", text)
    if "<" in without or "&" in text or "refers to" in without or not without.isascii():
        return  # entities and mojibake become other characters, and may uncover more markup: tested by the next
    letters = [c for c in without if c.isalnum()]
    assert [c for c in clean_text(text) if c.isalnum()] == letters


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet=st.characters(exclude_characters="<&", exclude_categories=["Cs", "Cc"]), max_size=80))
def test_text_without_markup_keeps_every_letter(text):
    if any("\u00c2" <= c <= "\u00f4" for c in text) or "This text refers to" in text:
        return  # mojibake's lead characters
    cleaned = clean_text(text)
    assert [c for c in cleaned if c.isalnum()] == [c for c in text if c.isalnum()]
    assert clean_text(html.escape(cleaned)) == cleaned


@settings(max_examples=300, deadline=None)
@given(st.lists(TEXTS, max_size=20))
def test_bulk_cleaning_is_plain_cleaning(texts):
    fired: list[set[str]] = [set() for _ in texts]
    plain = [clean_text(text, into) for text, into in zip(texts, fired, strict=True)]
    bulk = clean_column(pl.Series("t", texts, dtype=pl.String))
    assert bulk.texts.to_list() == plain
    for rule in RULES:
        assert bulk.counts[rule.name] == sum(rule.name in one for one in fired), rule.name


def test_every_rule_of_the_bulk_form_gives_examples():
    texts = ["a &amp; b", "<p>x</p>", "cafÃ©", "a  b", "x --This text refers to theHardcoveredition."]
    found = clean_column(pl.Series(texts))
    assert set(found.examples) == {"entities", "tags", "mojibake", "white_space", "boilerplate"}
    row, before, after = found.examples["entities"][0]
    assert (row, before, after) == (0, "a &amp; b", "a & b")


def test_a_text_that_was_made_to_waste_time_ends():
    """Each pass takes one level off; a line of megabytes would take hours."""
    text = "&" + "amp;" * 60_000
    assert clean_text(text).startswith("&amp;")
    assert clean_column(pl.Series([text, "a &amp; b"])).texts.to_list() == [clean_text(text), "a & b"]


@pytest.mark.parametrize("entity", ["&unknown;", "&#xFFFFFFFF;", "&#x2019and", "&#55555555555555;", "&notareal"])
def test_what_is_no_entity_stays(entity):
    assert decode_entity(entity) == entity


def test_rows_of_no_use():
    assert is_content_its_title("The Lamp", "the lamp.")
    assert not is_content_its_title("The Lamp", "the lamp is red")
    assert is_test_row("TEST", "This is a test product")
    assert not is_test_row("Test Prep Guide", "This is a test")


@settings(max_examples=200, deadline=None)
@given(st.lists(st.text(max_size=30), max_size=10))
def test_a_title_s_key_is_its_own_key_and_the_bulk_form_agrees(titles):
    keys = [normalise_title(title) for title in titles]
    assert [normalise_title(key) for key in keys] == keys
    assert normalise_titles(pl.Series("t", titles, dtype=pl.String)).to_list() == keys


@pytest.mark.parametrize(
    ("one", "other"),
    [("Café  Olé!", "CAFE OLE"), ("Straße", "STRASSE"), ("ＡＢＣ １２", "abc 12"), ("Spider-Man", "spider man")],
)
def test_titles_that_are_the_same(one, other):
    assert normalise_title(one) == normalise_title(other) != ""
