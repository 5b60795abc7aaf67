"""The optional engine: what it writes, streams and keeps, and that it says when it cannot."""

from __future__ import annotations

import importlib.util
import json
import sys

import pytest
from tiny_models import tiny_model

from shelftalker.artifacts import make_manifest, write_manifest
from shelftalker.errors import MissingPart, ModelError
from shelftalker.models import TransformersGenerator, load_base, open_generator
from shelftalker.models.gguf_reading import convert_gguf
from shelftalker.models.openvino_converting import convert_run
from shelftalker.records import Message

need_openvino = pytest.mark.skipif(
    importlib.util.find_spec("openvino_genai") is None, reason="openvino-genai is not installed"
)

ABOUT = (
    Message("system", "Answer from the record."),
    Message(
        "user", "[1] Zorblax kettle\nsteel, 1.7 l, 2200 W, steel, 1.7 l, 2200 W, black. [1]\n\nQuestion: What is it?"
    ),
)
OTHER = (Message("user", "abc abc abc abc abc"),)


def make_run(folder, architecture="smollm", seed=0):
    """A finished run that trained a tiny model in full."""
    tiny_model(architecture, folder / "model", seed=seed)
    if architecture == "smollm":
        add_a_merge(folder / "model")
    manifest = make_manifest("run", settings={"base": str(folder / "model")}, seed=1, files={"model": "model"})
    write_manifest(folder, manifest)
    return folder


def add_a_merge(folder):
    """OpenVINO reads no tokenizer without merges; the tiny one has a token a byte."""
    from transformers import AutoModelForCausalLM, AutoTokenizer

    described = json.loads((folder / "tokenizer.json").read_text(encoding="utf-8"))
    vocabulary = described["model"]["vocab"]
    vocabulary["st"] = len(vocabulary)
    described["model"]["merges"] = [["s", "t"]]
    (folder / "tokenizer.json").write_text(json.dumps(described), encoding="utf-8")
    model = AutoModelForCausalLM.from_pretrained(folder)
    model.resize_token_embeddings(len(AutoTokenizer.from_pretrained(folder)))
    model.save_pretrained(folder)


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    return make_run(tmp_path_factory.mktemp("run"))


@pytest.fixture(scope="module", autouse=True)
def own_cache(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SHELFTALKER_CACHE", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture(scope="module")
def fast(run):
    return open_generator(run, engine="openvino")


@pytest.mark.xfail(reason="a random model is all near ties: which rounding a CPU takes decides")
@need_openvino
def test_it_writes_what_the_other_engine_writes_from_the_same_rounded_weights(run, fast, tmp_path):
    convert_gguf(convert_run(run).model, tmp_path)
    oracle = TransformersGenerator(load_base(tmp_path, dtype="auto"))
    for asked in (ABOUT, OTHER):
        [ours] = fast.generate([asked], max_new_tokens=24)
        [theirs] = oracle.generate([asked], max_new_tokens=24)
        assert ours.text == theirs.text
        assert ours.text
        assert (ours.prompt_tokens, ours.completion_tokens) == (theirs.prompt_tokens, theirs.completion_tokens)
        assert ours.finished is theirs.finished


@need_openvino
def test_several_are_written_each_as_alone(fast):
    together = fast.generate([ABOUT, OTHER], max_new_tokens=12)
    alone = [fast.generate([asked], max_new_tokens=12)[0] for asked in (ABOUT, OTHER)]
    assert [one.text for one in together] == [one.text for one in alone]


@need_openvino
def test_what_is_streamed_joins_to_the_text_and_can_be_stopped(fast):
    pieces: list[str] = []
    [told] = fast.generate([ABOUT], max_new_tokens=24, on_text=lambda piece: pieces.append(piece) or True)
    assert "".join(pieces) == told.text
    assert len(pieces) > 1
    [cut] = fast.generate([ABOUT], max_new_tokens=24, on_text=lambda piece: False)
    assert told.text.startswith(cut.text)
    assert len(cut.text) < len(told.text)


@need_openvino
def test_sampling_depends_on_the_seed(fast):
    def write(seed):
        return fast.generate([OTHER], max_new_tokens=24, temperature=1.5, seed=seed)[0].text

    assert write(1) == write(1)
    assert write(1) != write(2)


@need_openvino
def test_a_conversion_is_kept_until_the_run_changes(tmp_path):
    folder = make_run(tmp_path)
    first = convert_run(folder)
    before = first.model.stat().st_mtime_ns
    assert convert_run(folder).model.stat().st_mtime_ns == before
    manifest = make_manifest("run", settings={"base": str(folder / "model")}, seed=2, files={"model": "model"})
    write_manifest(folder, manifest)
    assert convert_run(folder).folder != first.folder


@need_openvino
def test_a_prompt_longer_than_the_context_is_refused(fast):
    with pytest.raises(ModelError, match="reads at most 2048"):
        fast.generate([(Message("user", "word " * 2100),)], max_new_tokens=4)


@need_openvino
def test_a_model_that_has_no_such_form_is_refused(tmp_path):
    with pytest.raises(ModelError) as refused:
        open_generator(make_run(tmp_path, "opt"), engine="openvino")
    assert refused.value.fix


def test_without_the_package_the_command_that_installs_it_is_named(run, monkeypatch):
    monkeypatch.setitem(sys.modules, "openvino_genai", None)  # as if it were not installed: find_spec and import fail
    with pytest.raises(MissingPart) as missing:
        open_generator(run, engine="openvino")
    assert missing.value.fix == "pip install 'shelftalker[fast]'"
