"""The judge: its rules by hand, and that it agrees with the script that the project is measured by."""

from __future__ import annotations

import importlib.util
import json
import random
from pathlib import Path

import pytest

from shelftalker.evaluate.judge import judge, own_words, what_was_said
from shelftalker.evaluate.people import read_questions
from shelftalker.evaluate.questions import Question
from shelftalker.records import Answer, Nearest, Record, Source


def _answer(text: str, *sources: str, quotes: tuple[str, ...] = (), nearest: tuple[str, ...] = (), **changes) -> Answer:
    cited = tuple(Source(uid, "t", "f", 1, quotes) for uid in sources)
    near = tuple(Nearest(uid, "t") for uid in nearest)
    values = {"refused": False, "ambiguous": False, "grounded": True, "model": "m", "seconds": 1.0, **changes}
    return Answer("q", text, "open-book", sources=cited, nearest=near, **values)


def _ask(kind: str, *uids: str, question: str = "How heavy is the lamp?", **more) -> Question:
    return Question("k", "free", question, "en", uids, "g", "t", kind=kind, **more)


HEAVY = _ask("quantity", "A", gold="2.5 kilograms", quote="The lamp weighs 2.5 kg and stands alone")
PLUG = _ask("yes_no", "A", gold="No, it needs batteries", quote="runs on batteries only")


@pytest.mark.parametrize(
    ("question", "answer", "right"),
    [
        (HEAVY, _answer("2.5 kg.", "A"), True),
        (HEAVY, _answer("3.5 kg.", "A"), False),
        (HEAVY, _answer("The lamp stands alone and weighs 2.5 kg", "A"), True),
        (HEAVY, _answer("2.5 kg.", "B"), False),
        (HEAVY, _answer("2.5 kg. " + "And it shines. " * 40, "A"), False),
        (HEAVY, _answer("The record does not say.", "A"), False),
        (HEAVY, _answer("It is heavy.", "A", quotes=("The lamp weighs 2.5 kg and stands alone",)), True),
        (PLUG, _answer("No, batteries only.", "A"), True),
        (PLUG, _answer("Yes, it has a plug.", "A"), False),
        (PLUG, _answer("The record does not mention a plug: it runs on batteries only.", "A"), True),
        (_ask("unstated", "A"), _answer("The record does not say.", "A", refused=True), True),
        (_ask("unstated", "A"), _answer("The record does not say.", refused=True), False),
        (_ask("unstated", "A"), _answer("It is red.", "A"), False),
        (_ask("absent"), _answer("Not here.", refused=True), True),
        (_ask("off_topic"), _answer("Sure, a poem:", "A"), False),
        (_ask("ambiguous", "A", "B", "C"), _answer("Which?", nearest=("A", "C"), ambiguous=True), True),
        (_ask("ambiguous", "A", "B", "C"), _answer("It is red.", "A"), False),
        (_ask("discover", "A", "B"), _answer("Two fit", nearest=("A", "B", "C")), True),
        (_ask("discover", "A", "B"), _answer("Some fit", nearest=("A", "B", "C", "D", "E")), False),
        (_ask("discover", "A", "B"), _answer("None fits", nearest=("A", "B"), refused=True), False),
        (_ask("partly", "A"), _answer("It is red.", "A"), None),
    ],
)
def test_right_and_wrong(question, answer, right):
    assert judge(question, what_was_said(answer))[0] is right


def test_own_words_are_judged_without_what_is_quoted_for_them():
    answer = _answer("The record says: “2.5 kg”", "A", quotes=("2.5 kg",), model_text="9 kg. [1]")
    assert judge(HEAVY, what_was_said(answer))[0] is True
    own = own_words(answer)
    assert own is not None
    assert (own.text, own.quotes) == ("9 kg.", "")
    assert judge(HEAVY, own)[0] is False
    assert own_words(_answer("2.5 kg", "A")) is None


class AnyCatalogue:
    """Has a record of every uid."""

    def record(self, uid: str) -> Record:
        return Record(uid, f"Title {uid}", "content", "f", 1)


@pytest.mark.sample_data
@pytest.mark.parametrize("name", ["free_questions.jsonl", "epqa_questions.jsonl"])
def test_the_judge_agrees_with_the_script(sample_data, name):
    """Thousands of answers of every sort: right, another question's, refusals, lists, long ones, of another record."""
    file = sample_data.parent / "tools" / "score_questions.py"
    spec = importlib.util.spec_from_file_location("score_questions", file)
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    path: Path = sample_data / "questions" / name
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    questions, _ = read_questions(path, AnyCatalogue(), all_kinds=True)
    assert len(questions) == len(rows)
    rng, judged, rights = random.Random(1), 0, 0
    for row, question in zip(rows, questions, strict=True):
        for answer in _answers(row, rows, rng):
            expected, _ = script.judge(row, answer.to_json())
            got, why = judge(question, what_was_said(answer))
            assert got is (None if expected is None else bool(expected)), (row["question"], answer.answer, why)
            judged, rights = judged + 1, rights + bool(got)
    assert judged > 3000
    assert 200 < rights < judged - 200


def _answers(row, rows, rng):
    other = rng.choice(rows)
    texts = [*_texts(row), *_texts(other), "Yes, it does.", "No.", "Sim", "The record does not say.", "Não diz isso."]
    texts += [f"The record says: “{text}”" for text in _texts(row)[:1]] + [rng.choice(_texts(row)) + " word" * 80]
    uids = row.get("uids") or [row.get("uid", "NONE")]
    for text in texts:
        words = text.split()
        part = " ".join(words[: rng.randrange(1, len(words) + 1)])
        for said in (text, part):
            sources = rng.choice([uids[:1], uids, (), ("ELSE",)])
            nearest = rng.choice([(), uids, [*uids, "X", "Y"], rng.sample(uids, rng.randrange(len(uids) + 1))])
            quotes = tuple(rng.choice([(), _texts(row)[:1], _texts(other)[:1]]))
            yield _answer(said, *sources, quotes=quotes, nearest=nearest, refused=rng.random() < 0.15)


def _texts(row) -> list[str]:
    found = [row.get("gold", ""), row.get("quote", ""), *row.get("answers", ()), *row.get("evidence", ())]
    return [text for text in found if text.strip()] or [row["question"]]
