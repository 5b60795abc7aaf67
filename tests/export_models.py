"""Tiny models as llama.cpp meets them: random weights, and tokenizers that were trained on a little text; and a run."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from measuring import make_run
from tiny_models import GEMMA_TEMPLATE
from tokenizers import Regex, Tokenizer, decoders, normalizers, pre_tokenizers
from tokenizers.models import BPE
from tokenizers.processors import TemplateProcessing
from tokenizers.trainers import BpeTrainer

from shelftalker.artifacts import read_manifest, write_manifest
from shelftalker.config import TrainSettings
from shelftalker.models import load_base
from shelftalker.prompts import FALLBACK_CHAT_TEMPLATE
from shelftalker.train.adapters import attach_adapter, save_adapter

_TEXT = (
    "What is the Memorex Sport CD Boombox? It weighs 3.5 kg, costs $49.99 and plays CDs.",
    "Quanto pesa a luminária de chão? Pesa 1,2 kg e mede 150 cm; é de aço e vidro.",
    "Answer from the records below, in their own words, and end with the number of the record, such as [1].",
    "The lamp, the lamps, the lampshade; the kettle holds 1.7 litres and the garden tool is 120 cm long.",
)
_WORDS = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|DIGITS| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)
_SHAPE: dict[str, Any] = {
    "hidden_size": 64,
    "intermediate_size": 96,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "head_dim": 32,
    "max_position_embeddings": 4096,
    "initializer_range": 0.2,
}
_LLAMA3_ROPE = {
    "rope_type": "llama3",
    "rope_theta": 500_000.0,
    "factor": 8.0,
    "low_freq_factor": 1.0,
    "high_freq_factor": 4.0,
    "original_max_position_embeddings": 64,
}
_GEMMA3 = {
    "num_hidden_layers": 6,
    "layer_types": ["sliding_attention"] * 5 + ["full_attention"],
    "sliding_window": 16,
    "initializer_range": 0.1,
    "query_pre_attn_scalar": 32,
}

# name: transformers' model_type, what differs from _SHAPE, tokenizer
MODELS: dict[str, tuple[str, dict[str, Any], str]] = {
    "smollm2": ("llama", {"tie_word_embeddings": True, "num_key_value_heads": 1}, "smollm"),
    "llama-3": ("llama", {"rope_parameters": _LLAMA3_ROPE}, "llama-bpe"),
    "llama-2": ("llama", {"num_key_value_heads": 4}, "spm"),
    "mistral": ("mistral", {"sliding_window": 512}, "spm"),
    "qwen2.5": ("qwen2", {"tie_word_embeddings": True, "head_dim": 16}, "qwen2"),
    "qwen3": ("qwen3", {"tie_word_embeddings": True}, "qwen2"),
    "gemma": ("gemma", {"tie_word_embeddings": True, "initializer_range": 0.1}, "gemma"),
    "gemma-3": ("gemma3_text", {**_GEMMA3, "tie_word_embeddings": True}, "gemma"),
}
"""Every family that is written to GGUF."""


def export_model(name: str, folder: Path, **changes: Any) -> Path:
    """Write one of `MODELS` with its tokenizer, the embedding a few rows longer than there are tokens."""
    import torch
    from transformers import AutoConfig, AutoModelForCausalLM

    kind, shape, cut = MODELS[name]
    tokenizer = trained_tokenizer(cut)
    config = AutoConfig.for_model(
        kind,
        **{**_SHAPE, **shape, **changes},
        vocab_size=(len(tokenizer) + 3) // 4 * 4,
        bos_token_id=tokenizer.bos_token_id,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
    )
    with torch.random.fork_rng():
        torch.manual_seed(5)
        model = AutoModelForCausalLM.from_config(config)
        for key, weight in model.named_parameters():
            if "embed_tokens" in key or "lm_head" in key:
                # No model here writes single bytes: the two programs show broken UTF-8 differently.
                weight.data[_byte_tokens(tokenizer)] = 0
            if key.endswith("norm.weight"):  # not all alike, so that a wrong norm shows
                torch.nn.init.normal_(weight, mean=0.0 if kind.startswith("gemma") else 1.0, std=0.3)
            if key.endswith("proj.bias"):  # zero at first
                torch.nn.init.normal_(weight, std=0.5)
            weight.data = weight.data.half().float()  # what f16 can hold, so that only the arithmetic differs
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


def trained_tokenizer(cut: str) -> Any:
    """Return a tokenizer of a few hundred tokens that cuts words as a family does, with markers and chat template."""
    from transformers import PreTrainedTokenizerFast

    if cut in ("spm", "gemma"):
        special = {"bos_token": "<bos>", "eos_token": "<eos>", "pad_token": "<pad>", "unk_token": "<unk>"}
        turns = ["<start_of_turn>", "<end_of_turn>"] if cut == "gemma" else []
        backend = _sentencepiece([*special.values(), *turns], blank_first=cut == "spm")
        tokenizer = PreTrainedTokenizerFast(tokenizer_object=backend, **special)
        tokenizer.chat_template = GEMMA_TEMPLATE if cut == "gemma" else FALLBACK_CHAT_TEMPLATE
        return tokenizer
    special = {"bos_token": "<|begin|>", "eos_token": "<|im_end|>", "pad_token": "<|endoftext|>"}
    backend = Tokenizer(BPE())
    backend.pre_tokenizer = pre_tokenizers.Sequence(_cuts(cut))
    backend.decoder = decoders.ByteLevel()
    markers = [*special.values(), "<|im_start|>"]
    backend.train_from_iterator(
        _TEXT, BpeTrainer(vocab_size=420, special_tokens=markers, initial_alphabet=pre_tokenizers.ByteLevel.alphabet())
    )
    if cut == "llama-bpe":
        _begin(backend, "<|begin|>")
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=backend, **special)
    tokenizer.chat_template = FALLBACK_CHAT_TEMPLATE
    return tokenizer


def _byte_tokens(tokenizer: Any) -> list[int]:
    decode = tokenizer.backend_tokenizer.decode
    return [n for n in range(len(tokenizer)) if "\ufffd" in decode([n]) or not decode([n]).isprintable()]


def _cuts(cut: str) -> list[Any]:
    if cut == "smollm":
        return [pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False)]
    digits = {"qwen2": r"\p{N}", "llama-bpe": r"\p{N}{1,3}"}[cut]
    split = pre_tokenizers.Split(Regex(_WORDS.replace("DIGITS", digits)), behavior="isolated")
    return [split, pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)]


def _sentencepiece(special: list[str], *, blank_first: bool) -> Tokenizer:
    """As SentencePiece's BPE comes to transformers: blanks are visible, unknown letters are bytes."""
    trained = Tokenizer(BPE(unk_token="<unk>"))
    trained.normalizer = normalizers.Replace(" ", "▁")
    trained.train_from_iterator(_TEXT, BpeTrainer(vocab_size=200, show_progress=False))
    model = json.loads(trained.to_str())["model"]
    bytes_ = [f"<0x{byte:02X}>" for byte in range(256)]
    vocab = {token: place for place, token in enumerate([*special, *bytes_, *model["vocab"]])}
    merges = [tuple(merge) for merge in model["merges"]]
    backend = Tokenizer(BPE(vocab=vocab, merges=merges, unk_token="<unk>", byte_fallback=True))
    steps = [normalizers.Prepend("▁")] if blank_first else []
    backend.normalizer = normalizers.Sequence([*steps, normalizers.Replace(" ", "▁")])
    strip = [decoders.Strip(" ", 1, 0)] if blank_first else []
    backend.decoder = decoders.Sequence([decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse(), *strip])
    backend.add_special_tokens(special)
    _begin(backend, "<bos>")
    return backend


def _begin(backend: Tokenizer, token: str) -> None:
    number = backend.token_to_id(token)
    backend.post_processor = TemplateProcessing(
        single=f"{token} $A", pair=f"{token} $A $B", special_tokens=[(token, number)]
    )


def make_trained(folder: Path, method: str = "lora") -> Path:
    """A finished run of a tiny base model, its adapter moved away from zero as training would."""
    import torch

    run = make_run(folder, products=40)
    base = export_model("smollm2", folder / "base")
    loaded = load_base(base, dtype="float32", device="cpu")
    model = attach_adapter(loaded.model, TrainSettings(method=method, rank=2, base=str(base)))
    with torch.no_grad():
        for name, weight in model.named_parameters():
            if weight.requires_grad and ("lora_B" in name or method == "full"):
                weight.add_(torch.randn_like(weight) * 0.02)
    save_adapter(model, run / "adapter", base=str(base), method=method)
    if method == "full":
        loaded.tokenizer.save_pretrained(run / "adapter")
    manifest = read_manifest(run, "run")
    role = "model" if method == "full" else "adapter"
    settings = manifest.settings | {"base": str(base), "method": method}
    write_manifest(run, manifest.model_copy(update={"settings": settings, "files": {role: "adapter"}}))
    return run
