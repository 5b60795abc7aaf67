"""The adapter's products of our own are PEFT's formula: no further from exact arithmetic than PEFT's own bf16."""

from __future__ import annotations

import copy

import pytest
import torch
from tiny_models import tiny_model
from tiny_training import DEFAULTS, tiny_adapted

from shelftalker.config import TrainSettings
from shelftalker.train.adapters import trainable
from shelftalker.train.padded import LoraLinear, LoraProducts

pytestmark = pytest.mark.usefixtures("one_thread")


def adapted(folder, **changes):
    settings = TrainSettings.model_validate(DEFAULTS | changes)
    return tiny_adapted(folder, settings, dtype="bfloat16")[0]


def loss_and_gradients(model):
    ids = torch.arange(5, 45)[None] % 90
    logits = model(input_ids=ids, use_cache=False).logits[0].float()
    loss = torch.nn.functional.cross_entropy(logits[:-1], ids[0, 1:], reduction="sum")
    model.zero_grad()
    loss.backward()
    return float(loss.detach()), torch.cat([weight.grad.float().flatten() for weight in trainable(model).values()])


@pytest.mark.parametrize("architecture", ["llama", "opt", "qwen2", "qwen3"])
def test_they_are_as_close_to_exact_arithmetic_as_pefts(tmp_path, architecture):
    folder = tiny_model(architecture, tmp_path)
    model = adapted(folder)
    exact_loss, exact = loss_and_gradients(copy.deepcopy(model).float())
    with torch.autocast("cpu", torch.bfloat16):
        peft_loss, peft = loss_and_gradients(model)
        products = LoraProducts(model.modules())
        products.refresh()
        with products.computing():
            loss, gradients = loss_and_gradients(model)
    assert (gradients - exact).norm() <= 1.2 * (peft - exact).norm()
    assert abs(loss - exact_loss) <= 1.2 * abs(peft_loss - exact_loss) + 1e-3 * exact_loss
    assert not torch.equal(gradients, peft)  # it was ours that computed


def test_the_gradients_are_autograds(tmp_path):
    """In fp64, where nothing is rounded: weights of the same formula written out."""
    torch.manual_seed(0)
    draw = {"dtype": torch.float64, "requires_grad": True}
    x, a, b = torch.randn(2, 5, 8, **draw), torch.randn(3, 8, **draw), torch.randn(6, 3, **draw)
    weight, bias = torch.randn(6, 8, dtype=torch.float64), torch.randn(6, dtype=torch.float64)
    flow = torch.randn(2, 5, 6, dtype=torch.float64)

    def run(out):
        return torch.autograd.grad((out * flow).sum(), (x, a, b))

    ours = LoraLinear.apply(weight, bias, a, b, a.detach(), b.detach(), 0.7, x)
    written = torch.nn.functional.linear(x, weight, bias) + 0.7 * (x @ a.T) @ b.T
    assert torch.allclose(ours, written)
    for found, wanted in zip(run(ours), run(written), strict=True):
        assert torch.allclose(found.double(), wanted, rtol=1e-5, atol=1e-5)  # sums for the optimizer are fp32


def test_what_the_optimizer_changed_is_taken_over(tmp_path):
    model = adapted(tiny_model("llama", tmp_path))
    products = LoraProducts(model.modules())
    with torch.no_grad():
        for weight in trainable(model).values():
            weight.mul_(2)
    with torch.autocast("cpu", torch.bfloat16):
        wanted, _ = loss_and_gradients(model)
        with products.computing():
            old, _ = loss_and_gradients(model)
        products.refresh()
        with products.computing():
            new, _ = loss_and_gradients(model)
    assert abs(new - wanted) < 0.1 * abs(old - wanted)


@pytest.mark.parametrize("changes", [{"dora": True}, {"dropout": 0.1}, {"method": "full"}])
def test_other_layers_are_left_alone(tmp_path, changes):
    model = adapted(tiny_model("llama", tmp_path), **changes)
    assert not LoraProducts(model.modules())._layers


def test_elsewhere_the_model_is_pefts(tmp_path):
    model = adapted(tiny_model("llama", tmp_path))
    products = LoraProducts(model.modules())
    assert products._layers
    with products.computing():
        assert all("forward" in vars(layer) for layer in products._layers)
    assert not any("forward" in vars(layer) for layer in products._layers)
