"""Open a run for answering: its model, and the index and records of the catalogue it was made from."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from shelftalker.answer.answering import Answerer
from shelftalker.artifacts import check_parent, read_manifest
from shelftalker.config import AnswerSettings
from shelftalker.errors import UnfinishedFolder

__all__ = ["open_answerer"]


def open_answerer(
    run: Path,
    settings: AnswerSettings | None = None,
    *,
    tuned: bool = True,
    engine: Literal["transformers", "openvino"] = "transformers",
    data: Path | None = None,
) -> Answerer:
    """Return the answerer of a run.

    Args:
        run: a finished run.
        settings: how questions are answered.
        tuned: False answers with the base model as it was before training.
        engine: who computes.
        data: a prepared catalogue to answer from, in place of the one that the run was made from.

    Raises:
        FolderError: the run, or the catalogue it was made from, is unfinished, of another format or changed.
        ModelError: the base model cannot be loaded.
        MissingPart: the engine is not installed.
    """
    from shelftalker.catalog import Catalogue
    from shelftalker.index import Finder
    from shelftalker.models import open_generator

    manifest = read_manifest(run, "run")
    if data is None:
        if manifest.parent is None:
            raise UnfinishedFolder(f"{run} does not say which catalogue it was made from", fix="train it again")
        data = check_parent(manifest.parent, "catalogue", child=run)
    finder = Finder.open(data)
    return Answerer(finder, Catalogue.open(data), open_generator(run, tuned=tuned, engine=engine), settings)
