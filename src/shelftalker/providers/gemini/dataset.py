"""Write examples as the provider's JSON Lines, and check them against its limits before anything is sent."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from shelftalker.errors import ProviderError, storage_errors
from shelftalker.providers.source_line import source_line
from shelftalker.providers.table import HostedModel
from shelftalker.records import Example, Record

__all__ = ["VERSIONS", "Written", "check_limits", "to_line", "write_lines"]

VERSIONS = (1, 2)
"""1: answers alone. 2: with the line that names the source."""

CHARS_PER_TOKEN = 4.0
"""The provider's own rule of thumb for English; the bill is by its own count, which the job reports."""

_TOLD_EVERY = 1000
_MANY_VALIDATION = 1000
_VALIDATION_SHARE = 0.3  # of the training examples, where there are more than 1,000 for validation


@dataclass(frozen=True)
class Written:
    """One set of examples on disk, in both versions.

    Attributes:
        paths: version to file.
        examples: lines in each file.
        characters: of all texts, by version.
        bytes: of each file, by version.
        dropped: reason to {"count", "first"}; first is the first example's number, counted from 1, as made.
    """

    paths: dict[int, Path]
    examples: int = 0
    characters: dict[int, int] = field(default_factory=dict)
    bytes: dict[int, int] = field(default_factory=dict)
    dropped: dict[str, dict[str, int]] = field(default_factory=dict)

    def tokens(self, version: int) -> int:
        """Return about how many tokens one pass reads."""
        return round(self.characters[version] / CHARS_PER_TOKEN)


def to_line(example: Example, source: str = "") -> dict[str, Any]:
    """Return an example in the provider's form; `source` is set under the answer.

    Source: https://cloud.google.com/vertex-ai/generative-ai/docs/models/gemini-supervised-tuning-prepare
    """
    system = [message.content for message in example.messages if message.role == "system"]
    turns = [message for message in example.messages if message.role != "system"]
    last = len(turns) - 1
    document: dict[str, Any] = {}
    if system:
        document["systemInstruction"] = {"role": "system", "parts": [{"text": "\n".join(system)}]}
    document["contents"] = [
        {
            "role": "model" if message.role == "assistant" else "user",
            "parts": [{"text": message.content + (source if number == last else "")}],
        }
        for number, message in enumerate(turns)
    ]
    return document


def write_lines(
    examples: Iterable[Example],
    folder: Path,
    role: str,
    *,
    lookup: Callable[[str], Record],
    model: HostedModel | None,
    refuse_long: bool = False,
    on_written: Callable[[int], None] | None = None,
) -> Written:
    """Write `ROLE-v1.jsonl` and `ROLE-v2.jsonl`, leaving out what the provider would not take.

    An example is too long when it has more bytes than the model takes tokens: a token has at least one byte, so
    what is written is never too long, and what is left out may at worst have been allowed.

    Args:
        examples: in the order they are to stand in.
        folder: where the files go.
        role: "training" or "validation".
        lookup: uid to record, for the source line.
        model: whose limits hold; None: none are known.
        refuse_long: raise at the first example that is too long.
        on_written: called now and then with the number of lines written.

    Raises:
        ProviderError: an example is too long, and `refuse_long`.
        StorageError: the disk is full or read-only.
    """
    written = Written({version: folder / f"{role}-v{version}.jsonl" for version in VERSIONS})
    characters = dict.fromkeys(VERSIONS, 0)
    sizes = dict.fromkeys(VERSIONS, 0)
    count = 0
    limit = model.example_tokens if model else None
    with storage_errors(folder), ExitStack() as stack:
        files = {version: stack.enter_context(path.open("wb")) for version, path in written.paths.items()}
        for number, example in enumerate(examples, start=1):
            source = source_line(example, lookup)
            reason = _reason(example, source, limit)
            if reason:
                if refuse_long and limit:
                    raise ProviderError(
                        f"example {number} ({', '.join(example.uids)}) is {reason}",
                        fix="leave long ones out with --set train.overlong=skip",
                    )
                dropped = written.dropped.setdefault(reason, {"count": 0, "first": number})
                dropped["count"] += 1
                continue
            count += 1
            for version in VERSIONS:
                extra = source if version == 2 else ""
                line = json.dumps(to_line(example, extra), ensure_ascii=False) + "\n"
                characters[version] += sum(len(message.content) for message in example.messages) + len(extra)
                sizes[version] += files[version].write(line.encode("utf-8"))
            if on_written and count % _TOLD_EVERY == 0:
                on_written(count)
    return Written(written.paths, count, characters, sizes, written.dropped)


def _reason(example: Example, source: str, limit: int | None) -> str:
    if not example.messages or example.messages[-1].role != "assistant" or not example.messages[-1].content.strip():
        return "without an answer"
    size = len(source.encode("utf-8")) + sum(len(message.content.encode("utf-8")) for message in example.messages)
    if limit is not None and size > limit:
        return f"longer than {limit} tokens may be"
    return ""


def check_limits(training: Written, validation: Written | None, version: int, model: HostedModel | None) -> None:
    """Make sure that the files are what the provider takes.

    Raises:
        ProviderError: there is nothing to train on, or too much.
    """
    if not training.examples:
        raise ProviderError("there is no example to train on", fix="prepare more products, or give --examples more")
    if model is None:
        return
    most = model.training_examples
    if most is not None and training.examples > most:
        raise ProviderError(
            f"{training.examples} examples are more than the {most} that {model.name} takes", fix=f"--examples {most}"
        )
    if model.file_bytes is not None and training.bytes[version] > model.file_bytes:
        fits = int(training.examples * model.file_bytes / training.bytes[version] * 0.98)
        raise ProviderError(
            f"the training file has {training.bytes[version]} bytes; {model.name} takes {model.file_bytes}",
            fix=f"--examples {fits}",
        )
    if validation is None or model.validation_examples is None:
        return
    most = model.validation_examples
    if validation.examples > _MANY_VALIDATION:
        most = max(_MANY_VALIDATION, min(most, int(_VALIDATION_SHARE * training.examples)))
    if validation.examples > most:
        raise ProviderError(
            f"{validation.examples} examples for validation are more than the {most} that {model.name} takes",
            fix=f"--set train.validation_examples={most}",
        )
