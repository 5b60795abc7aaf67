"""The table of base models as this machine sees it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from shelftalker.models.carried import CARRIED
from shelftalker.models.embedded import embedded_gguf
from shelftalker.models.local import cached_snapshot
from shelftalker.models.machine import Machine, look_around, runs_here
from shelftalker.models.table import BASE_MODELS, BaseModel, memory_gb

__all__ = ["ListedModel", "list_models"]


@dataclass(frozen=True, slots=True)
class ListedModel:
    """One row of `shelftalker models`; memory in GB (10^9 bytes), for 1,024 tokens at a time.

    Attributes:
        chat_template: "its own", or "ours" where the model was never taught one.
        fits_here: the ways of tuning that fit this machine's memory.
        weights: "embedded", "pulled", "downloaded", "to download", "to pull", or "missing" for an embedded model
            without its package.
        report: one of the models of the original report.
    """

    name: str
    hub_id: str
    parameters: int
    licence: str
    chat_template: str
    lora_gb: float
    qlora_gb: float
    full_gb: float
    fits_here: tuple[str, ...]
    weights: str
    report: bool

    def to_json(self) -> dict[str, Any]:
        """Return plain values for `json.dumps`."""
        return asdict(self)


def list_models() -> list[ListedModel]:
    """Return every base model of the table: those that packages carry first, then by size."""
    machine = look_around()
    ordered = sorted(BASE_MODELS, key=lambda base: (base.name not in CARRIED, base.parameters))
    return [_listed(base, machine) for base in ordered]


def _listed(base: BaseModel, machine: Machine) -> ListedModel:
    if base.name in CARRIED:
        here, away = ("embedded", "missing") if base.embedded else ("pulled", "to pull")
        weights = here if embedded_gguf(base.name) else away
    else:
        weights = "downloaded" if cached_snapshot(base.hub_id) is not None else "to download"
    return ListedModel(
        name=base.name,
        hub_id=base.hub_id,
        parameters=base.parameters,
        licence=base.licence,
        chat_template=base.chat_template,
        lora_gb=round(memory_gb(base, "lora"), 1),
        qlora_gb=round(memory_gb(base, "qlora"), 1),
        full_gb=round(memory_gb(base, "full"), 1),
        fits_here=runs_here(base, machine),
        weights=weights,
        report=base.report,
    )
