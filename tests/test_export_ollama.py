"""Ollama's template against the tokenizer's own, conversation by conversation."""

from __future__ import annotations

import re

import pytest
from tiny_models import ARCHITECTURES, tiny_tokenizer

from shelftalker.errors import ModelError
from shelftalker.export.ollama import go_template, read_turns
from shelftalker.models.encoding import render_prompt
from shelftalker.models.gguf_vocabulary import adds_beginning
from shelftalker.prompts import FALLBACK_CHAT_TEMPLATE
from shelftalker.records import Message

SYSTEM, FIRST = Message("system", "Answer from the records."), Message("user", 'What is "A{{1}}"\nreally?')
REPLY, SECOND = Message("assistant", "A lamp."), Message("user", "How much is it?")


def tokenizer_of(architecture):
    tokenizer = tiny_tokenizer(architecture)
    tokenizer.chat_template = tokenizer.chat_template or FALLBACK_CHAT_TEMPLATE
    return tokenizer


def run_go(template: str, messages) -> str:
    """Just enough of Go's templates to run ours: strings, .System, .Content, if, else, range and assignment."""
    tokens = re.findall(r"\{\{ (.*?) \}\}", re.sub(r'\{\{ ("(?:[^"\\]|\\.)*") \}\}', r"{{ \1 }}", template), re.DOTALL)
    assert "".join(f"{{{{ {token} }}}}" for token in tokens) == template  # nothing stands between the actions
    system = next((m.content for m in messages if m.role == "system"), "")
    variables: dict[str, bool] = {}

    def block(at: int, message, *, live: bool) -> tuple[str, int, str]:
        said = ""
        while at < len(tokens):
            token = tokens[at]
            if token == "end" or token.startswith("else"):
                return said, at, token
            if token.startswith("if "):
                made, at = choose(at, message, live=live)
                said += made
                continue
            if token == "range .Messages":
                body = ""
                for one in messages:
                    made, end, _ = block(at + 1, one, live=live)
                    body += made
                said, at = said + body, end + 1
                continue
            if live:
                said += act(token, message)
            at += 1
        return said, at, ""

    def choose(at: int, message, *, live: bool) -> tuple[str, int]:
        taken, said, condition = False, "", tokens[at].removeprefix("if ")
        while True:
            use = live and not taken and (condition == "" or holds(condition, message))
            made, at, stopped = block(at + 1, message, live=use)
            said, taken = said + (made if use else ""), taken or use
            if stopped == "end":
                return said, at + 1
            condition = stopped.removeprefix("else").strip().removeprefix("if ")

    def holds(condition: str, message) -> bool:
        if condition.startswith("eq .Role "):
            return message.role == condition.removeprefix("eq .Role ").strip('"')
        return bool(system) if condition == "$.System" else variables[condition]

    def act(token: str, message) -> str:
        name, _, value = token.partition(" = ") if " = " in token else token.partition(" := ")
        if value:
            variables[name] = value == "true"
            return ""
        if token.startswith('"'):
            import json

            return json.loads(token)
        return {"$.System": system, ".Content": message.content if message else ""}[token]

    return block(0, None, live=True)[0]


@pytest.mark.parametrize("architecture", ARCHITECTURES)
@pytest.mark.parametrize("messages", [[FIRST], [SYSTEM, FIRST], [FIRST, REPLY, SECOND], [SYSTEM, FIRST, REPLY, SECOND]])
def test_it_says_what_the_chat_template_says(architecture, messages):
    tokenizer = tokenizer_of(architecture)
    turns = read_turns(tokenizer)
    own = render_prompt(tokenizer, messages)
    if adds_beginning(tokenizer):  # Ollama adds it
        own = own.removeprefix(tokenizer.bos_token)
    assert turns.render(messages) == own
    assert run_go(go_template(turns), messages) == own


@pytest.mark.parametrize(
    "template",
    [
        "{% for m in messages %}{{ m['content'] | length }}{{ m['content'] }}\n{% endfor %}",
        "{{ messages[-1]['role'] }}",
        "{% for m in messages %}{{ m['content'] }}{{ messages | length }}{% endfor %}",
    ],
)
def test_a_template_that_is_more_than_texts_between_messages_is_refused(template):
    tokenizer = tokenizer_of("smollm")
    tokenizer.chat_template = template
    with pytest.raises(ModelError, match=r"cannot be put as one of Ollama's") as caught:
        read_turns(tokenizer)
    assert "--to gguf" in caught.value.fix
