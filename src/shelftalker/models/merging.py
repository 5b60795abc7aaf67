"""Put a trained adapter into its base model's weights, in memory."""

from __future__ import annotations

from pathlib import Path

from shelftalker.artifacts import Manifest, read_manifest
from shelftalker.errors import FormatMismatch, ModelError
from shelftalker.models.loading import Device, Dtype, Loaded, load_base
from shelftalker.models.quiet import quiet_transformers

__all__ = ["load_run", "merge_adapter"]


def load_run(run: Path, *, tuned: bool = True, dtype: Dtype = "auto", device: Device = "auto") -> Loaded:
    """Load what a run trained, or with `tuned=False` the base model it started from.

    Raises:
        FolderError: the run is unfinished, of another format, or names no base model.
        ModelError: its base model or its adapter cannot be loaded.
    """
    manifest = read_manifest(run, "run")
    base = _base_name(run, manifest)
    if not tuned:
        return load_base(base, dtype=dtype, device=device)
    name = f"{run.resolve().name} ({base})"
    if "model" in manifest.files:  # trained in full: the run holds whole weights
        whole = load_base(run / manifest.files["model"], dtype=dtype, device=device)
        return Loaded(whole.model, whole.tokenizer, name, whole.device)
    loaded = load_base(base, dtype=dtype, device=device)
    return merge_adapter(loaded, run / manifest.files.get("adapter", "adapter"), name=name)


def merge_adapter(loaded: Loaded, folder: Path, *, name: str) -> Loaded:
    """Return the model with an adapter of PEFT's format added to its weights; `loaded` is used up.

    Each sum is taken in float32 and rounded once, whatever the model's dtype.

    Raises:
        ModelError: the folder holds no adapter, or one of another model.
    """
    from peft import PeftModel

    try:
        with quiet_transformers():
            # autocast_adapter_dtype: A and B in float32, so that W += A.B is summed in float32.
            adapted = PeftModel.from_pretrained(loaded.model, str(folder), autocast_adapter_dtype=True)
            model = adapted.merge_and_unload(safe_merge=False)
    except (OSError, ValueError, RuntimeError, KeyError) as error:
        reason = " ".join(str(error).split())[:200]
        raise ModelError(
            f"the adapter in {folder} does not fit {loaded.name}: {reason}", fix="train the run again with this base"
        ) from error
    model.eval()
    return Loaded(model, loaded.tokenizer, name, loaded.device)


def _base_name(run: Path, manifest: Manifest) -> str:
    base = manifest.settings.get("base")
    if not isinstance(base, str) or not base:
        raise FormatMismatch(f"the run {run} does not say which base model it tuned", fix="train it again")
    return base
