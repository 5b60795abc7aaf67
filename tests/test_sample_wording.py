"""The sentence patterns: enough of them, each fillable, in the right language."""

import re

import pytest

from shelftalker.sample import fact_names
from shelftalker.sample.describe import facts_of, patterns_of, slots_of
from shelftalker.sample.material import kinds, load

CASES = [
    pytest.param(kind, language, id=f"{kind.name}-{language}") for kind in kinds().values() for language in ("en", "pt")
]
FIXED = {
    "en": set("name model brand town founder noun long a A the The this This it It its Its them s es is has".split()),
    "pt": set(
        "name model brand town founder noun long o um um_long o_noun O_noun o_long ele Ele vem em_origin".split()
    ),
}


def sentences(patterns):
    return (
        *patterns["openers"],
        *patterns["statements"],
        *patterns["colouring"],
        *patterns["shop"],
        *patterns["around"],
        *patterns["closers"],
    )


@pytest.mark.parametrize(("kind", "language"), CASES)
def test_a_kind_has_at_least_twelve_patterns_of_its_own(kind, language):
    own = kind.wording(language)
    patterns = [*own["openers"], *own["statements"], *own["colouring"]]
    assert len(set(patterns)) == len(patterns), "a pattern stands twice"
    assert len(patterns) >= 12
    assert len(own["openers"]) >= 5


@pytest.mark.parametrize(("kind", "language"), CASES)
def test_every_slot_is_a_fact_of_the_kind_or_can_be_filled(kind, language):
    patterns = patterns_of(kind, language)
    for sentence in sentences(patterns):
        for slot in slots_of(sentence):
            assert slot in kind.facts or slot in FIXED[language] or slot in patterns["pools"], (slot, sentence)
        assert not slots_of(sentence) & fact_names().keys() - kind.facts.keys()


@pytest.mark.parametrize(("kind", "language"), CASES)
def test_every_fact_can_be_told_alone_in_several_ways(kind, language):
    patterns = patterns_of(kind, language)
    for fact in kind.facts:
        alone = [sentence for sentence in patterns["statements"] if facts_of(sentence) == {fact}]
        assert len(alone) >= 3, fact
        assert fact in patterns["labels"]


@pytest.mark.parametrize(("kind", "language"), CASES)
def test_some_opener_needs_no_fact_and_colouring_tells_none(kind, language):
    patterns = patterns_of(kind, language)
    assert any(not facts_of(sentence) for sentence in patterns["openers"])
    assert not any(
        facts_of(s) for s in (*patterns["colouring"], *patterns["shop"], *patterns["around"], *patterns["closers"])
    )


@pytest.mark.parametrize(("kind", "language"), CASES)
def test_colouring_states_no_figure(kind, language):
    patterns = patterns_of(kind, language)
    words = [word for pool in patterns["pools"].values() for word in pool]
    for text in (*patterns["colouring"], *patterns["shop"], *patterns["around"], *patterns["closers"], *words):
        assert not re.search(r"\d", re.sub(r"\{\w+\}", "", text)), text


@pytest.mark.parametrize(("kind", "language"), CASES)
def test_no_pattern_draws_twice_from_one_pool(kind, language):
    patterns = patterns_of(kind, language)
    for sentence in sentences(patterns):
        drawn = [slot for slot in re.findall(r"\{(\w+)\}", sentence) if slot in patterns["pools"]]
        assert len(drawn) == len(set(drawn)), sentence


def test_both_languages_have_labels_for_every_fact():
    labels = [load(f"sentences.{language}")["labels"] for language in ("en", "pt")]
    assert labels[0].keys() == labels[1].keys() == fact_names().keys()


ENGLISH = re.compile(r"\b(the|and|with|from|you|it|is|of|for)\b")
PORTUGUESE = re.compile(r"\b(com|uma|não|para|são|você|dos|das|que)\b", re.IGNORECASE)


@pytest.mark.parametrize("kind", kinds().values(), ids=lambda kind: kind.name)
def test_no_sentence_stands_in_the_wrong_language(kind):
    for sentence in sentences(patterns_of(kind, "pt")):
        assert not ENGLISH.search(re.sub(r"\{\w+\}", "", sentence)), sentence
    for sentence in sentences(patterns_of(kind, "en")):
        assert not PORTUGUESE.search(re.sub(r"\{\w+\}", "", sentence)), sentence
