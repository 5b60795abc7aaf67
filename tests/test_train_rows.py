"""Examples as token rows: what is trained on, what is left out, what is refused."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tiny_models import ARCHITECTURES, tiny_tokenizer
from tiny_training import tiny_examples

from shelftalker.errors import TrainingError
from shelftalker.models.encoding import Encoded, encode_example, end_token
from shelftalker.prompts import FALLBACK_CHAT_TEMPLATE
from shelftalker.records import Example, Message
from shelftalker.train.packed import pack_rows
from shelftalker.train.padded import pad
from shelftalker.train.training_set import TrainingSet, build_rows, write_example_log


def row(prompt, answer):
    return Encoded(list(range(100, 100 + prompt)) + list(range(500, 500 + answer)), prompt)


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_the_end_token_is_trained_on_and_the_prompt_is_not(architecture):
    tokenizer = tiny_tokenizer(architecture)
    tokenizer.chat_template = tokenizer.chat_template or FALLBACK_CHAT_TEMPLATE
    examples = tiny_examples(5)
    encoded = [encode_example(tokenizer, example, 512) for example in examples]
    rows = build_rows(encoded, max_tokens=512)
    for layout in (pad, pack_rows):
        arguments = (rows, [0, 3, 4], 0) if layout is pad else (rows, [0, 3, 4])
        _, where, targets, *_ = layout(*arguments)
        supervised = [encoded[i].input_ids[encoded[i].prompt_tokens :] for i in (0, 3, 4)]
        assert targets.tolist() == [token for answer in supervised for token in answer]
        assert [answer[-1] for answer in supervised] == [end_token(tokenizer)] * 3
        assert len(where) == len(targets)


@given(st.lists(st.tuples(st.integers(1, 20), st.integers(1, 20)), min_size=1, max_size=20), st.integers(5, 40))
def test_rows_longer_than_allowed_are_left_out_and_counted(shapes, longest):
    encoded = [row(*shape) for shape in shapes]
    fitting = [one for one in encoded if len(one) <= longest]
    if not fitting:
        with pytest.raises(TrainingError, match="no example is left"):
            build_rows(encoded, max_tokens=longest)
        return
    rows = build_rows(encoded, max_tokens=longest)
    assert [tokens.tolist() for tokens, _ in rows] == [one.input_ids for one in fitting]
    assert [prompt for _, prompt in rows] == [one.prompt_tokens for one in fitting]
    counts = rows.counts
    assert counts.skipped_overlong == len(encoded) - len(fitting)
    assert counts.tokens == sum(map(len, fitting)) == int(rows.lengths.sum())
    assert counts.answer_tokens == sum(len(one) - one.prompt_tokens for one in fitting)


def test_a_cut_row_keeps_its_end():
    rows = build_rows([row(4, 10)], max_tokens=9, overlong="cut")
    assert rows.row(0)[0].tolist() == [100, 101, 102, 103, 500, 501, 502, 503, 509]
    assert rows.counts.cut_overlong == 1


def test_a_prompt_that_leaves_no_room_is_left_out_even_when_cutting():
    rows = build_rows([row(9, 10), row(2, 2)], max_tokens=9, overlong="cut")
    assert len(rows) == 1
    assert rows.counts.skipped_overlong == 1
    assert rows.left_out == {0}


def test_the_log_names_no_product_whose_examples_were_all_too_long(tmp_path):
    def about(uid: str) -> Example:
        return Example("description", "closed-book", "en", (Message("assistant", uid),), (uid,))

    write_example_log(tmp_path, TrainingSet((about("A"), about("B"), about("A")), (about("C"),), ()), {1, 2})
    log = json.loads((tmp_path / "examples.json").read_text())
    assert log["uids"] == {"train": ["A"], "validation": ["C"]}
    assert log["kinds"] == {"closed-book/description": 1}


def test_refusing_names_the_row_and_the_length_that_would_do():
    with pytest.raises(TrainingError, match="example 2 has 20 tokens") as caught:
        build_rows([row(2, 2), row(4, 16)], max_tokens=9, overlong="refuse")
    assert "train.max_tokens=20" in caught.value.fix


@pytest.mark.parametrize("spoilt", [row(5, 0), Encoded([], 0), Encoded([1, 2, 3], 0)])
def test_an_example_with_nothing_to_train_on_is_refused(spoilt):
    with pytest.raises(TrainingError, match="example 2 has no answer token"):
        build_rows([row(2, 2), spoilt], max_tokens=50)


def test_no_examples_at_all_is_an_error():
    with pytest.raises(TrainingError, match="no example is left"):
        build_rows([], max_tokens=50)
