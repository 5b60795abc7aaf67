"""Evaluate a run and write its `eval/` folder."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from shelftalker.artifacts import (
    Manifest,
    Parent,
    check_parent,
    hash_manifest,
    make_manifest,
    read_manifest,
    write_atomic,
    write_manifest,
)
from shelftalker.catalog import Catalogue
from shelftalker.config import AnswerSettings, EvaluateSettings, ProviderSettings
from shelftalker.errors import CatalogueError, UnfinishedFolder, UsageError, storage_errors
from shelftalker.evaluate.asking import Asks, OnProgress, Open, ask_systems
from shelftalker.evaluate.bars import hold, protocol_bars
from shelftalker.evaluate.card import model_card
from shelftalker.evaluate.gathering import gather
from shelftalker.evaluate.journal import Journal
from shelftalker.evaluate.markdown import as_markdown
from shelftalker.evaluate.page import as_html
from shelftalker.evaluate.questions import SETS, Question, SetName
from shelftalker.evaluate.report import score_report
from shelftalker.evaluate.result import Evaluation
from shelftalker.evaluate.scoring import score
from shelftalker.evaluate.summary import Scored, summarise
from shelftalker.evaluate.systems import SYSTEMS, System
from shelftalker.find import Finder
from shelftalker.pages.rendering import integer
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
        sets: the sets asked; none where `own` alone is asked.
        systems: the systems measured.
        own: a file of the user's own questions.
        facts: known facts; by default those beside the catalogue's input.
        report_answers: the original report's answers, to be scored as a baseline.
        out: folder to write; by default `eval` inside the run.
        fresh: ask everything again, also what an interrupted evaluation has answered.
        command: what the page says it was made with.
    """

    quick: bool = False
    sets: tuple[SetName, ...] = SETS
    systems: tuple[System, ...] = SYSTEMS
    own: Path | None = None
    facts: Path | None = None
    report_answers: Path | None = None
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
    """Measure a run, base and tuned, open- and closed-book, on the six question sets.

    Interrupted, the same call goes on with the answers that are already there.

    Args:
        run: a folder that `train` made.
        settings: how many questions, seeds, language of the page.
        answer_settings: how questions are answered; all systems get the same.
        choice: what of it is done; by default all.
        provider: which server answers in place of a model, and how a hosted one is asked.
        open_system: gives a system's answerer; by default the run's own models.
        on_progress: told of each answer.

    Raises:
        FolderError: the run is unfinished, or its catalogue changed.
        UsageError, QuestionError, CatalogueError: what was chosen cannot be asked.
    """
    started = time.monotonic()
    choice = choice or Choice()
    manifest = read_manifest(run, "run")
    data = _catalogue_of(run, manifest)
    catalogue, finder = Catalogue.open(data), Finder.open(data)
    sets = gather(
        run,
        catalogue,
        finder,
        sets=choice.sets,
        count=settings.quick_questions_per_set if choice.quick else settings.questions_per_set,
        seed=settings.seed,
        longest=answer_settings.max_question_chars,
        own=choice.own,
        facts=choice.facts,
    )
    if not sets.questions:
        raise CatalogueError(
            "there is no question to ask: " + "; ".join(sets.notes), fix="choose other --sets, or --set FILE"
        )
    report = score_report(choice.report_answers, settings.seed) if choice.report_answers else {}
    folder = _claim(choice.out or run / "eval", fresh=choice.fresh)
    write_atomic(folder / _FILES["questions"], "".join(_json_line(q.to_json()) for q in sets.questions))
    opened = open_system or _opener(
        run, manifest, catalogue, finder, settings, answer_settings, provider, quick=choice.quick
    )
    timed = settings.quick_timed_questions if choice.quick else settings.timed_questions
    answering = who_answers(provider)
    plan = _plan(run, sets.questions, settings, answer_settings, choice.quick)
    plan |= {"provider": answering} if answering else {}
    with Journal(folder / _FILES["answers"], plan) as journal:
        ask_systems(sets.questions, choice.systems, opened, journal, timed=timed, on_progress=on_progress)
        scored = _score_all(sets.questions, choice.systems, journal, catalogue)
    figures = summarise(scored, settings.seed)
    mode = str(manifest.settings.get("mode", "open-book"))
    measured = Evaluation(
        run=run.resolve().name,
        mode=mode,
        figures=figures,
        scored=scored,
        bars=hold(protocol_bars(mode), figures),
        notes=sets.notes,
        seed=settings.seed,
        seconds=time.monotonic() - started,
        base=str(manifest.settings.get("base", "")),
        report=report,
    )
    return _write(measured, folder, run, manifest, catalogue, settings, choice, answering)


def _catalogue_of(run: Path, manifest: Manifest) -> Path:
    if manifest.parent is None:
        raise UnfinishedFolder(f"{run} does not say which catalogue it was made from", fix="train it again")
    return check_parent(manifest.parent, "catalogue", child=run)


def _opener(
    run: Path,
    manifest: Manifest,
    catalogue: Catalogue,
    finder: Finder,
    settings: EvaluateSettings,
    answer_settings: AnswerSettings,
    provider: ProviderSettings | None,
    *,
    quick: bool,
) -> Open:
    """Load each model once, for the systems that share it; closed-book answers are cut at a bound of their own."""
    from shelftalker.answer import Answerer, open_writer

    tokens = settings.quick_closed_book_tokens if quick else settings.closed_book_tokens
    closed = answer_settings.model_copy(
        update={"max_new_tokens": tokens, "batch_questions": settings.closed_book_batch}
    )
    loaded: dict[bool, Any] = {}

    def open_system(system: System) -> Asks:
        if system.tuned not in loaded:
            loaded.clear()  # lets go of the other model before this one is loaded
            loaded[system.tuned] = open_writer(run, manifest, tuned=system.tuned, provider=provider)
        use = closed if system.mode == "closed-book" else answer_settings
        return Answerer(finder, catalogue, loaded[system.tuned], use)

    return open_system


def _plan(
    run: Path, questions: Sequence[Question], settings: EvaluateSettings, answers: AnswerSettings, quick: bool
) -> dict[str, Any]:
    """What must be the same for answers of an interrupted evaluation to count."""
    asked = hashlib.sha256("".join(_json_line(q.to_json()) for q in questions).encode()).hexdigest()
    tokens = settings.quick_closed_book_tokens if quick else settings.closed_book_tokens
    return {
        "run": hash_manifest(run),
        "questions": asked,
        "answer": answers.model_dump(mode="json"),
        "closed_book_tokens": tokens,
    }


def _score_all(
    questions: Sequence[Question], systems: Sequence[System], journal: Journal, catalogue: Catalogue
) -> list[Scored]:
    known: dict[str, Record] = {}

    def records(uids: Sequence[str]) -> tuple[Record, ...]:
        for uid in uids:
            if uid not in known:
                known[uid] = catalogue.record(uid)
        return tuple(known[uid] for uid in uids)

    scored = []
    for system in systems:
        for question in questions:
            answered = journal.done[system.name, question.key]
            answer = answered.answer
            right = records(question.uids)
            cited = records([source.uid for source in answer.sources])
            figures = score(question, answer, right, cited)
            scored.append(Scored(system.name, question, answer, right, figures, answered.alone))
    return scored


def _claim(folder: Path, *, fresh: bool) -> Path:
    """Make the folder, or take back an earlier evaluation; what an interrupted one answered stays."""
    with storage_errors(folder):
        if folder.is_file():
            raise UsageError(f"{folder} is a file", fix="name a folder with --out")
        ours = {"manifest.json", *_FILES.values()}
        strange = [path.name for path in folder.iterdir() if path.name not in ours] if folder.is_dir() else []
        if any(not name.startswith(".") for name in strange):
            raise UsageError(f"{folder} holds other files, such as {strange[0]}", fix="name a new folder with --out")
        folder.mkdir(parents=True, exist_ok=True)
        finished = (folder / "manifest.json").exists()
        (folder / "manifest.json").unlink(missing_ok=True)
        if finished or fresh:
            (folder / _FILES["answers"]).unlink(missing_ok=True)
    return folder


def _write(
    measured: Evaluation,
    folder: Path,
    run: Path,
    manifest: Manifest,
    catalogue: Catalogue,
    settings: EvaluateSettings,
    choice: Choice,
    answering: Mapping[str, str],
) -> Evaluated:
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
    facts = _page_facts(measured, made, catalogue, settings)
    if answering:
        facts[text_for("answered_by", settings.language)] = ", ".join(answering.values())
    measured = replace(measured, facts=facts)
    document = measured.to_json(made.model_dump(mode="json"))
    texts = {
        "document": json.dumps(document, ensure_ascii=False, indent=1) + "\n",
        "page": as_html(measured, language=settings.language, extremes=settings.extremes, command=choice.command),
        "table": as_markdown(measured, settings.language, choice.command),
    }
    for role, text in texts.items():
        write_atomic(folder / _FILES[role], text)
    files = {role: folder / name for role, name in _FILES.items()}
    # the card tells of the run's own model, not of a server that stood in for it
    if (
        "url" not in answering
        and folder.parent.resolve() == run.resolve()
        and set(SETS) & {one.question.set for one in measured.scored}
    ):
        card = run / "README.md"
        write_atomic(card, model_card(measured, manifest, catalogue.manifest, choice.command))
        files["card"] = card
    write_manifest(folder, made)
    return Evaluated(measured, document, folder, files)


def _page_facts(
    measured: Evaluation, made: Manifest, catalogue: Catalogue, settings: EvaluateSettings
) -> dict[str, str]:
    def t(key: str) -> str:
        return text_for(key, settings.language)

    machine = f"{made.device.get('cores')} {t('cores')}, {made.device.get('machine')}"
    return {
        t("base_model"): measured.base,
        t("mode"): t(measured.mode) if measured.mode != "both" else f"{t('open-book')}, {t('closed-book')}",
        t("catalogue"): f"{catalogue.path.name}, {integer(len(catalogue), settings.language)} {t('records')}",
        t("machine"): machine,
        t("seed"): str(settings.seed),
    }


def _json_line(document: Mapping[str, Any]) -> str:
    return json.dumps(document, ensure_ascii=False) + "\n"
