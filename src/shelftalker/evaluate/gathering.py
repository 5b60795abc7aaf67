"""Gather the questions of an evaluation: from a run, its catalogue, its known facts and the user's own file."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from shelftalker.catalog import Catalogue
from shelftalker.errors import UnfinishedFolder
from shelftalker.evaluate.facts import Facts, find_facts_file, read_absent_titles, read_facts
from shelftalker.evaluate.own import read_own_set
from shelftalker.evaluate.questions import SetName
from shelftalker.evaluate.sets import Pool, Sets, make_sets
from shelftalker.evaluate.titles import Titles
from shelftalker.find import Finder

__all__ = ["gather"]


def gather(
    run: Path,
    catalogue: Catalogue,
    finder: Finder,
    *,
    sets: Sequence[SetName],
    count: int,
    seed: int,
    longest: int,
    own: Path | None = None,
    facts: Path | None = None,
) -> Sets:
    """Return up to `count` questions of each set, then the user's own.

    Args:
        run: whose examples tell what was trained on.
        catalogue: what is asked about.
        finder: tells near twins.
        sets: those wanted.
        count: questions a set.
        seed: of every choice.
        longest: longest question that is accepted, in characters.
        own: a file of the user's own questions.
        facts: known facts; by default those beside the catalogue's input.

    Raises:
        UnfinishedFolder: the run does not say what it was trained on.
        InputNotFound, QuestionError, CatalogueError: a file cannot be used.
    """
    mine = read_own_set(own, catalogue) if own else []
    if not sets:
        return Sets(tuple(mine))
    named = _example_uids(run)
    known, absent = _facts(catalogue, facts)
    pool = Pool(
        catalogue=catalogue,
        titles=Titles(catalogue.iterate()),
        neighbours=finder.neighbours,
        trained=named["train"],
        watched=named["validation"] - named["train"],
        facts=known,
        absent_titles=absent,
        max_question_chars=longest,
    )
    made = make_sets(pool, sets, count, seed)
    return replace(made, questions=(*made.questions, *mine))


def _example_uids(run: Path) -> dict[str, frozenset[str]]:
    """The products that the run's examples name, by split."""
    path = run / "examples.json"
    try:
        uids = json.loads(path.read_text(encoding="utf-8"))["uids"]
        return {split: frozenset(uids.get(split, ())) for split in ("train", "validation")}
    except (FileNotFoundError, json.JSONDecodeError, KeyError, AttributeError) as error:
        raise UnfinishedFolder(
            f"{path} does not say which products were trained on, so no question can be called unseen",
            fix="train the run again",
        ) from error


def _facts(catalogue: Catalogue, named: Path | None) -> tuple[Facts | None, tuple[str, ...]]:
    paths = catalogue.manifest.results.get("paths", ())
    path = named or find_facts_file(catalogue.path, catalogue.manifest.inputs, paths)
    return (read_facts(path), read_absent_titles(path)) if path else (None, ())
