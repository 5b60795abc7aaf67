"""A tokenizer as llama.cpp keeps one: byte-level BPE ("gpt2") or SentencePiece's BPE ("llama")."""

from __future__ import annotations

import json
from typing import Any

from shelftalker.errors import ModelError
from shelftalker.models.encoding import end_token

__all__ = ["WORD_SPLITS", "adds_beginning", "describe_vocabulary"]

_WORDS = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|{digits}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)
WORD_SPLITS = {
    "llama-bpe": _WORDS.replace("{digits}", r"\p{N}{1,3}"),
    "qwen2": _WORDS.replace("{digits}", r"\p{N}"),
}
"""llama.cpp's name for how a text is cut into words before merging, to the expression that does it."""

_BLANK = "▁"  # what SentencePiece writes for a blank


def describe_vocabulary(writer: Any, tokenizer: Any, vocab_size: int) -> None:
    """Tell a `gguf.GGUFWriter` the tokens, how text becomes tokens, the special tokens and the chat template.

    Args:
        vocab_size: rows of the embedding; where it has more than there are tokens, the rest is named and unused.

    Raises:
        ModelError: the tokenizer is of a kind that llama.cpp does not have.
    """
    backend = json.loads(tokenizer.backend_tokenizer.to_str())
    model = backend["model"]
    if model["type"] != "BPE":
        raise _unknown(f"a {model['type']} tokenizer")
    merges = [merge if isinstance(merge, str) else " ".join(merge) for merge in model["merges"]]
    sentencepiece = bool(model.get("byte_fallback"))
    tokens, kinds = _tokens(tokenizer, model, vocab_size, sentencepiece=sentencepiece)
    if sentencepiece:
        writer.add_tokenizer_model("llama")
        writer.add_tokenizer_pre("default")
        writer.add_token_scores(_scores(tokens, merges))
        first = tokenizer.convert_ids_to_tokens(tokenizer("a", add_special_tokens=False)["input_ids"])[0]
        writer.add_add_space_prefix(first.startswith(_BLANK))
    else:
        writer.add_tokenizer_model("gpt2")
        writer.add_tokenizer_pre(_pre_tokenizer(backend["pre_tokenizer"]))
        writer.add_token_merges(merges)
        writer.add_add_space_prefix(False)
    writer.add_token_list(tokens)
    writer.add_token_types(kinds)
    _describe_special(writer, tokenizer)


def adds_beginning(tokenizer: Any) -> bool:
    """Tell whether the tokenizer begins every text with its beginning token."""
    empty = tokenizer("")["input_ids"]
    return bool(empty) and empty[0] == tokenizer.bos_token_id


def _tokens(
    tokenizer: Any, model: dict[str, Any], vocab_size: int, *, sentencepiece: bool
) -> tuple[list[str], list[int]]:
    import gguf

    texts = {number: text for text, number in model["vocab"].items()}
    added = tokenizer.added_tokens_decoder
    tokens, kinds = [], []
    for number in range(vocab_size):
        kind = gguf.TokenType.NORMAL
        text = texts.get(number)
        if number in added:
            text = added[number].content
            kind = gguf.TokenType.CONTROL if added[number].special else gguf.TokenType.USER_DEFINED
            if kind == gguf.TokenType.USER_DEFINED and sentencepiece:
                text = text.replace(_BLANK, " ")
        elif text is None:
            text, kind = f"[PAD{number}]", gguf.TokenType.UNUSED
        elif sentencepiece and len(text) == 6 and text.startswith("<0x") and text.endswith(">"):
            kind = gguf.TokenType.BYTE
        if number == tokenizer.unk_token_id and sentencepiece:
            kind = gguf.TokenType.UNKNOWN
        tokens.append(text)
        kinds.append(int(kind))
    return tokens, kinds


def _scores(tokens: list[str], merges: list[str]) -> list[float]:
    """Give each token its place among the merges: llama.cpp merges the best score first, as the merges are in order."""
    first: dict[str, int] = {}
    for place, merge in enumerate(merges):
        first.setdefault(merge.replace(" ", "", 1), place)
    return [-float(first.get(token, len(merges))) for token in tokens]


def _pre_tokenizer(found: dict[str, Any] | None) -> str:
    parts = found.get("pretokenizers", [found]) if found else []
    kinds = [part["type"] for part in parts]
    if kinds == ["Digits", "ByteLevel"] and parts[0]["individual_digits"] and parts[1]["use_regex"]:
        return "smollm"
    if kinds == ["ByteLevel"] and parts[0]["use_regex"]:
        return "gpt-2"
    if kinds == ["Split", "ByteLevel"]:
        expression = str(parts[0]["pattern"].get("Regex"))
        for name, known in WORD_SPLITS.items():
            if known == expression:
                return name
    raise _unknown("a way to cut text into words")


def _describe_special(writer: Any, tokenizer: Any) -> None:
    for add, number in (
        (writer.add_bos_token_id, tokenizer.bos_token_id),
        (writer.add_eos_token_id, tokenizer.eos_token_id),
        (writer.add_eot_token_id, end_token(tokenizer)),
        (writer.add_unk_token_id, tokenizer.unk_token_id),
        (writer.add_pad_token_id, tokenizer.pad_token_id),
    ):
        if number is not None:
            add(int(number))
    writer.add_add_bos_token(adds_beginning(tokenizer))
    writer.add_add_eos_token(False)
    writer.add_chat_template(tokenizer.chat_template)


def _unknown(what: str) -> ModelError:
    return ModelError(
        f"this model has {what} that is not written to GGUF",
        fix="export it --to merged, then try llama.cpp's own convert_hf_to_gguf.py on that folder",
    )
