"""Find a base model by name, hub id or folder, and load it with its tokenizer."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from shelftalker.errors import InputNotFound, ModelError
from shelftalker.models.embedded import EMBEDDED_INSTALL, embedded_folder
from shelftalker.models.four_bit import four_bit_arguments
from shelftalker.models.local import cached_snapshot, hub_status, local_choices
from shelftalker.models.machine import fast_bf16
from shelftalker.models.quiet import quiet_transformers
from shelftalker.models.table import BASE_MODELS, find_base
from shelftalker.prompts import FALLBACK_CHAT_TEMPLATE

__all__ = ["Device", "Dtype", "Loaded", "Located", "choose_device", "choose_dtype", "load_base", "locate"]

Dtype = Literal["auto", "bfloat16", "float16", "float32"]
Device = str
"""What torch calls a device, such as "cpu" or "cuda:1"; "auto" takes a GPU where there is one."""

_HUB_ID = re.compile(r"[A-Za-z0-9][\w.-]*/[\w.-]+")


@dataclass(frozen=True, slots=True)
class Located:
    """Where a model's files are.

    Attributes:
        name: short name of the table, hub id, or the folder as it was given.
        source: a folder, or a hub id that is still to be downloaded.
    """

    name: str
    source: Path | str


@dataclass(frozen=True, slots=True)
class Loaded:
    """A model ready for use, in evaluation mode, and its tokenizer with a chat template set.

    Attributes:
        model: transformers' causal language model.
        tokenizer: transformers' tokenizer.
        name: what to call the model.
        device: a `torch.device`.
    """

    model: Any
    tokenizer: Any
    name: str
    device: Any


def locate(name_or_path: str | Path) -> Located:
    """Return where the files of a model are, asking the hub at most 3 seconds.

    Raises:
        InputNotFound: a path that is not there.
        MissingPart: the embedded model's package is not installed, or the model was not pulled.
        ModelError: a name that is unknown, or a hub that cannot be reached or refuses.
    """
    text = str(name_or_path)
    known = {b.name: b for b in BASE_MODELS} | {b.hub_id.casefold(): b for b in BASE_MODELS}
    base = known.get(text.casefold())
    if base is not None and (base.embedded or base.pulled):
        return Located(base.name, embedded_folder(base.name))
    folder = Path(text).expanduser()
    if base is None and folder.is_dir():
        return Located(text, _check_folder(folder))
    if base is None and (isinstance(name_or_path, Path) or text.startswith((".", "/", "~")) or folder.is_file()):
        raise InputNotFound(
            f"there is no model folder {text}", fix=f"name a folder with config.json, or one of: {_choices()}"
        )
    if base is None and not _HUB_ID.fullmatch(text):
        find_base(text)  # raises, with the nearest names
    hub_id = base.hub_id if base else text
    snapshot = cached_snapshot(hub_id)
    if snapshot is not None:
        return Located(base.name if base else text, snapshot)
    _check_hub(hub_id)
    return Located(base.name if base else text, hub_id)


def load_base(
    name_or_path: str | Path, *, dtype: Dtype = "auto", device: Device = "auto", four_bit: bool = False
) -> Loaded:
    """Load a base model.

    Args:
        name_or_path: a name of the table, a hub id or a local folder.
        dtype: "auto" is bfloat16 where the device computes in it fast, else float32.
        device: "auto" is a CUDA GPU where there is one, else the CPU.
        four_bit: keep the linear layers in 4 bits; they are computed in `dtype`.

    Raises:
        InputNotFound, MissingPart, ModelError: as `locate`; or the files cannot be loaded.
    """
    import torch
    from safetensors import SafetensorError
    from transformers import AutoModelForCausalLM, AutoTokenizer

    located = locate(name_or_path)
    chosen_device = choose_device(device)
    chosen_dtype = choose_dtype(dtype, chosen_device)
    packed = four_bit_arguments(chosen_device, chosen_dtype) if four_bit else {}
    with quiet_transformers():
        try:
            tokenizer = AutoTokenizer.from_pretrained(located.source)
            model = AutoModelForCausalLM.from_pretrained(located.source, dtype=getattr(torch, chosen_dtype), **packed)
        except (OSError, ValueError, RuntimeError, KeyError, ImportError, TypeError, SafetensorError) as error:
            reason = " ".join(str(error).split())[:300]
            raise ModelError(
                f"the model {located.name} cannot be loaded from {located.source}: {reason}",
                fix=f"check the folder or download it again; on this machine there are: {_choices()}",
            ) from error
    if not tokenizer.chat_template:
        tokenizer.chat_template = FALLBACK_CHAT_TEMPLATE
    model.eval()
    if not four_bit:  # those stand where they were quantized
        model.to(torch.device(chosen_device))
    return Loaded(model, tokenizer, located.name, torch.device(chosen_device))


def choose_device(device: Device = "auto") -> str:
    """Return the device that `device` means on this machine.

    Raises:
        ModelError: it was named and is not there.
    """
    import torch

    if device == "auto":
        return "cuda" if torch.cuda.is_available() else "cpu"
    try:
        torch.empty(0, device=device)
    except (RuntimeError, AssertionError, ValueError) as error:
        raise ModelError(f"there is no device {device!r} here", fix="leave it at auto, or name cpu") from error
    return device


def choose_dtype(dtype: Dtype, device: Device) -> str:
    """Return the name of torch's dtype that "auto" means on a device."""
    if dtype != "auto":
        return dtype
    return "bfloat16" if fast_bf16(device) else "float32"


def _check_folder(folder: Path) -> Path:
    if (folder / "config.json").is_file():
        return folder
    if (folder / "adapter_config.json").is_file():
        raise ModelError(
            f"{folder} holds an adapter and no base model", fix="name the run it belongs to, or its base model"
        )
    raise ModelError(
        f"{folder} holds no model: it has no config.json",
        fix=f"name a folder in the layout of transformers, or one of: {_choices()}",
    )


def _check_hub(hub_id: str) -> None:
    status = hub_status(hub_id)
    if status is None:
        raise ModelError(
            f"the model {hub_id} is not on this machine and the hub does not answer",
            fix=f"use what is here: {_choices()}",
        )
    if status in (401, 403):
        raise ModelError(
            f"the hub does not give {hub_id} to you (HTTP {status}): it is gated, private or not there",
            fix=f"accept its licence at https://huggingface.co/{hub_id} and run `hf auth login`, or use: {_choices()}",
        )
    if status == 404:
        raise ModelError(f"the hub has no model {hub_id}", fix=f"check the name, or use what is here: {_choices()}")


def _choices() -> str:
    return ", ".join(local_choices()) or f"nothing; the embedded model comes with {EMBEDDED_INSTALL}"
