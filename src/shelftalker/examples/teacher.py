"""Have a large model write pairs about the catalogue's records, and keep those that our own check can vouch for."""

from __future__ import annotations

import hashlib
import json
import math
import os
import random
import tomllib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from shelftalker.artifacts import write_atomic
from shelftalker.errors import UsageError, storage_errors
from shelftalker.examples.pairs import BadRow, Pair, is_silence
from shelftalker.examples.subjects import place_evidence
from shelftalker.find.encoder import SentenceEncoder
from shelftalker.find.evidence import Piece, pieces, rank
from shelftalker.metrics.proving import prove
from shelftalker.metrics.tokens import alike, fold_words, is_content
from shelftalker.prompts import detect_language
from shelftalker.records import Generator, Language, Message, Record

__all__ = ["TeacherPlan", "Teaching", "plan_teaching", "teach"]

_ASKED = 3  # pairs a call
_CALLS_A_PAIR = 2  # most calls for each pair that is wanted
_LINES = 8  # of a record that the teacher sees, one after the other
_SHORTEST_CHARS = 80
_REPLY_TOKENS = 300
_TEMPERATURE = 0.4
_LONGEST_WORDS = 40  # of an answer
_FROM_EVIDENCE = 1 / 3  # share of an answer's new words, in the language of its evidence
_CONFIRMS = ("yes", "no", "sim", "não")
_BEST = 3  # lines among which the evidence must rank
_CHARS_PER_TOKEN = 3.5
_LANGUAGES: tuple[Language, ...] = ("en", "pt")
_PARTS = ("question", "answer", "evidence")


@dataclass(frozen=True, slots=True)
class _Call:
    record: Record
    language: Language

    @property
    def key(self) -> tuple[str, str]:
        return self.record.uid, self.language

    def messages(self) -> tuple[Message, ...]:
        """Return the conversation: how it is done with another record, then this one."""
        texts = _texts()
        shown = texts["shown"]
        done = json.dumps(shown[self.language], ensure_ascii=False)
        return (
            Message("system", texts["system"]),
            Message("user", self._asks(shown["title"], shown["lines"])),
            Message("assistant", done),
            Message("user", self._asks(self.record.title, [piece.shown for piece in self.lines()])),
        )

    def lines(self) -> tuple[Piece, ...]:
        """Return the lines of the record that the teacher sees; in the other language, others where there are many."""
        found = pieces(self.record.content)
        first = len(found) // 2 if self.language == "pt" and len(found) >= 2 * _LINES else 0
        return found[first : first + _LINES]

    def _asks(self, title: str, lines: Sequence[str]) -> str:
        texts = _texts()
        numbered = "\n".join(f"[{number}] {line}" for number, line in enumerate(lines, 1))
        language = texts["languages"][self.language]
        return str(texts["asks"].format(title=title, lines=numbered, count=_ASKED, language=language))


@dataclass(frozen=True)
class TeacherPlan:
    """What would be asked.

    Attributes:
        calls: in their order; they end as soon as enough pairs are kept.
        wanted: pairs.
        fewest: calls, were all that is written kept.
    """

    calls: tuple[_Call, ...]
    wanted: int

    @property
    def fewest(self) -> int:
        """Calls, were everything kept."""
        return min(len(self.calls), math.ceil(self.wanted / _ASKED))

    def tokens(self, calls: int) -> tuple[int, int]:
        """Return about how many tokens so many calls read, and write at most."""
        read = sum(len(message.content) for call in self.calls[:calls] for message in call.messages())
        return round(read / _CHARS_PER_TOKEN), calls * _REPLY_TOKENS

    def told(self, price: tuple[float, float] | None = None) -> list[str]:
        """Return what it will take, line by line.

        Args:
            price: of a million tokens, read and written.
        """
        lines = []
        for word, calls in (("at least", self.fewest), ("at most", len(self.calls))):
            read, written = self.tokens(calls)
            cost = f", {_cost(read, written, price):.2f} at that price" if price else ""
            lines.append(f"{word:<9}{calls} calls, about {read} tokens read, up to {written} written{cost}")
        records = len({call.record.uid for call in self.calls})
        return [f"wanted   {self.wanted} pairs about up to {records} records, in both languages", *lines]


@dataclass
class Teaching:
    """What came of it.

    Attributes:
        kept: pairs, as rows of a file of pairs.
        rejected: reason to the number of pairs rejected for it, and the first of them.
        calls: made now; `replayed` were taken from the journal.
    """

    kept: list[dict[str, Any]] = field(default_factory=list)
    rejected: dict[str, tuple[int, dict[str, str]]] = field(default_factory=dict)
    calls: int = 0
    replayed: int = 0
    read_tokens: int = 0
    written_tokens: int = 0

    def reject(self, reason: str, example: dict[str, str]) -> None:
        """Count what is not kept."""
        count, first = self.rejected.get(reason, (0, example))
        self.rejected[reason] = (count + 1, first)

    def to_json(self) -> dict[str, Any]:
        """Return it as plain data."""
        rejected = {reason: {"count": count, "first": first} for reason, (count, first) in self.rejected.items()}
        return {
            "kept": len(self.kept), "calls": self.calls, "replayed": self.replayed,
            "read_tokens": self.read_tokens, "written_tokens": self.written_tokens, "rejected": rejected,
        }  # fmt: skip


def plan_teaching(records: Sequence[Record], wanted: int, seed: int) -> TeacherPlan:
    """Return what would be asked about records: each in one language, and then in the other."""
    rng = random.Random(f"teacher {seed}")
    told = [record for record in records if len(record.content) >= _SHORTEST_CHARS]
    rng.shuffle(told)
    calls = [
        _Call(record, _LANGUAGES[(place + turn) % len(_LANGUAGES)])
        for turn in range(len(_LANGUAGES))
        for place, record in enumerate(told)
    ]
    return TeacherPlan(tuple(calls[: _CALLS_A_PAIR * wanted]), wanted)


def teach(
    teacher: Generator,
    plan: TeacherPlan,
    encoder: SentenceEncoder | None,
    out: Path,
    *,
    catalogue: str,
    seed: int,
    at_once: int = 4,
    on_progress: Callable[[Teaching], None] | None = None,
) -> Teaching:
    """Ask the teacher until enough pairs are kept, or the plan ends; write them to `out` as they come.

    Every reply goes into a journal beside `out` first, so that a run that was killed goes on without asking twice.

    Args:
        catalogue: hash of its manifest; the journal of another one is refused.
        at_once: calls under way together.
        on_progress: told after each batch.

    Raises:
        ProviderError: the teacher fails; what was kept is written.
        UsageError: `out` is a file of something else, or its journal belongs to another teacher or catalogue.
        StorageError: the disk is full or read-only.
    """
    journal = _Journal(out, {"teacher": teacher.name, "catalogue": catalogue, "asks": _digest()})
    known = journal.read()
    calls = sorted(plan.calls, key=lambda call: call.key not in known)  # stable: those answered before come first
    result = Teaching()
    asked: set[tuple[str, ...]] = set()
    for first in range(0, len(calls), at_once):
        batch = calls[first : first + at_once]
        missing = [call for call in batch if call.key not in known]
        if missing:
            written = teacher.generate(
                [call.messages() for call in missing],
                max_new_tokens=_REPLY_TOKENS,
                temperature=_TEMPERATURE,
                seed=seed,
                lookup=False,
            )
            for call, one in zip(missing, written, strict=True):
                known[call.key] = (one.text, one.prompt_tokens, one.completion_tokens)
                journal.add(call.key, known[call.key])
        result.calls += len(missing)
        result.replayed += len(batch) - len(missing)
        for call in batch:
            text, read, wrote = known[call.key]
            result.read_tokens += read
            result.written_tokens += wrote
            _judge_reply(text, call, encoder, asked, result, teacher.name, plan.wanted)
        _write(out, result)
        if on_progress:
            on_progress(result)
        if len(result.kept) >= plan.wanted:
            break
    return result


def _judge_reply(
    text: str,
    call: _Call,
    encoder: SentenceEncoder | None,
    asked: set[tuple[str, ...]],
    result: Teaching,
    teacher: str,
    wanted: int,
) -> None:
    found = list(_objects(text))
    if not found:
        result.reject("the reply holds no JSON of that form", {"uid": call.record.uid, "reply": text[:300]})
    for one in found:
        parts = {name: str(one.get(name) or "").strip() for name in _PARTS}
        parts["evidence"] = _evidence(parts["evidence"], call)
        try:
            pair = _judged(parts, call, encoder, asked)
        except BadRow as bad:
            result.reject(str(bad), {"uid": call.record.uid, **parts})
            continue
        if len(result.kept) < wanted:
            result.kept.append(
                {
                    "uid": call.record.uid, "kind": pair.kind, "question": pair.question, "answer": pair.answer,
                    "language": pair.language, "evidence": list(pair.evidence[0]), "teacher": teacher,
                }
            )  # fmt: skip


def _judged(parts: dict[str, str], call: _Call, encoder: SentenceEncoder | None, asked: set[tuple[str, ...]]) -> Pair:
    """Return what a teacher wrote as a pair that can be vouched for.

    Raises:
        BadRow: why it cannot.
    """
    record = call.record
    question, answer = " ".join(parts["question"].split()), " ".join(parts["answer"].split())
    if not all(parts.values()):
        raise BadRow("the question, the answer or the evidence is missing")
    if detect_language(question) != call.language:
        raise BadRow("the question is in the other language")
    if len(answer.split()) > _LONGEST_WORDS:
        raise BadRow(f"the answer has more than {_LONGEST_WORDS} words")
    if is_silence(answer):
        raise BadRow("the answer says that the record does not tell")
    pair = place_evidence(
        Pair(question, answer, call.language, "teacher", (record.uid,), evidence=((parts["evidence"],),)), [record]
    )
    start = record.content.find(pair.evidence[0][0])
    if start < 0:
        raise BadRow("the evidence stands in the title alone")
    end = start + len(pair.evidence[0][0])
    ranked = rank(question, record, encoder)
    lines = [one.piece for one in ranked if one.piece.start < end and start < one.piece.end]
    held = " ".join(piece.text for piece in lines)
    if prove(answer, question, [("", [held])]):  # the title tells which product it is, and no more
        raise BadRow("the answer has a number, a name or a quotation that its evidence lacks")
    if not any(one.piece in lines for one in ranked[:_BEST]):
        raise BadRow(f"the evidence is not among the best {_BEST} lines for the question")
    if rank(answer, record, encoder)[0].piece not in lines:
        raise BadRow("another line is nearer to the answer than its evidence")
    _check_words(question, answer, held, call.language)
    keys = {tuple(fold_words(question)), (record.uid, call.language, *fold_words(answer))}
    if keys & asked:
        raise BadRow("the question was asked before, or the answer given")
    asked |= keys
    return pair


def _check_words(question: str, answer: str, held: str, language: Language) -> None:
    """Make sure that an answer tells something, and tells it from its evidence.

    Raises:
        BadRow: it does not.
    """
    asked = fold_words(question)
    told = [word for word in fold_words(answer) if is_content(word) and word not in asked]
    if not told and not answer.casefold().startswith(_CONFIRMS):
        raise BadRow("the answer repeats the question")
    words = fold_words(held)
    found = sum(any(alike(word, one) for one in words) for word in told)
    if detect_language(held) == language and found < _FROM_EVIDENCE * len(told):
        raise BadRow("few of the answer's words stand in its evidence")


def _evidence(told: str, call: _Call) -> str:
    """Return the words of the line that a teacher names; what it copies itself is taken as it is."""
    number = told.strip("[] ")
    lines = call.lines()
    return lines[int(number) - 1].text if number.isdigit() and 0 < int(number) <= len(lines) else told


def _objects(text: str) -> Iterator[dict[str, Any]]:
    """Yield the JSON objects with a question in a reply, wherever they stand and whatever stands around them."""
    decoder = json.JSONDecoder()
    place = 0
    while (place := text.find("{", place)) >= 0:
        try:
            one, place = decoder.raw_decode(text, place)
        except (json.JSONDecodeError, RecursionError):
            place += 1
            continue
        if isinstance(one, dict) and "question" in one:
            yield one


class _Journal:
    """Replies as they came, a line each, after a line that says of what."""

    def __init__(self, out: Path, about: dict[str, str]) -> None:
        self._path = out.with_name(f"{out.name}.journal")
        self._about = about
        if out.exists() and not self._path.exists():
            raise UsageError(f"{out} is there already and no teacher's run", fix="name another file with --out")

    def read(self) -> dict[tuple[str, str], tuple[str, int, int]]:
        """Return the replies by record and language, having cut off a last line that was not written whole."""
        with storage_errors(self._path):
            self._path.parent.mkdir(parents=True, exist_ok=True)
            text = self._path.read_bytes() if self._path.exists() else b""
        whole = text[: text.rfind(b"\n") + 1]
        rows = [json.loads(line) for line in whole.splitlines()]
        with storage_errors(self._path), self._path.open("r+b" if self._path.exists() else "w+b") as file:
            file.truncate(len(whole))
            if not rows:
                file.write(json.dumps(self._about).encode() + b"\n")
        if rows and rows[0] != self._about:
            raise UsageError(
                f"{self._path} is of another teacher, another catalogue or another version",
                fix="name another file with --out, or remove that one",
            )
        return {(row["uid"], row["language"]): (row["text"], row["read"], row["written"]) for row in rows[1:]}

    def add(self, key: tuple[str, str], reply: tuple[str, int, int]) -> None:
        """Keep a reply, on disk before it is used."""
        row = {"uid": key[0], "language": key[1], "text": reply[0], "read": reply[1], "written": reply[2]}
        with storage_errors(self._path), self._path.open("ab") as file:
            file.write(json.dumps(row, ensure_ascii=False).encode() + b"\n")
            file.flush()
            os.fsync(file.fileno())


def _write(out: Path, result: Teaching) -> None:
    lines = (json.dumps(row, ensure_ascii=False) + "\n" for row in result.kept)
    with storage_errors(out):
        write_atomic(out, "".join(lines))


def _cost(read: int, written: int, price: tuple[float, float]) -> float:
    return (read * price[0] + written * price[1]) / 1e6


@cache
def _source() -> str:
    return files("shelftalker.examples").joinpath("teacher.toml").read_text(encoding="utf-8")


@cache
def _texts() -> dict[str, Any]:
    return tomllib.loads(_source())


def _digest() -> str:
    return hashlib.sha256(_source().encode()).hexdigest()
