"""`shelftalker export`: a run goes in, a folder that answers alike comes out, or an error that says what to do."""

from __future__ import annotations

import json
import shutil
from importlib.util import find_spec
from pathlib import Path

import pytest
from export_models import make_trained

from shelftalker.artifacts import read_manifest, write_manifest
from shelftalker.cli.main import run as shelftalker
from shelftalker.errors import BelowBar, InputNotFound, UnfinishedFolder, UsageError
from shelftalker.export import export, require_agreement
from shelftalker.export.agreement import check_prompts
from shelftalker.models.merging import load_run

needs_llama_cpp = pytest.mark.skipif(find_spec("xllamacpp") is None, reason="llama.cpp is not installed: xllamacpp")


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    return make_trained(tmp_path_factory.mktemp("export"))


@pytest.fixture(scope="module")
def merged(run):
    out = run.parent / "merged"
    return export(run, out, "merged", check=3, dtype="float32")  # random weights have near ties: none in full precision


def test_merged_is_whole_checked_and_finished(run, merged):
    import torch
    from transformers import AutoModelForCausalLM

    assert merged.agreements["merged"].questions == 3
    require_agreement(merged)
    manifest = read_manifest(merged.folder, "export")
    assert manifest.results["agreed"] is True
    assert manifest.parent.path == str(run)
    assert manifest.settings["to"] == "merged"
    own = load_run(run, dtype="float32", device="cpu").model.state_dict()
    written = AutoModelForCausalLM.from_pretrained(merged.folder, dtype="auto").state_dict()
    assert written.keys() == own.keys()
    assert all(torch.equal(written[key], own[key]) for key in own)
    before = load_run(run, tuned=False, dtype="float32", device="cpu").model.state_dict()
    assert any(not torch.equal(before[key], own[key]) for key in own)  # the adapter is in it


def test_a_run_of_all_weights_is_exported(tmp_path):
    done = export(make_trained(tmp_path, "full"), tmp_path / "out", "merged", check=1, dtype="float32")
    assert done.agreements["merged"].same == 1


@needs_llama_cpp
def test_gguf_through_the_command_line(run, tmp_path, capsys):
    """Random weights do not survive 8 bits: their answers run apart, which is what the bar is there for."""
    out = tmp_path / "gguf"
    code = shelftalker(["export", str(run), "--to", "gguf", "--out", str(out), "--quant", "q8_0", "--check", "4"])
    told = capsys.readouterr()
    manifest = read_manifest(out, "export")
    agreement = manifest.results["agreement"]["q8_0"]
    assert agreement["questions"] == 4
    assert agreement["same"] < 4
    assert manifest.results["agreed"] is False
    assert code == 3
    assert f"{out / 'model-q8_0.gguf'}: q8_0, 0.1 MB, gives the run's answer to {agreement['same']} of 4" in told.out
    assert "below 90%" in told.err
    assert agreement["differences"][0]["ours"] != agreement["differences"][0]["theirs"]
    assert (out / "model-q8_0.gguf").stat().st_size > 50_000


def test_unchecked_exports_say_so(run, tmp_path, capsys):
    out = tmp_path / "gguf"
    assert shelftalker(["export", str(run), "--to", "gguf", "--out", str(out), "--no-check"]) == 0
    assert sorted(path.name for path in out.iterdir()) == ["manifest.json", "model-f16.gguf", "model-q8_0.gguf"]
    assert "not checked" in capsys.readouterr().out
    assert read_manifest(out, "export").results["agreed"] is None


def test_ollama_has_the_template_and_the_stops(run, tmp_path, capsys):
    out = tmp_path / "ollama"
    assert shelftalker(["export", str(run), "--to", "ollama", "--out", str(out), "--check", "0", "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["files"] == {"q8_0": str(out / "model-q8_0.gguf"), "modelfile": str(out / "Modelfile")}
    lines = (out / "Modelfile").read_text().splitlines()
    assert lines[0] == "FROM ./model-q8_0.gguf"
    assert lines[1].startswith('TEMPLATE """{{ ')
    assert lines[2].startswith('SYSTEM """Answer shortly from the numbered lines')
    assert lines[3:] == ["PARAMETER temperature 0", "PARAMETER num_ctx 4096", 'PARAMETER stop "<|im_end|>"']


def test_a_finished_export_is_kept_unless_told_otherwise(run, merged, tmp_path):
    out = tmp_path / "again"
    shutil.copytree(merged.folder, out)
    with pytest.raises(UsageError, match="already holds an export") as caught:
        export(run, out, "merged", check=0)
    assert "--overwrite" in caught.value.fix
    export(run, out, "ollama", check=0, overwrite=True)
    assert sorted(path.name for path in out.iterdir()) == ["Modelfile", "manifest.json", "model-q8_0.gguf"]


def test_others_files_are_left_alone(run, tmp_path):
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(UsageError, match="holds other files"):
        export(run, tmp_path, "merged", check=0, overwrite=True)
    with pytest.raises(UsageError, match="is a file"):
        export(run, tmp_path / "mine.txt", "merged", check=0)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_runs_that_cannot_be_exported(run, tmp_path):
    with pytest.raises(InputNotFound):
        export(tmp_path / "none", tmp_path / "out", "merged")
    (tmp_path / "half").mkdir()
    with pytest.raises(UnfinishedFolder):
        export(tmp_path / "half", tmp_path / "out", "merged")
    hosted = tmp_path / "hosted"
    hosted.mkdir()
    manifest = read_manifest(run, "run")
    write_manifest(hosted, manifest.model_copy(update={"results": {"provider": {"name": "gemini"}}}))
    with pytest.raises(UsageError, match="at its provider"):
        export(hosted, tmp_path / "out", "merged")
    assert not (tmp_path / "out").exists()


def test_below_the_bar_is_an_error_that_names_the_figures(merged):
    from dataclasses import replace

    worse = replace(merged.agreements["merged"], same=2)
    with pytest.raises(BelowBar, match=r"to 2 of 3 questions \(66\.7%\), below 95%"):
        require_agreement(replace(merged, agreements={"merged": worse}))


def test_the_questions_are_the_run_s_own_prompts(run):
    data = Path(read_manifest(run, "run").parent.path)
    prompts = check_prompts(data, 12, "open-book", 1)
    assert len(prompts) == 12
    assert len({prompt[-1].content for prompt in prompts}) == 12
    assert all("[1] " in prompt[-1].content for prompt in prompts)  # the record is in the prompt
    closed = check_prompts(data, 5, "closed-book", 1)
    assert all("[1] " not in prompt[-1].content for prompt in closed)
    assert check_prompts(data, 12, "open-book", 1) == prompts
