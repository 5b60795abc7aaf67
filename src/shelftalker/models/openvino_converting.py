"""Convert a run's model once to the file that OpenVINO reads, and keep it in the cache folder."""

from __future__ import annotations

import json
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from shelftalker.artifacts import hash_manifest, read_manifest
from shelftalker.errors import storage_errors
from shelftalker.models.quiet import quiet_transformers
from shelftalker.models.storage import cache_folder

__all__ = ["Converted", "convert_run", "forget_conversion"]

_VERSION = 1  # of what is kept; a change makes older conversions useless
_MODEL = "model.gguf"
_FACTS = "facts.json"


@dataclass(frozen=True)
class Converted:
    """A converted model.

    Attributes:
        folder: the model, its tokenizer and these facts.
        name: what `Answer.model` says.
        stop: every token that ends an answer.
        context_tokens: most that prompt and answer may have together.
    """

    folder: Path
    name: str
    stop: frozenset[int]
    context_tokens: int

    @property
    def model(self) -> Path:
        """The GGUF file."""
        return self.folder / _MODEL

    def tokenizer(self) -> Any:
        """Load the tokenizer."""
        from transformers import AutoTokenizer

        with quiet_transformers():
            return AutoTokenizer.from_pretrained(self.folder)


def convert_run(run: Path, *, tuned: bool = True) -> Converted:
    """Return a run's model, adapter merged, as a Q8_0 GGUF with its tokenizer; made where it is not kept yet.

    It is kept by the hash of the run's manifest, so that a run trained anew is converted anew.

    Raises:
        FolderError: the run is unfinished or of another format.
        ModelError: the model cannot be loaded, or has no GGUF form.
        StorageError: there is no room for it.
    """
    read_manifest(run, "run")
    name = f"{hash_manifest(run)[:16]}-{'tuned' if tuned else 'base'}-v{_VERSION}"
    folder = cache_folder() / "openvino" / name
    if not (folder / _FACTS).is_file():
        _convert(run, folder, tuned=tuned)
    facts = json.loads((folder / _FACTS).read_text(encoding="utf-8"))
    return Converted(folder, facts["name"], frozenset(facts["stop"]), facts["context_tokens"])


def forget_conversion(converted: Converted) -> None:
    """Remove what was kept."""
    shutil.rmtree(converted.folder, ignore_errors=True)


def _convert(run: Path, folder: Path, *, tuned: bool) -> None:
    from shelftalker.models.encoding import stop_tokens
    from shelftalker.models.gguf_writing import write_gguf
    from shelftalker.models.merging import load_run

    loaded = load_run(run, tuned=tuned, device="cpu")
    with storage_errors(folder):
        folder.parent.mkdir(parents=True, exist_ok=True)
        part = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
        try:
            write_gguf(loaded, part / _MODEL, "q8_0")
            loaded.tokenizer.save_pretrained(part)
            facts = {
                "name": loaded.name,
                "stop": sorted(stop_tokens(loaded.tokenizer, loaded.model)),
                "context_tokens": int(getattr(loaded.model.config, "max_position_embeddings", 2**31)),
            }
            (part / _FACTS).write_text(json.dumps(facts), encoding="utf-8")
            if not (folder / _FACTS).is_file():  # another process may have been faster
                shutil.rmtree(folder, ignore_errors=True)
                part.rename(folder)
        finally:
            shutil.rmtree(part, ignore_errors=True)
