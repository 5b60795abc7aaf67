"""What an answer is worth without any model: `python bench/answer_floor.py DATA [--questions 150] [--seed 5]`.

The six question sets, half of the training split held to be trained on, answered with a model that writes nothing: what
is right then is the finder's, the patterns' and the record's own words. A trained model can only be measured above it.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from reporting import finish

from shelftalker.answer import Answerer
from shelftalker.catalog import Catalogue
from shelftalker.evaluate.facts import find_facts_file, read_absent_titles, read_facts
from shelftalker.evaluate.questions import SETS, Question
from shelftalker.evaluate.scoring import score
from shelftalker.evaluate.sets import Pool, make_sets
from shelftalker.evaluate.summary import Scored, summarise
from shelftalker.evaluate.titles import Titles
from shelftalker.find import Finder
from shelftalker.records import Completion, Message

SHOWN = (
    "rouge_l",
    "value_recall",
    "attribute_accuracy",
    "answers_with_unsupported",
    "citation_precision",
    "refusal_recall",
    "false_refusal",
    "ambiguous_detected",
)


class Silent:
    """A generator that writes nothing."""

    name = "silent"

    def generate(self, conversations: Sequence[Sequence[Message]], **_: Any) -> list[Completion]:
        """Write nothing."""
        return [Completion("", 0, 0, 0.0) for _ in conversations]


def make_questions(catalogue: Catalogue, finder: Finder, count: int, seed: int) -> tuple[Question, ...]:
    facts = find_facts_file(catalogue.path, catalogue.manifest.inputs, catalogue.manifest.results.get("paths", ()))
    trained = catalogue.records("train", limit=len(catalogue) // 2, seed=seed)
    pool = Pool(
        catalogue=catalogue,
        titles=Titles(catalogue.iterate()),
        neighbours=finder.neighbours,
        trained=frozenset(record.uid for record in trained),
        facts=read_facts(facts) if facts else None,
        absent_titles=read_absent_titles(facts) if facts else (),
    )
    return make_sets(pool, SETS, count, seed).questions


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--questions", type=int, default=150)
    parser.add_argument("--seed", type=int, default=5)
    chosen = parser.parse_args()
    began = time.perf_counter()
    catalogue, finder = Catalogue.open(chosen.data), Finder.open(chosen.data)
    answerer = Answerer(finder, catalogue, Silent())
    scored = []
    for question in make_questions(catalogue, finder, chosen.questions, chosen.seed):
        answer = answerer.ask(question.question)
        right = tuple(catalogue.record(uid) for uid in question.uids)
        cited = tuple(catalogue.record(source.uid) for source in answer.sources)
        scored.append(Scored("silent", question, answer, right, score(question, answer, right, cited), alone=False))
    figures = summarise(scored, chosen.seed)["silent"]
    table = [["set", "metric", "value", "95 % interval", "n"]]
    for name, metrics in figures.items():
        for metric in (one for one in SHOWN if one in metrics):
            found = metrics[metric]
            table.append([name, metric, f"{found.value:.3f}", f"{found.low:.3f} to {found.high:.3f}", str(found.n)])
    document = {
        "data": chosen.data.name,
        "sets": {name: {m: metrics[m].to_json() for m in SHOWN if m in metrics} for name, metrics in figures.items()},
    }
    finish(document, seconds=time.perf_counter() - began, table=table)


if __name__ == "__main__":
    main()
