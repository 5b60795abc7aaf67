"""A run that was stopped, by whatever, ends as if it had not been."""

from __future__ import annotations

import json
import random
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import torch
from tiny_models import tiny_model
from tiny_training import tiny_fit

from shelftalker.errors import StorageError, TrainingError
from shelftalker.pages.loss import read_loss
from shelftalker.train.checkpoints import latest, load_checkpoint
from shelftalker.train.progress import TrainingInterrupted

pytestmark = pytest.mark.usefixtures("one_thread")
SCRIPT = Path(__file__).with_name("tiny_training.py")
STEPS = 10


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    return tiny_model("llama", tmp_path_factory.mktemp("llama"))


@pytest.fixture(scope="module")
def whole(model, tmp_path_factory):
    """The adapter and the loss log of a run that nothing stopped."""
    out = tmp_path_factory.mktemp("whole")
    torch.set_num_threads(1)
    results = tiny_fit(model, out, dropout=0.1)
    assert results["steps"] == STEPS
    return out


def start(model, out, *more, **changes):
    command = [sys.executable, str(SCRIPT), str(model), str(out), json.dumps(changes), *more]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def adapter(out):
    return (out / "adapter" / "adapter_model.safetensors").read_bytes()


def losses(out):
    return [(line["step"], line.get("loss"), line.get("validation_loss")) for line in read_loss(out / "loss.jsonl")]


@pytest.mark.parametrize("step", sorted(random.Random(2).sample(range(1, STEPS), 5)))
def test_killed_at_a_step_and_resumed_the_weights_are_the_same_to_the_bit(model, whole, tmp_path, step):
    """SIGKILL as soon as the step's checkpoint is there, while the next step is computed or saved."""
    process = start(model, tmp_path, dropout=0.1)
    wanted = tmp_path / "checkpoints" / f"step-{step:08d}.pt"
    while not wanted.exists() and process.poll() is None:
        time.sleep(0.001)
    process.kill()
    process.communicate()
    assert process.returncode == -signal.SIGKILL
    assert not (tmp_path / "adapter").exists()
    done = load_checkpoint(latest(tmp_path / "checkpoints")).step
    assert step <= done < STEPS
    results = tiny_fit(model, tmp_path, resume=True, dropout=0.1)
    assert results["steps"] == STEPS
    assert adapter(tmp_path) == adapter(whole)
    assert losses(tmp_path) == losses(whole)


def test_the_same_seed_gives_the_same_weights_and_another_seed_others(model, whole, tmp_path):
    tiny_fit(model, tmp_path / "again", dropout=0.1)
    assert adapter(tmp_path / "again") == adapter(whole)
    tiny_fit(model, tmp_path / "other", dropout=0.1, seed=2)
    assert adapter(tmp_path / "other") != adapter(whole)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_saves_and_the_run_goes_on_from_there(model, whole, tmp_path, number):
    process = start(model, tmp_path, dropout=0.1, checkpoint_steps=1000)
    journal = tmp_path / "loss.jsonl"
    while process.poll() is None and not (journal.exists() and journal.read_text().count("\n") >= 2):
        time.sleep(0.001)
    process.send_signal(number)
    _, err = process.communicate(timeout=60)
    assert process.returncode != 0
    assert "TrainingInterrupted" in err
    done = load_checkpoint(latest(tmp_path / "checkpoints")).step
    assert 2 <= done < STEPS
    tiny_fit(model, tmp_path, resume=True, dropout=0.1, checkpoint_steps=1000)
    assert adapter(tmp_path) == adapter(whole)


def test_a_finished_run_goes_on_with_more_epochs(model, tmp_path):
    tiny_fit(model, tmp_path, epochs=1)
    results = tiny_fit(model, tmp_path, resume=True, epochs=3)
    assert (results["steps"], results["planned_steps"]) == (15, 15)
    assert [line["step"] for line in read_loss(tmp_path / "loss.jsonl") if line["kind"] == "step"] == list(range(1, 16))
    assert len(results["epochs"]) == 3


def test_fewer_epochs_than_are_done_is_an_error(model, tmp_path):
    tiny_fit(model, tmp_path, epochs=2)
    with pytest.raises(TrainingError, match="more than the 5 asked for"):
        tiny_fit(model, tmp_path, resume=True, epochs=1)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"catalogue": "another"}, "another catalogue"),
        ({"examples": 23}, "other examples"),
        ({"rank": 8}, "rank was 4, now 8"),
        ({"learning_rate": 1e-4}, "learning_rate was 0.005, now 0.0001"),
    ],
)
def test_resuming_with_something_else_is_refused(model, tmp_path, change, told):
    tiny_fit(model, tmp_path, epochs=1)
    with pytest.raises(TrainingError, match=told) as caught:
        tiny_fit(model, tmp_path, resume=True, epochs=2, **change)
    assert caught.value.fix


def test_without_a_checkpoint_a_resumed_run_starts(model, tmp_path):
    assert tiny_fit(model, tmp_path, resume=True, epochs=1)["steps"] == 5


def test_a_damaged_checkpoint_is_named(model, tmp_path):
    tiny_fit(model, tmp_path, epochs=1)
    path = latest(tmp_path / "checkpoints")
    path.write_bytes(path.read_bytes()[:1000])
    with pytest.raises(TrainingError, match=path.name) as caught:
        tiny_fit(model, tmp_path, resume=True, epochs=2)
    assert str(path) in caught.value.fix
    path.unlink()
    assert tiny_fit(model, tmp_path, resume=True, epochs=2)["steps"] == 10


def test_a_full_disk_while_saving_keeps_the_last_good_checkpoint(model, whole, tmp_path):
    """A limit on the size of files stands in for the disk: the second write of a checkpoint does not fit."""
    tiny_fit(model, tmp_path / "first", dropout=0.1)
    size = latest(tmp_path / "first" / "checkpoints").stat().st_size
    out = tmp_path / "run"
    with pytest.raises(TrainingInterrupted):
        interrupted_after(model, out, steps=3)
    good = latest(out / "checkpoints")
    before = good.read_bytes()
    with pytest.raises(StorageError) as caught, file_limit(size // 2):
        tiny_fit(model, out, resume=True, dropout=0.1)
    assert caught.value.fix
    assert latest(out / "checkpoints") == good
    assert good.read_bytes() == before
    assert [path.name for path in (out / "checkpoints").iterdir() if path.name.startswith(".")] == []
    tiny_fit(model, out, resume=True, dropout=0.1)
    assert adapter(out) == adapter(whole)


def interrupted_after(model, out, steps):
    """Run, and send ourselves SIGINT when a number of steps is told."""
    import os

    def stop(progress):
        if progress.stage == "train" and progress.done == steps:
            os.kill(os.getpid(), signal.SIGINT)

    tiny_fit(model, out, dropout=0.1, on_progress=stop)


class file_limit:  # noqa: N801
    """No file may grow beyond this many bytes."""

    def __init__(self, size):
        self.size = size

    def __enter__(self):
        self.before = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (self.size, self.before[1]))

    def __exit__(self, *_):
        resource.setrlimit(resource.RLIMIT_FSIZE, self.before)
