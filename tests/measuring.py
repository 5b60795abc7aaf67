"""A run without training: a prepared sample catalogue, a manifest, and generators whose answers are known."""

from __future__ import annotations

import json
import re
from pathlib import Path

from shelftalker.answer import Answerer
from shelftalker.artifacts import Parent, hash_manifest, make_manifest, write_manifest
from shelftalker.catalog import Catalogue
from shelftalker.config import AnswerSettings, PrepareSettings
from shelftalker.find import Finder
from shelftalker.prepare import prepare
from shelftalker.records import Completion
from shelftalker.sample import write_sample

LOSS = [
    {"kind": "step", "step": 1, "epoch": 1, "loss": 2.0},
    {"kind": "step", "step": 2, "epoch": 1, "loss": 1.0},
    {"kind": "epoch", "step": 2, "epoch": 1, "train_loss": 1.5, "validation_loss": 1.2},
]


def make_run(folder: Path, *, products: int = 120, mode: str = "open-book") -> Path:
    """Write a sample catalogue, prepare it, and write what `train` leaves behind; return the run's folder."""
    source = folder / "shop.jsonl"
    write_sample(source, products=products, seed=3)
    data, run = folder / "data", folder / "run"
    prepare([source], data, PrepareSettings(validation_share=0.1, test_share=0.1))
    catalogue = Catalogue.open(data)
    trained = sorted(record.uid for record in catalogue.records("train", limit=products // 2, seed=1))
    watched = sorted(record.uid for record in catalogue.records("validation"))
    run.mkdir()
    (run / "examples.json").write_text(json.dumps({"uids": {"train": trained, "validation": watched}}))
    (run / "loss.jsonl").write_text("".join(json.dumps(line) + "\n" for line in LOSS))
    write_manifest(
        run,
        make_manifest(
            "run",
            settings={"base": "smollm2-135m", "mode": mode, "method": "lora", "rank": 16},
            counts={"examples": 60},
            files={"adapter": "adapter"},
            parent=Parent(path=str(data.resolve()), manifest_sha256=hash_manifest(data)),
        ),
    )
    return run


class Copying:
    """Repeats the lines of its prompt with their numbers, as a faithful reader might; closed-book it does not know."""

    name = "copying"

    def __init__(self) -> None:
        self.asked = 0

    def generate(self, conversations, *, max_new_tokens, temperature=0.0, seed=0, lookup=True, on_text=None):
        self.asked += len(conversations)
        return [self._complete(conversation[-1].content) for conversation in conversations]

    def _complete(self, prompt: str) -> Completion:
        lines = re.findall(r"^\[(\d+)\] (.*)$", prompt, re.MULTILINE)
        text = " ".join(f"{line} [{number}]" for number, line in lines) or "I do not know."
        return Completion(text, len(prompt.split()), len(text.split()), 0.01)


class Inventing(Copying):
    """Writes the same false sentence whatever it is asked, as the base model might."""

    name = "inventing"

    def _complete(self, prompt: str) -> Completion:
        text = "It weighs 777 kg, costs $99,999.00 and was made by Quibblethorpe Industries."
        return Completion(text, len(prompt.split()), len(text.split()), 0.01)


def systems_of(run: Path, settings: AnswerSettings | None = None):
    """Return what opens a system: the tuned model copies, the base model invents; and the generators by tuned."""
    data = Path(json.loads((run / "manifest.json").read_text())["parent"]["path"])
    finder, catalogue = Finder.open(data), Catalogue.open(data)
    generators = {True: Copying(), False: Inventing()}

    def open_system(system):
        tuned, model = (system, True) if isinstance(system, bool) else (system.tuned, system.model)
        return Answerer(finder, catalogue, generators[tuned] if model else None, settings or AnswerSettings())

    return open_system, generators
