"""What training begins from: the base's embedded reader, another adapter, or the base alone."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from shelftalker.artifacts import hash_file
from shelftalker.config import FRESH_RANK, TrainSettings
from shelftalker.errors import InputNotFound, ModelError, UsageError
from shelftalker.models.loading import locate
from shelftalker.models.readers import find_reader

__all__ = ["Start", "choose_start"]

_WEIGHTS = "adapter_model.safetensors"


@dataclass(frozen=True, slots=True)
class Start:
    """What training begins from.

    Attributes:
        name: "base", "reader", or the folder of an adapter.
        folder: of the adapter; None for the base alone.
        sha256: of the adapter's weights.
        why: what the user is to be told of it.
    """

    name: str
    folder: Path | None = None
    sha256: str = ""
    why: str = ""

    def to_json(self) -> dict[str, str]:
        """Return it for a manifest."""
        return {"from": self.name, "sha256": self.sha256, "why": self.why}


def choose_start(settings: TrainSettings) -> tuple[TrainSettings, Start]:
    """Return what a run begins from, and its settings, in which the adapter's shape is settled.

    An adapter's own rank, alpha and layers hold, so that settings of others are a reason against it.

    Raises:
        UsageError: an adapter is asked for and the settings do not fit it.
        InputNotFound, ModelError: the folder holds no adapter that can be begun from.
    """
    asked = settings.start_from
    if asked == "base":
        return _from_base(settings, "")
    base = locate(settings.base).name
    folder = find_reader(base) if asked in ("auto", "reader") else _adapter_in(Path(asked))
    if folder is None:
        if asked == "reader":
            raise UsageError(f"there is no reader for the base {base}", fix="leave --from out, or say --from base")
        return _from_base(settings, f"there is no reader for {base}")
    shape = _shape(folder)
    against = _against(settings, shape)
    if against and asked == "auto":
        return _from_base(settings, against)
    if against:
        raise UsageError(f"training cannot begin from the adapter {folder}: {against}", fix="say --from base")
    name = "reader" if asked in ("auto", "reader") else str(folder)
    settled = settings.model_copy(update={**shape, "start_from": name})
    return settled, Start(name, folder, hash_file(folder / _WEIGHTS), f"rank {shape['rank']}, as its adapter has it")


def _from_base(settings: TrainSettings, why: str) -> tuple[TrainSettings, Start]:
    update = {"start_from": "base", "rank": settings.rank or FRESH_RANK}
    return settings.model_copy(update=update), Start("base", why=why)


def _adapter_in(folder: Path) -> Path:
    """Return the folder of an adapter: the folder itself, or that of a run."""
    for one in (folder, folder / "adapter"):
        if (one / "adapter_config.json").is_file() and (one / _WEIGHTS).is_file():
            return one
    raise InputNotFound(f"{folder} holds no adapter", fix="--from reader, --from base, or a run's folder")


def _shape(folder: Path) -> dict[str, Any]:
    """Return the settings that an adapter was made with.

    Raises:
        ModelError: it is of a kind that training does not go on with.
    """
    try:
        config = json.loads((folder / "adapter_config.json").read_text(encoding="utf-8"))
        rank, alpha, layers = int(config["r"]), int(config["lora_alpha"]), config.get("layers_to_transform") or ()
        names = config["target_modules"]
        plain = config["peft_type"] == "LORA" and not config.get("use_rslora") and not config.get("use_dora")
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ModelError(f"the adapter in {folder} cannot be read: {error}", fix="say --from base") from error
    if not plain:
        raise ModelError(f"the adapter in {folder} is no plain LoRA", fix="say --from base")
    modules = names if isinstance(names, str) else ",".join(sorted(names))
    return {"rank": rank, "alpha": alpha, "target_modules": modules, "adapter_layers": len(layers)}


def _against(settings: TrainSettings, shape: dict[str, Any]) -> str:
    """Return why these settings cannot go on with an adapter of that shape, "" where they can."""
    if settings.mode != "open-book":
        return f"{settings.mode} learns descriptions by heart, which is no reading"
    if settings.method == "full":
        return "the method is full, which trains no adapter"
    if settings.engine == "unsloth":
        return "unsloth makes adapters of its own"
    if settings.dora:
        return "it is no DoRA"
    unset = {"rank": 0, "alpha": 0, "target_modules": "all-linear", "adapter_layers": 0}
    for key, value in shape.items():
        asked = getattr(settings, key)
        if asked not in (unset[key], value):
            return f"its {key.replace('_', ' ')} is {value or 'all'} and not {asked}"
    return ""
