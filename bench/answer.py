"""How long one answer takes: `python bench/answer.py [RUN] [--questions 10] [--short]`.

Prompts of about 300 tokens, no two alike, each answered by repeating a record of about 100 tokens, or, with --short,
held-out questions of the course with their evidence, answered in a sentence: ours, transformers' `generate` (plain, and
with prompt lookup), llama.cpp (xllamacpp) and OpenVINO in turn, in one process, so that a noisy minute hits all.
llama.cpp and OpenVINO read the same Q8_0 file. Refusals and word-for-word answers go through the whole of `ask`.
"""

from __future__ import annotations

import argparse
import os
import random
import statistics
import time
from collections.abc import Callable
from itertools import islice
from pathlib import Path
from typing import Any

from reporting import finish

from shelftalker.answer import Answerer
from shelftalker.artifacts import read_manifest
from shelftalker.catalog import Catalogue
from shelftalker.examples import course, example_of
from shelftalker.examples.pairs import UNSTATED
from shelftalker.find import Finder
from shelftalker.models import TransformersGenerator, encode_prompt, stop_tokens
from shelftalker.models.merging import load_run
from shelftalker.models.openvino_converting import convert_run
from shelftalker.models.openvino_generating import OpenVinoGenerator
from shelftalker.prompts import description_forms
from shelftalker.prompts.reading import reading_messages
from shelftalker.records import Message, Record

PROMPT_TOKENS = (270, 340)
RECORD_TOKENS = (75, 125)
MAX_NEW_TOKENS = 160

Written = tuple[str, float, float]  # text, seconds to the first token (0 where unknown), seconds


def find_prompts(catalogue: Catalogue, finder: Finder, tokenizer: Any, count: int) -> list[tuple[Message, ...]]:
    """Prompts that ask for a description, filled up with neighbours to their length."""
    prompts: list[tuple[Message, ...]] = []
    forms = description_forms("en", "trained")
    for record in catalogue.records(limit=2000, seed=3):
        if not RECORD_TOKENS[0] <= _tokens(tokenizer, record.content) <= RECORD_TOKENS[1]:
            continue
        question = forms[len(prompts) % len(forms)].format(x=record.title)
        shown: list[Record] = [record]
        for other in finder.neighbours(record, 12):
            messages = reading_messages(question, [(one.title, [one.content]) for one in shown], "en")
            length = len(encode_prompt(tokenizer, messages))
            if length >= PROMPT_TOKENS[0]:
                break
            room = PROMPT_TOKENS[1] - length
            if _tokens(tokenizer, f"{other.title} {other.content}") + 12 <= room:
                shown.append(other)
        messages = reading_messages(question, [(one.title, [one.content]) for one in shown], "en")
        if PROMPT_TOKENS[0] <= len(encode_prompt(tokenizer, messages)) <= PROMPT_TOKENS[1]:
            prompts.append(messages)
        if len(prompts) == count:
            break
    return prompts


def short_prompts(count: int) -> list[tuple[Message, ...]]:
    """Questions people ask of a made-up record, with its best lines."""
    told = [one for one in course(held_out=True) if one.pair.kind != UNSTATED]
    return [example_of(one.pair, one.records, None).messages[:-1] for one in random.Random(3).sample(told, count)]


def _tokens(tokenizer: Any, text: str) -> int:
    return len(tokenizer(text, add_special_tokens=False)["input_ids"])


def ours(generator: Any) -> Callable[[tuple[Message, ...]], Written]:
    def ask(messages: tuple[Message, ...]) -> Written:
        [done] = generator.generate([messages], max_new_tokens=MAX_NEW_TOKENS)
        return done.text, done.first_token_seconds, done.seconds

    return ask


def transformers_generate(loaded: Any, **more: Any) -> Callable[[tuple[Message, ...]], Written]:
    """The library's own `generate`, greedy; `more` goes on to it."""
    import torch

    stop = sorted(stop_tokens(loaded.tokenizer, loaded.model))

    def ask(messages: tuple[Message, ...]) -> Written:
        started = time.perf_counter()
        ids = torch.tensor([encode_prompt(loaded.tokenizer, messages)])
        with torch.inference_mode():
            out = loaded.model.generate(
                ids,
                attention_mask=torch.ones_like(ids),
                max_new_tokens=MAX_NEW_TOKENS,
                do_sample=False,
                eos_token_id=stop,
                pad_token_id=stop[0],
                **more,
            )
        text = loaded.tokenizer.decode(out[0, ids.shape[1] :], skip_special_tokens=True)
        return str(text), 0.0, time.perf_counter() - started

    return ask


def llama_cpp(model: Path, tokenizer: Any) -> Callable[[tuple[Message, ...]], Written]:
    import xllamacpp

    params = xllamacpp.CommonParams()
    params.model.path = str(model)
    params.n_ctx, params.n_parallel, params.verbosity = 2048, 1, 1
    for threads in (params.cpuparams, params.cpuparams_batch):
        threads.n_threads = os.cpu_count() or 1
        threads.poll = 0  # its threads must not spin while the others are measured
    server = xllamacpp.Server(params)

    def ask(messages: tuple[Message, ...]) -> Written:
        started = time.perf_counter()
        request = {
            "prompt": encode_prompt(tokenizer, messages),
            "n_predict": MAX_NEW_TOKENS,
            "temperature": 0,
            "repeat_penalty": 1.0,
            "cache_prompt": False,
        }
        reply = server.handle_completions(request)
        seconds = time.perf_counter() - started
        first = reply.get("timings", {}).get("prompt_ms", 0.0) / 1000
        return reply["choices"][0]["text"], first, seconds

    return ask


def measure_whole(answerer: Answerer, questions: list[str]) -> float:
    """Median milliseconds of `ask`, finder and check included."""
    answerer.ask(questions[0])
    return 1000 * statistics.median(answerer.ask(question).seconds for question in questions)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("run", type=Path, nargs="?", default=Path("runs/demo"))
    parser.add_argument("--questions", type=int, default=10)
    parser.add_argument("--short", action="store_true", help="questions with their evidence, answered in a sentence")
    chosen = parser.parse_args()
    began = time.perf_counter()
    parent = read_manifest(chosen.run, "run").parent
    assert parent is not None
    catalogue, finder = Catalogue.open(Path(parent.path)), Finder.open(Path(parent.path))
    loaded, converted = load_run(chosen.run), convert_run(chosen.run)
    count = chosen.questions + 1
    prompts = short_prompts(count) if chosen.short else find_prompts(catalogue, finder, loaded.tokenizer, count)
    generator = TransformersGenerator(loaded)
    engines = {
        "ours": ours(generator),
        "transformers": transformers_generate(loaded),
        "transformers_lookup": transformers_generate(loaded, prompt_lookup_num_tokens=10),
        "llama_cpp": llama_cpp(converted.model, loaded.tokenizer),
        "openvino": ours(OpenVinoGenerator(converted)),
    }
    written: dict[str, list[Written]] = {name: [] for name in engines}
    for ask in engines.values():
        ask(prompts[0])  # warms up
    for turn, messages in enumerate(prompts[1:]):
        for name in list(engines)[turn % len(engines) :] + list(engines)[: turn % len(engines)]:
            written[name].append(engines[name](messages))

    answerer = Answerer(finder, catalogue, generator)
    records = list(islice(catalogue.iterate(), 200))
    refusal = measure_whole(answerer, [f"What is the {one.title} Mk 7731?" for one in records[:20]])
    long = [one for one in records if len(one.content) > 1500][:20] or records[:1]
    verbatim = measure_whole(answerer, [f"What is the {one.title}?" for one in long])

    def median(name: str, place: int) -> float:
        return round(statistics.median(one[place] for one in written[name]), 3)

    table = [["engine", "first token ms", "answer s", "same text as ours", "answer tokens"]]
    for name, found in written.items():
        same = sum(one[0].strip() == other[0].strip() for one, other in zip(found, written["ours"], strict=True))
        tokens = statistics.median(_tokens(loaded.tokenizer, one[0]) for one in found)
        first = f"{1000 * median(name, 1):.0f}" if median(name, 1) else ""
        table.append([name, first, f"{median(name, 2):.2f}", f"{same}/{len(found)}", f"{tokens:.0f}"])
    table += [["refusal", "", f"{refusal / 1000:.3f}", "", ""], ["word for word", "", f"{verbatim / 1000:.3f}", "", ""]]
    same = sum(one[0] == other[0] for one, other in zip(written["openvino"], written["ours"], strict=True))
    document = {
        "prompts": len(prompts) - 1,
        "prompt_tokens": round(statistics.median(len(encode_prompt(loaded.tokenizer, one)) for one in prompts)),
        "ours_seconds_p50": median("ours", 2),
        "ours_first_token_ms": round(1000 * median("ours", 1)),
        "transformers_seconds_p50": median("transformers", 2),
        "transformers_lookup_seconds_p50": median("transformers_lookup", 2),
        "llama_cpp_seconds_p50": median("llama_cpp", 2),
        "openvino_seconds_p50": median("openvino", 2),
        "openvino_first_token_ms": round(1000 * median("openvino", 1)),
        "openvino_same_text": same / len(prompts[1:]),
        "refusal_ms": round(refusal, 1),
        "verbatim_ms": round(verbatim, 1),
    }
    finish(document, seconds=time.perf_counter() - began, table=table)


if __name__ == "__main__":
    main()
