"""Make a comparison's folder from a run."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

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
from shelftalker.compare.output import as_html, as_json, as_markdown
from shelftalker.compare.questions import Asked, read_questions, sample_questions
from shelftalker.compare.table import AsksMany, Column, Comparison, fill
from shelftalker.config import AnswerSettings, CompareSettings, ProviderSettings
from shelftalker.errors import UsageError, storage_errors
from shelftalker.pages.loss import read_loss
from shelftalker.pages.rendering import integer
from shelftalker.pages.texts import text_for
from shelftalker.providers import who_answers
from shelftalker.records import Mode

if TYPE_CHECKING:
    from shelftalker.catalog import Catalogue

__all__ = ["Compared", "compare"]

OnProgress = Callable[[str, int, int], None]
_FILES = {"page": "compare.html", "table": "compare.md", "document": "compare.json"}


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
    out: Path | None = None,
    mode: Mode | None = None,
    limit: int | None = None,
    command: str = "",
    provider: ProviderSettings | None = None,
    open_system: Callable[[bool], AsksMany] | None = None,
    on_progress: OnProgress | None = None,
) -> Compared:
    """Ask the base model and the tuned one the same questions, and write the table of the answers.

    Args:
        run: a folder that `train` made.
        settings: temperature, how many questions, seed, sources, language.
        answer_settings: how an answer is made; its repair is switched off, since the models are compared.
        questions: a file of questions; without one a sample of the validation set is asked about.
        out: folder to write; by default `compare` inside the run.
        mode: by default the one the run was trained for.
        limit: at most so many questions.
        command: what the page says it was made with.
        provider: which server answers in place of a model, and how a hosted one is asked.
        open_system: gives the tuned (True) or base (False) model's answerer; by default the run's own.
        on_progress: called with the column's key, answers done and answers wanted.

    Raises:
        FolderError: the run is unfinished, or its catalogue changed.
        QuestionError, InputNotFound: the file of questions cannot be used.
    """
    from shelftalker.catalog import Catalogue

    started, name = time.monotonic(), run.resolve().name
    manifest = read_manifest(run, "run")
    data = check_parent(_parent(manifest), "catalogue", child=run)
    catalogue = Catalogue.open(data)
    folder = _claim(out or run / "compare")
    asked, drawn_from = _questions(data, catalogue, settings, questions, limit, answer_settings.record_chars)
    mode = mode or ("closed-book" if manifest.settings.get("mode") == "closed-book" else "open-book")
    comparison = fill(
        asked,
        columns(settings.temperature),
        open_system or _opener(run, answer_settings, provider),
        mode=mode,
        drawn_from=drawn_from,
        on_progress=on_progress,
    )
    seconds = time.monotonic() - started
    facts = _facts(manifest, catalogue, mode, settings, who_answers(provider))
    texts = {
        "page": as_html(
            comparison,
            read_loss(run / "loss.jsonl"),
            run=name,
            facts=facts,
            sources=settings.sources,
            language=settings.language,
            command=command,
        ),
        "table": as_markdown(comparison, run=name, sources=settings.sources, language=settings.language),
        "document": as_json(comparison, run=name, seconds=seconds),
    }
    for role, text in texts.items():
        write_atomic(folder / _FILES[role], text)
    _declare(folder, run, settings, comparison, seconds, who_answers(provider))
    return Compared(name, comparison, folder, {role: folder / name for role, name in _FILES.items()}, seconds)


def columns(temperature: float) -> tuple[Column, ...]:
    """Return the report's columns: before, after, after at temperature 0."""
    return (
        Column("base", tuned=False, temperature=temperature),
        Column("tuned", tuned=True, temperature=temperature),
        Column("tuned_temperature_0", tuned=True, temperature=0.0),
    )


def _questions(
    data: Path, catalogue: Catalogue, settings: CompareSettings, questions: Path | None, limit: int | None, longest: int
) -> tuple[list[Asked], str]:
    if questions is None:
        return sample_questions(catalogue, limit or settings.questions, settings.seed, longest=longest)
    from shelftalker.find import Finder

    asked = read_questions(questions, Finder.open(data), catalogue)
    return asked[:limit], "file"


def _opener(run: Path, settings: AnswerSettings, provider: ProviderSettings | None) -> Callable[[bool], AsksMany]:
    from shelftalker.answer import open_answerer

    raw = settings.model_copy(update={"repair": False})
    return lambda tuned: open_answerer(run, raw, tuned=tuned, provider=provider)


def _parent(manifest: Manifest) -> Parent:
    assert manifest.parent is not None  # `train` always writes it
    return manifest.parent


def _claim(folder: Path) -> Path:
    """Make the folder, or take back an earlier comparison; nobody else's folder is written into."""
    with storage_errors(folder):
        if folder.is_file():
            raise UsageError(f"{folder} is a file", fix="name a folder with --out")
        ours = {"manifest.json", *_FILES.values()}
        if folder.is_dir() and any(path.name not in ours for path in folder.iterdir()):
            raise UsageError(f"{folder} holds other files", fix="name a new folder with --out")
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "manifest.json").unlink(missing_ok=True)
    return folder


def _facts(
    manifest: Manifest, catalogue: Catalogue, mode: Mode, settings: CompareSettings, answering: Mapping[str, str]
) -> dict[str, str]:
    language = settings.language
    facts = {
        text_for("base_model", language): str(manifest.settings.get("base", "")),
        text_for("mode", language): text_for(mode, language),
        text_for("catalogue", language): f"{catalogue.path.name}, {integer(len(catalogue), language)} "
        + text_for("records", language),
    }
    if answering:
        facts[text_for("answered_by", language)] = ", ".join(answering.values())
    return facts


def _declare(
    folder: Path,
    run: Path,
    settings: CompareSettings,
    comparison: Comparison,
    seconds: float,
    answering: Mapping[str, str],
) -> None:
    means: dict[str, Any] = {column.key: comparison.mean(column) for column in comparison.columns}
    write_manifest(
        folder,
        make_manifest(
            "comparison",
            settings=settings.model_dump() | ({"provider": dict(answering)} if answering else {}),
            seed=settings.seed,
            parent=Parent(path=str(run.resolve()), manifest_sha256=hash_manifest(run)),
            counts={"questions": len(comparison.rows)},
            files=dict(_FILES),
            seconds=round(seconds, 3),
            results={"rouge_l": means, "mode": comparison.mode, "drawn_from": comparison.drawn_from},
        ),
    )
