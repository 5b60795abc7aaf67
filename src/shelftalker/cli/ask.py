"""`shelftalker ask`: ask a run, or a catalogue alone, about a product."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

from shelftalker.cli.answer_text import answer_text
from shelftalker.cli.options import (
    answering_options,
    check_named,
    json_option,
    print_failed,
    print_json,
    run_or_data,
    settings_options,
    stdin_lines,
)
from shelftalker.cli.provider_options import answering_provider_options, provider_flags
from shelftalker.config import load_settings
from shelftalker.errors import QuestionError

if TYPE_CHECKING:
    from shelftalker.records import Mode

__all__ = ["command"]

_EPILOG = """\b
Examples:
  shelftalker ask 'What is the Memorex Sport CD Boombox?' --run runs/demo
  shelftalker ask 'Quanto pesa a Chaleira Aurora 1,7 L?' --run runs/demo --json
  shelftalker ask 'What is the Sport CD Boombox?' --run runs/demo --uid B0000AZZLV
  shelftalker ask 'How long is its warranty?' --run runs/demo --history turns.json
  shelftalker ask 'does the Memorex Sport CD Boombox play tapes?' --data data/demo
  shelftalker ask 'does the Memorex Sport CD Boombox play tapes?' --no-model --data data/demo
  shelftalker ask 'What is the Memorex Sport CD Boombox?' --run runs/demo --closed-book
  shelftalker ask - --run runs/demo --json < questions.jsonl > answers.jsonl
  shelftalker ask 'What is PRODUCT?' --run runs/demo --provider openai-compatible --url http://127.0.0.1:8080/v1
A line of standard input is a question, or {"question": "...", "uid": "...", "history": [{"role", "content"}]}.
"""

_HINT = "name one with --uid"


@click.command(epilog=_EPILOG)
@click.argument("question")
@run_or_data
@click.option("--temperature", type=float, help="0, the default, is greedy.")
@click.option("--closed-book", is_flag=True, help="Answer from the weights alone; checked against the record after.")
@click.option("--uid", help="The product meant, where its name does not settle it.")
@click.option(
    "--history",
    type=click.Path(path_type=Path),
    help="Earlier turns: a JSON list, or JSON Lines, of role and content.",
)
@answering_options
@answering_provider_options
@settings_options
@json_option
def command(
    question: str,
    run: Path | None,
    data: Path | None,
    no_model: bool,
    temperature: float | None,
    closed_book: bool,
    base_model: bool,
    uid: str | None,
    history: Path | None,
    engine: Literal["transformers", "openvino"],
    config: Path | None,
    assignments: tuple[str, ...],
    as_json: bool,
    **provider: Any,
) -> int:
    """Answer QUESTION and show the record that the answer comes from.

    `-` reads a question a line, plain or as JSON. A line that cannot be answered says why, the others are answered,
    and the exit code is 1.
    """
    settings = load_settings(config, assignments, {"answer.temperature": temperature} | provider_flags(provider))
    many = question == "-"
    if not many and not question.strip():
        raise QuestionError("the question is empty", fix=f"shelftalker ask 'What is PRODUCT?' --run {run or 'RUN'}")
    check_named(run, data)
    from shelftalker.answer import Failed, answer_lines, open_answerer, read_history

    before = read_history(history) if history else ()
    answerer = open_answerer(
        run, settings.answer, tuned=not base_model, model=not no_model, engine=engine, data=data,
        provider=settings.provider,
    )  # fmt: skip
    mode: Mode = "closed-book" if closed_book else "open-book"
    if not many:
        answer = answerer.ask(question, mode=mode, uid=uid, history=before)
        if as_json:
            print_json(answer.to_json())
        else:
            click.echo(answer_text(answer, hint=_HINT))
        return 0
    alone = sys.stdin.isatty() or no_model  # a person waits for each; without a model a batch gains nothing
    at_once = 1 if alone else settings.answer.batch_questions
    failed = False
    for one in answer_lines(answerer, stdin_lines(), mode=mode, uid=uid, history=before, at_once=at_once):
        if isinstance(one, Failed):
            failed = True
            print_failed(one, as_json=as_json)
        elif as_json:
            print_json(one.to_json())
        else:
            click.echo(f"> {one.question}\n{answer_text(one, hint=_HINT)}\n")
    return int(failed)
