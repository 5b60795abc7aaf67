"""What flows between the verbs: records, examples, sources, answers.

Plain frozen data, no behaviour beyond turning into JSON, no dependency but the standard library.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Literal, Protocol

__all__ = [
    "Answer",
    "Completion",
    "Example",
    "Generator",
    "Language",
    "Message",
    "Mode",
    "Nearest",
    "Record",
    "Source",
    "Span",
    "Split",
]

Mode = Literal["open-book", "closed-book"]
Language = Literal["en", "pt"]
Split = Literal["train", "validation", "test"]


@dataclass(frozen=True, slots=True)
class Record:
    """One line of the catalogue, cleaned.

    Attributes:
        uid: the catalogue's own identifier of the product.
        title: cleaned title, letter case kept.
        content: cleaned description, letter case kept.
        file: name of the input file it stood in.
        line: line number in that file, counted from 1.
        uids: every uid merged into this record (exact duplicates), `uid` first.
    """

    uid: str
    title: str
    content: str
    file: str
    line: int
    uids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Message:
    """One turn of a conversation."""

    role: Literal["system", "user", "assistant"]
    content: str


@dataclass(frozen=True, slots=True)
class Example:
    """One supervised conversation. The last message is the assistant's; only it is trained on.

    Attributes:
        kind: what it teaches: "description" closed-book; else what its pair asks for, "unstated" where the record is
            silent.
        uids: the catalogue's products that it is about; splits are checked against these.
    """

    kind: str
    mode: Mode
    language: Language
    messages: tuple[Message, ...]
    uids: tuple[str, ...]

    @property
    def question(self) -> str:
        """The text of the last user message."""
        return next(m.content for m in reversed(self.messages) if m.role == "user")


@dataclass(frozen=True, slots=True)
class Source:
    """The record an answer rests on, with the spans of it that the answer repeats word for word."""

    uid: str
    title: str
    file: str
    line: int
    quotes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Nearest:
    """A title offered in place of a product that is not there, or that is meant ambiguously."""

    uid: str
    title: str


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of an answer, `start` to `end` in characters, and why it is marked."""

    start: int
    end: int
    text: str
    reason: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What `ask` returns. `to_json` is its form on the wire and on standard output.

    Attributes:
        mode: "open-book" or "closed-book".
        refused: the catalogue has no such product, or the record does not say; the answer says so.
        ambiguous: several records bear the title; the answer lists them.
        grounded: every number, unit, name and quote in the answer stands in its sources.
        model: name of the model that wrote it, or "none" where none was needed.
        written_by: "model", "model-repaired" (generated again, held to the source), "record" (the
            record's own sentences) or "finder" (refusals and ambiguous titles).
        nearest: titles offered on a refusal or an ambiguity.
        unsupported: stretches of the answer that stand in no source.
        model_text: what the model wrote, before the check; "" where no model was asked.
        seconds: wall time from question to answer.
        prompt_tokens, completion_tokens: what the model read and wrote; 0 where no model was needed.
    """

    question: str
    answer: str
    mode: Mode
    refused: bool
    ambiguous: bool
    grounded: bool
    model: str
    sources: tuple[Source, ...]
    seconds: float
    language: Language = "en"
    written_by: Literal["model", "model-repaired", "record", "finder"] = "model"
    nearest: tuple[Nearest, ...] = ()
    unsupported: tuple[Span, ...] = ()
    model_text: str = ""
    prompt_tokens: int = 0
    completion_tokens: int = 0

    def to_json(self) -> dict[str, Any]:
        """Return plain lists, dicts, strings and numbers, ready for `json.dumps`."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Completion:
    """What a generator wrote for one conversation. Times are in seconds of wall time.

    Attributes:
        sureness: the least probability among the first five tokens; None where the generator cannot tell.
    """

    text: str
    prompt_tokens: int
    completion_tokens: int
    seconds: float
    first_token_seconds: float | None = None
    finished: bool = field(default=True)
    sureness: float | None = None


class Generator(Protocol):
    """Writes the assistant's turn. Implemented by local models, the fast engine and providers."""

    @property
    def name(self) -> str:
        """What `Answer.model` says."""
        ...

    def generate(
        self,
        conversations: Sequence[Sequence[Message]],
        *,
        max_new_tokens: int,
        temperature: float = 0.0,
        seed: int = 0,
        lookup: bool = True,
        on_text: Callable[[str], bool] | None = None,
    ) -> list[Completion]:
        """Return one completion a conversation, in order.

        Args:
            conversations: each ends with a user message.
            max_new_tokens: longest completion, in tokens of the generator's own tokenizer.
            temperature: 0 is greedy.
            seed: of the sampling; the same seed gives the same text on the same machine.
            lookup: draft tokens by n-gram lookup in the prompt, where the generator can.
            on_text: called with each new piece of text, for one conversation only; returning False
                stops the generation.
        """
        ...
