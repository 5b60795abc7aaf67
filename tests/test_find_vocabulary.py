"""Words that are spelled alike, against brute force."""

from collections import Counter
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shelftalker.find.vocabulary import Vocabulary, edit_distance, write_vocabulary

WORDS = Counter(
    {"kettle": 9, "nettle": 3, "settle": 3, "kettles": 1, "toaster": 5, "roaster": 2, "boaster": 1, "tea": 4, "v990": 8}
)


def slow_distance(a: str, b: str) -> int:
    """The definition, word for word (optimal string alignment)."""

    @cache
    def of(i: int, j: int) -> int:
        if not i or not j:
            return i + j
        best = min(of(i - 1, j) + 1, of(i, j - 1) + 1, of(i - 1, j - 1) + (a[i - 1] != b[j - 1]))
        if i > 1 and j > 1 and a[i - 1] == b[j - 2] and a[i - 2] == b[j - 1]:
            best = min(best, of(i - 2, j - 2) + 1)
        return best

    return of(len(a), len(b))


@given(st.text("abc", max_size=7), st.text("abc", max_size=7), st.integers(0, 3))
def test_edit_distance_is_its_definition(a, b, most):
    assert edit_distance(a, b, most) == min(slow_distance(a, b), most + 1)


@pytest.fixture(scope="module")
def vocabulary(tmp_path_factory):
    folder = tmp_path_factory.mktemp("words")
    write_vocabulary(folder / "words", WORDS)
    return Vocabulary(folder / "words")


def test_numbers_are_never_listed(vocabulary):
    assert len(vocabulary) == len(WORDS) - 1
    assert vocabulary.count("v990") == 0


def test_counts(vocabulary):
    assert [vocabulary.count(word) for word in ("kettle", "tea", "absent")] == [9, 4, 0]


@pytest.mark.parametrize("distance", [1, 2])
@pytest.mark.parametrize("word", ["kettle", "ketlte", "kettel", "tosater", "xoaster", "zzz"])
def test_similar_words_are_those_within_the_distance(vocabulary, word, distance):
    listed = [w for w in WORDS if w.isalpha() and w != word and edit_distance(word, w, distance) <= distance]
    assert vocabulary.similar(word, distance) == sorted(listed, key=lambda w: (-WORDS[w], w))


def test_an_empty_vocabulary(tmp_path):
    write_vocabulary(tmp_path / "words", Counter())
    empty = Vocabulary(tmp_path / "words")
    assert (len(empty), empty.count("kettle"), empty.similar("kettle", 2)) == (0, 0, [])
