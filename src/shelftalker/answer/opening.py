"""Open a run for answering: its model, and the index and records of the catalogue it was made from."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from shelftalker.answer.answering import Answerer
from shelftalker.artifacts import Manifest, check_parent, read_manifest
from shelftalker.config import AnswerSettings, ProviderSettings
from shelftalker.errors import UnfinishedFolder, UsageError
from shelftalker.records import Generator

__all__ = ["Engine", "catalogue_of", "open_answerer", "open_writer"]

Engine = Literal["transformers", "openvino"]


def open_answerer(
    run: Path | None,
    settings: AnswerSettings | None = None,
    *,
    tuned: bool = True,
    model: bool = True,
    engine: Engine = "transformers",
    data: Path | None = None,
    provider: ProviderSettings | None = None,
) -> Answerer:
    """Return the answerer of a run, or of a catalogue alone.

    Args:
        run: a finished run; None reads `data` with the embedded reader, with no training at all.
        settings: how questions are answered.
        tuned: False answers with the base model as it was before training.
        model: False quotes evidence, and loads no model.
        engine: who computes.
        data: a prepared catalogue to answer from, in place of the one that the run was made from.
        provider: which server answers in place of the run's model, and how a hosted model is asked.

    Raises:
        UsageError: neither a run nor a catalogue is named.
        FolderError: the run, or the catalogue it was made from, is unfinished, of another format or changed.
        ModelError: the base model cannot be loaded.
        MissingPart: the engine, or the provider's client, is not installed.
        ProviderError: a hosted model cannot be reached.
    """
    from shelftalker.catalog import Catalogue
    from shelftalker.find import Finder

    manifest = read_manifest(run, "run") if run else None
    data = data or (catalogue_of(run, manifest) if run and manifest else None)
    if data is None:
        raise UsageError("there is nothing to ask", fix="name a run with --run RUN, or a catalogue with --data DIR")
    catalogue = Catalogue.open(data)
    writer = None
    if model and run and manifest:
        writer = open_writer(run, manifest, tuned=tuned, engine=engine, provider=provider)
    elif model:
        from shelftalker.models import open_reader

        writer = open_reader()
    return Answerer(Finder(catalogue), catalogue, writer, settings)


def catalogue_of(run: Path, manifest: Manifest) -> Path:
    """Return the folder of the catalogue that a run was made from.

    Raises:
        FolderError: the run does not name it, or it changed since.
    """
    if manifest.parent is None:
        raise UnfinishedFolder(f"{run} does not say which catalogue it was made from", fix="train it again")
    return check_parent(manifest.parent, "catalogue", child=run)


def open_writer(
    run: Path,
    manifest: Manifest,
    *,
    tuned: bool = True,
    engine: Engine = "transformers",
    provider: ProviderSettings | None = None,
) -> Generator:
    """Return what writes a run's answers: a served or hosted model where there is one, else the run's own weights.

    Raises:
        UsageError: an engine of this machine is asked for, and the model is elsewhere.
        FolderError, ModelError, MissingPart, ProviderError: as `open_answerer`.
    """
    from shelftalker import providers

    hosted = providers.open_generator(manifest, provider, tuned=tuned)
    if hosted is not None:
        if engine != "transformers":
            raise UsageError(f"{hosted.name} does not answer on this machine", fix=f"leave out --engine {engine}")
        return hosted
    from shelftalker.models import open_generator

    return open_generator(run, tuned=tuned, engine=engine)
