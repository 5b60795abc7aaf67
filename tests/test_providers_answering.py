"""Answering with Gemini: Google's own client against a server on loopback."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest

pytest.importorskip("google.genai", reason="needs pip install 'shelftalker[gemini]'")
pytest.importorskip("google.cloud.storage", reason="needs pip install 'shelftalker[gemini]'")

from hosted_shop import CLIENT_SECRET, REFRESH_TOKEN, shop_fixture  # noqa: F401
from provider_servers import TOKEN, Reply, busy, candidate, error

from shelftalker.errors import FormatMismatch, ProviderError, UsageError
from shelftalker.providers import open_generator
from shelftalker.records import Message

ASKED = [Message("system", "Answer from the record."), Message("user", "What is the lamp?")]
ENDPOINT = "/v1/projects/shop-project/locations/us/endpoints/102"


@pytest.fixture(name="tuned")
def tuned_fixture(shop):
    """The shop's finished run, tuned for two epochs; what was sent for that is forgotten."""
    manifest = shop.tune(train={"epochs": 2})
    shop.server.seen.clear()
    shop.slept.clear()
    return manifest


def ask(shop, manifest, *, on_text=None, tuned=True, temperature=0.0, conversation=ASKED, **provider):
    generator = open_generator(manifest, shop.provider(**provider), tuned=tuned, sleep=shop.slept.append)
    [completion] = generator.generate(
        [conversation], max_new_tokens=50, temperature=temperature, seed=7, on_text=on_text
    )
    return completion


def asked_of(shop):
    return shop.server.got("POST", "[gG]enerateContent$")


def test_what_is_asked_and_what_comes_back(shop, tuned):
    completion = ask(shop, tuned, temperature=0.7)
    [seen] = asked_of(shop)
    assert seen.path == f"{ENDPOINT}:generateContent"
    document = seen.document
    [level] = document["generationConfig"].pop("thinkingConfig").values()  # spelt with or without the underscore
    assert level == "MINIMAL"
    assert document == {
        "contents": [{"role": "user", "parts": [{"text": "What is the lamp?"}]}],
        "systemInstruction": {"role": "user", "parts": [{"text": "Answer from the record."}]},
        "generationConfig": {"temperature": 0.7, "seed": 7, "maxOutputTokens": 50},
    }
    assert (completion.text, completion.prompt_tokens, completion.completion_tokens) == ("It is a lamp.", 12, 5)
    assert completion.finished


def test_temperature_0_is_sent_as_0(shop, tuned):
    ask(shop, tuned)
    assert asked_of(shop)[0].document["generationConfig"]["temperature"] == 0


def test_an_earlier_turn_of_the_model_keeps_its_role(shop, tuned):
    ask(shop, tuned, conversation=[*ASKED, Message("assistant", "A lamp."), Message("user", "How heavy is it?")])
    assert [turn["role"] for turn in asked_of(shop)[0].document["contents"]] == ["user", "model", "user"]


def test_the_base_model_is_asked_where_the_job_ran(shop, tuned):
    ask(shop, tuned, tuned=False)
    where = "/v1/projects/shop-project/locations/us-central1/publishers/google/models/gemini-3.5-flash"
    assert asked_of(shop)[0].path == f"{where}:generateContent"


def test_names_that_answers_carry(shop, tuned):
    assert open_generator(tuned, shop.provider()).name == "gemini-3.5-flash tuned (102)"
    assert open_generator(tuned, shop.provider(), tuned=False).name == "gemini-3.5-flash"


def test_an_earlier_checkpoint_answers_where_asked(shop, tuned):
    ask(shop, tuned, checkpoint="1")
    assert asked_of(shop)[0].path.endswith("/endpoints/101:generateContent")
    with pytest.raises(UsageError, match="no checkpoint '9'") as caught:
        ask(shop, tuned, checkpoint="9")
    assert caught.value.fix == "choose from 1, 2"


def test_a_manifest_without_an_endpoint(shop, tuned):
    tuned.results["provider"]["endpoint"] = None
    with pytest.raises(FormatMismatch, match="names no endpoint"):
        open_generator(tuned, shop.provider())


def test_busy_then_an_answer(shop, tuned):
    shop.server.fail("POST", "generateContent$", busy("3s"))
    shop.server.fail("POST", "generateContent$", error(503, "overloaded", "UNAVAILABLE"))
    shop.server.fail("POST", "generateContent$", Reply(cut=True))
    assert ask(shop, tuned).text == "It is a lamp."
    assert len(asked_of(shop)) == 4
    assert shop.slept[0] == 3.0  # what the provider asked for, then our own doubling
    assert 1.0 <= shop.slept[1] <= 2.0
    assert 2.0 <= shop.slept[2] <= 4.0


def test_the_quota_is_used_up(shop, tuned):
    shop.server.fail("POST", "generateContent$", busy(), times=99)
    with pytest.raises(ProviderError, match="the quota is used up, also after waiting") as caught:
        ask(shop, tuned, attempts=3)
    assert "provider.parallel" in caught.value.fix
    assert len(asked_of(shop)) == 3


def test_a_request_that_is_wrong_is_sent_once(shop, tuned):
    shop.server.fail("POST", "generateContent$", error(400, "Unable to submit request.", "INVALID_ARGUMENT"))
    with pytest.raises(ProviderError, match="the provider refused the request"):
        ask(shop, tuned)
    assert len(asked_of(shop)) == 1


def test_a_tuned_model_that_is_gone(shop, tuned):
    shop.server.fail("POST", "generateContent$", error(404, "Endpoint 102 not found.", "NOT_FOUND"))
    with pytest.raises(ProviderError, match="the tuned model is gone: deleted, or retired with its base model"):
        ask(shop, tuned)


def test_a_retired_base_model(shop, tuned):
    """gemini-2.5-flash was switched off on a day that is past: the error names the day and what follows it."""
    retired = tuned.model_copy(update={"settings": {"base": "gemini-2.5-flash"}})
    shop.server.fail("POST", "generateContent$", error(404, "Publisher model was not found.", "NOT_FOUND"))
    with pytest.raises(ProviderError, match=r"was to be retired on 2026-10-20 \(HTTP 404") as caught:
        ask(shop, retired, tuned=False)
    assert caught.value.fix == "choose another base, such as gemini-3.5-flash-lite"


def test_a_region_without_the_model(shop, tuned):
    elsewhere = dict(tuned.results["provider"], location="asia-east1")
    moved = tuned.model_copy(update={"results": {"provider": elsewhere}})
    shop.server.fail("POST", "generateContent$", error(404, "Publisher model was not found.", "NOT_FOUND"))
    with pytest.raises(ProviderError, match=r"asia-east1 has no model gemini-3\.5-flash") as caught:
        ask(shop, moved, tuned=False)
    assert "shelftalker models --provider gemini" in caught.value.fix


def test_expired_credentials(shop, tuned):
    shop.server.fail(
        "POST", "^/token$", Reply(400, {"error": "invalid_grant", "error_description": "expired"}), times=9
    )
    with pytest.raises(ProviderError, match="credentials are not valid any more") as caught:
        ask(shop, tuned)
    assert "gcloud auth application-default login" in caught.value.fix
    assert asked_of(shop) == []


def test_a_token_that_the_provider_does_not_take(shop, tuned):
    """The provider repeats the token in its refusal; nobody else may."""
    shop.server.fail("POST", "generateContent$", error(401, f"Bad token {TOKEN}", "UNAUTHENTICATED"), times=9)
    with pytest.raises(ProviderError, match="have expired or are not valid") as caught:
        ask(shop, tuned)
    told = f"{caught.value} {caught.value.fix} {caught.value.__cause__}"
    assert "[hidden]" in told
    assert not any(secret in told for secret in (TOKEN, CLIENT_SECRET, REFRESH_TOKEN))
    assert caught.value.__suppress_context__  # what the client raised holds the request, and that holds the token


def test_not_allowed(shop, tuned):
    shop.server.fail("POST", "generateContent$", error(403, "Permission denied.", "PERMISSION_DENIED"))
    with pytest.raises(ProviderError, match="your account may not do this") as caught:
        ask(shop, tuned)
    assert "roles/aiplatform.user" in caught.value.fix


@pytest.mark.parametrize(
    ("document", "said"),
    [
        (candidate("", "SAFETY"), "blocked the answer: SAFETY"),
        (candidate("", "RECITATION"), r"blocked the answer: RECITATION \(it repeats a text that is known elsewhere\)"),
        ({"promptFeedback": {"blockReason": "PROHIBITED_CONTENT"}}, "blocked the question: PROHIBITED_CONTENT"),
    ],
)
@pytest.mark.parametrize("on_text", [None, bool], ids=["whole", "streamed"])
def test_a_blocked_answer_is_no_answer(shop, tuned, document, said, on_text):
    shop.server.answers = lambda seen: document
    with pytest.raises(ProviderError, match=said):
        ask(shop, tuned, on_text=on_text)
    assert len(asked_of(shop)) == 1


def test_an_answer_of_figures_alone_is_no_answer(shop, tuned):
    shop.server.answers = lambda seen: {"usageMetadata": {"promptTokenCount": 3}}
    with pytest.raises(ProviderError, match="sent no answer and no reason"):
        ask(shop, tuned)


def test_an_answer_cut_at_its_limit_says_so(shop, tuned):
    shop.server.answers = lambda seen: candidate("It is a", "MAX_TOKENS")
    assert not ask(shop, tuned).finished


def test_thoughts_are_no_part_of_the_answer(shop, tuned):
    document = candidate("It is a lamp.")
    document["candidates"][0]["content"]["parts"].insert(0, {"text": "Let me see.", "thought": True})
    shop.server.answers = lambda seen: document
    assert ask(shop, tuned).text == "It is a lamp."


def test_a_stream_comes_in_pieces_and_can_be_stopped(shop, tuned):
    pieces: list[str] = []
    completion = ask(shop, tuned, on_text=lambda piece: pieces.append(piece) or True)
    assert pieces == ["It i", "s a ", "lamp", "."]
    assert (completion.text, completion.prompt_tokens, completion.completion_tokens) == ("It is a lamp.", 12, 5)
    assert completion.first_token_seconds is not None
    pieces.clear()
    stopped = ask(shop, tuned, on_text=lambda piece: bool(pieces.append(piece)))
    assert pieces == ["It i"]
    assert not stopped.finished


def test_a_stream_is_begun_again_only_before_its_first_piece(shop, tuned):
    shop.server.fail("POST", "streamGenerateContent$", busy())
    assert ask(shop, tuned, on_text=lambda piece: True).text == "It is a lamp."
    assert len(asked_of(shop)) == 2
    first = b'data: {"candidates": [{"content": {"role": "model", "parts": [{"text": "It i"}]}}]}\r\n\r\n'
    shop.server.fail("POST", "streamGenerateContent$", Reply(chunks=(first, b"")))
    pieces: list[str] = []
    with pytest.raises(ProviderError, match="cannot reach Google: could not answer"):
        ask(shop, tuned, on_text=lambda piece: pieces.append(piece) or True)
    assert pieces == ["It i"]
    assert len(asked_of(shop)) == 3


def test_no_answer_in_time(shop, tuned):
    held = threading.Event()
    shop.server.fail("POST", "generateContent$", Reply(held=held))
    try:
        with pytest.raises(ProviderError, match="did not answer in time: could not answer") as caught:
            ask(shop, tuned, timeout_seconds=0.3, attempts=1)
    finally:
        held.set()
    assert "provider.timeout_seconds" in caught.value.fix


def test_several_are_asked_at_once_and_come_back_in_order(shop, tuned):
    shop.server.answers = lambda seen: candidate(seen.document["contents"][0]["parts"][0]["text"].upper())
    generator = open_generator(tuned, shop.provider(parallel=3))
    asked = [[Message("user", f"lamp {n}")] for n in range(10)]
    assert [one.text for one in generator.generate(asked, max_new_tokens=9)] == [f"LAMP {n}" for n in range(10)]
    with pytest.raises(ValueError, match="one conversation"):
        generator.generate(asked, max_new_tokens=9, on_text=lambda piece: True)


def test_the_source_line_of_version_2_is_taken_off(shop):
    manifest = shop.tune(provider={"data_version": 2})
    shop.server.answers = lambda seen: candidate("It is a lamp.\nSource: Corvane Lamp 1 (A1), shop.jsonl, line 1")
    assert ask(shop, manifest).text == "It is a lamp."
    pieces: list[str] = []
    assert ask(shop, manifest, on_text=lambda piece: pieces.append(piece) or True).text == "It is a lamp."
    assert "".join(pieces) == "It is a lamp."


def test_a_run_of_a_provider_that_this_version_does_not_know(shop, tuned):
    tuned.results["provider"]["name"] = "elsewhere"
    with pytest.raises(FormatMismatch, match="unknown to this version"):
        open_generator(tuned, shop.provider())


def test_a_run_trained_here_has_no_hosted_generator(tuned):
    assert open_generator(tuned.model_copy(update={"results": {}})) is None


def test_an_account_shows_nothing_of_its_credentials(shop):
    from shelftalker.providers.gemini import open_account

    account = open_account(shop.provider())
    shown = repr(account) + repr(replace(account, project="other"))
    assert not any(secret in shown for secret in (CLIENT_SECRET, REFRESH_TOKEN, TOKEN))
