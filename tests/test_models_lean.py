"""The lean forward pass is the model's own, row by row, however the rows are grouped."""

import pytest
import torch
from tiny_models import tiny_model

from shelftalker.models import TransformersGenerator, load_base
from shelftalker.models.forwards import HubForward
from shelftalker.models.lean import LeanBatch, LeanCache, LeanForward
from shelftalker.models.lean_weights import lean_weights
from shelftalker.records import Message

GROUPS = [[150], [1] * 20 + [130], [140, 1, 1, 8], [5, 64, 64, 17], [75, 75]]


@pytest.fixture(autouse=True)
def one_thread():
    """Tiny products gain nothing from a second thread and wait for it on a busy machine."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(params=["llama", "smollm", "qwen2", "qwen3"])
def loaded(request, tmp_path):
    return load_base(tiny_model(request.param, tmp_path), dtype="float32")


def tokens(count, vocabulary):
    return torch.randint(0, vocabulary, (count,), generator=torch.Generator().manual_seed(3)).tolist()


@pytest.mark.parametrize("groups", GROUPS, ids=str)
def test_logits_are_those_of_transformers(loaded, groups):
    ids = tokens(150, loaded.model.config.vocab_size)
    with torch.inference_mode():
        expected = loaded.model(torch.tensor([ids])).logits[0]
        weights = lean_weights(loaded.model)
        forward, rows, at = LeanForward(LeanCache(weights, 1, 16)), [], 0
        for count in groups:
            rows.append(forward.read(ids[at : at + count], count)[1])
            at += count
        torch.testing.assert_close(torch.cat(rows), expected, atol=2e-4, rtol=2e-4)


def test_what_is_forgotten_leaves_no_trace(loaded):
    ids = tokens(80, loaded.model.config.vocab_size)
    weights = lean_weights(loaded.model)
    with torch.inference_mode():
        for forward in (LeanForward(LeanCache(weights, 1, 128)), HubForward(loaded.model)):
            forward.read(ids[:50], 1)
            forward.read(ids[:30], 30)
            forward.forget(30)
            assert forward.length == 50
            clean = loaded.model(torch.tensor([ids])).logits[0, 50:]
            torch.testing.assert_close(forward.read(ids[50:], 30)[1], clean, atol=2e-4, rtol=2e-4)


def test_conversations_side_by_side_do_not_mix(loaded):
    weights = lean_weights(loaded.model)
    ids = tokens(120, loaded.model.config.vocab_size)
    starts = [3, 40, 17, 64]
    with torch.inference_mode():
        cache = LeanCache(weights, len(starts), 8)
        for slot, start in enumerate(starts):
            LeanForward(cache, slot).read(ids[:start], 1)
        expected = loaded.model(torch.tensor([ids])).logits[0]
        for step in range(10):
            _, logits = LeanBatch(cache).read([ids[start + step] for start in starts])
            torch.testing.assert_close(logits, expected[[s + step for s in starts]], atol=2e-4, rtol=2e-4)
        cache.move(3, 0)  # the last takes the place of a finished one
        _, logits = LeanBatch(cache).read([ids[74]])
        torch.testing.assert_close(logits[0], expected[74], atol=2e-4, rtol=2e-4)


@pytest.mark.parametrize("architecture", ["opt", "gemma", "gemma3_text", "mistral"])
def test_other_shapes_are_left_to_transformers(architecture, tmp_path):
    # mistral: its window of 64 tokens is shorter than its context
    assert lean_weights(load_base(tiny_model(architecture, tmp_path)).model) is None


def test_a_model_with_an_adapter_on_it_is_left_to_transformers(loaded):
    from peft import LoraConfig, get_peft_model

    wrapped = get_peft_model(loaded.model, LoraConfig(r=2, target_modules="all-linear", task_type="CAUSAL_LM"))
    ids = tokens(20, 250)
    with torch.inference_mode():
        expected = wrapped(torch.tensor([ids])).logits[0]
        for model in (wrapped, loaded.model):
            assert lean_weights(model) is None
            torch.testing.assert_close(HubForward(model).read(ids, 20)[1], expected)


@pytest.mark.slow
def test_the_embedded_model_gives_nearly_the_same_in_any_grouping(embedded_model):
    """Nearly: which CPUs give the same bits, and which do not, stands in the module's docstring."""
    weights = lean_weights(embedded_model.model)
    near = 0.05 if weights.dtype == torch.bfloat16 else 1e-4
    ids = tokens(150, 49152)
    with torch.inference_mode():
        reference = HubForward(embedded_model.model).read(ids, 150)[1].float()
        for groups in GROUPS:
            forward, rows, at = LeanForward(LeanCache(weights, 1, 16)), [], 0
            for count in groups:
                rows.append(forward.read(ids[at : at + count], count)[1])
                at += count
            difference = torch.cat(rows).float() - reference
            assert difference.pow(2).mean().sqrt() < near * reference.std()


@pytest.mark.slow
def test_the_embedded_model_computes_a_question_to_the_bit_as_before_whatever_was_asked_since(
    embedded_model, monkeypatch
):
    def asked(title, question):
        text = f"{title}\n[1] It weighs 3.5 kg, holds 1.7 litres and costs $49.99.\n\nQuestion: {question}"
        return (Message("system", "Answer shortly from the numbered lines."), Message("user", text))

    one = asked("Zorblax kettle", "What does it weigh?")
    others = [one, asked("Memorex Sport CD Boombox", "Does it play CDs, and for how long on one charge? " * 9), one[1:]]
    found = []
    read = LeanForward.read

    def remembered(self, tokens, last):
        found.append(result := read(self, tokens, last))
        return result

    def computed(generator, messages):
        """The text, and the logits that each portion of tokens gave."""
        found.clear()
        (completion,) = generator.generate([messages], max_new_tokens=12)
        return completion.text, [logits for _, logits in found]

    monkeypatch.setattr(LeanForward, "read", remembered)
    text, (_, *choices) = computed(TransformersGenerator(embedded_model), one)  # the beginning's are for nobody
    generator = TransformersGenerator(embedded_model)
    for other in others:
        computed(generator, other)
        again, logits = computed(generator, one)
        assert again == text
        assert len(logits) <= len(choices) + 1
        assert all(torch.equal(a, b) for a, b in zip(logits[-len(choices) :], choices, strict=True))
