"""Base models: which there are, how to load them, how text becomes tokens and tokens become text.

Names are loaded when first used, so that listing the models needs no torch.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from shelftalker.models.encoding import Encoded, encode_example, encode_prompt, end_token, stop_tokens
    from shelftalker.models.generating import TransformersGenerator, open_generator
    from shelftalker.models.loading import Loaded, choose_device, choose_dtype, load_base
    from shelftalker.models.local import default_base
    from shelftalker.models.readers import find_reader, open_reader
    from shelftalker.models.table import BASE_MODELS, DEFAULT_BASE, BaseModel, find_base, memory_gb

__all__ = [
    "BASE_MODELS",
    "DEFAULT_BASE",
    "BaseModel",
    "Encoded",
    "Loaded",
    "TransformersGenerator",
    "choose_device",
    "choose_dtype",
    "default_base",
    "encode_example",
    "encode_prompt",
    "end_token",
    "find_base",
    "find_reader",
    "load_base",
    "memory_gb",
    "open_generator",
    "open_reader",
    "stop_tokens",
]

_WHERE = {
    "BASE_MODELS": "table",
    "DEFAULT_BASE": "table",
    "BaseModel": "table",
    "find_base": "table",
    "memory_gb": "table",
    "Encoded": "encoding",
    "encode_example": "encoding",
    "encode_prompt": "encoding",
    "end_token": "encoding",
    "stop_tokens": "encoding",
    "TransformersGenerator": "generating",
    "open_generator": "generating",
    "Loaded": "loading",
    "choose_device": "loading",
    "choose_dtype": "loading",
    "load_base": "loading",
    "default_base": "local",
    "find_reader": "readers",
    "open_reader": "readers",
}


def __getattr__(name: str) -> Any:
    if name not in _WHERE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_WHERE[name]}"), name)
