"""The lean engine's losses and gradients are those of transformers, PEFT and autograd."""

from __future__ import annotations

import copy

import numpy as np
import pytest
import torch
from tiny_models import tiny_model
from torch.nn import functional

from shelftalker.config import TrainSettings
from shelftalker.models import load_base
from shelftalker.models.machine import lays_out_bf16
from shelftalker.train.adapters import attach_adapter, save_adapter, trainable
from shelftalker.train.lean import lean_engine
from shelftalker.train.lean.native import native_kernels
from shelftalker.train.training_set import Rows

SHARED = 11
"""Tokens that all rows of `unequal_rows` begin with."""


@pytest.fixture(autouse=True)
def one_thread():
    """Tiny products gain nothing from a second thread and wait for it on a busy machine."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def adapted(architecture, folder, *, dtype="float32", **settings):
    """A tiny model with an adapter whose B is not zero: with zeros A would have no gradient."""
    loaded = load_base(tiny_model(architecture, folder), dtype=dtype, device="cpu")
    model = attach_adapter(loaded.model, TrainSettings.model_validate({"rank": 4, "alpha": 12} | settings))
    random = torch.Generator().manual_seed(5)
    with torch.no_grad():
        for name, weight in trainable(model).items():
            if "lora_B" in name:
                weight.normal_(0, 0.05, generator=random)
    return model.train()


def make_rows(*lengths, words=200, shared=SHARED, seed=3):
    """Rows of random tokens with a common beginning; a little more than that is their prompt."""
    draw = np.random.default_rng(seed)
    beginning = draw.integers(3, words, shared)
    rows = [np.concatenate([beginning, draw.integers(3, words, length - shared)]) for length in lengths]
    prompts = [shared + 1 + i % 4 for i in range(len(rows))]
    starts = np.cumsum([0, *lengths])
    return Rows(np.concatenate(rows).astype(np.int32), starts, np.asarray(prompts, dtype=np.int32))


unequal_rows = make_rows(40, 17, 63, 18, 29)


def one_at_a_time(model, rows, scale=1.0):
    """The loss and gradients by transformers and autograd, each row alone, no padding, all logits."""
    model.zero_grad(set_to_none=True)
    total = 0.0
    for tokens, prompt in rows:
        ids = torch.from_numpy(tokens.astype(np.int64))
        logits = model(input_ids=ids[None], use_cache=False).logits[0]
        loss = functional.cross_entropy(logits[prompt - 1 : -1].float(), ids[prompt:], reduction="sum")
        (loss * scale).backward()
        total += float(loss.detach())
    return total, {name: weight.grad.clone() for name, weight in trainable(model).items()}


def by_engine(engine, model, rows, scale=1.0):
    model.zero_grad(set_to_none=True)
    engine.refresh()
    loss = engine.backward(engine.collate(rows, np.arange(len(rows))), scale)
    return loss, {name: weight.grad.clone() for name, weight in trainable(model).items()}


def relative(found, expected):
    """Distance of two sets of gradients, each seen as one long vector."""
    difference = sum(float((found[name] - expected[name]).square().sum()) for name in expected)
    return (difference / sum(float(grad.square().sum()) for grad in expected.values())) ** 0.5


@pytest.mark.parametrize("share", [True, False], ids=["beginning once", "every row whole"])
@pytest.mark.parametrize("architecture", ["llama", "smollm", "qwen2"])
def test_fp32_is_autograd_to_the_fifth_digit(architecture, share, tmp_path):
    model = adapted(architecture, tmp_path)
    expected, wanted = one_at_a_time(model, unequal_rows, scale=0.25)
    loss, found = by_engine(lean_engine(model, share=share), model, unequal_rows, scale=0.25)
    assert loss == pytest.approx(expected, rel=1e-5)
    assert set(found) == set(wanted)
    for name in wanted:  # every A and B by itself
        assert relative({name: found[name]}, {name: wanted[name]}) < 1e-5, name


@pytest.mark.parametrize(
    "lengths", [(30,), (14, 14, 14), (13, 90), (64, 13, 13, 13, 13, 13)], ids=["one", "equal", "two", "one long"]
)
def test_any_grouping_of_rows_gives_the_same(lengths, tmp_path):
    model = adapted("llama", tmp_path)
    rows = make_rows(*lengths)
    expected, wanted = one_at_a_time(model, rows)
    loss, found = by_engine(lean_engine(model), model, rows)
    assert loss == pytest.approx(expected, rel=1e-5)
    assert relative(found, wanted) < 1e-5


@pytest.mark.parametrize("lengths", [(130, 13, 150), (300,)], ids=["a beginning and rests", "one"])
def test_long_rows_are_attended_span_by_span(lengths, tmp_path):
    rows = make_rows(*lengths, shared=0 if len(lengths) == 1 else SHARED)
    model = adapted("smollm", tmp_path)
    expected, wanted = one_at_a_time(model, rows)
    loss, found = by_engine(lean_engine(model), model, rows)
    assert loss == pytest.approx(expected, rel=1e-5)
    assert relative(found, wanted) < 1e-5
    whole = by_engine(lean_engine(model, spans=False), model, rows)[1]
    assert 0 < relative(found, whole) < 1e-5  # another order of summing: it was done in spans
    rounded = adapted("smollm", tmp_path / "rounded", dtype="bfloat16")
    distances = [
        relative(by_engine(lean_engine(rounded, spans=spans), rounded, rows)[1], wanted) for spans in (True, False)
    ]
    assert distances[0] < 1.2 * distances[1]


@pytest.mark.parametrize("lengths", [(40, 17, 63, 18, 29), (130, 13, 150, 200)], ids=["short", "long"])
@pytest.mark.parametrize("native", [True, False], ids=["compiled", "torch"])
def test_in_bf16_a_row_gives_the_same_gradient_alone_and_among_others(native, lengths, tmp_path):
    if native and native_kernels() is None:
        pytest.skip("no C compiler here")
    rows, model = make_rows(*lengths), adapted("smollm", tmp_path, dtype="bfloat16")
    engine = lean_engine(model, native=native, share=False)
    loss, together = by_engine(engine, model, rows)
    model.zero_grad(set_to_none=True)
    alone = sum(engine.backward(engine.collate(rows, np.array([row])), 1.0) for row in range(len(rows)))
    assert loss == pytest.approx(alone, rel=1e-3)
    assert relative(together, {name: weight.grad for name, weight in trainable(model).items()}) < 1e-3


def test_rows_without_a_common_beginning(tmp_path):
    model = adapted("llama", tmp_path)
    rows = make_rows(20, 33, 9, shared=0)
    expected, wanted = one_at_a_time(model, rows)
    loss, found = by_engine(lean_engine(model), model, rows)
    assert loss == pytest.approx(expected, rel=1e-5)
    assert relative(found, wanted) < 1e-5


def test_gradients_add_up_over_passes(tmp_path):
    model = adapted("llama", tmp_path)
    engine = lean_engine(model)
    _, whole = by_engine(engine, model, unequal_rows)
    model.zero_grad(set_to_none=True)
    for part in ([0, 3], [1], [2, 4]):
        engine.backward(engine.collate(unequal_rows, np.asarray(part)), 1.0)
    assert relative({name: weight.grad for name, weight in trainable(model).items()}, whole) < 1e-5


def test_the_loss_alone_is_that_of_the_backward_pass(tmp_path):
    model = adapted("smollm", tmp_path)
    engine = lean_engine(model)
    batch = engine.collate(unequal_rows, np.arange(5))
    assert engine.loss(batch) == pytest.approx(engine.backward(batch, 1.0), rel=1e-6)


@pytest.mark.parametrize(
    ("native", "lay_out"),
    [(True, True), (True, False), (False, False)],
    ids=["compiled, weights laid out", "compiled", "torch"],
)
@pytest.mark.parametrize("architecture", ["llama", "qwen2"])
def test_bf16_is_as_near_to_the_truth_as_transformers(architecture, native, lay_out, tmp_path):
    """In bf16 no two orders of summing agree to 1e-3 on a tiny model; what can be held is that ours errs like theirs.

    Half as much again is allowed: our A and B are rounded to bf16 for the products, PEFT's stay in fp32.
    """
    if native and native_kernels() is None:
        pytest.skip("no C compiler here")
    if lay_out and not lays_out_bf16():
        pytest.skip("this CPU cannot lay weights in bfloat16 out")
    model = adapted(architecture, tmp_path, dtype="bfloat16")
    exact = copy.deepcopy(model).float()  # the very same weights, rounded to bf16, in exact arithmetic
    expected, wanted = one_at_a_time(exact, unequal_rows)
    their_loss, theirs = one_at_a_time(model, unequal_rows)
    engine = lean_engine(model, native=native, lay_out=lay_out)
    assert engine.name.startswith("lean, native" if native else "lean, torch")
    loss, found = by_engine(engine, model, unequal_rows)
    assert loss == pytest.approx(expected, rel=1e-3)
    assert relative(found, wanted) < 1.5 * relative(theirs, wanted)
    assert abs(loss - expected) < max(2 * abs(their_loss - expected), 1e-3 * expected)


@pytest.mark.parametrize("native", [True, False], ids=["compiled", "torch"])
def test_a_weight_that_is_not_a_number_shows_in_the_loss(native, tmp_path):
    """The loop stops a run whose loss is not finite; arithmetic that hides it would train on into nothing."""
    model = adapted("llama", tmp_path, dtype="bfloat16")
    with torch.no_grad():
        next(iter(trainable(model).values()))[0, 0] = float("nan")
    engine = lean_engine(model, native=native)
    assert not np.isfinite(engine.loss(engine.collate(unequal_rows, np.arange(5))))


def test_optimizer_steps_reach_the_next_pass(tmp_path):
    model = adapted("llama", tmp_path)
    engine = lean_engine(model)
    by_engine(engine, model, unequal_rows)
    torch.optim.SGD(trainable(model).values(), lr=1e-5).step()
    expected, wanted = one_at_a_time(model, unequal_rows)
    loss, found = by_engine(engine, model, unequal_rows)
    assert loss == pytest.approx(expected, rel=1e-5)
    assert relative(found, wanted) < 1e-5


def test_what_it_trained_loads_in_peft_with_the_same_logits(tmp_path):
    from peft import PeftModel
    from transformers import AutoModelForCausalLM

    base = tmp_path / "base"
    model = adapted("smollm", base)
    engine = lean_engine(model)
    optimizer = torch.optim.AdamW(trainable(model).values(), lr=1e-2)
    batch = engine.collate(unequal_rows, np.arange(5))
    before = engine.loss(batch)
    for _ in range(5):
        optimizer.zero_grad()
        engine.backward(batch, 0.01)
        optimizer.step()
        engine.refresh()
    save_adapter(model, tmp_path / "adapter", base="base", method="lora")
    loaded = PeftModel.from_pretrained(AutoModelForCausalLM.from_pretrained(base), tmp_path / "adapter")
    ids = torch.from_numpy(unequal_rows.row(2)[0].astype(np.int64))[None]
    with torch.no_grad():
        torch.testing.assert_close(loaded(ids).logits, model.eval()(ids).logits, rtol=1e-5, atol=1e-5)
    loss, _ = one_at_a_time(loaded.requires_grad_(True), unequal_rows)
    assert loss == pytest.approx(engine.loss(batch), rel=1e-5)
    assert loss < 0.9 * before


@pytest.mark.parametrize(
    ("architecture", "settings"),
    [
        ("mistral", {}),  # a window of attention
        ("qwen3", {}),  # norms on queries and keys
        ("opt", {}),
        ("gemma", {}),
        ("gemma3_text", {}),
        ("llama", {"dropout": 0.1}),
        ("llama", {"dora": True}),
    ],
    ids=str,
)
def test_what_it_cannot_compute_it_leaves_to_the_general_engine(architecture, settings, tmp_path):
    assert lean_engine(adapted(architecture, tmp_path, **settings)) is None


def test_a_gpu_takes_the_general_engine(tmp_path):
    assert lean_engine(adapted("llama", tmp_path).to("meta")) is None  # any device that is not the CPU


def test_an_adapter_on_some_layers_only(tmp_path):
    model = adapted("llama", tmp_path, target_modules="q_proj,v_proj,down_proj")
    expected, wanted = one_at_a_time(model, unequal_rows)
    loss, found = by_engine(lean_engine(model), model, unequal_rows)
    assert loss == pytest.approx(expected, rel=1e-5)
    for name in wanted:
        assert relative({name: found[name]}, {name: wanted[name]}) < 1e-5, name
