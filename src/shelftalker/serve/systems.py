"""What is being served: a run's tuned model, its base, and the catalogue, replaced as one."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from shelftalker.answer import Answerer, open_answerer
from shelftalker.artifacts import Manifest, hash_manifest, read_manifest
from shelftalker.catalog import Catalogue
from shelftalker.config import AnswerSettings, ProviderSettings
from shelftalker.find import Finder
from shelftalker.providers import is_hosted
from shelftalker.records import Answer, Mode
from shelftalker.serve.queue import Job

__all__ = ["Served", "Systems", "open_served", "run_summary"]

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Served:
    """One loaded state. A question sees one from beginning to end, never a mix of two.

    Attributes:
        name: the run's folder name; the model id that clients see.
        version: hash of the run's manifest.
        open_base: opens the base model when a question first asks for it.
        gains_together: modes in which several questions at once are answered faster than one after the other.
    """

    name: str
    run: Path
    manifest: Manifest
    version: str
    tuned: Answerer
    catalogue: Catalogue
    finder: Finder
    open_base: Callable[[], Answerer]
    gains_together: frozenset[Mode] = frozenset({"closed-book"})


def open_served(
    run: Path, settings: AnswerSettings, provider: ProviderSettings | None = None, *, data: Path | None = None
) -> Served:
    """Load a finished run with its catalogue.

    Args:
        data: a catalogue to answer from, in place of the one that the run was made from.

    Raises:
        FolderError: the run is unfinished, of another format, or its catalogue changed.
        ModelError: its base model cannot be loaded.
        ProviderError: its model is hosted, and the provider cannot be reached.
    """
    manifest = read_manifest(run, "run")
    tuned = open_answerer(run, settings, provider=provider, data=data)
    as_written = settings.model_copy(update={"repair": False})  # beside the tuned model, the base shows what it says
    return Served(
        name=run.resolve().name,
        run=run,
        manifest=manifest,
        version=hash_manifest(run),
        tuned=tuned,
        catalogue=tuned.catalogue,
        finder=tuned.finder,
        open_base=_once(lambda: open_answerer(run, as_written, tuned=False, provider=provider, data=data)),
        gains_together=_gains_together(manifest, provider),
    )


class Systems:
    """The loaded state that new questions get, and the way to replace it while others are at work."""

    def __init__(self, open_state: Callable[[], Served]) -> None:
        self._open = open_state
        self._reloading = threading.Lock()
        self._current = open_state()

    @property
    def current(self) -> Served:
        """The state as of now; keep the reference for as long as one question takes."""
        return self._current

    def reload(self) -> Served:
        """Open the run again and serve it from the next question on; the old state finishes its work.

        Raises:
            ShelftalkerError: the new state cannot be opened; the old one stays.
        """
        with self._reloading:
            self._current = self._open()
            _log.info("now serving %s, version %s", self._current.name, self._current.version[:12])
            return self._current

    def key(self, job: Job) -> Hashable | None:
        """Return what jobs must share to be answered together; None for those that gain nothing from it.

        A stream is written alone: its pieces go out as they come, and it stops when its client leaves.
        """
        if job.on_text is not None or job.mode not in self._current.gains_together:
            return None
        return job.system, job.mode, job.temperature

    def answers(self, jobs: Sequence[Job]) -> Iterator[Answer]:
        """Answer jobs of one key together, in order; called from the worker's thread."""
        first, state = jobs[0], self._current
        answerer = state.open_base() if first.system == "base" else state.tuned
        return answerer.ask_all([job.asked for job in jobs], mode=first.mode, temperature=first.temperature)

    def answer(self, job: Job, on_text: Callable[[str], bool]) -> Answer:
        """Answer one job with the current state; called from the worker's thread."""
        state = self._current
        answerer = state.open_base() if job.system == "base" else state.tuned
        asked = job.asked
        return answerer.ask(
            asked.question, mode=job.mode, temperature=job.temperature, uid=asked.uid, history=asked.history,
            on_text=on_text,
        )  # fmt: skip


def run_summary(served: Served) -> dict[str, Any]:
    """Return what the page shows of a run: settings, loss by step, evaluation where there is one."""
    return {
        "name": served.name,
        "version": served.version,
        "products": len(served.catalogue),
        "settings": served.manifest.settings,
        "results": served.manifest.results,
        "loss": _read_lines(served.run / "loss.jsonl"),
        "evaluation": _read_document(served.run / "eval" / "evaluation.json"),
    }


def _read_lines(path: Path) -> list[dict[str, Any]]:
    if not path.is_file():
        return []
    with path.open(encoding="utf-8") as file:
        return [json.loads(line) for line in file if line.strip()]


def _read_document(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else None


def _gains_together(manifest: Manifest, provider: ProviderSettings | None) -> frozenset[Mode]:
    """A CPU copies from a record fastest one question at a time (see `models`); a GPU or a provider takes many."""
    elsewhere = is_hosted(manifest) or (provider is not None and provider.name != "none")
    if not elsewhere:
        from shelftalker.models import choose_device

        elsewhere = choose_device() != "cpu"
    return frozenset({"open-book", "closed-book"} if elsewhere else {"closed-book"})


def _once(make: Callable[[], Answerer]) -> Callable[[], Answerer]:
    made: list[Answerer] = []
    lock = threading.Lock()

    def get() -> Answerer:
        with lock:
            if not made:
                made.append(make())
        return made[0]

    return get
