"""Write a model as one GGUF file, tensor by tensor, so that no second copy of it stands in memory."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

from shelftalker.errors import ModelError, StorageError, storage_errors
from shelftalker.models.gguf_shapes import Shape, check_shape, describe_shape, rope_factors
from shelftalker.models.gguf_vocabulary import describe_vocabulary
from shelftalker.models.loading import Loaded

__all__ = ["QUANTS", "Quant", "write_gguf"]

Quant = Literal["f16", "q8_0"]
QUANTS: tuple[Quant, ...] = ("f16", "q8_0")

_BLOCK = 32  # weights that share a scale in Q8_0; a row that is no multiple stays F16


def write_gguf(loaded: Loaded, path: Path, quant: Quant) -> None:
    """Write a model, its tokenizer and its chat template for llama.cpp.

    Matrices are kept as `quant` says, vectors in float32.

    Raises:
        ModelError: llama.cpp cannot run it, or we cannot write it.
        StorageError: the disk is full or read-only, or permission is missing.
    """
    import gguf

    config = loaded.model.config
    shape = check_shape(config)
    writer = gguf.GGUFWriter(str(path), shape.name)
    writer.add_name(loaded.name)
    writer.add_file_type(gguf.LlamaFileType.MOSTLY_F16 if quant == "f16" else gguf.LlamaFileType.MOSTLY_Q8_0)
    writer.add_quantization_version(gguf.GGML_QUANT_VERSION)
    describe_shape(writer, config, shape)
    describe_vocabulary(writer, loaded.tokenizer, config.vocab_size)
    for name, tensor in _tensors(loaded.model, shape):
        kind = _kind(tensor, quant)
        block, block_bytes = gguf.GGML_QUANT_SIZES[kind]
        size = tensor.numel() // block * block_bytes
        writer.add_tensor_info(name, tuple(tensor.shape), None, size, raw_dtype=kind)
    try:
        with storage_errors(path):
            writer.write_header_to_file()
            writer.write_kv_data_to_file()
            writer.write_ti_data_to_file()
            for _, tensor in _tensors(loaded.model, shape):
                writer.write_tensor_data(_packed(tensor, _kind(tensor, quant)))
    except OSError as error:  # numpy's tofile tells of a full disk without a number
        raise StorageError(f"{path} cannot be written: {error}", fix="free some space, then run it again") from error
    finally:
        writer.close()


def _tensors(model: Any, shape: Shape) -> Iterator[tuple[str, Any]]:
    """Yield llama.cpp's name of each tensor and its values, always in the same order."""
    import gguf
    import torch

    config = model.config
    by_name = {name: arch for arch, name in gguf.MODEL_ARCH_NAMES.items()}
    names = gguf.get_tensor_name_map(by_name[shape.name], config.num_hidden_layers)
    tied = bool(getattr(config, "tie_word_embeddings", False))
    factors = rope_factors(config)
    if factors:
        yield "rope_freqs.weight", torch.tensor(factors, dtype=torch.float32)
    for key, value in model.state_dict().items():
        if key == "lm_head.weight" and tied:
            continue
        name = names.get_name(key, try_suffixes=(".weight", ".bias"))
        if name is None:
            raise ModelError(
                f"llama.cpp has no place for the tensor {key}",
                fix="export it --to merged, then try llama.cpp's own convert_hf_to_gguf.py on that folder",
            )
        tensor = value.detach().cpu()
        if shape.norm_plus_one and key.endswith("norm.weight"):
            tensor = tensor.float() + 1
        if shape.paired_heads and ".q_proj." in key:
            tensor = _pair(tensor, config.num_attention_heads)
        if shape.paired_heads and ".k_proj." in key:
            tensor = _pair(tensor, getattr(config, "num_key_value_heads", None) or config.num_attention_heads)
        yield name, tensor


def _pair(tensor: Any, heads: int) -> Any:
    """Order rows as llama.cpp does: those that rotary embedding turns together stand next to each other."""
    half = tensor.shape[0] // heads // 2
    return tensor.reshape(heads, 2, half, *tensor.shape[1:]).transpose(1, 2).reshape(tensor.shape)


def _kind(tensor: Any, quant: Quant) -> Any:
    import gguf

    if tensor.ndim < 2:
        return gguf.GGMLQuantizationType.F32
    if quant == "q8_0" and tensor.shape[-1] % _BLOCK == 0:
        return gguf.GGMLQuantizationType.Q8_0
    return gguf.GGMLQuantizationType.F16


def _packed(tensor: Any, kind: Any) -> Any:
    import gguf
    from gguf.quants import quantize

    values = tensor.float().numpy()
    return values if kind == gguf.GGMLQuantizationType.F32 else quantize(values, kind)
