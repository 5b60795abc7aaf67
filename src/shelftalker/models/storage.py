"""Where converted models are kept."""

from __future__ import annotations

import os
from pathlib import Path

__all__ = ["cache_folder"]


def cache_folder() -> Path:
    """Return the folder of converted models: $SHELFTALKER_CACHE, else ~/.cache/shelftalker."""
    chosen = os.environ.get("SHELFTALKER_CACHE")
    if chosen:
        return Path(chosen).expanduser()
    return Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache").expanduser() / "shelftalker"
