"""The report's table: the base model, the tuned one, the tuned one at temperature 0, and the original content."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from shelftalker.answer import Asked
from shelftalker.artifacts import Parent, hash_manifest, make_manifest, write_atomic, write_manifest
from shelftalker.catalog import Catalogue
from shelftalker.config import AnswerSettings, CompareSettings, ProviderSettings
from shelftalker.errors import CatalogueError
from shelftalker.evaluate import comparison_page
from shelftalker.evaluate.asking import Asks, OnProgress, Open
from shelftalker.evaluate.people import read_questions
from shelftalker.evaluate.questions import Question
from shelftalker.evaluate.run import OpenRun, claim_folder, open_run, opener
from shelftalker.evaluate.systems import System, find_system
from shelftalker.metrics import rouge_l
from shelftalker.pages.loss import read_loss
from shelftalker.prompts import detect_language
from shelftalker.prompts.forms import description_forms
from shelftalker.providers import who_answers
from shelftalker.records import Answer, Mode, Record, Split

__all__ = ["Column", "Compared", "Comparison", "Row", "Scored", "compare"]

_FILES = {"page": "compare.html", "table": "compare.md", "document": "compare.json"}
_SPARE = 4
_SPLITS: tuple[Split, ...] = ("validation", "test", "train")


@dataclass(frozen=True, slots=True)
class Column:
    """One system of the table. `key`: "base", "tuned" or "tuned_temperature_0"."""

    key: str
    tuned: bool
    temperature: float


@dataclass(frozen=True, slots=True)
class Scored:
    """An answer and its ROUGE-L against the record's content; None where there is no record."""

    answer: Answer
    rouge_l: float | None


@dataclass(frozen=True, slots=True)
class Row:
    """A question, the record that it asks about where the catalogue has one, and the answers, one a column."""

    question: str
    record: Record | None
    answers: tuple[Scored, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """The report's table."""

    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    mode: Mode
    drawn_from: str

    def mean(self, column: Column) -> float | None:
        """Return the column's mean ROUGE-L over the questions that have an original; None where none has."""
        place = self.columns.index(column)
        known = [score for row in self.rows if (score := row.answers[place].rouge_l) is not None]
        return sum(known) / len(known) if known else None

    def grounded(self, column: Column) -> int:
        """Return how many of the column's answers hold nothing unsupported."""
        place = self.columns.index(column)
        return sum(row.answers[place].answer.grounded for row in self.rows)

    def to_json(self) -> dict[str, Any]:
        """Return plain lists, dicts, strings and numbers."""
        columns = {
            column.key: {
                "tuned": column.tuned,
                "temperature": column.temperature,
                "rouge_l": self.mean(column),
                "grounded": self.grounded(column),
            }
            for column in self.columns
        }
        rows = [
            {
                "question": row.question,
                "uid": row.record.uid if row.record else None,
                "title": row.record.title if row.record else None,
                "original": row.record.content if row.record else None,
                "answers": {
                    column.key: scored.answer.to_json() | {"rouge_l": scored.rouge_l}
                    for column, scored in zip(self.columns, row.answers, strict=True)
                },
            }
            for row in self.rows
        ]
        return {"mode": self.mode, "drawn_from": self.drawn_from, "columns": columns, "rows": rows}


@dataclass(frozen=True, slots=True)
class Compared:
    """A finished comparison and its folder."""

    run: str
    comparison: Comparison
    folder: Path
    files: Mapping[str, Path]
    seconds: float

    def to_json(self) -> dict[str, Any]:
        """Return the document of `compare.json`, and where the files lie."""
        files = {role: str(path) for role, path in self.files.items()}
        return {"run": self.run, **self.comparison.to_json(), "files": files, "seconds": round(self.seconds, 3)}


def compare(
    run: Path,
    settings: CompareSettings,
    answer_settings: AnswerSettings,
    *,
    questions: Path | None = None,
    data: Path | None = None,
    out: Path | None = None,
    mode: Mode | None = None,
    limit: int | None = None,
    command: str = "",
    provider: ProviderSettings | None = None,
    open_system: Open | None = None,
    on_progress: OnProgress | None = None,
) -> Compared:
    """Ask the base model and the tuned one the same questions, and write the table of the answers.

    Args:
        run: a folder that `train` made.
        settings: temperature, how many questions, random seed, sources, language.
        answer_settings: how an answer is made; its repair is switched off, since the models are compared.
        questions: a file of questions; without one a sample of the validation set is asked about.
        data: a prepared catalogue to ask about, in place of the run's own.
        out: folder to write; by default `compare` inside the run.
        mode: by default the one the run was trained for.
        limit: at most so many questions.
        command: what the page says it was made with.
        provider: which server answers in place of a model, and how a hosted one is asked.
        open_system: gives a system's answerer; by default the run's own models.
        on_progress: called with the column's key, answers done and answers wanted.

    Raises:
        FolderError: the run is unfinished, or its catalogue changed.
        QuestionError, InputNotFound: the file of questions cannot be used.
    """
    started = time.monotonic()
    opened = open_run(run, data)
    folder = claim_folder(out or run / "compare", _FILES.values())
    asked, drawn_from = _of_file(questions, opened, limit), "file"
    if not asked:
        asked, drawn_from = _sample(opened.catalogue, limit or settings.questions, settings.seed)
    raw = answer_settings.model_copy(update={"repair": False})
    comparison = _fill(
        asked,
        _columns(settings.temperature),
        open_system or opener(opened, raw, provider=provider),
        mode=mode or ("closed-book" if opened.mode == "closed-book" else "open-book"),
        drawn_from=drawn_from,
        on_progress=on_progress,
    )
    compared = Compared(
        opened.name, comparison, folder, {role: folder / name for role, name in _FILES.items()},
        time.monotonic() - started,
    )  # fmt: skip
    _write(compared, opened, settings, command, who_answers(provider))
    return compared


def _columns(temperature: float) -> tuple[Column, ...]:
    """The report's columns: before, after, after at temperature 0."""
    return (
        Column("base", tuned=False, temperature=temperature),
        Column("tuned", tuned=True, temperature=temperature),
        Column("tuned_temperature_0", tuned=True, temperature=0.0),
    )


def _of_file(path: Path | None, opened: OpenRun, limit: int | None) -> list[tuple[Question, Record | None]]:
    """The questions of a file, each with its product: that which is given, or that which is found."""
    if path is None:
        return []
    asked: list[tuple[Question, Record | None]] = []
    for question in read_questions(path, opened.catalogue)[0][:limit]:
        record = opened.catalogue.record(question.uids[0]) if question.uids else None
        if record is None:
            found = opened.finder.find(question.question)
            record = found.hits[0].record if found.status == "found" else None
        asked.append((question, record))
    return asked


def _sample(catalogue: Catalogue, count: int, seed: int) -> tuple[list[tuple[Question, Record | None]], Split]:
    """Ask what a product is, in the report's own words, about a sample of the validation set.

    A catalogue too small for a validation set is asked about its test set, or else about what was trained on; titles
    that several records share are left out where there are others.
    """
    for split in _SPLITS:
        records = catalogue.records(split, limit=count * _SPARE, seed=seed)
        random.Random(seed).shuffle(records)
        if records:
            # Stable: those with something to compare first, still at random.
            records.sort(key=lambda one: len(catalogue.same_title(one.title)) > 1)
            return [(_what_is(record), record) for record in records[:count]], split
    raise CatalogueError(
        f"{catalogue.path} has no records to ask about", fix="prepare it again from a file with titles and contents"
    )


def _what_is(record: Record) -> Question:
    language = detect_language(record.content)
    asked = description_forms(language)[0].format(x=record.title)
    return Question(record.uid, "own", asked, language, (record.uid,), record.uid, record.title)


def _fill(
    asked: Sequence[tuple[Question, Record | None]],
    columns: Sequence[Column],
    open_system: Open,
    *,
    mode: Mode,
    drawn_from: str,
    on_progress: Callable[[str, int, int], None] | None = None,
) -> Comparison:
    """Ask every question of every column; columns of the same model stand together, so that each is loaded once."""
    by_column: list[list[Answer]] = []
    for column in columns:
        system: Asks = open_system(_system(column, mode))
        answers: list[Answer] = []
        questions = [Asked(question.question, question.uid, question.history) for question, _ in asked]
        for answer in system.ask_all(questions, mode=mode, temperature=column.temperature):
            answers.append(answer)
            if on_progress:
                on_progress(column.key, len(answers), len(asked))
        by_column.append(answers)
    rows = [
        Row(question.question, record, tuple(_score(answer, record) for answer in answers))
        for (question, record), *answers in zip(asked, *by_column, strict=True)
    ]
    return Comparison(tuple(columns), tuple(rows), mode, drawn_from)


def _system(column: Column, mode: Mode) -> System:
    return find_system(f"{'tuned' if column.tuned else 'base'}_{mode.removesuffix('-book')}")


def _score(answer: Answer, record: Record | None) -> Scored:
    return Scored(answer, rouge_l(answer.answer, record.content) if record else None)


def _write(
    compared: Compared, opened: OpenRun, settings: CompareSettings, command: str, answering: Mapping[str, str]
) -> None:
    comparison, language = compared.comparison, settings.language
    page = comparison_page.as_html(
        comparison,
        read_loss(opened.path / "loss.jsonl"),
        run=opened.name,
        facts=opened.facts(language, answering),
        sources=settings.sources,
        language=language,
        command=command,
    )
    table = comparison_page.as_markdown(comparison, run=opened.name, sources=settings.sources, language=language)
    document = comparison_page.as_json(comparison, run=opened.name, seconds=compared.seconds)
    for role, text in {"page": page, "table": table, "document": document}.items():
        write_atomic(compared.files[role], text)
    means: dict[str, Any] = {column.key: comparison.mean(column) for column in comparison.columns}
    made = make_manifest(
        "comparison",
        settings=settings.model_dump() | ({"provider": dict(answering)} if answering else {}),
        seed=settings.seed,
        parent=Parent(path=str(opened.path.resolve()), manifest_sha256=hash_manifest(opened.path)),
        counts={"questions": len(comparison.rows)},
        files=dict(_FILES),
        seconds=round(compared.seconds, 3),
        results={"rouge_l": means, "mode": comparison.mode, "drawn_from": comparison.drawn_from},
    )
    write_manifest(compared.folder, made)
