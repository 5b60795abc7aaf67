"""Scores against hand-computed figures and against the packages that define them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rouge_score.rouge_scorer import RougeScorer
from sacrebleu.metrics.chrf import CHRF

from shelftalker.metrics import chrf, citation_precision, citation_recall, rouge_l, words


class _Words:
    def tokenize(self, text):
        return words(text)


def test_rouge_l_by_hand():
    # common subsequence "the kettle holds liters" = 4 words; answer 5 words, record 6 words
    answer = "The kettle holds two liters"
    record = "The steel kettle holds 1.7 liters"  # "1.7" is two words: 7 words
    precision, recall = 4 / 5, 4 / 7
    assert rouge_l(answer, record) == pytest.approx(2 * precision * recall / (precision + recall))


def test_rouge_l_ends():
    assert rouge_l("same words", "Same words!") == 1.0
    assert rouge_l("one", "two") == 0.0
    assert rouge_l("", "two") == 0.0
    assert rouge_l("...", "two") == 0.0


def test_order_counts_in_rouge_l():
    assert rouge_l("a b c d", "d c b a") == pytest.approx(0.25)


def test_accents_count():
    """rouge-score's own tokenizer drops accented letters: "água" and "agua" would differ from nothing."""
    assert words("A Água é 1,5 L_x") == ["a", "água", "é", "1", "5", "l", "x"]
    assert rouge_l("água", "água") == 1.0
    assert rouge_l("só", "s") == 0.0  # equal under rouge-score's own tokenizer
    assert rouge_l("ação", "ac\u0327a\u0303o") == 1.0  # composed and decomposed letters are the same


_TEXT = st.lists(st.sampled_from(["the", "Kettle", "1.7", "água", "L", "x-y", "é", "."]), max_size=30).map(" ".join)


@given(_TEXT, _TEXT)
def test_rouge_l_is_the_packages(answer, record):
    oracle = RougeScorer(["rougeL"], tokenizer=_Words()).score(record, answer)["rougeL"].fmeasure
    assert rouge_l(answer, record) == pytest.approx(oracle)


@given(st.text(alphabet="abc XYZ09.,-_'", max_size=60))
def test_words_are_the_packages_on_ascii(text):
    from rouge_score.tokenizers import DefaultTokenizer

    assert words(text) == DefaultTokenizer(use_stemmer=False).tokenize(text)


def test_rouge_l_of_a_very_long_description():
    """The longest content of the real file has 197,622 characters; a table of its words would need gigabytes."""
    record = " ".join(f"w{n:05}" for n in range(30_000))
    assert rouge_l(record, record) == 1.0
    assert rouge_l(record[: len(record) // 2], record) == pytest.approx(2 / 3, abs=0.01)


def test_chrf_is_the_packages():
    answer, record = "It holds 1.7 liters", "The kettle holds 1.7 liters of water"
    assert chrf(answer, record) == pytest.approx(CHRF().sentence_score(answer, [record]).score / 100)
    assert chrf(record, record) == pytest.approx(1.0)
    assert chrf("", record) == 0.0
    assert chrf("x", " ") == 0.0


def test_citations():
    assert citation_precision(["a", "b"], ["a"]) == 0.5
    assert citation_precision(["a", "a"], ["a"]) == 1.0
    assert citation_precision([], ["a"]) is None
    assert citation_recall(["a"], ["a", "b", "c", "d"]) == 0.25
    assert citation_recall([], ["a"]) == 0.0
    assert citation_recall(["a"], []) is None
