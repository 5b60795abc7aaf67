"""Turn conversations into tokens, the same way for training and for answering.

The prompt is rendered by the tokenizer's own chat template. An example is the prompt's tokens, then the
answer's, then the end token: built by joining, so that a prompt is a prefix of its example whatever the template does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from shelftalker.errors import ModelError, TrainingError
from shelftalker.records import Example, Message

__all__ = [
    "Encoded",
    "encode_example",
    "encode_prompt",
    "encode_prompts",
    "end_token",
    "render_prompt",
    "stop_tokens",
]

_PROBE = "Xq7 probe"


@dataclass(frozen=True, slots=True)
class Encoded:
    """A supervised conversation as tokens; `input_ids[prompt_tokens:]` is trained on.

    Attributes:
        over_by_tokens: by how many tokens it is longer than was allowed. Nothing is cut: an answer without its
            end teaches the model not to stop. The caller leaves such examples out and counts them.
    """

    input_ids: list[int]
    prompt_tokens: int
    over_by_tokens: int = 0

    def __len__(self) -> int:
        return len(self.input_ids)


def encode_example(tokenizer: Any, example: Example, max_tokens: int) -> Encoded:
    """Return an example's tokens: prompt, answer, end token.

    Raises:
        TrainingError: the last message is not the assistant's, or has no token to train on.
    """
    if not example.messages or example.messages[-1].role != "assistant":
        raise TrainingError(
            f"an example of kind {example.kind} does not end with an answer", fix="end it with an assistant message"
        )
    answer = _disarm(tokenizer, example.messages[-1].content)
    answer_ids = tokenizer(answer, add_special_tokens=False)["input_ids"]
    if not answer_ids:
        raise TrainingError(
            f"an example of kind {example.kind} about {', '.join(example.uids) or 'no product'} has an empty answer",
            fix="leave it out: there is nothing to train on",
        )
    prompt_ids = encode_prompt(tokenizer, example.messages[:-1])
    input_ids = [*prompt_ids, *answer_ids, end_token(tokenizer)]
    return Encoded(input_ids, len(prompt_ids), max(0, len(input_ids) - max_tokens))


def encode_prompts(
    tokenizer: Any, conversations: Sequence[Sequence[Message]], *, context_tokens: int, model: str
) -> list[list[int]]:
    """Return each conversation's prompt as tokens.

    Args:
        context_tokens: most that the model reads and writes together.
        model: its name, for the error.

    Raises:
        ModelError: a conversation leaves no room for an answer.
    """
    prompts = [encode_prompt(tokenizer, conversation) for conversation in conversations]
    longest = max(map(len, prompts), default=0)
    if longest >= context_tokens:
        raise ModelError(
            f"the prompt has {longest} tokens and {model} reads at most {context_tokens}",
            fix="ask about fewer or shorter records, or choose a base model with a longer context",
        )
    return prompts


def encode_prompt(tokenizer: Any, messages: Sequence[Message]) -> list[int]:
    """Return the tokens of a conversation up to where the assistant begins to write.

    A system message is folded into the first user message for templates that refuse or drop it (Gemma, some
    Mistral); the beginning token is added where the tokenizer wants one and the template leaves it out.

    Raises:
        ModelError: the chat template cannot render the conversation.
    """
    text = render_prompt(tokenizer, messages)
    ids = list(tokenizer(text, add_special_tokens=False)["input_ids"])
    beginning = list(tokenizer("")["input_ids"])[:1]
    if beginning and beginning[0] == tokenizer.bos_token_id and ids[:1] != beginning:
        ids = beginning + ids
    return ids


def render_prompt(tokenizer: Any, messages: Sequence[Message]) -> str:
    """Return the text that `encode_prompt` turns into tokens; the tokenizer's beginning token may still go before it.

    Raises:
        ModelError: the chat template cannot render the conversation.
    """
    return _render(tokenizer, [Message(m.role, _disarm(tokenizer, m.content)) for m in messages])


def end_token(tokenizer: Any) -> int:
    """Return the token that ends the assistant's turn: the template's own where it has one, else end-of-text.

    Raises:
        ModelError: the tokenizer has neither.
    """
    asked = [{"role": "user", "content": _PROBE}, {"role": "assistant", "content": _PROBE}]
    _, _, after = _apply(tokenizer, asked, generation_prompt=False).rpartition(_PROBE)
    special = set(tokenizer.all_special_ids) | set(tokenizer.added_tokens_decoder)
    for token in tokenizer(after.lstrip(), add_special_tokens=False)["input_ids"][:1]:
        if token in special:
            return int(token)
    if tokenizer.eos_token_id is None:
        raise ModelError("the tokenizer has no end token", fix="choose a base model whose tokenizer has one")
    return int(tokenizer.eos_token_id)


def stop_tokens(tokenizer: Any, model: Any = None) -> frozenset[int]:
    """Return every token that ends an answer: the turn's end, and what tokenizer and model call the end."""
    found = {end_token(tokenizer)}
    configured = getattr(getattr(model, "generation_config", None), "eos_token_id", None)
    for value in (tokenizer.eos_token_id, configured):
        found.update(value if isinstance(value, (list, tuple)) else [] if value is None else [value])
    return frozenset(int(token) for token in found)


def _render(tokenizer: Any, messages: Sequence[Message]) -> str:
    from jinja2.exceptions import TemplateError

    plain = [{"role": m.role, "content": m.content} for m in messages]
    first_is_system = bool(messages) and messages[0].role == "system"
    try:
        text = _apply(tokenizer, plain, generation_prompt=True)
        if not first_is_system or messages[0].content.strip() in text:
            return text
    except TemplateError as error:
        if not first_is_system:
            raise ModelError(
                f"the model's chat template refuses the conversation: {error}", fix="begin with a user message"
            ) from error
    return _apply(tokenizer, _fold_system(plain), generation_prompt=True)


def _fold_system(messages: list[dict[str, str]]) -> list[dict[str, str]]:
    system, *rest = messages
    if rest and rest[0]["role"] == "user":
        return [{"role": "user", "content": f"{system['content']}\n\n{rest[0]['content']}"}, *rest[1:]]
    return [{"role": "user", "content": system["content"]}, *rest]


def _apply(tokenizer: Any, messages: list[dict[str, str]], *, generation_prompt: bool) -> str:
    # enable_thinking: Qwen3 would otherwise begin with a chain of thought; other templates ignore it.
    return str(
        tokenizer.apply_chat_template(
            messages, tokenize=False, add_generation_prompt=generation_prompt, enable_thinking=False
        )
    )


def _disarm(tokenizer: Any, text: str) -> str:
    """Return the text with the tokenizer's control tokens broken, so that no text can end or open a turn.

    `prompts` takes the usual markers out of records and questions already; this holds for every tokenizer's own.
    """
    for token in _control_tokens(tokenizer):
        if token in text:
            text = text.replace(token, f"{token[0]} {token[1:]}")
    return text


def _control_tokens(tokenizer: Any) -> list[str]:
    added = [str(t.content) for t in tokenizer.added_tokens_decoder.values() if t.special]
    return [token for token in {*added, *tokenizer.all_special_tokens} if len(token) > 1]
