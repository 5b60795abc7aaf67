"""A shelf of five records, a finder that knows them by title, and generators that write what they are told."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from shelftalker.catalog import normalise_title
from shelftalker.errors import CatalogueError
from shelftalker.prompts.reading import split_citations
from shelftalker.records import Completion, Message, Record

KETTLE = Record(
    "K1",
    "Corvane Kettle 1.7 L",
    "A whistling kettle for gas and induction hobs. It holds 1.7 liters and weighs 1.2 kg. "
    "The body is made of brushed steel. It is not suitable for microwave ovens. The warranty is 2 years.",
    "shelf.jsonl",
    3,
)
MUG_A = Record("M1", "Wren Mug", "A white mug of 350 ml, thrown in Stoke.", "shelf.jsonl", 4)
MUG_B = Record("M2", "Wren Mug", "A blue mug of 250 ml, thrown in Leeds.", "shelf.jsonl", 5)
CHALEIRA = Record(
    "C1", "Chaleira Aurora 1,5 L", "Ferve 1,5 litro em 4 minutos. Pesa 0,9 kg. Garantia de 12 meses.", "shelf.jsonl", 6
)
LONG = Record(
    "L1",
    "The Long Book",
    " ".join(f"Chapter {n} tells of the {n} lakes near Umeå." for n in range(1, 120)) + " It has 912 pages.",
    "shelf.jsonl",
    7,
)
SHELF = (KETTLE, MUG_A, MUG_B, CHALEIRA, LONG)


@dataclass(frozen=True)
class Hit:
    record: Record
    score: float = 1.0


@dataclass(frozen=True)
class Found:
    status: str
    hits: tuple[Hit, ...]
    name: str
    seconds: float = 0.0


@dataclass
class ShelfFinder:
    """Finds the records whose title stands in the question; without one, the question's last words are the name."""

    records: Sequence[Record] = SHELF

    def find(self, text: str, limit: int = 5) -> Found:
        asked = f" {normalise_title(text)} "
        named = [one for one in self.records if f" {normalise_title(one.title)} " in asked]
        if not named:
            return Found("absent", tuple(map(Hit, self.records[:limit])), text.rstrip("?. ").split(" is ")[-1])
        longest = max(len(one.title) for one in named)
        hits = tuple(Hit(one) for one in named if len(one.title) == longest)
        return Found("found" if len(hits) == 1 else "ambiguous", hits, hits[0].record.title)


@dataclass
class ShelfCatalogue:
    records: Sequence[Record] = SHELF

    def record(self, uid: str) -> Record:
        for one in self.records:
            if one.uid == uid:
                return one
        raise CatalogueError(f"there is no record {uid}", fix="shelftalker find TITLE")


@dataclass
class Copying:
    """Writes the first record of its prompt back, as a well-trained model does for a description."""

    name: str = "copying"
    asked: list[Sequence[Message]] = field(default_factory=list)
    sureness: float | None = None

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
        self.asked += conversations
        completions = [self._complete(conversation) for conversation in conversations]
        if on_text:
            for piece in completions[0].text.split(" "):
                if not on_text(piece + " "):
                    break
        return completions

    def _complete(self, conversation: Sequence[Message]) -> Completion:
        text = self.write(conversation)
        asked = len(conversation[-1].content.split())
        return Completion(text, asked, len(text.split()), 0.01, sureness=self.sureness)

    def write(self, conversation: Sequence[Message]) -> str:
        lines = conversation[-1].content.split("\n")
        return f"{split_citations(lines[1])[0]} [1]" if len(lines) > 1 else "I know it by heart."


@dataclass
class Saying(Copying):
    """Writes the given texts, one a conversation, the last one over and over."""

    texts: list[str] = field(default_factory=list)

    def write(self, conversation: Sequence[Message]) -> str:
        return self.texts.pop(0) if len(self.texts) > 1 else self.texts[0]
