"""Keep keys and tokens out of messages, logs and files."""

from __future__ import annotations

import re
from collections.abc import Iterable

__all__ = ["one_line", "redact"]

_SHAPES = (
    re.compile(r"ya29\.[\w.-]+"),  # Google's access tokens
    re.compile(r"AIza[\w-]{20,}"),  # Google's API keys
    re.compile(r"\bsk-[\w-]{8,}"),  # keys of OpenAI's form
    re.compile(r"(?<=Bearer )\S+", re.IGNORECASE),
    re.compile(r"(?<=upload_id=)[\w-]+"),  # whoever has an upload's id may write to it
    re.compile(r"(?<=[?&]key=)[\w-]+"),
    re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)", re.DOTALL),
)
_HIDDEN = "[hidden]"
_LONGEST = 400


def redact(text: str, secrets: Iterable[str] = ()) -> str:
    """Return the text without the secrets, and without what has a secret's shape."""
    for secret in secrets:
        if len(secret) >= 4:
            text = text.replace(secret, _HIDDEN)
    for shape in _SHAPES:
        text = shape.sub(_HIDDEN, text)
    return text


def one_line(text: str, secrets: Iterable[str] = ()) -> str:
    """Return what a provider wrote as one short line for our own message, secrets taken out."""
    line = " ".join(redact(text, secrets).split()).rstrip(".")
    return line if len(line) <= _LONGEST else line[:_LONGEST].rsplit(" ", 1)[0] + " …"
