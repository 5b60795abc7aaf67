"""find -> render -> generate -> check -> repair -> answer."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING, Literal

from shelftalker.answer.evidence import best_sentences
from shelftalker.answer.facts import sure_fact
from shelftalker.answer.judging import faults, tidy
from shelftalker.answer.planning import Plan, make_plan, render
from shelftalker.answer.quotes import make_source
from shelftalker.answer.quoting import own_words
from shelftalker.answer.streaming import without_marker
from shelftalker.config import AnswerSettings
from shelftalker.errors import QuestionError
from shelftalker.metrics.grounding import check_grounding
from shelftalker.prompts import ambiguous_text, refusal_text, says_absent, says_unanswerable
from shelftalker.records import Answer, Completion, Generator, Mode, Nearest, Record

if TYPE_CHECKING:
    from shelftalker.catalog import Catalogue
    from shelftalker.find import Finder

__all__ = ["Answerer"]

_WrittenBy = Literal["model", "model-repaired", "record", "finder"]
_CHARS_PER_TOKEN = 2.0  # on the low side: names, figures and Portuguese take more tokens than plain English
_SCAFFOLD_TOKENS = 64
_VALUE_TOKENS = 200  # a value and the sentence it stands in; what is longer is no answer to "How heavy is it?"
_REPAIR_CHARS = 300
_LISTED = 10


class Answerer:
    """Answers questions about a catalogue's products. Safe to use from several threads as far as its parts are."""

    def __init__(
        self, finder: Finder, catalogue: Catalogue, generator: Generator, settings: AnswerSettings | None = None
    ) -> None:
        self._finder = finder
        self._catalogue = catalogue
        self._generator = generator
        self._settings = settings or AnswerSettings()

    @property
    def model(self) -> str:
        """Name of the model that writes."""
        return self._generator.name

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
        on_text: Callable[[str], bool] | None = None,
    ) -> Answer:
        """Answer one question.

        Args:
            question: as the user put it.
            mode: "open-book", or "closed-book": from the model's weights, checked against the record afterwards.
            temperature: 0 is greedy; None takes the settings'.
            uid: the product meant, where the question's words do not settle it.
            on_text: called with each piece of text as it is written; returning False stops. What it was given is
                not checked yet: the returned answer is what counts, and may differ where it was repaired.

        Raises:
            QuestionError: the question is empty or too long.
            CatalogueError: the catalogue has no record of that uid.
        """
        plan = make_plan(question, mode, self._finder, self._catalogue, self._settings, uid)
        if not plan.messages:
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
        """Answer questions in their order, several generated at once.

        Each answer's `seconds` is its own share of its batch.

        Raises:
            QuestionError: a question is empty or too long, once its turn comes.
        """
        return self.ask_records(((question, None) for question in questions), mode=mode, temperature=temperature)

    def ask_records(
        self, asked: Iterable[tuple[str, str | None]], *, mode: Mode = "open-book", temperature: float | None = None
    ) -> Iterator[Answer]:
        """Answer questions, each about the record of its uid, where it has one; else as `ask_many`.

        Raises:
            QuestionError: a question is empty or too long, once its turn comes.
            CatalogueError: the catalogue has no record of a uid.
        """
        waiting = iter(asked)
        while batch := list(islice(waiting, self._settings.batch_questions)):
            plans: list[Plan] = []
            refused: QuestionError | None = None
            for question, uid in batch:
                try:
                    plans.append(make_plan(question, mode, self._finder, self._catalogue, self._settings, uid))
                except QuestionError as error:
                    refused = error  # those before it are answered first
                    break
            yield from self._answer_batch(plans, temperature)
            if refused:
                raise refused

    def _answer_batch(self, plans: list[Plan], temperature: float | None) -> Iterator[Answer]:
        began = time.perf_counter()
        asked = [plan for plan in plans if plan.messages]
        completions = iter(self._generate(asked, temperature, None) if asked else [])
        share = (time.perf_counter() - began) / max(1, len(asked))
        for plan in plans:
            if plan.messages:
                own = replace(plan, started=time.perf_counter() - share)
                yield self._finish(own, next(completions))
            else:
                yield self._without_model(plan)

    def _generate(
        self, plans: list[Plan], temperature: float | None, on_text: Callable[[str], bool] | None
    ) -> list[Completion]:
        return self._generator.generate(
            [plan.messages for plan in plans],
            max_new_tokens=max(self._tokens(plan) for plan in plans),
            temperature=self._settings.temperature if temperature is None else temperature,
            seed=self._settings.seed,
            lookup=plans[0].mode == "open-book",
            on_text=on_text,
        )

    def _tokens(self, plan: Plan) -> int:
        if plan.mode == "closed-book":
            return self._settings.max_new_tokens
        if plan.asked.kind in ("attribute", "yes_no"):
            return min(self._settings.max_new_tokens, _VALUE_TOKENS)
        longest = sum(len(record.content) + len(record.title) for record in plan.shown)
        return min(self._settings.max_new_tokens, int(longest / _CHARS_PER_TOKEN) + _SCAFFOLD_TOKENS)

    def _without_model(self, plan: Plan) -> Answer:
        """Refuse, list the products of one title, or give a long description in the record's own words."""
        if plan.status == "absent":
            text = refusal_text(plan.name, plan.records, plan.language)
            return self._answer(plan, text, "finder", records=(), refused=True, nearest=plan.records)
        if plan.status == "ambiguous":
            text = ambiguous_text(plan.records[:_LISTED], plan.language, len(plan.records))
            return self._answer(plan, text, "finder", ambiguous=True, nearest=plan.records)
        text = own_words(plan)
        return self._answer(plan, text, "record", refused=all(map(says_unanswerable, text.splitlines())))

    def _finish(self, plan: Plan, completion: Completion) -> Answer:
        text = tidy(plan, completion.text)
        if plan.mode == "closed-book":
            return self._audited(plan, text, completion)
        written_by: _WrittenBy = "model"
        if self._settings.repair and faults(plan, text):
            text, written_by = self._repaired(plan)
        return self._answer(plan, text, written_by, completion, refused=says_unanswerable(text))

    def _audited(self, plan: Plan, text: str, completion: Completion) -> Answer:
        """Keep a closed-book answer as it is, and mark what the product's record does not bear out."""
        records = () if plan.status == "absent" else plan.records
        return self._answer(
            plan,
            text,
            "model",
            completion,
            records=records,
            refused=says_absent(text),
            ambiguous=plan.status == "ambiguous",
            nearest=plan.records if not records or plan.status == "ambiguous" else (),
        )

    def _repaired(self, plan: Plan) -> tuple[str, _WrittenBy]:
        """Ask again with nothing but the telling sentences in the prompt; where that fails too, quote the record."""
        sure = plan.asked.kind == "description" or plan.status == "compared"
        record = plan.records[0]
        if not sure and not sure_fact(plan, record):
            telling = best_sentences(" ".join(record.content.split()), plan.rest, plan.asked.attribute, _REPAIR_CHARS)
            if telling and telling != plan.shown[0].content:
                again = render(replace(plan, shown=(replace(record, content=telling),)))
                [completion] = self._generate([again], 0.0, None)
                text = tidy(again, completion.text)
                if not faults(again, text):
                    return text, "model-repaired"
        return own_words(plan), "record"

    def _answer(
        self,
        plan: Plan,
        text: str,
        written_by: _WrittenBy,
        completion: Completion | None = None,
        *,
        records: tuple[Record, ...] | None = None,
        refused: bool = False,
        ambiguous: bool = False,
        nearest: tuple[Record, ...] = (),
    ) -> Answer:
        records = plan.records if records is None else records
        unsupported = check_grounding(text, records).unsupported if written_by.startswith("model") else ()
        return Answer(
            question=plan.question,
            answer=text,
            mode=plan.mode,
            refused=refused,
            ambiguous=ambiguous,
            grounded=not unsupported,
            model=self._generator.name if completion else "none",
            sources=tuple(make_source(record, text) for record in records),
            seconds=time.perf_counter() - plan.started,
            language=plan.language,
            written_by=written_by,
            nearest=tuple(Nearest(record.uid, record.title) for record in nearest),
            unsupported=unsupported,
            model_text=completion.text if completion else "",
            prompt_tokens=completion.prompt_tokens if completion else 0,
            completion_tokens=completion.completion_tokens if completion else 0,
        )
