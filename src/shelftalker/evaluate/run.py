"""A run opened to be measured: its catalogue, its systems, and the folder that is written about it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from shelftalker.answer import Answerer, catalogue_of, open_writer
from shelftalker.artifacts import Manifest, read_manifest
from shelftalker.catalog import Catalogue
from shelftalker.config import AnswerSettings, ProviderSettings
from shelftalker.errors import UsageError, storage_errors
from shelftalker.evaluate.asking import Asks, Open
from shelftalker.evaluate.systems import System
from shelftalker.find import Finder
from shelftalker.pages.rendering import integer
from shelftalker.pages.texts import text_for
from shelftalker.records import Language

__all__ = ["OpenRun", "claim_folder", "open_run", "opener"]


@dataclass(frozen=True)
class OpenRun:
    """A finished run, and the catalogue that it is asked about."""

    path: Path
    manifest: Manifest
    catalogue: Catalogue
    finder: Finder

    @property
    def name(self) -> str:
        """The folder's name."""
        return self.path.resolve().name

    @property
    def mode(self) -> str:
        """What it was trained for: "open-book", "closed-book" or "both"."""
        return str(self.manifest.settings.get("mode", "open-book"))

    def facts(self, language: Language, answering: Mapping[str, str]) -> dict[str, str]:
        """Return short labels and values for the head of a page."""

        def t(key: str) -> str:
            return text_for(key, language)

        modes = ("open-book", "closed-book") if self.mode == "both" else (self.mode,)
        told = {
            t("base_model"): str(self.manifest.settings.get("base", "")),
            t("mode"): ", ".join(map(t, modes)),
            t("catalogue"): f"{self.catalogue.path.name}, {integer(len(self.catalogue), language)} {t('records')}",
        }
        return told | ({t("answered_by"): ", ".join(answering.values())} if answering else {})


def open_run(run: Path, data: Path | None = None) -> OpenRun:
    """Open a run, and its catalogue or another one.

    Raises:
        FolderError: the run is unfinished, or its catalogue changed.
    """
    manifest = read_manifest(run, "run")
    catalogue = Catalogue.open(data or catalogue_of(run, manifest))
    return OpenRun(run, manifest, catalogue, Finder(catalogue))


def opener(
    opened: OpenRun,
    settings: AnswerSettings,
    closed_book: AnswerSettings | None = None,
    provider: ProviderSettings | None = None,
) -> Open:
    """Return what gives a system's answerer; each model is loaded once for the systems that share it.

    Args:
        closed_book: how closed-book questions are answered, where otherwise.
    """
    loaded: dict[bool, Any] = {}

    def open_system(system: System) -> Asks:
        if not system.model:
            return Answerer(opened.finder, opened.catalogue, None, settings)
        if system.tuned not in loaded:
            loaded.clear()  # lets go of the other model before this one is loaded
            loaded[system.tuned] = open_writer(opened.path, opened.manifest, tuned=system.tuned, provider=provider)
        use = closed_book if closed_book and system.mode == "closed-book" else settings
        return Answerer(opened.finder, opened.catalogue, loaded[system.tuned], use)

    return open_system


def claim_folder(folder: Path, ours: Collection[str], *, journal: str = "", fresh: bool = False) -> Path:
    """Make a folder, or take an earlier one back; nobody else's is written into.

    Args:
        ours: names of the files that are written.
        journal: the one of them that stays where the earlier work was interrupted.
        fresh: it goes there too.

    Raises:
        UsageError: it is a file, or holds other files.
    """
    with storage_errors(folder):
        if folder.is_file():
            raise UsageError(f"{folder} is a file", fix="name a folder with --out")
        there = [path.name for path in folder.iterdir()] if folder.is_dir() else []
        strange = [name for name in there if name not in ("manifest.json", *ours) and not name.startswith(".")]
        if strange:
            raise UsageError(f"{folder} holds other files, such as {strange[0]}", fix="name a new folder with --out")
        folder.mkdir(parents=True, exist_ok=True)
        if journal and (fresh or "manifest.json" in there):
            (folder / journal).unlink(missing_ok=True)
        (folder / "manifest.json").unlink(missing_ok=True)
    return folder
