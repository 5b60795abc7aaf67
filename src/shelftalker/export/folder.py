"""Make an export's folder from a run."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

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
from shelftalker.errors import BelowBar, UnfinishedFolder, UsageError, storage_errors
from shelftalker.export.agreement import (
    Agreement,
    Conversation,
    ask_gguf,
    ask_merged,
    ask_ours,
    check_prompts,
    compare_answers,
)
from shelftalker.export.llama_cpp import need_llama_cpp
from shelftalker.export.merged import write_merged
from shelftalker.export.ollama import modelfile
from shelftalker.models import Loaded
from shelftalker.models.gguf_shapes import check_shape
from shelftalker.models.gguf_writing import QUANTS, Quant, write_gguf
from shelftalker.models.loading import Dtype
from shelftalker.models.merging import load_run
from shelftalker.providers import is_hosted
from shelftalker.records import Mode

__all__ = ["BARS", "Exported", "Quant", "Target", "export", "require_agreement"]

Target = Literal["merged", "gguf", "ollama"]
OnProgress = Callable[[str, int, int], None]

BARS: Mapping[str, float] = {"merged": 0.95, "f16": 0.95, "q8_0": 0.90}
"""Share of greedy answers that must be the run's own, by what was written."""

_GGUF_NAME = "model-{quant}.gguf"
_MERGED = {
    "config.json", "generation_config.json", "tokenizer.json", "tokenizer_config.json", "chat_template.jinja",
    "special_tokens_map.json", "added_tokens.json", "model.safetensors.index.json",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Exported:
    """A finished export.

    Attributes:
        files: role to path: "merged" the folder, "f16" and "q8_0" the GGUF files, "modelfile".
        agreements: how far each answers as the run does; empty where it was not asked.
    """

    folder: Path
    to: Target
    files: Mapping[str, Path]
    agreements: Mapping[str, Agreement]
    seconds: float

    def to_json(self) -> dict[str, Any]:
        """Return what --json prints."""
        return {
            "folder": str(self.folder),
            "to": self.to,
            "files": {role: str(path) for role, path in self.files.items()},
            "agreement": {role: one.to_json() for role, one in self.agreements.items()},
            "seconds": round(self.seconds, 3),
        }


def export(
    run: Path,
    out: Path,
    to: Target,
    *,
    quants: Sequence[Quant] = QUANTS,
    check: int = 50,
    seed: int = 1,
    dtype: Dtype = "auto",
    overwrite: bool = False,
    on_progress: OnProgress | None = None,
) -> Exported:
    """Write a run's model for another program, then ask both the same questions.

    The folder is finished, and its manifest says how far the answers agree, whether or not the bar is kept;
    `require_agreement` raises where it is not.

    Args:
        run: a folder that `train` made.
        out: folder to write.
        to: "merged" for transformers, "gguf" for llama.cpp, "ollama" for a GGUF with a Modelfile.
        quants: how GGUF files keep the weights, a file each; Ollama takes the last.
        check: questions asked of the run and of the export; 0 asks none.
        seed: of the sample of questions.
        dtype: of the merged weights; "auto" is what this machine answers in.
        overwrite: replace an earlier export.
        on_progress: called with what is being done, how many are done and wanted.

    Raises:
        FolderError: the run is unfinished, or its catalogue changed.
        UsageError: `out` holds something, or the run's model is at a provider.
        MissingPart: what checks a GGUF is not installed.
        ModelError: the model cannot be loaded, or llama.cpp has none such.
        StorageError: the disk is full or read-only, or permission is missing.
    """
    started, tell = time.monotonic(), on_progress or (lambda *_: None)
    manifest = read_manifest(run, "run")
    _check_local(run, manifest)
    data = check_parent(_parent(run, manifest), "catalogue", child=run) if check else None
    if check and to != "merged":
        need_llama_cpp()
    _check_free(out, overwrite=overwrite)
    tell("model", 0, 1)
    loaded = load_run(run, dtype=dtype, device="cpu")
    if to != "merged":
        check_shape(loaded.model.config)
    tell("model", 1, 1)
    mode: Mode = "closed-book" if manifest.settings.get("mode") == "closed-book" else "open-book"
    _claim(out)
    files = _write(loaded, out, to, quants, mode, tell)
    prompts = check_prompts(data, check, mode, seed) if data else []
    agreements = _check(loaded, files, prompts, tell) if prompts else {}
    exported = Exported(out, to, files, agreements, time.monotonic() - started)
    _declare(exported, run, manifest, loaded, seed)
    return exported


def require_agreement(exported: Exported) -> None:
    """Make sure that an export that was asked answers as its run does.

    Raises:
        BelowBar: it does not; the files stay, marked so in the manifest.
    """
    for role, one in exported.agreements.items():
        if not one.agrees:
            raise BelowBar(
                f"{role} gives the run's answer to {one.same} of {one.questions} questions ({one.share:.1%}), "
                f"below {one.bar:.0%}",
                fix=f"read the differences in {exported.folder / 'manifest.json'}, or export to another format",
            )


def _write(
    loaded: Loaded, out: Path, to: Target, quants: Sequence[Quant], mode: Mode, tell: OnProgress
) -> dict[str, Path]:
    files: dict[str, Path] = {}
    if to == "merged":
        tell("writing merged", 0, 1)
        write_merged(loaded, out)
        tell("writing merged", 1, 1)
        return {"merged": out}
    for quant in quants if to == "gguf" else quants[-1:]:
        files[quant] = out / _GGUF_NAME.format(quant=quant)
        tell(f"writing {quant}", 0, 1)
        write_gguf(loaded, files[quant], quant)
        tell(f"writing {quant}", 1, 1)
    if to == "ollama":
        files["modelfile"] = out / "Modelfile"
        write_atomic(files["modelfile"], modelfile(loaded, files[quants[-1]].name, mode))
    return files


def _check(
    loaded: Loaded, files: Mapping[str, Path], prompts: Sequence[Conversation], tell: OnProgress
) -> dict[str, Agreement]:
    ours = ask_ours(loaded, prompts, lambda done, total: tell("asking the run", done, total))
    agreements = {}
    for role, path in files.items():
        if role not in BARS:
            continue

        def on_answer(done: int, total: int, role: str = role) -> None:
            tell(f"asking {role}", done, total)

        theirs = (
            ask_merged(path, prompts, on_answer) if role == "merged" else ask_gguf(path, loaded, prompts, on_answer)
        )
        agreements[role] = compare_answers(prompts, ours, theirs, BARS[role])
    return agreements


def _check_local(run: Path, manifest: Manifest) -> None:
    if is_hosted(manifest):
        raise UsageError(
            f"the model of {run} is at its provider, not in the folder",
            fix="export a run that was trained on this machine",
        )


def _parent(run: Path, manifest: Manifest) -> Parent:
    if manifest.parent is None:
        raise UnfinishedFolder(f"{run} does not say which catalogue it was made from", fix="train it again")
    return manifest.parent


def _check_free(out: Path, *, overwrite: bool) -> None:
    """Make sure that nobody's work in `out` would be lost."""
    if not out.exists():
        return
    if not out.is_dir():
        raise UsageError(f"{out} is a file", fix="name a folder with --out")
    if any(not _ours(path) for path in out.iterdir()):
        raise UsageError(f"{out} holds other files", fix="name a new folder with --out")
    if (out / "manifest.json").exists() and not overwrite:
        read_manifest(out, "export")  # raises for the folder of another verb
        raise UsageError(f"{out} already holds an export", fix="name another --out, or add --overwrite")


def _claim(out: Path) -> None:
    """Make the folder, or empty it of an earlier export."""
    with storage_errors(out):
        out.mkdir(parents=True, exist_ok=True)
        for path in sorted(out.iterdir(), key=lambda path: path.name != "manifest.json"):  # the mark goes first
            path.unlink()


def _ours(path: Path) -> bool:
    ours = path.name in {"manifest.json", "Modelfile"} | _MERGED
    return path.is_file() and (ours or path.suffix == ".gguf" or path.name.endswith(".safetensors"))


def _declare(exported: Exported, run: Path, manifest: Manifest, loaded: Loaded, seed: int) -> None:
    agreed = all(one.agrees for one in exported.agreements.values()) if exported.agreements else None
    names = {role: "." if path == exported.folder else path.name for role, path in exported.files.items()}
    write_manifest(
        exported.folder,
        make_manifest(
            "export",
            settings={
                "to": exported.to,
                "base": manifest.settings.get("base"),
                "dtype": str(loaded.model.dtype).removeprefix("torch."),
            },
            seed=seed,
            parent=Parent(path=str(run.resolve()), manifest_sha256=hash_manifest(run)),
            files=names,
            counts={"parameters": loaded.model.num_parameters()},
            seconds=round(exported.seconds, 3),
            results={
                "agreed": agreed,
                "agreement": {role: one.to_json() for role, one in exported.agreements.items()},
            },
        ),
    )
