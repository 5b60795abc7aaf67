"""The table of keys against a dictionary."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shelftalker.find.keys import KeyTable, hash_key, hash_keys, write_keys


def write(path: Path, pairs: list[tuple[str, int]]) -> KeyTable:
    write_keys(path, hash_keys(key for key, _ in pairs), np.array([row for _, row in pairs], np.uint32))
    return KeyTable(path)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("keys")


@given(st.lists(st.tuples(st.text(max_size=4), st.integers(0, 2**32 - 1))), st.text(max_size=4))
def test_gives_what_a_dictionary_gives(folder, pairs, asked):
    table = write(folder / "table", pairs)
    assert len(table) == len(pairs)
    for text in {asked, *(key for key, _ in pairs)}:
        assert table.rows(text) == sorted(row for key, row in pairs if key == text)


def test_a_limit_keeps_the_first_rows(folder):
    table = write(folder / "limited", [("same", row) for row in (9, 2, 7, 4)])
    assert table.rows("same", limit=2) == [2, 4]
    assert table.rows("other", limit=2) == []


def test_hashes_are_the_same_everywhere():
    # A table written on one machine is read on another: this number must never change.
    # printf 'café' | b2sum -l 64, its bytes from last to first.
    assert hash_key("café") == 0xE3D79231BDA27757
    assert hash_keys(["café", ""]).tolist() == [hash_key("café"), hash_key("")]


def test_a_lone_surrogate_is_a_key_too():
    assert hash_key("\ud800") != hash_key("\udfff")
