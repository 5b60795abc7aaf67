"""What only a GPU computes: kernels for packed rows, CUDA graphs, 4-bit layers; skipped where there is none."""

from __future__ import annotations

from importlib.util import find_spec

import numpy as np
import pytest
import torch
from tiny_models import ARCHITECTURES, tiny_model
from tiny_training import DEFAULTS, tiny_adapted, tiny_fit

from shelftalker.config import TrainSettings
from shelftalker.pages.loss import read_loss
from shelftalker.train.adapters import trainable
from shelftalker.train.cuda import fix_workspaces
from shelftalker.train.engines import choose_engine
from shelftalker.train.packed import ROW_ATTENTION
from shelftalker.train.padded import PaddedEngine
from shelftalker.train.progress import TrainingInterrupted

pytestmark = pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no CUDA GPU")
CUDA = torch.device("cuda")
fix_workspaces()
ON_GPU = {"device": "cuda", "dtype": "bf16"}


def prepared(folder, *, dtype):
    settings = TrainSettings.model_validate(DEFAULTS | ON_GPU | {"dtype": dtype})
    model, rows = tiny_adapted(folder, settings, dtype={"fp32": "float32", "bf16": "bfloat16"}[dtype])
    engine = choose_engine(model, CUDA, settings)
    return model, rows, engine


def computed(engine, model, rows, groups):
    model.zero_grad(set_to_none=False)
    engine.refresh()
    loss = sum(float(engine.backward(engine.collate(rows, np.asarray(group)), 1.0)) for group in groups)
    return loss, torch.cat([weight.grad.float().flatten().clone() for weight in trainable(model).values()])


EACH, TOGETHER = [[i] for i in range(7)], [list(range(7))]


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_packed_rows_are_one_at_a_time_in_fp32(tmp_path, architecture):
    model, rows, engine = prepared(tiny_model(architecture, tmp_path), dtype="fp32")
    wanted, exact = computed(PaddedEngine(model, CUDA), model, rows, EACH)
    loss, gradients = computed(engine, model, rows, TOGETHER)
    assert engine.name == "packed"
    assert loss == pytest.approx(wanted, rel=1e-5)
    assert (gradients - exact).norm() <= 2e-5 * exact.norm()


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_packed_rows_in_bf16_are_as_exact_as_rows_one_at_a_time(tmp_path, architecture):
    folder = tiny_model(architecture, tmp_path)
    model, rows, _ = prepared(folder, dtype="fp32")
    _, exact = computed(PaddedEngine(model, CUDA), model, rows, EACH)
    model, rows, engine = prepared(folder, dtype="bf16")
    assert engine._attention == ROW_ATTENTION
    wanted, alone = computed(PaddedEngine(model, CUDA, autocast=True), model, rows, EACH)
    loss, gradients = computed(engine, model, rows, TOGETHER)
    assert loss == pytest.approx(wanted, rel=1e-3)
    assert (gradients - exact).norm() <= 1.5 * (alone - exact).norm()


@pytest.mark.parametrize("architecture", ["gemma3_text", "llama", "mistral", "qwen2", "qwen3"])
def test_a_captured_pass_computes_what_the_pass_computed(tmp_path, architecture):
    model, rows, engine = prepared(tiny_model(architecture, tmp_path), dtype="bf16")
    loss, gradients = computed(engine, model, rows, TOGETHER)
    engine.capture(2048, longest=rows.counts.longest)
    plain, captured, repeated = (computed(engine, model, rows, TOGETHER) for _ in range(3))
    assert plain[0] == captured[0] == repeated[0] == pytest.approx(loss, rel=1e-3)
    assert torch.equal(plain[1], captured[1])
    assert torch.equal(plain[1], repeated[1])
    assert (plain[1] - gradients).norm() <= 0.02 * gradients.norm()
    with torch.no_grad():
        for weight in trainable(model).values():
            weight.mul_(1.5)
    changed = computed(engine, model, rows, TOGETHER)
    engine._graphs = None
    told = computed(engine, model, rows, TOGETHER)
    assert changed[0] == pytest.approx(told[0], rel=1e-3)
    assert changed[0] != plain[0]


def losses(out):
    return [(line["step"], line.get("loss"), line.get("validation_loss")) for line in read_loss(out / "loss.jsonl")]


def test_the_same_seed_gives_the_same_run_and_so_does_a_resumed_one(tmp_path):
    folder = tiny_model("llama", tmp_path / "model")

    def adapter(out):
        return (out / "adapter" / "adapter_model.safetensors").read_bytes()

    done = tiny_fit(folder, tmp_path / "once", **ON_GPU)
    assert done["engine"] == "packed, CUDA graphs"
    tiny_fit(folder, tmp_path / "again", **ON_GPU)
    assert losses(tmp_path / "again") == losses(tmp_path / "once")
    assert adapter(tmp_path / "again") == adapter(tmp_path / "once")
    steps = 0

    def stop(progress):
        nonlocal steps
        steps += progress.stage == "train"
        if steps == 4:
            raise TrainingInterrupted(4, 10, resume=True)

    with pytest.raises(TrainingInterrupted):
        tiny_fit(folder, tmp_path / "resumed", on_progress=stop, **ON_GPU)
    tiny_fit(folder, tmp_path / "resumed", resume=True, **ON_GPU)
    assert adapter(tmp_path / "resumed") == adapter(tmp_path / "once")


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_every_architecture_learns_and_answers(tmp_path, architecture):
    folder = tiny_model(architecture, tmp_path / "model")
    done = tiny_fit(folder, tmp_path / "run", epochs=4, truth_questions=1, stop_on="truth", **ON_GPU)
    assert done["epochs"][-1]["train_loss"] < done["epochs"][0]["train_loss"]
    assert 0 <= done["epochs"][-1]["truth_score"] <= 1


@pytest.mark.parametrize("method", ["full", "qlora"])
def test_other_methods_learn(tmp_path, method):
    if method == "qlora" and find_spec("bitsandbytes") is None:
        pytest.skip("bitsandbytes is not installed")
    folder = tiny_model("llama", tmp_path / "model")
    changes = ON_GPU | {"dtype": "fp32" if method == "full" else "bf16", "learning_rate": 2e-3}
    done = tiny_fit(folder, tmp_path / "run", method=method, four_bit=method == "qlora", epochs=4, **changes)
    assert done["epochs"][-1]["train_loss"] < done["epochs"][0]["train_loss"]
