"""Evaluate a run and write its `eval/` folder."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from shelftalker.artifacts import Parent, hash_manifest, make_manifest, write_atomic, write_manifest
from shelftalker.config import AnswerSettings, EvaluateSettings, ProviderSettings
from shelftalker.errors import CatalogueError
from shelftalker.evaluate.asking import OnProgress, Open, ask_systems
from shelftalker.evaluate.bars import hold, protocol_bars
from shelftalker.evaluate.card import model_card
from shelftalker.evaluate.evidence import evidence_place
from shelftalker.evaluate.journal import Journal
from shelftalker.evaluate.page import as_html
from shelftalker.evaluate.people import read_questions
from shelftalker.evaluate.questions import PEOPLE, SETS, Question, SetName
from shelftalker.evaluate.report import score_report
from shelftalker.evaluate.result import Evaluation
from shelftalker.evaluate.run import OpenRun, claim_folder, open_run, opener
from shelftalker.evaluate.scoring import score
from shelftalker.evaluate.sets import Sets, make_sets, pool_of
from shelftalker.evaluate.summary import Scored, summarise, summarise_groups
from shelftalker.evaluate.systems import System, default_systems
from shelftalker.evaluate.tables import as_markdown
from shelftalker.pages.texts import text_for
from shelftalker.providers import who_answers
from shelftalker.records import Record

__all__ = ["Choice", "Evaluated", "evaluate"]

_FILES = {
    "document": "evaluation.json",
    "page": "evaluation.html",
    "table": "evaluation.md",
    "questions": "questions.jsonl",
    "answers": "answers.jsonl",
}


@dataclass(frozen=True)
class Choice:
    """What of an evaluation is done.

    Attributes:
        quick: fewer questions a set, shorter closed-book answers.
        sets: the templated sets asked; none where files of questions alone are asked.
        systems: the systems measured; by default those of the run's mode.
        files: files of questions: people's sets, or a user's own.
        all_kinds: also ask people's questions that have no sure answer.
        facts: known facts; by default those beside the catalogue's input.
        report_answers: the original report's answers, to be scored as a baseline.
        data: a prepared catalogue to ask about, in place of the run's own.
        out: folder to write; by default `eval` inside the run.
        fresh: discard saved answers and start over.
        command: what the page says it was made with.
    """

    quick: bool = False
    sets: tuple[SetName, ...] = SETS
    systems: tuple[System, ...] = ()
    files: tuple[Path, ...] = ()
    all_kinds: bool = False
    facts: Path | None = None
    report_answers: Path | None = None
    data: Path | None = None
    out: Path | None = None
    fresh: bool = False
    command: str = ""


@dataclass(frozen=True)
class Evaluated:
    """A finished evaluation, its document and its files."""

    evaluation: Evaluation
    document: Mapping[str, Any]
    folder: Path
    files: Mapping[str, Path]


def evaluate(
    run: Path,
    settings: EvaluateSettings,
    answer_settings: AnswerSettings,
    choice: Choice | None = None,
    *,
    provider: ProviderSettings | None = None,
    open_system: Open | None = None,
    on_progress: OnProgress | None = None,
) -> Evaluated:
    """Measure a run: no model, base and tuned, on people's questions and on the templated sets.

    Interrupted, the same call goes on with the answers that are already there.

    Args:
        run: a folder that `train` made.
        settings: how many questions, seeds, language of the page.
        answer_settings: how questions are answered; all systems get the same.
        choice: what of it is done; by default the templated sets.
        provider: which server answers in place of a model, and how a hosted one is asked.
        open_system: gives a system's answerer; by default the run's own models.
        on_progress: told of each answer.

    Raises:
        FolderError: the run is unfinished, or its catalogue changed.
        UsageError, QuestionError, CatalogueError: what was chosen cannot be asked.
    """
    started = time.monotonic()
    choice = choice or Choice()
    opened = open_run(run, choice.data)
    sets = _gather(opened, settings, answer_settings, choice)
    if not sets.questions:
        raise CatalogueError(
            "there is no question to ask: " + "; ".join(sets.notes), fix="choose other --sets, or --set FILE"
        )
    report = score_report(choice.report_answers, settings.seed) if choice.report_answers else {}
    answers = _FILES["answers"]
    folder = claim_folder(choice.out or run / "eval", _FILES.values(), journal=answers, fresh=choice.fresh)
    write_atomic(folder / _FILES["questions"], "".join(_json_line(q.to_json()) for q in sets.questions))
    systems = choice.systems or default_systems(opened.mode)
    tokens = settings.quick_closed_book_tokens if choice.quick else settings.closed_book_tokens
    closed = {"max_new_tokens": tokens, "batch_questions": settings.closed_book_batch}
    with Journal(folder / answers, _plan(opened, sets.questions, answer_settings, tokens, provider)) as journal:
        ask_systems(
            sets.questions,
            systems,
            open_system or opener(opened, answer_settings, answer_settings.model_copy(update=closed), provider),
            journal,
            timed=settings.quick_timed_questions if choice.quick else settings.timed_questions,
            on_progress=on_progress,
        )
        scored = _score_all(sets.questions, systems, journal, opened, answer_settings)
    figures = summarise(scored, settings.seed)
    measured = Evaluation(
        run=opened.name,
        mode=opened.mode,
        figures=figures,
        groups=summarise_groups(scored, settings.seed),
        scored=scored,
        bars=hold(protocol_bars(opened.mode, {question.set for question in sets.questions}), figures),
        notes=sets.notes,
        seed=settings.seed,
        seconds=time.monotonic() - started,
        base=str(opened.manifest.settings.get("base", "")),
        report=report,
    )
    return _write(measured, folder, opened, settings, choice, who_answers(provider))


def _gather(opened: OpenRun, settings: EvaluateSettings, answers: AnswerSettings, choice: Choice) -> Sets:
    """Return people's questions and a user's own, then up to so many of each templated set."""
    count = settings.quick_questions_per_set if choice.quick else settings.questions_per_set
    questions: list[Question] = []
    notes: list[str] = []
    for path in choice.files:
        read, left_out = read_questions(path, opened.catalogue, all_kinds=choice.all_kinds)
        questions += read[:: max(1, len(read) // count)] if choice.quick else read
        notes += left_out
    if choice.sets:
        longest = answers.max_question_chars
        pool = pool_of(opened.path, opened.catalogue, opened.finder, facts=choice.facts, longest=longest)
        made = make_sets(pool, choice.sets, count, settings.seed)
        questions += made.questions
        notes += made.notes
    return Sets(tuple(questions), tuple(notes))


def _plan(
    opened: OpenRun,
    questions: Sequence[Question],
    answers: AnswerSettings,
    closed_book_tokens: int,
    provider: ProviderSettings | None,
) -> dict[str, Any]:
    """What must be the same for answers of an interrupted evaluation to count."""
    answering = who_answers(provider)
    return {
        "run": hash_manifest(opened.path),
        "catalogue": hash_manifest(opened.catalogue.path),
        "questions": hashlib.sha256("".join(_json_line(q.to_json()) for q in questions).encode()).hexdigest(),
        "answer": answers.model_dump(mode="json"),
        "closed_book_tokens": closed_book_tokens,
    } | ({"provider": answering} if answering else {})


def _score_all(
    questions: Sequence[Question],
    systems: Sequence[System],
    journal: Journal,
    opened: OpenRun,
    settings: AnswerSettings,
) -> list[Scored]:
    @cache
    def record(uid: str) -> Record | None:
        try:
            return opened.catalogue.record(uid)
        except CatalogueError:  # a product that people asked about, and that the catalogue left out
            return None

    def records(uids: Sequence[str]) -> tuple[Record, ...]:
        return tuple(found for uid in uids if (found := record(uid)) is not None)

    places = {
        q.key: evidence_place(q, opened.finder, opened.catalogue, settings) if q.set in PEOPLE and q.title else None
        for q in questions
    }
    scored = []
    for system in systems:
        for question in questions:
            answered = journal.done[system.name, question.key]
            answer, right = answered.answer, records(question.uids)
            cited = records([source.uid for source in answer.sources])
            figures = score(question, answer, right, cited, places[question.key])
            scored.append(Scored(system.name, question, answer, right, figures, answered.alone))
    return scored


def _write(
    measured: Evaluation,
    folder: Path,
    opened: OpenRun,
    settings: EvaluateSettings,
    choice: Choice,
    answering: Mapping[str, str],
) -> Evaluated:
    run, language = opened.path, settings.language
    made = make_manifest(
        "evaluation",
        settings=settings.model_dump(mode="json")
        | {"quick": choice.quick}
        | ({"provider": dict(answering)} if answering else {}),
        seed=settings.seed,
        parent=Parent(path=str(run.resolve()), manifest_sha256=hash_manifest(run)),
        counts={"questions": len({one.question.key for one in measured.scored}), "answers": len(measured.scored)},
        files=dict(_FILES),
        seconds=round(measured.seconds, 3),
        results={
            "main_system": measured.main_system,
            "bars_reached": sum(bool(held.reached) for held in measured.bars),
            "bars_measured": sum(held.reached is not None for held in measured.bars),
        },
    )
    machine = f"{made.device.get('cores')} {text_for('cores', language)}, {made.device.get('machine')}"
    facts = opened.facts(language, answering) | {
        text_for("machine", language): machine,
        text_for("seed", language): str(settings.seed),
    }
    measured = replace(measured, facts=facts)
    document = measured.to_json(made.model_dump(mode="json"))
    texts = {
        "document": json.dumps(document, ensure_ascii=False, indent=1) + "\n",
        "page": as_html(measured, language=language, extremes=settings.extremes, command=choice.command),
        "table": as_markdown(measured, language, choice.command),
    }
    for role, text in texts.items():
        write_atomic(folder / _FILES[role], text)
    files = {role: folder / name for role, name in _FILES.items()}
    # the card tells of the run's own model, not of a server that stood in for it
    whole = {*SETS, *PEOPLE} & {one.question.set for one in measured.scored}
    if "url" not in answering and whole and folder.parent.resolve() == run.resolve():
        files["card"] = run / "README.md"
        card = model_card(measured, opened.manifest, opened.catalogue.manifest, choice.command)
        write_atomic(files["card"], card)
    write_manifest(folder, made)
    return Evaluated(measured, document, folder, files)


def _json_line(document: Mapping[str, Any]) -> str:
    return json.dumps(document, ensure_ascii=False) + "\n"
