"""`shelftalker ask`: ask a run about a product."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

from shelftalker.cli.options import json_option, print_json, settings_options
from shelftalker.cli.provider_options import answering_provider_options, provider_flags
from shelftalker.config import load_settings
from shelftalker.errors import QuestionError

if TYPE_CHECKING:
    from shelftalker.answer import Answerer
    from shelftalker.records import Answer, Mode

__all__ = ["command"]

_EPILOG = """\b
Examples:
  shelftalker ask 'What is the Memorex Sport CD Boombox?' --run runs/demo
  shelftalker ask 'Quanto pesa a Chaleira Aurora 1,7 L?' --run runs/demo --json
  shelftalker ask 'What is the Sport CD Boombox?' --run runs/demo --uid B0000AZZLV
  shelftalker ask 'What is the Memorex Sport CD Boombox?' --run runs/demo --closed-book
  shelftalker ask - --run runs/demo --json < questions.txt > answers.jsonl
  shelftalker ask 'What is PRODUCT?' --run runs/demo --provider openai-compatible --url http://127.0.0.1:8080/v1
"""

_QUOTE_SHOWN = 160


@click.command(epilog=_EPILOG)
@click.argument("question")
@click.option("--run", type=click.Path(path_type=Path), required=True, help="A run: what `train` wrote.")
@click.option("--temperature", type=float, help="0, the default, is greedy.")
@click.option("--closed-book", is_flag=True, help="Answer from the weights alone; checked against the record after.")
@click.option("--base-model", is_flag=True, help="Answer with the base model as it was before training.")
@click.option("--uid", help="The product meant, where its name does not settle it.")
@click.option(
    "--engine",
    type=click.Choice(["transformers", "openvino"]),
    default="transformers",
    show_default=True,
    help="Who computes; openvino is faster and optional.",
)
@answering_provider_options
@settings_options
@json_option
def command(
    question: str,
    run: Path,
    temperature: float | None,
    closed_book: bool,
    base_model: bool,
    uid: str | None,
    engine: Literal["transformers", "openvino"],
    config: Path | None,
    assignments: tuple[str, ...],
    as_json: bool,
    **provider: Any,
) -> None:
    """Answer QUESTION and show the record that the answer comes from; `-` reads a question a line."""
    settings = load_settings(config, assignments, {"answer.temperature": temperature} | provider_flags(provider))
    many = question == "-"
    if not many and not question.strip():
        raise QuestionError("the question is empty", fix=f"shelftalker ask 'What is PRODUCT?' --run {run}")
    from shelftalker.answer import open_answerer

    answerer = open_answerer(run, settings.answer, tuned=not base_model, engine=engine, provider=settings.provider)
    mode: Mode = "closed-book" if closed_book else "open-book"
    for answer in _answers(answerer, question, many, mode, uid):
        if as_json:
            print_json(answer.to_json())
        else:
            click.echo(_shown(answer, with_question=many))


def _answers(answerer: Answerer, question: str, many: bool, mode: Mode, uid: str | None) -> Iterator[Answer]:
    """Answer one question, or each line of standard input; an empty line is no question.

    A person typing gets an answer a line; a file's questions are answered several at once.
    """
    if not many:
        yield answerer.ask(question, mode=mode, uid=uid)
        return
    questions = (line for line in sys.stdin if line.strip())
    if uid is None and not sys.stdin.isatty():
        yield from answerer.ask_many(questions, mode=mode)
        return
    for line in questions:
        yield answerer.ask(line, mode=mode, uid=uid)


def _shown(answer: Answer, *, with_question: bool) -> str:
    """The answer, then its sources with what it quotes of them, then what to be careful about."""
    lines = [f"> {answer.question}"] if with_question else []
    lines.append(answer.answer)
    if answer.sources and not answer.ambiguous:
        lines.append("")
    for number, source in enumerate(answer.sources if not answer.ambiguous else (), 1):
        lines.append(f"[{number}] {source.uid}  {source.title}  ({source.file}, line {source.line})")
        lines += [f"    “{_short(quote)}”" for quote in source.quotes if _short(quote) != _short(answer.answer)]
    for near in answer.nearest if answer.refused else ():
        lines.append(f"    {near.uid}  {near.title}")
    lines += [f"unsupported: “{_short(span.text)}” ({span.reason})" for span in answer.unsupported]
    if answer.ambiguous:
        lines.append("name one with --uid")
    if answer.written_by in ("model-repaired", "record") and answer.model_text:
        lines.append("(the model's own answer did not pass the check; this one is from the record)")
    return "\n".join([*lines, ""] if with_question else lines)


def _short(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= _QUOTE_SHOWN else flat[:_QUOTE_SHOWN].rsplit(" ", 1)[0] + " …"
