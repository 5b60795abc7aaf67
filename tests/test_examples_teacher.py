"""A teacher writes pairs: what is kept, what is rejected and why; killed and gone on; what is told beforehand."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import threading
import time

import pytest
from provider_servers import OpenAI, Reply, running

from shelftalker.cli.main import run
from shelftalker.errors import UsageError
from shelftalker.examples.teacher import plan_teaching, teach
from shelftalker.records import Completion, Record

RECORDS = [
    Record(f"L{n}", f"Corvane Lamp {n}", f"A desk lamp made of brass. It weighs {n} kg with its foot. The cable is "
           "long enough for any desk. It was designed in Porto.", "f", n)
    for n in range(1, 9)
]  # fmt: skip
WEIGHT = "It weighs {n} kg with its foot."


class Writing:
    """A teacher whose replies a function makes from the title and the language."""

    name = "teacher"

    def __init__(self, write):
        self.write = write
        self.asked = []

    def generate(self, conversations, *, max_new_tokens, temperature=0.0, seed=0, lookup=True, on_text=None):
        self.asked += conversations
        return [Completion(self.reply(messages[-1].content), 100, 20, 0.1) for messages in conversations]

    def reply(self, prompt):
        return reply_to(prompt, self.write)


def reply_to(prompt, write):
    title = prompt.split("\n")[0]
    return write(title, "pt" if "Portuguese" in prompt else "en")


def good(title, language):
    n = title.rsplit(" ", 1)[1]
    question = {"en": f"how heavy is lamp {n}", "pt": f"quanto pesa a luminária {n}"}[language]
    answer = {"en": f"It weighs {n} kg.", "pt": f"Ela pesa {n} kg."}[language]
    return json.dumps([{"question": question, "answer": answer, "evidence": WEIGHT.format(n=n)}])


def taught(teacher, out, wanted=4, **more):
    plan = plan_teaching(RECORDS, wanted, 1)
    return teach(teacher, plan, None, out, catalogue="c", seed=1, **{"at_once": 1} | more)


def test_what_can_be_vouched_for_is_kept_in_both_languages_and_no_more_is_asked(tmp_path):
    teacher = Writing(good)
    result = taught(teacher, tmp_path / "p.jsonl")
    rows = [json.loads(line) for line in (tmp_path / "p.jsonl").read_text().splitlines()]
    assert rows == result.kept
    assert len(rows) == len(teacher.asked) == result.calls == 4
    assert {row["language"] for row in rows} == {"en", "pt"}
    assert all(row["evidence"] == [WEIGHT.format(n=row["uid"][1:])] for row in rows)
    assert (result.read_tokens, result.written_tokens, result.rejected) == (400, 80, {})


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        ("I would rather not.", "the reply holds no JSON of that form"),
        ('[{"question": "how heavy?", "answer": "2 kg"}]', "the question, the answer or the evidence is missing"),
        ({"evidence": "It weighs two tons."}, "its evidence does not stand in the record word for word"),
        ({"answer": "It weighs 99 kg."}, "the answer has a number, a name or a quotation that its evidence lacks"),
        ({"answer": "It is by Acme Lighting."},
         "the answer has a number, a name or a quotation that its evidence lacks"),
        ({"question": "quanto ela pesa?"}, "the question is in the other language"),
        ({"answer": "The record does not say."}, "the answer says that the record does not tell"),
        ({"answer": "word " * 41}, "the answer has more than 40 words"),
        ({"question": "what was designed in Porto, made of brass, with the long cable for any desk?"},
         "the evidence is not among the best 3 lines for the question"),
        ({"evidence": "Corvane Lamp"}, "the evidence stands in the title alone"),
        ({"question": "does it weigh a lot with its foot?", "answer": "A lot, with its foot."},
         "the answer repeats the question"),
        ({"answer": "Strong people lift it without any trouble."}, "another line is nearer to the answer|few of the"),
    ],
)  # fmt: skip
def test_what_cannot_be_vouched_for_is_rejected_with_its_reason(tmp_path, reply, reason):
    def write(title, language):
        if language == "pt":
            return "[]"
        if isinstance(reply, str):
            return reply
        [right] = json.loads(good(title, language))
        return json.dumps([right | reply])

    result = taught(Writing(write), tmp_path / "p.jsonl")
    assert result.kept == []
    [first] = [first for told, (_, first) in result.rejected.items() if re.search(reason, told)]
    assert first["uid"].startswith("L")
    assert (tmp_path / "p.jsonl").read_text() == ""


def test_evidence_may_be_a_lines_number(tmp_path):
    def write(title, language):
        [right] = json.loads(good(title, language))
        return json.dumps(right | {"evidence": "[2]" if language == "en" else 2})

    result = taught(Writing(write), tmp_path / "p.jsonl")
    assert [row["evidence"] for row in result.kept] == [[WEIGHT.format(n=row["uid"][1:])] for row in result.kept]
    assert len(result.kept) == 4


def test_the_same_question_is_kept_once(tmp_path):
    def write(title, language):
        [right] = json.loads(good(title, language))
        return json.dumps([right | {"question": "how heavy is it?"}]) if language == "en" else "{}"

    result = taught(Writing(write), tmp_path / "p.jsonl")
    assert len(result.kept) == 1
    assert result.rejected["the question was asked before, or the answer given"][0] == 3


def test_pairs_are_found_whatever_stands_around_them(tmp_path):
    def write(title, language):
        return f"Sure! Here {{you}} are:\n```json\n{good(title, language)[1:-1]},\n"

    assert len(taught(Writing(write), tmp_path / "p.jsonl").kept) == 4


def test_a_run_that_ended_goes_on_without_asking_twice(tmp_path):
    out = tmp_path / "p.jsonl"
    before = taught(Writing(good), out, wanted=3)
    journal = out.with_name("p.jsonl.journal")
    journal.write_bytes(journal.read_bytes() + b'{"uid": "L1", "lang')  # killed while it wrote
    teacher = Writing(good)
    after = taught(teacher, out, wanted=5)
    assert (after.replayed, after.calls, len(teacher.asked)) == (3, 2, 2)
    assert after.kept[:3] == before.kept
    assert len(after.kept) == 5
    again = Writing(good)
    assert taught(again, out, wanted=5).kept == after.kept
    assert again.asked == []


def test_another_teachers_journal_and_a_file_of_something_else_are_refused(tmp_path):
    taught(Writing(good), tmp_path / "p.jsonl")
    other = Writing(good)
    other.name = "other"
    with pytest.raises(UsageError, match="another teacher"):
        taught(other, tmp_path / "p.jsonl")
    (tmp_path / "mine.jsonl").write_text("precious")
    with pytest.raises(UsageError, match="is there already"):
        taught(Writing(good), tmp_path / "mine.jsonl")
    assert (tmp_path / "mine.jsonl").read_text() == "precious"


def first_sentence_pair(body):
    """Ask about the record's first sentence in its own words."""
    prompt = body["messages"][-1]["content"]
    sentence = prompt.split("[1] ")[1].split("\n")[0]
    question = "a luminária é assim?" if "Portuguese" in prompt else "what is it?"
    return json.dumps([{"question": f"{question} {sentence[:60]}", "answer": sentence, "evidence": sentence}])


@pytest.fixture
def server():
    app = OpenAI(("big",))
    app.say = first_sentence_pair
    with running(app):
        yield app


def arguments(data, server, out, *more):
    return ["examples", str(data), "--teacher", server.url, "--teacher-model", "big", "--teacher-pairs", "6",
            "--out", str(out), "--set", "provider.retry_seconds=0", "--set", "provider.attempts=1", *more]  # fmt: skip


def test_the_command_tells_the_cost_asks_and_says_what_was_kept(tiny_catalogue, tmp_path, server, capsys):
    out = tmp_path / "p.jsonl"
    assert run(arguments(tiny_catalogue, server, out, "--price", "1,2")) == 2
    told = capsys.readouterr().err
    assert "teacher  big\nwanted   6 pairs about up to " in told
    assert "at least 2 calls, about " in told
    assert "at most  12 calls, about " in told
    assert " at that price" in told
    assert told.endswith("error: nobody is there to be asked whether to begin\n  try: add --yes\n")
    assert [seen.path for seen in server.seen if seen.method == "POST"] == []

    assert run(arguments(tiny_catalogue, server, out, "--yes", "--json")) == 0
    document = json.loads(capsys.readouterr().out)
    assert (document["out"], document["kept"]) == (str(out), len(out.read_text().splitlines()))
    assert document["kept"] > 0
    assert run(arguments(tiny_catalogue, server, out, "--yes")) == 0
    assert f"{out}: {document['kept']} pairs kept; 0 calls, " in capsys.readouterr().out


def test_what_the_teacher_wrote_can_be_trained_on(tiny_catalogue, tmp_path, server, capsys):
    out = tmp_path / "p.jsonl"
    assert run(arguments(tiny_catalogue, server, out, "--yes")) == 0
    capsys.readouterr()
    assert run(["examples", str(tiny_catalogue), "--pairs", str(out), "--show", "40", "--json"]) == 0
    printed = capsys.readouterr()
    assert printed.err.startswith(f"{out}: ")
    assert {"teacher", "unstated"} <= {example["kind"] for example in json.loads(printed.out)}


def test_a_server_that_dies_leaves_what_was_kept_and_it_goes_on(tiny_catalogue, tmp_path, server, capsys):
    out = tmp_path / "p.jsonl"
    server.fail("POST", "/v1/chat/completions", Reply(cut=True), times=100, skip=4)
    assert run(arguments(tiny_catalogue, server, out, "--yes", "--set", "provider.parallel=2")) == 1
    assert "Traceback" not in capsys.readouterr().err
    kept = out.read_text()
    server.faults.clear()
    assert run(arguments(tiny_catalogue, server, out, "--yes")) == 0
    assert "4 more were in its journal" in capsys.readouterr().out
    assert out.read_text().startswith(kept)


def test_a_killed_run_goes_on_where_it_was(tiny_catalogue, tmp_path, server, capsys):
    out = tmp_path / "p.jsonl"
    hold = threading.Event()
    server.fail("POST", "/v1/chat/completions", Reply(held=hold), times=100, skip=3)
    command = arguments(tiny_catalogue, server, out, "--yes", "--set", "provider.parallel=1")
    process = subprocess.Popen(
        [sys.executable, "-m", "shelftalker", *command], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        env=os.environ | {"OMP_NUM_THREADS": "1"},
    )  # fmt: skip
    journal = out.with_name("p.jsonl.journal")
    while process.poll() is None and (not journal.exists() or journal.read_bytes().count(b"\n") < 4):
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    process.communicate(timeout=60)
    hold.set()
    server.faults.clear()
    assert run([*command]) == 0
    assert "3 more were in its journal" in capsys.readouterr().out


def test_options_of_the_teacher_alone_are_refused(tiny_catalogue, capsys):
    assert run(["examples", str(tiny_catalogue), "--yes"]) == 2
    assert "go with --teacher" in capsys.readouterr().err
    assert run(["examples", str(tiny_catalogue), "--teacher", "http://x", "--price", "cheap"]) == 2
