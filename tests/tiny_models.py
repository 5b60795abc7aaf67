"""Tiny models with random weights, one of every architecture that Shelftalker knows, and a tokenizer built in code."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tokenizers import Tokenizer, decoders, normalizers, pre_tokenizers
from tokenizers.models import BPE

ARCHITECTURES = ("opt", "gemma", "gemma3_text", "llama", "mistral", "qwen2", "qwen3", "smollm")
"""Every name that `tiny_model` takes; "smollm" is a Llama with tied embeddings and its own chat template."""

_CHATML = (
    "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>\n' }}"
    "{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"
)
# As Qwen3's: an answer, and the prompt for one, begin with an empty thought.
_QWEN3 = (
    "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\n' }}"
    "{% if message['role'] == 'assistant' and loop.last %}{{ '<think>\n\n</think>\n\n' }}{% endif %}"
    "{{ message['content'] + '<|im_end|>\n' }}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}"
    "{% if enable_thinking is defined and enable_thinking is false %}{{ '<think>\n\n</think>\n\n' }}{% endif %}"
    "{% endif %}"
)
# As Gemma's instruction-tuned models: no system role, "model" for assistant, trimmed.
GEMMA_TEMPLATE = (
    "{{ bos_token }}"
    "{% if messages[0]['role'] == 'system' %}{{ raise_exception('System role not supported') }}{% endif %}"
    "{% for message in messages %}"
    "{{ '<start_of_turn>' + ('model' if message['role'] == 'assistant' else message['role'])"
    " + '\n' + message['content'] | trim + '<end_of_turn>\n' }}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<start_of_turn>model\n' }}{% endif %}"
)

_SHAPE: dict[str, Any] = {
    "hidden_size": 64,
    "intermediate_size": 128,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "head_dim": 16,
    "max_position_embeddings": 2048,
}
_WINDOW = {"sliding_window": 64}
_ROPE = {"rope_type": "default", "rope_theta": 1e5}
_ARCHITECTURE: dict[str, tuple[str, dict[str, Any]]] = {
    "opt": (
        "opt",
        {
            "hidden_size": 64,
            "ffn_dim": 128,
            "num_hidden_layers": 2,
            "num_attention_heads": 4,
            "word_embed_proj_dim": 64,
            "max_position_embeddings": 2048,
        },
    ),
    "gemma": ("gemma", _SHAPE),
    "gemma3_text": ("gemma3_text", {**_SHAPE, **_WINDOW, "layer_types": ["sliding_attention", "full_attention"]}),
    "llama": ("llama", _SHAPE),
    "mistral": ("mistral", {**_SHAPE, **_WINDOW}),
    "qwen2": ("qwen2", {**_SHAPE, "tie_word_embeddings": True}),
    "qwen3": ("qwen3", {**_SHAPE, "tie_word_embeddings": True}),
    "smollm": ("llama", {**_SHAPE, "tie_word_embeddings": True, "rope_parameters": _ROPE}),
}  # fmt: skip


def tiny_model(architecture: str, folder: Path, *, seed: int = 0) -> Path:
    """Write a tiny model of an architecture, with its tokenizer, and return the folder."""
    import torch
    from transformers import AutoConfig, AutoModelForCausalLM

    tokenizer = tiny_tokenizer(architecture)
    model_type, shape = _ARCHITECTURE[architecture]
    config = AutoConfig.for_model(
        model_type,
        **shape,
        vocab_size=len(tokenizer),
        bos_token_id=tokenizer.bos_token_id,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
        # wide enough for answers that depend on the prompt; at the usual 0.02 a tiny model is all ties
        initializer_range=0.2,
    )
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        model = AutoModelForCausalLM.from_config(config)
        if architecture == "qwen2":
            for name, weight in model.named_parameters():
                if name.endswith(".bias"):  # they are zero at first, and a forgotten one would not show
                    torch.nn.init.normal_(weight, std=0.5)
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


def tiny_tokenizer(architecture: str) -> Any:
    """Return a tokenizer of a byte or a character each, with the family's markers, habits and chat template."""
    from transformers import PreTrainedTokenizerFast

    if architecture in ("smollm", "qwen2", "qwen3"):
        special = {"bos_token": "<|im_start|>", "eos_token": "<|im_end|>", "pad_token": "<|endoftext|>"}
        tokenizer = PreTrainedTokenizerFast(tokenizer_object=_byte_level(list(special.values())), **special)
        tokenizer.chat_template = _QWEN3 if architecture == "qwen3" else _CHATML
        return tokenizer
    if architecture == "opt":
        special = {"bos_token": "</s>", "eos_token": "</s>", "pad_token": "<pad>", "unk_token": "</s>"}
        backend = _begun(_byte_level(["<s>", "<pad>", "</s>"]), "</s>")
        return PreTrainedTokenizerFast(tokenizer_object=backend, **special)
    if architecture in ("gemma", "gemma3_text"):
        special = {"bos_token": "<bos>", "eos_token": "<eos>", "pad_token": "<pad>", "unk_token": "<unk>"}
        turns = ["<start_of_turn>", "<end_of_turn>"]
        backend = _begun(_characters([*special.values(), *turns]), "<bos>")
        tokenizer = PreTrainedTokenizerFast(tokenizer_object=backend, **special)
        if architecture == "gemma3_text":
            tokenizer.chat_template = GEMMA_TEMPLATE
        return tokenizer
    special = {"bos_token": "<s>", "eos_token": "</s>", "unk_token": "<unk>"}
    return PreTrainedTokenizerFast(tokenizer_object=_begun(_characters([*special.values()]), "<s>"), **special)


def _byte_level(special: list[str]) -> Tokenizer:
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    backend = Tokenizer(BPE(vocab={token: i for i, token in enumerate([*special, *alphabet])}, merges=[]))
    backend.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    backend.decoder = decoders.ByteLevel()
    backend.add_special_tokens(special)
    return backend


def _characters(special: list[str]) -> Tokenizer:
    """As SentencePiece makes them: blanks are visible, a text begins with one, unknown letters are bytes."""
    tokens = [*special, *(f"<0x{byte:02X}>" for byte in range(256)), "▁", *(chr(c) for c in range(33, 127)), "\n"]
    vocab = {token: i for i, token in enumerate(tokens)}
    backend = Tokenizer(BPE(vocab=vocab, merges=[], unk_token="<unk>", byte_fallback=True))
    backend.normalizer = normalizers.Sequence([normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")])
    backend.decoder = decoders.Sequence(
        [decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse(), decoders.Strip(" ", 1, 0)]
    )
    backend.add_special_tokens(special)
    return backend


def _begun(backend: Tokenizer, token: str) -> Tokenizer:
    from tokenizers.processors import TemplateProcessing

    backend.post_processor = TemplateProcessing(
        single=f"{token} $A", pair=f"{token} $A $B", special_tokens=[(token, backend.token_to_id(token))]
    )
    return backend
