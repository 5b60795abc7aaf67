"""Natural sentences around the titles of a made-up catalogue: found, or refused where a word of the name is another."""

import json
import random
import re
from pathlib import Path

import pytest

from shelftalker.catalog import Catalogue
from shelftalker.catalog.titles import normalise_title
from shelftalker.config import PrepareSettings
from shelftalker.evaluate.near_misses import near_miss, replacement_words
from shelftalker.find import Finder
from shelftalker.prepare import prepare
from shelftalker.sample import write_sample

ROOT = Path(__file__).resolve().parent.parent
WORDINGS = [json.loads(line)["wording"] for line in (ROOT / "bench" / "wordings.jsonl").read_text().splitlines()]
SETS = ROOT.parent / "shared" / "data" / "questions"


@pytest.fixture(scope="module")
def made_up(tmp_path_factory):
    folder = tmp_path_factory.mktemp("made-up")
    write_sample(folder / "made-up.jsonl", products=150, seed=11)
    settings = PrepareSettings(near_duplicates=False, meaning="off")
    prepare([folder / "made-up.jsonl"], folder / "data", settings)
    return Catalogue.open(folder / "data")


def test_titles_are_found_in_sixty_wordings_and_near_misses_are_not(made_up):
    assert len(WORDINGS) == 60
    finder, rng = Finder(made_up), random.Random(2)
    records = rng.sample(list(made_up.iterate()), 60)
    titles = [record.title for record in made_up.iterate()]
    known, words = {normalise_title(title) for title in titles}, replacement_words(titles)
    lost, passed, missed = [], [], 0
    for record, wording in zip(records, WORDINGS, strict=True):
        for name in (record.title, record.title.lower()):
            found = finder.find(wording.replace("{x}", name))
            if found.status == "absent" or record.uid not in [hit.record.uid for hit in found.hits]:
                lost.append(found)
        changed = near_miss(record.title, words, known.__contains__, rng)
        if changed:
            missed += 1
            found = finder.find(wording.replace("{x}", changed))
            if found.status in ("found", "several"):
                passed.append(wording.replace("{x}", changed))
    assert not lost
    assert missed > 50
    assert len(passed) <= 0.06 * missed, passed


def test_no_question_of_the_measuring_sets_stands_in_the_package():
    if not SETS.is_dir():
        pytest.skip(f"the question sets are not beside the checkout: {SETS}")

    def plain(text: str) -> str:
        return " ".join(re.findall(r"\w+", text.casefold()))

    asked = {
        plain(json.loads(line)["question"])
        for name in ("free_questions", "epqa_questions")
        for line in (SETS / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    }
    wanted = {question for question in asked if len(question.split()) >= 5}
    assert wanted
    suffixes = {".py", ".toml", ".json", ".jsonl", ".txt", ".js", ".html"}
    for path in (ROOT / "src").rglob("*"):
        if path.suffix in suffixes:
            text = f" {plain(path.read_text(encoding='utf-8'))} "
            assert not [question for question in wanted if f" {question} " in text], path
