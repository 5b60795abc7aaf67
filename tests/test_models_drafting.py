import pytest
from hypothesis import given
from hypothesis import strategies as st

from shelftalker.models.decoding import goes_round, write
from shelftalker.models.drafting import NgramDraft

tokens = st.lists(st.integers(0, 5), min_size=1, max_size=40)


@given(context=tokens, written=tokens, limit=st.integers(0, 30))
def test_a_draft_is_what_followed_the_same_tokens_before(context, written, limit):
    draft = NgramDraft(context)
    draft.append(written)
    told = draft.draft(limit)
    whole = context + written
    assert len(told) <= limit
    if told:
        # somewhere earlier the last token was followed by exactly this
        assert any(whole[at - 1] == whole[-1] and whole[at : at + len(told)] == told for at in range(1, len(whole)))


@given(context=tokens, written=tokens)
def test_adding_at_once_or_one_by_one_is_the_same(context, written):
    once, slowly = NgramDraft(context + written), NgramDraft(context)
    for token in written:
        slowly.append([token])
    assert once.draft(10) == slowly.draft(10)


def test_the_longest_match_wins_over_a_nearer_one():
    draft = NgramDraft([1, 2, 3, 10, 9, 3, 20, 8])
    draft.append([1, 2, 3])
    assert draft.draft(2) == [10, 9]


def test_one_token_alone_is_looked_up_at_a_lines_beginning_first():
    newline = 99
    context = [7, 1, 2, newline, 7, 5, 6]
    assert NgramDraft([*context, 7]).draft(2) == [1, 2]
    assert NgramDraft([*context, 7], frozenset({newline})).draft(2) == [5, 6]


def test_nothing_is_drafted_from_what_never_stood_before():
    draft = NgramDraft([1, 2, 3])
    draft.append([4])
    assert draft.draft(10) == []


def test_drafts_grow_while_they_are_right_and_shrink_when_they_fail():
    draft = NgramDraft(list(range(1000)))
    draft.append([5])
    first = len(draft.draft(500))
    draft.learn(first, first)
    second = len(draft.draft(500))
    assert second == 2 * first
    for _ in range(10):
        draft.learn(second, second)
    longest = len(draft.draft(500))
    assert longest < 200
    draft.learn(longest, 0)
    assert len(draft.draft(500)) < longest
    for _ in range(10):
        draft.learn(longest, 0)
    assert len(draft.draft(500)) >= 4


@pytest.mark.parametrize(
    ("tokens", "expected"),
    [
        ([7] * 96, True),
        ([1, 2, 3] * 32, True),
        ([*range(500), *list(range(24)) * 4], True),
        (list(range(24)) * 3, False),
        (list(range(25)) * 8, False),
        (list(range(500)), False),
        ([*[7] * 96, 8], False),
    ],
)
def test_going_round_is_the_same_few_tokens_over_and_over(tokens, expected):
    assert goes_round(tokens) is expected


def test_a_model_that_goes_round_is_stopped_long_before_its_limit():
    class Humming:
        length = 0

        def read(self, tokens, last):
            return None, [5] * last

        def forget(self, count):
            pass

    written = write(Humming(), [1, 2], lambda _, logits, __: logits, max_new_tokens=5000, stop=frozenset())
    assert 96 <= len(written.tokens) < 200
    assert not written.stopped
