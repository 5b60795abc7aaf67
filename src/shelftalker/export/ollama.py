"""The Modelfile that makes Ollama put a conversation as training put it, and stop where training stopped."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from shelftalker.errors import ModelError
from shelftalker.models import Loaded, stop_tokens
from shelftalker.models.encoding import render_prompt
from shelftalker.models.gguf_vocabulary import adds_beginning
from shelftalker.prompts import system_prompt
from shelftalker.records import Message, Mode

__all__ = ["Turns", "go_template", "modelfile", "read_turns"]

_SYSTEM, _ASKED, _ANSWERED, _AGAIN = "Xq7system", "Xq7asked", "Xq7answered", "Xq7again"
_CONTEXT_TOKENS = 4096


@dataclass(frozen=True, slots=True)
class Turns:
    """A chat template as the texts that stand between the messages.

    Attributes:
        before: what begins a conversation without a system message.
        before_system, after_system: what stands around the system message; the first question follows.
        answering: from the end of the last question to where the model begins to write.
        answered: from the end of a question to an answer that was given before.
        again: from the end of that answer to the next question.
    """

    before: str
    before_system: str
    after_system: str
    answering: str
    answered: str
    again: str

    def render(self, messages: list[Message]) -> str:
        """Return a conversation's text, as the Go template makes it."""
        system = next((message.content for message in messages if message.role == "system"), "")
        parts = [f"{self.before_system}{system}{self.after_system}" if system else self.before]
        turns = [message for message in messages if message.role != "system"]
        for place, message in enumerate(turns):
            if message.role == "assistant":
                parts += [self.answered, message.content]
            else:
                parts += [self.again if place else "", message.content]
        return "".join([*parts, self.answering])


def modelfile(loaded: Loaded, gguf: str, mode: Mode) -> str:
    """Return the Modelfile for a GGUF file that lies beside it.

    Raises:
        ModelError: the chat template is more than texts between messages.
    """
    config = loaded.model.config
    tokenizer = loaded.tokenizer
    context = min(int(getattr(config, "max_position_embeddings", _CONTEXT_TOKENS)), _CONTEXT_TOKENS)
    stops = [tokenizer.convert_ids_to_tokens(number) for number in sorted(stop_tokens(tokenizer, loaded.model))]
    lines = [
        f"FROM ./{gguf}",
        f'TEMPLATE """{go_template(read_turns(tokenizer))}"""',
        f'SYSTEM """{system_prompt(mode, "en")}"""',
        "PARAMETER temperature 0",
        f"PARAMETER num_ctx {context}",
        *(f"PARAMETER stop {json.dumps(stop, ensure_ascii=False)}" for stop in stops),
    ]
    return "\n".join(lines) + "\n"


def read_turns(tokenizer: Any) -> Turns:
    """Find the texts between the messages by rendering a conversation of known words.

    Raises:
        ModelError: they differ from one conversation to another.
    """
    system, asked = Message("system", _SYSTEM), Message("user", _ASKED)
    answered, again = Message("assistant", _ANSWERED), Message("user", _AGAIN)
    try:
        before_system, after_system, answering = _between(tokenizer, [system, asked])
        before, _ = _between(tokenizer, [asked])
        _, answer_begins, begins_again, _ = _between(tokenizer, [asked, answered, again])
        turns = Turns(before, before_system, after_system, answering, answer_begins, begins_again)
        others = [
            Message(m.role, f"{m.content}, and {m.role} of other words.") for m in (system, asked, answered, again)
        ]
        for conversation in ([asked], [system, asked], [system, asked, answered, again], others, others[1:2]):
            if turns.render(conversation) != _text(tokenizer, conversation):
                raise ValueError("it depends on the conversation")
    except ValueError as error:
        raise ModelError(
            f"the model's chat template cannot be put as one of Ollama's: {error}",
            fix="export it --to gguf, which carries the template as it is",
        ) from error
    return turns


def go_template(turns: Turns) -> str:
    """Return the template in Go's language, in which Ollama keeps it; every text is a quoted string in it."""
    said = {name: f"{{{{ {json.dumps(getattr(turns, name), ensure_ascii=False)} }}}}" for name in Turns.__slots__}
    first = (
        f"{{{{ if $.System }}}}{said['before_system']}{{{{ $.System }}}}{said['after_system']}"
        f"{{{{ else }}}}{said['before']}{{{{ end }}}}"
    )
    return (
        "{{ $begun := false }}{{ range .Messages }}"
        '{{ if eq .Role "user" }}'
        f"{{{{ if $begun }}}}{said['again']}{{{{ else }}}}{first}{{{{ end }}}}{{{{ $begun = true }}}}{{{{ .Content }}}}"
        f'{{{{ else if eq .Role "assistant" }}}}{said["answered"]}{{{{ .Content }}}}'
        f"{{{{ end }}}}{{{{ end }}}}{said['answering']}"
    )


def _between(tokenizer: Any, messages: list[Message]) -> list[str]:
    text, found = _text(tokenizer, messages), []
    for message in messages:
        start, word, text = text.partition(message.content)
        if not word:
            raise ValueError(f"it leaves out or repeats the {message.role}'s words")
        found.append(start)
    return [*found, text]


def _text(tokenizer: Any, messages: list[Message]) -> str:
    """Return the conversation's text without the beginning token, which Ollama adds itself."""
    text = render_prompt(tokenizer, messages)
    return text.removeprefix(tokenizer.bos_token) if adds_beginning(tokenizer) else text
