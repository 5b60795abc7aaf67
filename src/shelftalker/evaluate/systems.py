"""The systems that are measured side by side."""

from __future__ import annotations

from dataclasses import dataclass

from shelftalker.records import Mode

__all__ = ["SYSTEMS", "System", "default_systems", "find_system"]


@dataclass(frozen=True, slots=True)
class System:
    """No model at all, or a model before or after tuning, with or without records in its prompt."""

    name: str
    tuned: bool
    mode: Mode
    model: bool = True


SYSTEMS: tuple[System, ...] = (
    System("no_model", tuned=False, mode="open-book", model=False),
    System("base_closed", tuned=False, mode="closed-book"),
    System("base_open", tuned=False, mode="open-book"),
    System("tuned_closed", tuned=True, mode="closed-book"),
    System("tuned_open", tuned=True, mode="open-book"),
)
"""Those of one model stand together, so that each model is loaded once."""

_BY_NAME = {system.name: system for system in SYSTEMS}


def find_system(name: str) -> System:
    """Return the system of that name.

    Raises:
        KeyError: there is none.
    """
    return _BY_NAME[name]


def default_systems(mode: str) -> tuple[System, ...]:
    """Return the systems to measure of a run trained "open-book", "closed-book" or for "both"."""
    return tuple(one for one in SYSTEMS if one.mode == "open-book" or mode != "open-book")
