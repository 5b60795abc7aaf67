"""Every architecture loads, encodes and writes; drafts and batches change the speed and nothing else."""

import pytest
import torch
from tiny_models import ARCHITECTURES, tiny_model

from shelftalker.errors import ModelError
from shelftalker.models import TransformersGenerator, encode_prompt, load_base, stop_tokens
from shelftalker.models.lean import LeanForward
from shelftalker.records import Message

QUESTION = (
    Message("system", "Answer from the record."),
    Message(
        "user", "[1] Zorblax kettle\nsteel, 1.7 l, 2200 W, steel, 1.7 l, 2200 W, black. [1]\n\nQuestion: What is it?"
    ),
)
OTHER = (Message("user", "abc abc abc abc abc"),)
SHORT = (Message("user", "?"),)


@pytest.fixture(autouse=True)
def one_thread():
    """Tiny products gain nothing from a second thread and wait for it on a busy machine."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="session")
def tiny(tmp_path_factory):
    """Loads a tiny model in float32, where no ties blur what is compared."""
    loaded = {}

    def load(architecture):
        if architecture not in loaded:
            folder = tiny_model(architecture, tmp_path_factory.mktemp(architecture))
            loaded[architecture] = load_base(folder, dtype="float32")
        return loaded[architecture]

    return load


def by_hand(loaded, messages, limit):
    """The oracle: the whole text anew for every token, no cache, no drafts."""
    ids = encode_prompt(loaded.tokenizer, messages)
    written = []
    with torch.inference_mode():
        while len(written) < limit:
            token = int(loaded.model(torch.tensor([ids + written]), use_cache=False).logits[0, -1].argmax())
            if token in stop_tokens(loaded.tokenizer, loaded.model):
                break
            written.append(token)
    return loaded.tokenizer.decode(written, skip_special_tokens=True, clean_up_tokenization_spaces=False)


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_greedy_with_and_without_drafts_is_what_the_model_says_token_by_token(tiny, architecture):
    loaded = tiny(architecture)
    generator = TransformersGenerator(loaded)
    expected = by_hand(loaded, QUESTION, 90)
    assert expected
    for lookup in (False, True):
        (completion,) = generator.generate([QUESTION], max_new_tokens=90, lookup=lookup)
        assert completion.text == expected
        assert completion.prompt_tokens == len(encode_prompt(loaded.tokenizer, QUESTION))


@pytest.mark.parametrize("architecture", ["llama", "smollm", "opt"])
def test_what_was_asked_before_changes_nothing(tiny, architecture):
    loaded = tiny(architecture)
    longer = (QUESTION[0], Message("user", QUESTION[1].content + " And what does it weigh?"))
    asked = [QUESTION, longer, OTHER, QUESTION, QUESTION, SHORT, longer, QUESTION[:1] + OTHER]
    expected = [TransformersGenerator(loaded).generate([one], max_new_tokens=60)[0] for one in asked]
    generator = TransformersGenerator(loaded)
    for one, wanted in zip(asked, expected, strict=True):
        (found,) = generator.generate([one], max_new_tokens=60)
        assert (found.text, found.prompt_tokens) == (wanted.text, wanted.prompt_tokens)


def test_a_beginning_is_read_once(tiny, monkeypatch):
    generator = TransformersGenerator(tiny("smollm"))
    read: list[int] = []
    whole = LeanForward.read
    monkeypatch.setattr(
        LeanForward, "read", lambda self, tokens, last: read.append(len(tokens)) or whole(self, tokens, last)
    )
    (first,) = generator.generate([QUESTION], max_new_tokens=1)
    beginning, rest = read  # in two portions also the first time, so that the second question rounds as the first
    assert beginning + rest == first.prompt_tokens
    assert 10 < beginning < first.prompt_tokens - 4
    other = (QUESTION[0], Message("user", "[1] Lamp\nbrass. [1]\n\nQuestion: What is it?"))
    (second,) = generator.generate([other], max_new_tokens=1)
    assert read[2:] == [second.prompt_tokens - beginning]


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_many_at_once_is_each_alone(tiny, architecture):
    generator = TransformersGenerator(tiny(architecture))
    conversations = [QUESTION, OTHER, SHORT, QUESTION, OTHER] * 8  # more than a batch holds
    together = generator.generate(conversations, max_new_tokens=24, lookup=False)
    alone = {c: generator.generate([c], max_new_tokens=24, lookup=False)[0] for c in set(conversations)}
    assert [t.text for t in together] == [alone[c].text for c in conversations]
    assert [t.completion_tokens for t in together] == [alone[c].completion_tokens for c in conversations]
    assert [t.finished for t in together] == [alone[c].finished for c in conversations]


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_sampling_depends_on_the_seed_and_not_on_drafts_or_company(tiny, architecture):
    generator = TransformersGenerator(tiny(architecture))

    def sample(seed, **how):
        return generator.generate([QUESTION], max_new_tokens=40, temperature=1.0, seed=seed, **how)[0].text

    plain = sample(1, lookup=False)
    assert sample(1, lookup=False) == plain
    assert sample(1, lookup=True) == plain
    assert len({sample(seed) for seed in range(4)}) > 1
    together = generator.generate([OTHER, QUESTION], max_new_tokens=40, temperature=1.0, seed=1, lookup=False)
    assert together[1].text == plain


def test_sampling_follows_the_models_own_shares(tiny):
    loaded = tiny("smollm")
    generator = TransformersGenerator(loaded)
    ids = encode_prompt(loaded.tokenizer, SHORT)
    with torch.inference_mode():
        shares = torch.softmax(loaded.model(torch.tensor([ids])).logits[0, -1] / 2.0, -1)
    likely = int(shares.argmax())
    text = loaded.tokenizer.decode([likely])
    n = 300
    hits = sum(
        generator.generate([SHORT], max_new_tokens=1, temperature=2.0, seed=seed)[0].text == text for seed in range(n)
    )
    expected, spread = float(shares[likely]), (float(shares[likely] * (1 - shares[likely])) / n) ** 0.5
    assert abs(hits / n - expected) < 5 * spread + 1e-9  # false alarm: below one in a million


@pytest.mark.parametrize("architecture", ["smollm", "opt", "llama"])
def test_what_is_streamed_joins_to_the_text(tiny, architecture):
    pieces = []
    (completion,) = TransformersGenerator(tiny(architecture)).generate(
        [QUESTION], max_new_tokens=60, on_text=lambda piece: pieces.append(piece) or True
    )
    assert "".join(pieces) == completion.text
    assert len(pieces) > 1
    assert all(pieces)


def test_a_caller_who_has_heard_enough_stops_the_writing(tiny):
    pieces = []

    def twice(piece):
        pieces.append(piece)
        return len(pieces) < 2

    (completion,) = TransformersGenerator(tiny("smollm")).generate(
        [QUESTION], max_new_tokens=500, lookup=False, on_text=twice
    )
    assert len(pieces) == 2
    assert not completion.finished
    assert completion.completion_tokens < 20


def test_the_limit_ends_an_answer_and_says_so(tiny):
    generator = TransformersGenerator(tiny("smollm"))
    for lookup in (False, True):
        (completion,) = generator.generate([QUESTION], max_new_tokens=7, lookup=lookup)
        assert completion.completion_tokens <= 7
        assert completion.finished is (completion.completion_tokens < 7)


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_a_stop_token_ends_the_answer_and_is_not_in_it(tiny, architecture):
    loaded = tiny(architecture)
    generator = TransformersGenerator(loaded)
    (full,) = generator.generate([QUESTION], max_new_tokens=30, lookup=False)
    ids = loaded.tokenizer(full.text, add_special_tokens=False)["input_ids"]
    with torch.inference_mode():
        prompt = encode_prompt(loaded.tokenizer, QUESTION)
        fourth = []
        for _ in range(4):
            fourth.append(int(loaded.model(torch.tensor([prompt + fourth])).logits[0, -1].argmax()))
    stopping = TransformersGenerator(loaded)
    stopping._stop = frozenset({fourth[3]})
    expected = fourth[: fourth.index(fourth[3])]
    for lookup in (False, True):
        (completion,) = stopping.generate([QUESTION], max_new_tokens=30, lookup=lookup)
        assert completion.finished
        assert completion.completion_tokens == len(expected)
    assert ids is not None


def test_a_prompt_longer_than_the_context_is_refused(tiny):
    generator = TransformersGenerator(tiny("smollm"))
    with pytest.raises(ModelError, match="reads at most 2048"):
        generator.generate([(Message("user", "x" * 3000),)], max_new_tokens=10)


def test_an_answer_ends_where_the_context_does(tiny):
    loaded = tiny("smollm")
    room = 5
    empty = len(encode_prompt(loaded.tokenizer, (Message("user", ""),)))
    full = (Message("user", "y" * (2048 - room - empty)),)
    (completion,) = TransformersGenerator(loaded).generate([full], max_new_tokens=100)
    assert completion.prompt_tokens + completion.completion_tokens <= 2048


def test_streaming_several_is_a_mistake_of_the_caller(tiny):
    with pytest.raises(ValueError, match="one conversation"):
        TransformersGenerator(tiny("smollm")).generate([SHORT, SHORT], max_new_tokens=1, on_text=lambda _: True)
