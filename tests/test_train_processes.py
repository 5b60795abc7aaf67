"""Two processes with gloo: the run of one process with the same global batch."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file
from tiny_models import tiny_model
from tiny_training import DEFAULTS, tiny_fit

from shelftalker.config import TrainSettings
from shelftalker.errors import UsageError
from shelftalker.pages.loss import read_loss
from shelftalker.train.processes import Processes, check_sharding, join_processes

pytestmark = pytest.mark.usefixtures("one_thread")
SCRIPT = Path(__file__).with_name("tiny_training.py")
# 18 examples in steps of 4: a last step of 2, and steps in which processes have unequal work
ONE = {"tokens_per_forward": 160, "epochs": 2}


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    return tiny_model("llama", tmp_path_factory.mktemp("llama"))


def both(model, out, *more, **changes):
    """Run the same training in two processes, as torchrun starts them; return what rank 0 printed."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, str(SCRIPT), str(model), str(out), json.dumps(changes), *more]
    started = []
    for rank in (0, 1):
        where = {"RANK": rank, "LOCAL_RANK": rank, "WORLD_SIZE": 2, "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": port}
        environment = os.environ | {name: str(value) for name, value in where.items()}
        started.append(
            subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        )
    try:
        told = [process.communicate(timeout=600) for process in started]
    finally:
        for process in started:
            process.kill()
    for process, (_, err) in zip(started, told, strict=True):
        assert process.returncode == 0, err
    return json.loads(told[0][0])


def losses(out):
    lines = read_loss(out / "loss.jsonl")
    return [line.get("loss", line.get("validation_loss")) for line in lines]


def weights(out):
    return load_file(out / "adapter" / "adapter_model.safetensors")


@pytest.fixture(scope="module")
def alone(model, tmp_path_factory):
    out = tmp_path_factory.mktemp("alone")
    torch.set_num_threads(1)
    tiny_fit(model, out, **ONE)
    return out


@pytest.mark.parametrize(
    "changes", [{}, {"engine": "peft"}, {"sharding": "fsdp"}], ids=["ddp, lean", "ddp, peft", "fsdp"]
)
def test_two_processes_are_one(model, alone, tmp_path, changes):
    results = both(model, tmp_path, **ONE, **changes)
    assert results["processes"] == 2
    assert results["steps"] == 10
    ours, theirs = losses(tmp_path), losses(alone)
    assert len(ours) == len(theirs) == 12
    assert ours == pytest.approx(theirs, rel=1e-4)
    saved, wanted = weights(tmp_path), weights(alone)
    assert saved.keys() == wanted.keys()
    for name, weight in wanted.items():
        assert (saved[name] - weight).norm() <= 1e-2 * weight.norm() + 1e-6, name
    assert [path.name for path in tmp_path.glob(".rank-*")] == []


def test_all_weights_shared_out_over_two_processes(model, tmp_path):
    changes = {"method": "full", "learning_rate": 1e-3}
    tiny_fit(model, tmp_path / "alone", **ONE, **changes)
    both(model, tmp_path / "both", **ONE, **changes, sharding="fsdp")
    # bf16 arithmetic, summed in another order
    assert losses(tmp_path / "both") == pytest.approx(losses(tmp_path / "alone"), rel=5e-3)
    saved = load_file(tmp_path / "both" / "adapter" / "model.safetensors")
    wanted = load_file(tmp_path / "alone" / "adapter" / "model.safetensors")
    assert {name: value.shape for name, value in saved.items()} == {name: v.shape for name, v in wanted.items()}


@pytest.mark.parametrize("sharding", ["none", "fsdp"])
def test_a_run_of_two_processes_resumes_as_if_it_had_not_stopped(model, tmp_path, sharding):
    both(model, tmp_path / "whole", **ONE, sharding=sharding, schedule="constant")
    both(model, tmp_path / "parts", **ONE | {"epochs": 1}, sharding=sharding, schedule="constant", warmup_share=0.05)
    both(model, tmp_path / "parts", "--resume", **ONE, sharding=sharding, schedule="constant", warmup_share=0.05)
    whole, parts = losses(tmp_path / "whole"), losses(tmp_path / "parts")
    assert parts == whole
    assert all(torch.equal(weights(tmp_path / "parts")[n], w) for n, w in weights(tmp_path / "whole").items())


def test_one_process_is_alone():
    with join_processes("cpu") as processes:
        assert processes == Processes(rank=0, count=1)
        assert processes.any(True)
        assert not processes.any(False)
        assert processes.add_up(1.5, []) == 1.5


@pytest.mark.parametrize(
    ("changes", "count", "told"),
    [
        ({}, 1, "several processes"),
        ({"stop_on": "truth"}, 2, "asked questions"),
        ({"method": "qlora"}, 2, "4-bit"),
        ({"engine": "lean"}, 2, "lean engine"),
    ],
)
def test_what_cannot_be_shared_out_is_refused(changes, count, told):
    settings = TrainSettings.model_validate(DEFAULTS | {"sharding": "fsdp"} | changes)
    with pytest.raises(UsageError, match=told) as caught:
        check_sharding(settings, Processes(rank=0, count=count))
    assert "--" in caught.value.fix
