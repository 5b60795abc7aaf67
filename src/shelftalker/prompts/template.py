"""The chat template of models that have none, and what keeps a text from posing as one."""

from __future__ import annotations

import re

__all__ = ["FALLBACK_CHAT_TEMPLATE", "defuse", "escape"]

# ChatML without its default system message; the generation prompt is what follows an answered turn.
FALLBACK_CHAT_TEMPLATE = (
    "{% for message in messages %}"
    "{{ '<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>' + '\n' }}"
    "{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"
)

# Every family's turn markers stand in angle brackets, or are Llama's [INST]; none has a blank in it.
_MARKER = re.compile(r"<([^<>\s]{1,40})>|<(<SYS>|</SYS>)>|\[(/?INST)\]")


def escape(text: str) -> str:
    """Return a text in which nothing can be read as a chat template's own token; blanks stay as they are."""
    return _MARKER.sub(lambda match: "‹" + next(group for group in match.groups() if group) + "›", text)


def defuse(text: str) -> str:
    """Return a text in which nothing can be read as a chat template's own token, on one line.

    Text without such tokens keeps every character but its line breaks and doubled blanks.
    """
    return escape(" ".join(text.split()))
