"""Merged folders: transformers alone loads them, computes the run's own numbers, and ends its answers."""

from __future__ import annotations

import subprocess
import sys

import pytest
import torch
from tiny_models import ARCHITECTURES, tiny_model
from transformers import AutoModelForCausalLM, AutoTokenizer

from shelftalker.export.agreement import ask_merged, ask_ours, compare_answers
from shelftalker.export.merged import write_merged
from shelftalker.models import encode_prompt, load_base, stop_tokens
from shelftalker.records import Message

PROMPTS = [(Message("system", "Be short."), Message("user", f"What is lamp {n}?")) for n in range(2)]


def nothing(done, total):
    pass


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_every_architecture_loads_in_transformers_with_the_same_logits(architecture, tmp_path):
    loaded = load_base(tiny_model(architecture, tmp_path / "base"), dtype="float32", device="cpu")
    write_merged(loaded, tmp_path / "out")
    model = AutoModelForCausalLM.from_pretrained(tmp_path / "out", dtype="auto").eval()
    tokenizer = AutoTokenizer.from_pretrained(tmp_path / "out")
    ids = encode_prompt(loaded.tokenizer, PROMPTS[0])
    assert encode_prompt(tokenizer, PROMPTS[0]) == ids  # template and tokenizer came along
    with torch.inference_mode():
        assert torch.equal(model(torch.tensor([ids])).logits, loaded.model(torch.tensor([ids])).logits)
    assert set(model.generation_config.eos_token_id) == stop_tokens(loaded.tokenizer, loaded.model)
    assert not model.generation_config.do_sample


@pytest.mark.parametrize("architecture", ["smollm", "gemma3_text"])
def test_both_give_the_same_answers(architecture, tmp_path):
    loaded = load_base(tiny_model(architecture, tmp_path / "base"), dtype="float32", device="cpu")
    write_merged(loaded, tmp_path / "out")
    ours = ask_ours(loaded, PROMPTS, nothing, max_new_tokens=12)
    theirs = ask_merged(tmp_path / "out", PROMPTS, nothing, max_new_tokens=12)
    agreement = compare_answers(PROMPTS, ours, theirs, 0.95)
    assert agreement.agrees, agreement.differences


def test_another_model_does_not_agree(tmp_path):
    loaded = load_base(tiny_model("smollm", tmp_path / "base"), dtype="float32", device="cpu")
    other = load_base(tiny_model("smollm", tmp_path / "other", seed=1), dtype="float32", device="cpu")
    write_merged(other, tmp_path / "out")
    ours = ask_ours(loaded, PROMPTS, nothing, max_new_tokens=12)
    theirs = ask_merged(tmp_path / "out", PROMPTS, nothing, max_new_tokens=12)
    agreement = compare_answers(PROMPTS, ours, theirs, 0.95)
    assert (agreement.same, agreement.agrees) == (0, False)
    assert [one.question for one in agreement.differences] == ["What is lamp 0?", "What is lamp 1?"]
    assert agreement.differences[0].theirs == theirs[0].strip()


@pytest.mark.parametrize("to", ["merged", "f16"])
def test_a_full_disk_is_said_so(to, tmp_path):
    tiny_model("smollm", tmp_path / "base")
    code = (
        "import pathlib, resource, signal, sys\n"
        "from shelftalker.errors import StorageError\n"
        "from shelftalker.export.merged import write_merged\n"
        "from shelftalker.models import load_base\n"
        "from shelftalker.models.gguf_writing import write_gguf\n"
        "base, out, to = sys.argv[1:]\n"
        "loaded = load_base(pathlib.Path(base), dtype='float32', device='cpu')\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))\n"
        "try:\n"
        "    if to == 'merged': write_merged(loaded, pathlib.Path(out))\n"
        "    else: write_gguf(loaded, pathlib.Path(out), to)\n"
        "except StorageError as error: sys.exit(f'told: {error.message}; {error.fix}')\n"
    )
    argv = [sys.executable, "-c", code, str(tmp_path / "base"), str(tmp_path / "out"), to]
    done = subprocess.run(argv, check=False, capture_output=True, text=True)
    told = done.stderr.strip().splitlines()[-1]
    assert told.startswith("told: "), done.stderr
    assert "space" in told or "too large" in told
