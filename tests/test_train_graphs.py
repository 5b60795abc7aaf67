"""Rows that are filled up to a size, for CUDA graphs, give the loss and gradients of the rows alone."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from tiny_models import tiny_model
from tiny_training import DEFAULTS, tiny_adapted

from shelftalker.config import TrainSettings
from shelftalker.train.adapters import trainable
from shelftalker.train.cuda import fill_up
from shelftalker.train.packed import PackedEngine, can_capture, pack_rows, pick_attention
from shelftalker.train.training_set import RowCounts, Rows

pytestmark = pytest.mark.usefixtures("one_thread")


def some_rows(shapes):
    """Rows of (prompt, answer) lengths, of tokens that count up."""
    lengths = [prompt + answer for prompt, answer in shapes]
    counts = RowCounts(len(shapes), tokens=sum(lengths), answer_tokens=sum(a for _, a in shapes), longest=max(lengths))
    tokens = np.arange(1, sum(lengths) + 1, dtype=np.int32)
    return Rows(tokens, np.cumsum([0, *lengths]), np.asarray([p for p, _ in shapes], dtype=np.int32), counts)


@given(
    st.lists(st.tuples(st.integers(1, 90), st.integers(1, 400)), min_size=1, max_size=40),
    st.sampled_from([64, 256, 1024]),
    st.integers(0, 600),
)
def test_what_fills_up_stands_in_rows_of_its_own_and_counts_nothing(shapes, step, before):
    rows = some_rows(shapes)
    batch = pack_rows(rows, np.arange(len(rows)))
    longest = max(before, rows.counts.longest)
    (ids, where, targets, positions, starts), size = fill_up(batch, step=step, longest=longest, filler=0)
    tokens, answers = rows.counts.tokens, rows.counts.answer_tokens
    assert ids.shape == positions.shape == (1, size.tokens)
    assert size.tokens % step == 0
    assert size.tokens - tokens < step
    assert torch.equal(ids[:, :tokens], batch[0])
    assert (ids[:, tokens:] == 0).all()
    assert len(where) == len(targets) == size.answers
    assert torch.equal(where[:answers], batch[1])
    assert torch.equal(targets[:answers], batch[2])
    assert (targets[answers:] == -100).all()
    assert len(starts) == size.rows + 1
    assert torch.equal(starts[: len(shapes) + 1], batch[4])
    assert starts[-1] == size.tokens
    lengths = starts.diff()
    assert (lengths >= 0).all()
    assert lengths.max() <= size.longest
    begins = starts[:-1][lengths > 0].long()
    assert (positions[0, begins] == 0).all()


@pytest.mark.parametrize("architecture", ["llama", "gemma3_text", "opt"])
def test_rows_filled_up_give_the_loss_and_gradients_of_the_rows_alone(tmp_path, architecture):
    settings = TrainSettings.model_validate(DEFAULTS)
    model, rows = tiny_adapted(tiny_model(architecture, tmp_path), settings)
    device = torch.device("cpu")
    engine = PackedEngine(model, device, attention=pick_attention(model, device) or "")

    def gradients():
        return torch.cat([weight.grad.flatten().clone() for weight in trainable(model).values()])

    batch = engine.collate(rows, np.arange(7))
    wanted, wanted_gradients = engine.backward(batch, 0.5), gradients()
    model.zero_grad()
    filled, size = fill_up(batch, step=512, longest=rows.counts.longest, filler=1)
    assert size.tokens > rows.counts.tokens
    with engine._computing():
        loss = engine._pass(filled, size.longest, torch.tensor(0.5))
    assert float(loss) == pytest.approx(float(wanted), rel=1e-5)
    assert (gradients() - wanted_gradients).norm() <= 1e-5 * wanted_gradients.norm()


def test_a_cpu_and_what_leaves_out_at_random_is_not_captured(tmp_path):
    model, _ = tiny_adapted(tiny_model("llama", tmp_path), TrainSettings.model_validate(DEFAULTS))
    cpu, cuda = torch.device("cpu"), torch.device("cuda")
    assert not can_capture(model, cpu)
    assert can_capture(model, cuda)
    assert not can_capture(model.get_base_model(), cuda)  # no adapter: every weight is trained
    model.get_base_model().config.attention_dropout = 0.1
    assert not can_capture(model, cuda)
