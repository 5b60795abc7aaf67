"""Embedded readers: adapters that come with Shelftalker, which make a base model read records; one a base.

They are made by `bench/reader`. Training begins from one, and without a run the base answers with it.
"""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from shelftalker.models.local import default_base

if TYPE_CHECKING:
    from shelftalker.records import Generator

__all__ = ["find_reader", "open_reader"]


def find_reader(base_name: str) -> Path | None:
    """Return the folder of a base model's reader, an adapter of PEFT's format; None where there is none for it."""
    folder = Path(str(files("shelftalker.models"))) / "readers" / base_name
    known = base_name and Path(base_name).name == base_name  # a folder's name or a hub id has no reader
    return folder if known and (folder / "adapter_config.json").is_file() else None


def open_reader(base: str | None = None) -> Generator:
    """Return the generator of a base model with its reader merged in memory; of the base alone where it has none.

    Args:
        base: as `load_base` takes it; None is the default base, or the small one where that is not here.

    Raises:
        InputNotFound, MissingPart, ModelError: the base or its reader cannot be loaded.
    """
    from shelftalker.models.generating import TransformersGenerator
    from shelftalker.models.loading import load_base
    from shelftalker.models.merging import merge_adapter

    loaded = load_base(base or default_base()[0])
    folder = find_reader(loaded.name)
    if folder is not None:
        loaded = merge_adapter(loaded, folder, name=f"{loaded.name} with its reader")
    return TransformersGenerator(loaded)
