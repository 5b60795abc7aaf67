"""Which models are on this machine, and whether the hub can be asked for others."""

from __future__ import annotations

import os
import threading
import urllib.error
import urllib.request
from pathlib import Path

from shelftalker.models.carried import CARRIED
from shelftalker.models.embedded import SMALL_BASE, embedded_gguf
from shelftalker.models.table import BASE_MODELS, DEFAULT_BASE

__all__ = ["cached_snapshot", "default_base", "hub_status", "local_choices", "local_folders"]

_WAIT_SECONDS = 3.0


def default_base() -> tuple[str, str]:
    """Return the base model to use where none is named, and a line that says why it is not `DEFAULT_BASE`, or ""."""
    if embedded_gguf(DEFAULT_BASE) is not None:
        return DEFAULT_BASE, ""
    better = f"{DEFAULT_BASE} reads much better and is not here yet: {CARRIED[DEFAULT_BASE].install}"
    return SMALL_BASE, f"base model {SMALL_BASE}; {better}"


def local_choices() -> list[str]:
    """Return what `--base` can take without a network: what packages carry, then what the hub's cache holds."""
    carried = [base.name for base in BASE_MODELS if base.name in CARRIED and embedded_gguf(base.name)]
    return carried + sorted(local_folders())


def local_folders() -> dict[str, Path]:
    """Return the models in the Hugging Face cache that have a configuration and weights, by hub id."""
    from huggingface_hub import constants

    found = {}
    for repository in sorted(Path(constants.HF_HUB_CACHE).glob("models--*")):
        hub_id = repository.name.removeprefix("models--").replace("--", "/")
        snapshot = cached_snapshot(hub_id)
        if snapshot is not None:
            found[hub_id] = snapshot
    return found


def cached_snapshot(hub_id: str) -> Path | None:
    """Return the folder of a hub model that was downloaded whole before, newest first, or None."""
    from huggingface_hub import constants

    repository = Path(constants.HF_HUB_CACHE) / f"models--{hub_id.replace('/', '--')}"
    main = repository / "refs" / "main"
    snapshots = [p for p in (repository / "snapshots").glob("*") if _has_model(p)]
    if main.is_file():
        named = repository / "snapshots" / main.read_text(encoding="utf-8").strip()
        if named in snapshots:
            return named
    return max(snapshots, key=lambda p: p.stat().st_mtime, default=None)


def _has_model(folder: Path) -> bool:
    weights = [*folder.glob("*.safetensors"), *folder.glob("pytorch_model*.bin")]
    return (folder / "config.json").is_file() and any(path.exists() for path in weights)


def hub_status(hub_id: str, file: str = "config.json") -> int | None:
    """Return the hub's HTTP status for a model's file, or None when it did not answer within 3 seconds.

    Asked in a thread that is left behind, since looking up a host name can hang far longer than any
    timeout that Python can set.
    """
    from huggingface_hub import constants

    if constants.HF_HUB_OFFLINE:
        return None
    answer: list[int] = []
    asking = threading.Thread(target=_ask_hub, args=(constants.ENDPOINT, hub_id, file, answer), daemon=True)
    asking.start()
    asking.join(_WAIT_SECONDS)
    return answer[0] if answer else None


def _ask_hub(endpoint: str, hub_id: str, file: str, answer: list[int]) -> None:
    headers = {"User-Agent": "shelftalker"}
    token = os.environ.get("HF_TOKEN")
    if token:
        headers["Authorization"] = f"Bearer {token}"
    request = urllib.request.Request(f"{endpoint}/{hub_id}/resolve/main/{file}", headers=headers, method="HEAD")
    try:
        with urllib.request.urlopen(request, timeout=_WAIT_SECONDS) as response:
            answer.append(response.status)
    except urllib.error.HTTPError as error:
        answer.append(error.code)
    except (OSError, ValueError):
        return
