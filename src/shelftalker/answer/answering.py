"""understand -> find -> evidence -> read -> prove -> answer."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import TYPE_CHECKING, Literal

from shelftalker.answer import replies
from shelftalker.answer.planning import Plan, make_plan
from shelftalker.answer.streaming import without_marker
from shelftalker.config import AnswerSettings
from shelftalker.errors import QuestionError
from shelftalker.metrics.grounding import check_grounding
from shelftalker.metrics.proving import prove
from shelftalker.prompts.reading import split_citations, translation_messages
from shelftalker.records import Answer, Completion, Generator, Message, Mode, Record, Source, Span

if TYPE_CHECKING:
    from shelftalker.catalog import Catalogue
    from shelftalker.find import Finder

__all__ = ["Answerer", "Asked"]

_WrittenBy = Literal["model", "model-repaired", "record", "finder"]
_QUOTED_WORDS = 55
_WISH_TOKENS = 48


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with what is known beside it: the product it is about, and the turns before it."""

    question: str
    uid: str | None = None
    history: tuple[Message, ...] = ()


class Answerer:
    """Answers questions about a catalogue's products. Safe to use from several threads as far as its parts are."""

    def __init__(
        self,
        finder: Finder,
        catalogue: Catalogue,
        generator: Generator | None,
        settings: AnswerSettings | None = None,
    ) -> None:
        """Answer from a catalogue.

        Args:
            generator: the model that reads and writes; without one the best evidence is quoted.
        """
        self._finder = finder
        self._catalogue = catalogue
        self._generator = generator
        self._settings = settings or AnswerSettings()

    @property
    def model(self) -> str:
        """Name of the model that writes; "none" where evidence is quoted."""
        return self._generator.name if self._generator else "none"

    @property
    def finder(self) -> Finder:
        """What decides which product is meant."""
        return self._finder

    @property
    def catalogue(self) -> Catalogue:
        """Where the records are read from."""
        return self._catalogue

    def ask(
        self,
        question: str,
        *,
        mode: Mode = "open-book",
        temperature: float | None = None,
        uid: str | None = None,
        history: Sequence[Message] = (),
        on_text: Callable[[str], bool] | None = None,
    ) -> Answer:
        """Answer one question.

        Args:
            question: as the user put it.
            mode: "open-book", or "closed-book": from the model's weights, checked against the record afterwards.
            temperature: 0 is greedy; None takes the settings'.
            uid: the product meant, where that is known.
            history: earlier turns, the oldest first; the product may be named there.
            on_text: called with each piece of text as it is written; returning False stops. What it was given is
                not checked yet: the returned answer is what counts, and may differ where it was replaced.

        Raises:
            QuestionError: the question is empty or too long.
            CatalogueError: the catalogue has no record of that uid.
        """
        plan = self._plan(Asked(question, uid, tuple(history)), mode)
        if not plan.messages or self._generator is None:
            answer = self._without_model(plan)
            if on_text:
                on_text(answer.answer)
            return answer
        receive = without_marker(on_text) if on_text else None
        [completion] = self._generate([plan], temperature, receive)
        return self._finish(plan, completion)

    def ask_many(
        self, questions: Iterable[str], *, mode: Mode = "open-book", temperature: float | None = None
    ) -> Iterator[Answer]:
        """Answer questions in their order, several generated at once; see `ask_all`."""
        return self.ask_all((Asked(question) for question in questions), mode=mode, temperature=temperature)

    def ask_all(
        self, asked: Iterable[Asked], *, mode: Mode = "open-book", temperature: float | None = None
    ) -> Iterator[Answer]:
        """Answer questions in their order, several generated at once.

        Each answer's `seconds` is its own share of its batch.

        Raises:
            QuestionError: a question is empty or too long, once its turn comes.
            CatalogueError: the catalogue has no record of a uid.
        """
        waiting = iter(asked)
        while batch := list(islice(waiting, self._settings.batch_questions)):
            plans: list[Plan] = []
            refused: QuestionError | None = None
            for one in batch:
                try:
                    plans.append(self._plan(one, mode))
                except QuestionError as error:
                    refused = error  # those before it are answered first
                    break
            yield from self._answer_batch(plans, temperature)
            if refused:
                raise refused

    def _plan(self, asked: Asked, mode: Mode) -> Plan:
        return make_plan(
            asked.question, mode, self._finder, self._catalogue, self._settings, asked.uid, asked.history,
            self._translate if self._generator else None,
        )  # fmt: skip

    def _translate(self, wish: str) -> str:
        """Put a wish into English with the model that is there."""
        assert self._generator is not None
        [written] = self._generator.generate(
            [translation_messages(wish)], max_new_tokens=_WISH_TOKENS, temperature=0.0, seed=self._settings.seed
        )
        return written.text.strip()

    def _answer_batch(self, plans: list[Plan], temperature: float | None) -> Iterator[Answer]:
        began = time.perf_counter()
        read = [plan for plan in plans if plan.messages] if self._generator is not None else []
        completions = iter(self._generate(read, temperature, None) if read else [])
        share = (time.perf_counter() - began) / max(1, len(read))
        for plan in plans:
            if plan.messages and self._generator is not None:
                yield self._finish(replace(plan, started=time.perf_counter() - share), next(completions))
            else:
                yield self._without_model(plan)

    def _generate(
        self, plans: list[Plan], temperature: float | None, on_text: Callable[[str], bool] | None
    ) -> list[Completion]:
        assert self._generator is not None
        closed = plans[0].mode == "closed-book"
        return self._generator.generate(
            [plan.messages for plan in plans],
            max_new_tokens=self._settings.max_new_tokens if closed else self._settings.answer_tokens,
            temperature=self._settings.temperature if temperature is None else temperature,
            seed=self._settings.seed,
            lookup=not closed,
            on_text=on_text,
        )

    def _without_model(self, plan: Plan) -> Answer:
        """Give a reply that needs no model, quote a description, or quote the best evidence."""
        if plan.kind == "describe":
            record = plan.records[0]
            return self._answer(plan, plan.reply, "record", sources=(_whole(record),))
        if plan.kind in ("read", "recite"):
            return self._quoted(plan)
        return self._answer(
            plan, plan.reply, "finder",
            refused=plan.kind in ("absent", "off_topic") or (plan.kind == "discover" and not plan.records),
            ambiguous=plan.kind in ("several", "unsure"),
            nearest=plan.kind != "off_topic",
        )  # fmt: skip

    def _quoted(self, plan: Plan, completion: Completion | None = None, **more: object) -> Answer:
        """Answer with the best evidence itself, introduced as what the record says."""
        language = plan.question.language
        quotes = [_quote(reading.ranked, len(plan.readings)) for reading in plan.readings]
        if not any(quotes):
            return self._answer(
                plan, replies.silent(language), "record", completion, refused=True, sources=_sources(plan)
            )
        if len(quotes) == 1:
            text = replies.says(quotes[0], language)
        else:
            text = "\n".join(
                f"{reading.record.title}: “{quote}”" for reading, quote in zip(plan.readings, quotes, strict=True)
            )
        return self._answer(plan, text, "record", completion, sources=_sources(plan))

    def _finish(self, plan: Plan, completion: Completion) -> Answer:
        if plan.mode == "closed-book":
            return self._audited(plan, completion)
        text, numbers = split_citations(completion.text)
        unsupported = prove(text, plan.question.text, [reading.product for reading in plan.readings])
        if not self._settings.repair:
            return self._answer(
                plan, text, "model", completion,
                refused=replies.is_silent(text), sources=_sources(plan, numbers), unsupported=unsupported,
            )  # fmt: skip
        if not text:
            return self._quoted(plan, completion)
        if replies.is_silent(text):
            doubted = completion.sureness is not None and completion.sureness < self._settings.silence_sureness
            if doubted:
                return self._quoted(plan, completion)
            return self._answer(plan, text, "model", completion, refused=True, sources=_sources(plan))
        if unsupported:
            return self._quoted(plan, completion)
        return self._answer(plan, text, "model", completion, sources=_sources(plan, numbers))

    def _audited(self, plan: Plan, completion: Completion) -> Answer:
        """Keep a closed-book answer as it is, and mark what the product's record does not bear out."""
        text = completion.text.strip()
        found = check_grounding(text, plan.records[:1])
        return self._answer(
            plan, text, "model", completion,
            sources=tuple(Source(r.uid, r.title, r.file, r.line) for r in plan.records[:1]),
            ambiguous=len(plan.records) > 1, nearest=len(plan.records) > 1, unsupported=found.unsupported,
        )  # fmt: skip

    def _answer(
        self,
        plan: Plan,
        text: str,
        written_by: _WrittenBy,
        completion: Completion | None = None,
        *,
        sources: Sequence[Source] = (),
        refused: bool = False,
        ambiguous: bool = False,
        nearest: bool = False,
        unsupported: tuple[Span, ...] = (),
    ) -> Answer:
        return Answer(
            question=plan.question.text,
            answer=text,
            mode=plan.mode,
            refused=refused,
            ambiguous=ambiguous,
            grounded=not unsupported,
            model=self.model if completion else "none",
            sources=tuple(sources),
            seconds=time.perf_counter() - plan.started,
            language=plan.question.language,
            written_by=written_by,
            nearest=plan.nearest if nearest else (),
            unsupported=unsupported,
            model_text=completion.text.strip() if completion else "",
            prompt_tokens=completion.prompt_tokens if completion else 0,
            completion_tokens=completion.completion_tokens if completion else 0,
        )


def _sources(plan: Plan, numbers: Sequence[int] = ()) -> tuple[Source, ...]:
    return tuple(reading.source(numbers) for reading in plan.readings)


def _whole(record: Record) -> Source:
    return Source(record.uid, record.title, record.file, record.line, (record.content.strip(),))


def _quote(ranked: Sequence[object], products: int) -> str:
    """The best pieces of a record that fit a quotation, in the order of their weight."""
    words = _QUOTED_WORDS // products
    quoted: list[str] = []
    for one in ranked[:3]:
        text = one.piece.shown  # type: ignore[attr-defined]
        if quoted and len(text.split()) > words:
            continue
        quoted.append(text)
        words -= len(text.split())
    return " … ".join(quoted)
