"""Base weights in 4 bits (QLoRA): a quarter of the memory, for models that would not fit otherwise."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Any

from shelftalker.errors import MissingPart

__all__ = ["FOUR_BIT_INSTALL", "four_bit_arguments"]

FOUR_BIT_INSTALL = "pip install bitsandbytes"


def four_bit_arguments(device: str, dtype: str) -> dict[str, Any]:
    """Return what `from_pretrained` takes to keep linear layers in 4 bits.

    NormalFloat with its scales quantized once more: the recipe of QLoRA.

    Args:
        device: where the weights go; they are quantized there.
        dtype: name of torch's dtype that products are computed in.

    Raises:
        MissingPart: bitsandbytes is not installed.

    Source: Dettmers et al. 2023, arXiv 2305.14314
    """
    if find_spec("bitsandbytes") is None:
        raise MissingPart("4-bit weights need the package bitsandbytes", fix=FOUR_BIT_INSTALL)
    import torch
    from transformers import BitsAndBytesConfig

    config = BitsAndBytesConfig(
        load_in_4bit=True,
        bnb_4bit_quant_type="nf4",
        bnb_4bit_use_double_quant=True,
        bnb_4bit_compute_dtype=getattr(torch, dtype),
    )
    return {"quantization_config": config, "device_map": {"": device}}
