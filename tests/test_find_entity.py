"""Is it the product that was asked about? Hand-made twins and near misses."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shelftalker.find.entity import Counts, compare, compare_title, is_typo, typos_allowed
from shelftalker.find.names import heads, name_tokens

KNOWN = {
    **dict.fromkeys(["sport", "cordless", "kettle", "blender", "novel", "drill", "history", "quiet"], 40),
    **dict.fromkeys(["memorex", "corvane", "harbin", "olvera", "boombox", "lighthouse", "rivers", "silent"], 3),
    **dict.fromkeys(["back", "rooms", "clean", "air", "washington", "work"], 30),
    **dict.fromkeys(["clan", "lean"], 12),
}
COUNTS = Counts(lambda word: KNOWN.get(word, 0), 1000)


def same(asked: str, title: str) -> bool:
    """Whether the name is the title's, by the check alone."""
    variants = [name_tokens(text) for text in (title, *heads(title))]
    return compare_title(name_tokens(asked), variants, COUNTS) is not None


TITLE = "Memorex Sport CD Boombox"


@pytest.mark.parametrize(
    ("asked", "title"),
    [
        (TITLE, TITLE),
        ("memorex sport cd boombox", TITLE),
        ("Memorex Sprot CD Boombox", TITLE),  # two letters swapped
        ("Memorx Sport CD Boombox", TITLE),  # one left out
        ("Memorex Sport CD Boommbox", TITLE),  # one doubled
        ("Memorex Sport CD Boom Box", TITLE),  # parted
        ("Memorex Sport Boombox", TITLE),  # a word left out
        ("Boombox Memorex Sport CD", TITLE),  # another order
        ("the Memorex Sport CD Boombox", TITLE),
        ("Harbin Cordless Drill 18 V", "Harbin Cordless Drill 18V"),
        ("Corvane Kettle 1,7 l", "Corvane Kettle 1.7 L"),
        ("Olvera Blender V990", "Olvera Blender V990 (850ml)"),
        ("The Silent Lighthouse", "The Silent Lighthouse: A Novel of the Northern Coast"),
        ("Silent Lighthouse", "The Silent Lighthouse: A Novel of the Northern Coast"),
        ("Washington at Work: Back Rooms and Clean Air", "Washington At Work: Back Rooms and Clean Air (2nd Edition)"),
    ],
)
def test_the_same_product(asked, title):
    assert same(asked, title)


@pytest.mark.parametrize(
    ("asked", "title"),
    [
        ("Sony Sport CD Boombox", TITLE),  # the brand changed
        ("Memorex Quiet CD Boombox", TITLE),  # a word changed to one that is known
        ("Memorex Sport CD Zlorp", TITLE),  # ... and to one that is not
        ("Memorex Sport CD Boombox 2", TITLE),  # a number added
        ("Memorex Sport CD Boombox Deluxe", TITLE),  # a word added
        ("Memorex Sport DC Boombox", TITLE),  # short words tolerate no typo
        ("Corvane Kettle 1.8 L", "Corvane Kettle 1.7 L"),  # one digit
        ("Corvane Kettle 17 L", "Corvane Kettle 1.7 L"),  # the point lost
        ("Harbin Cordless Drill 12V", "Harbin Cordless Drill 18V"),  # another size
        ("Harbin Cordless Drill 18W", "Harbin Cordless Drill 18V"),  # another unit
        ("Olvera Blender V991", "Olvera Blender V990 (850ml)"),  # another model
        ("Olvera Blender X990", "Olvera Blender V990 (850ml)"),
        ("Atlas of Quiet Rivers, Vol. 3", "Atlas of Quiet Rivers, Vol. 2"),
        ("Atlas of Quiet Rivers III", "Atlas of Quiet Rivers II"),
        ("Washington at Work: Quiet Rooms and Clean Air", "Washington At Work: Back Rooms and Clean Air (2nd Edition)"),
        ("Kettle", "Corvane Kettle 1.7 L"),  # too little of it
        ("", TITLE),
        ("the of and", TITLE),
    ],
)
def test_another_product(asked, title):
    assert not same(asked, title)


@given(st.sampled_from(TITLE.split()), st.text("abcdefghijklmnopqrstuvwxyz0123456789", min_size=1, max_size=9))
def test_a_word_changed_for_one_far_from_it_is_another_product(word, other):
    asked = TITLE.replace(word, other).lower()
    near = is_typo(other, word.lower(), COUNTS, company=3) or other == word.lower()
    assert same(asked, TITLE) == near or word == "CD"


@given(st.integers(0, 9999), st.integers(0, 9999))
def test_model_numbers_agree_to_the_letter(asked, has):
    assert same(f"Harbin Cordless Drill {asked}", f"Harbin Cordless Drill {has}") == (asked == has)


@given(st.lists(st.sampled_from("corvane kettle quiet 1.7 v990 the of rivers".split()), max_size=7))
def test_a_title_is_like_itself(words):
    like = compare(words, words, COUNTS)
    assert like is not None
    assert (like.left_out, like.typos, like.generic_left_out) == (0, 0, 0)


def test_a_known_word_is_no_typo_without_company():
    assert not is_typo("clan", "clean", COUNTS, company=1)
    assert is_typo("clan", "clean", COUNTS, company=3)
    assert not is_typo("clean", "clan", COUNTS, company=3)  # the rarer word would be the typo


def test_an_unknown_short_word_needs_company():
    assert not is_typo("rixo", "rico", COUNTS)
    assert is_typo("rixo", "rico", COUNTS, company=1)


def test_typos_allowed():
    assert [typos_allowed(w) for w in ("cd", "v990", "xiv", "tea", "kettles", "lighthouse")] == [0, 0, 0, 1, 1, 2]


def test_a_generic_word_tells_little():
    assert COUNTS.is_generic("sport")
    assert not COUNTS.is_generic("memorex")
    assert not COUNTS.is_generic("500")
