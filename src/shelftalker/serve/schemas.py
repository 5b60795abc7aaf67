"""The bodies that the API takes and gives. What OpenAI clients send beyond these is ignored."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from shelftalker.records import Message, Mode

__all__ = [
    "AnswerDocument",
    "AskBody",
    "ChatBody",
    "ChatMessage",
    "ErrorDocument",
    "FoundDocument",
    "HitDocument",
    "NearestDocument",
    "RecordDocument",
    "SourceDocument",
    "SpanDocument",
    "turns",
]

Temperature = Annotated[float, Field(ge=0, le=2)]


class ChatMessage(BaseModel):
    """One turn. Content may be a text or a list of parts, of which the text parts are read."""

    role: str
    content: str | list[dict[str, Any]] | None = None

    def text(self) -> str:
        """Return the turn's text parts, joined."""
        if isinstance(self.content, list):
            parts = [part.get("text") for part in self.content if part.get("type") == "text"]
            return "\n".join(part for part in parts if isinstance(part, str))
        return self.content or ""


def turns(messages: Sequence[ChatMessage]) -> tuple[Message, ...]:
    """Return the user's and the assistant's turns; those of other roles are left out."""
    return tuple(
        Message("user" if message.role == "user" else "assistant", message.text())
        for message in messages
        if message.role in ("user", "assistant")
    )


class AskBody(BaseModel):
    """What POST /ask takes: one question, or a list of them."""

    model_config = ConfigDict(extra="forbid")

    question: str | Annotated[list[str], Field(min_length=1, max_length=100)]
    mode: Mode = "open-book"
    system: Literal["tuned", "base"] = "tuned"
    temperature: Temperature | None = None
    uid: str | None = Field(None, description="which record is meant, after an ambiguous answer")
    history: list[ChatMessage] = Field(
        [], description="earlier turns, the oldest first; the product may be named there"
    )
    stream: bool = Field(False, description="send the draft as it is written, as server-sent events")


class StreamOptions(BaseModel):
    """What else a stream carries."""

    include_usage: bool = False


class ChatBody(BaseModel):
    """What POST /v1/chat/completions takes; the last user message is the question."""

    model: str
    messages: Annotated[list[ChatMessage], Field(min_length=1)]
    temperature: Temperature | None = None
    stream: bool | None = False
    stream_options: StreamOptions | None = None
    n: Annotated[int, Field(ge=1, le=1)] | None = 1
    mode: Mode = Field("open-book", description="ours: answer from the records or from the weights")
    uid: str | None = Field(None, description="ours: which record is meant")


class SourceDocument(BaseModel):
    """The record an answer rests on."""

    uid: str
    title: str
    file: str
    line: int
    quotes: list[str]


class NearestDocument(BaseModel):
    """A title offered instead."""

    uid: str
    title: str


class SpanDocument(BaseModel):
    """A stretch of the answer that stands in no source; offsets in characters."""

    start: int
    end: int
    text: str
    reason: str


class AnswerDocument(BaseModel):
    """One answer, as `ask --json` prints it."""

    question: str
    answer: str
    mode: Mode
    refused: bool
    ambiguous: bool
    grounded: bool
    model: str
    sources: list[SourceDocument]
    seconds: float
    language: str
    written_by: str
    nearest: list[NearestDocument]
    unsupported: list[SpanDocument]
    model_text: str
    prompt_tokens: int
    completion_tokens: int


class RecordDocument(BaseModel):
    """One record of the catalogue."""

    uid: str
    title: str
    content: str
    file: str
    line: int
    uids: list[str]


class HitDocument(BaseModel):
    """One product that was found, or that is near."""

    uid: str
    title: str
    score: float


class FoundDocument(BaseModel):
    """What `find --json` prints."""

    status: Literal["found", "ambiguous", "unsure", "absent"]
    records: list[HitDocument]
    seconds: float


class ErrorDocument(BaseModel):
    """Any error, of the form that OpenAI clients read."""

    error: dict[str, Any]
