"""The provider's limits, checked on what was written before anything is sent."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from shelftalker.errors import ProviderError
from shelftalker.providers import HostedModel
from shelftalker.providers.gemini.dataset import Written, check_limits, to_line, write_lines
from shelftalker.records import Example, Message, Record

LAMP = Record("A1", "Lamp", "A lamp.", "shop.jsonl", 7)
SMALL = HostedModel("small", example_tokens=90, training_examples=3, validation_examples=5_000, file_bytes=400)


def example(question="What is the Lamp?", answer="A lamp.", **more) -> Example:
    turns = (Message("system", "Answer."), Message("user", question), Message("assistant", answer))
    return replace(Example("description", "open-book", "en", turns, ("A1",)), **more)


def write(tmp_path, examples, *, model=SMALL, **more) -> Written:
    return write_lines(examples, tmp_path, "training", lookup={"A1": LAMP}.__getitem__, model=model, **more)


def test_an_example_in_the_providers_form():
    assert to_line(example(), "\nSource: Lamp") == {
        "systemInstruction": {"role": "system", "parts": [{"text": "Answer."}]},
        "contents": [
            {"role": "user", "parts": [{"text": "What is the Lamp?"}]},
            {"role": "model", "parts": [{"text": "A lamp.\nSource: Lamp"}]},
        ],
    }


def test_a_refusal_names_no_source(tmp_path):
    write(tmp_path, [example(), example(kind="absent", uids=())], model=None)
    told, refused = (json.loads(line) for line in (tmp_path / "training-v2.jsonl").read_text().splitlines())
    assert told["contents"][1]["parts"][0]["text"] == "A lamp.\nSource: Lamp (A1), shop.jsonl, line 7"
    assert refused["contents"][1]["parts"][0]["text"] == "A lamp."


def test_what_is_left_out_has_a_reason_and_a_place(tmp_path):
    long = example(answer="ç" * 40)  # 40 characters, 80 bytes: a token may be as small as a byte
    written = write(tmp_path, [example(), long, example(answer="  "), long])
    assert written.examples == 1
    assert written.dropped == {
        "longer than 90 tokens may be": {"count": 2, "first": 2},
        "without an answer": {"count": 1, "first": 3},
    }
    lines = (tmp_path / "training-v1.jsonl").read_bytes()
    assert lines.count(b"\n") == written.examples
    assert written.bytes[1] == len(lines)
    assert written.characters[1] == sum(len(message.content) for message in example().messages)


def test_a_long_example_is_an_error_where_asked(tmp_path):
    with pytest.raises(ProviderError, match=r"example 2 \(A1\) is longer than 90 tokens may be") as caught:
        write(tmp_path, [example(), example(answer="x" * 99)], refuse_long=True)
    assert "train.overlong=skip" in caught.value.fix


def test_nothing_to_train_on(tmp_path):
    with pytest.raises(ProviderError, match="no example to train on"):
        check_limits(write(tmp_path, []), None, 1, SMALL)


def written(examples: int, size: int = 100) -> Written:
    return Written({}, examples, {1: 0, 2: 0}, {1: size, 2: 2 * size})


def test_too_many_examples():
    with pytest.raises(ProviderError, match="4 examples are more than the 3 that small takes") as caught:
        check_limits(written(4), None, 1, SMALL)
    assert caught.value.fix == "--examples 3"


def test_too_large_a_file_of_the_version_that_is_sent():
    check_limits(written(3, 300), None, 1, SMALL)
    with pytest.raises(ProviderError, match="the training file has 600 bytes; small takes 400") as caught:
        check_limits(written(3, 300), None, 2, SMALL)
    assert caught.value.fix == "--examples 1"


@pytest.mark.parametrize(("training", "validation", "most"), [(3, 1_000, None), (3, 1_001, 1_000), (3, 5_001, 1_000)])
def test_validation_over_1000_may_be_a_share_of_training_only(training, validation, most):
    if most is None:
        check_limits(written(training), written(validation), 1, SMALL)
        return
    with pytest.raises(ProviderError, match=f"more than the {most} that small takes") as caught:
        check_limits(written(training), written(validation), 1, SMALL)
    assert caught.value.fix == f"--set train.validation_examples={most}"


def test_limits_that_are_not_known_refuse_nothing():
    check_limits(written(10**9), written(10**9), 1, None)
    check_limits(written(10**9), written(10**9), 1, HostedModel("unknown"))
