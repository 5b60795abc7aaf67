"""Words of names, their keys, and titles without subtitles."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shelftalker.find.names import has_digit, heads, is_exact, is_model, name_tokens, squash


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("Memorex Sport CD Boombox", ["memorex", "sport", "cd", "boombox"]),
        ("Café  Olé!", ["cafe", "ole"]),
        ("1.5 L", ["1.5", "l"]),
        ("1,5L", ["1.5", "l"]),
        ("15L", ["15", "l"]),
        ("1,200 pieces", ["1200", "pieces"]),
        ("1.200 peças", ["1200", "pecas"]),
        ("850ml", ["850", "ml"]),
        ("MK2 and V990", ["mk2", "and", "v990"]),
        ("T-310", ["t", "310"]),
        ("", []),
        ("?!…🙂", []),
    ],
)
def test_name_tokens(text, tokens):
    assert name_tokens(text) == tokens


@given(st.text())
def test_tokens_hold_no_blank_and_fold_once(text):
    tokens = name_tokens(text)
    assert all(token and not token.isspace() and " " not in token for token in tokens)
    assert name_tokens(" ".join(tokens)) == tokens


@given(st.text(alphabet=st.characters(max_codepoint=126)))
def test_the_quick_way_for_ascii_gives_what_the_long_way_gives(text):
    # An accented letter at the end makes the long way be taken.
    assert [*name_tokens(text), "e"] == name_tokens(text + " é")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("The Boom Box", "boombox"),
        ("Law & Order", "law and order"),
        ("O Alquimista", "alquimista"),
        ("Órion", "ORION"),
        ("T-310", "t310"),
    ],
)
def test_names_that_share_a_key(one, other):
    assert squash(one) == squash(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("Atlas 2", "Atlas 3"), ("1.5 L", "15 L"), ("The", "A"), ("Order", "Orders"), ("🙂", "🙃")],
)
def test_names_that_do_not(one, other):
    assert squash(one) != squash(other)


@pytest.mark.parametrize(
    ("title", "found"),
    [
        ("Plain Title", []),
        ("Title: Subtitle", ["Title"]),
        ("Title (Series, 3): Subtitle", ["Title", "Title (Series, 3)"]),
        ("Net for Bed - White", ["Net for Bed"]),
        ("Semi-automatic", []),
        (": Nothing Before", []),
    ],
)
def test_heads(title, found):
    assert heads(title) == found


@given(st.text(alphabet="ab :([-–|)", max_size=30))
def test_heads_begin_the_title_and_grow(title):
    found = heads(title)
    assert all(title.strip().startswith(head) and head != title for head in found)
    assert found == sorted(set(found), key=len)


def test_what_tolerates_no_typo():
    assert [w for w in ("v990", "310", "xii", "l", "cd", "kettle") if is_exact(w)] == ["v990", "310", "xii", "l", "cd"]
    assert [w for w in ("v990", "310", "20", "1998", "1.5", "kettle") if is_model(w)] == ["v990", "310"]
    assert [w for w in ("v990", "1.5", "kettle") if has_digit(w)] == ["v990", "1.5"]
