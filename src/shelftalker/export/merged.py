"""Write a model as a folder of transformers: weights, configuration, tokenizer, chat template."""

from __future__ import annotations

from pathlib import Path

from safetensors import SafetensorError

from shelftalker.errors import StorageError, storage_errors
from shelftalker.models import Loaded, end_token, stop_tokens
from shelftalker.models.quiet import quiet_transformers

__all__ = ["write_merged"]

_SHARD = "4GB"


def write_merged(loaded: Loaded, folder: Path) -> None:
    """Write a model that `AutoModelForCausalLM` and `AutoTokenizer` load, ending its answers by itself.

    Raises:
        StorageError: the disk is full or read-only, or permission is missing.
    """
    from transformers import GenerationConfig

    tokenizer, model = loaded.tokenizer, loaded.model
    # Every end token, or generation runs past the answer; greedy, as the run answers: no sampling left from the base.
    model.generation_config = GenerationConfig(
        bos_token_id=tokenizer.bos_token_id,
        eos_token_id=sorted(stop_tokens(tokenizer, model)),
        pad_token_id=end_token(tokenizer) if tokenizer.pad_token_id is None else tokenizer.pad_token_id,
        do_sample=False,
    )
    try:
        with storage_errors(folder), quiet_transformers():
            folder.mkdir(parents=True, exist_ok=True)
            model.save_pretrained(folder, max_shard_size=_SHARD)
            tokenizer.save_pretrained(folder)
    except SafetensorError as error:  # the operating system's refusal, in words only
        raise StorageError(f"{folder} cannot be written: {error}", fix="free some space, then run it again") from error
