"""Make what an embedded reader learns from, and what it is measured on meanwhile.

    python bench/reader/examples.py --out runs/reader --sets ../shared/data/questions

Sources: pairs that people wrote (hetPQA, SemiPQA, FaQuAD: what a model learns from them is free of their licences), the
course, and both again with the lines that answer left out, where silence is right. Every tenth record of the course and
some of people's pairs are held out. Lines are chosen by the encoder, as answering chooses them.
"""

from __future__ import annotations

import argparse
import json
import random
from collections import Counter
from collections.abc import Iterable, Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

from shelftalker.examples.course import course
from shelftalker.examples.pairs import UNSTATED, BadRow, Pair, read_pairs
from shelftalker.examples.reading import can_withhold, example_of, withheld
from shelftalker.examples.subjects import Subject, of_own_text
from shelftalker.find.encoder import SentenceEncoder, open_sentence_encoder
from shelftalker.prompts.reading import translation_messages
from shelftalker.records import Example, Message

SETS = (
    "hetpqa_answers.jsonl", "hetpqa_evidence.jsonl", "semipqa_attributes.jsonl", "semipqa_texts.jsonl", "faquad.jsonl",
)  # fmt: skip
MOST_WORDS = 28  # of a question or an answer: what is longer is chat
HELD_OUT = 160  # of people's pairs that are answered; and a quarter as many that are not
CHARS = (240, 320, 420, 480, 480)
SHARE = {"hetpqa": 0.4}  # of a set's answered pairs: as many as there are, hetPQA's teach their small letters
WITHHELD = {"course": 0.3, "faquad": 0.3}  # share of the pairs that can be, once more without the lines that answer


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--sets", type=Path, default=Path("../shared/data/questions"))
    parser.add_argument("--seed", type=int, default=3)
    args = parser.parse_args()
    rng = random.Random(args.seed)
    encoder = open_sentence_encoder()
    told, silent = people(args.sets, rng)
    kept_silent = HELD_OUT // 4
    held = [*told[:HELD_OUT], *silent[:kept_silent]]
    learnt = [one for one in told[HELD_OUT:] if rng.random() < SHARE.get(name_of(one.pair), 1)]
    learnt += silent[kept_silent:]
    args.out.mkdir(parents=True, exist_ok=True)
    write(args.out / "train.jsonl", [*rows(learnt, encoder, rng), *rows(course(), encoder, rng), *wishes()], rng)
    write(args.out / "held_out.jsonl", [*rows(held, encoder, rng), *rows(course(held_out=True), encoder, rng)], rng)


def people(folder: Path, rng: random.Random) -> tuple[list[Subject], list[Subject]]:
    """Return people's pairs in random order: those that are answered, and those whose evidence does not answer."""
    pairs, _ = read_pairs([folder / name for name in SETS if (folder / name).is_file()])
    rng.shuffle(pairs)
    sides: tuple[list[Subject], list[Subject]] = ([], [])
    for pair in pairs:
        if max(len(pair.question.split()), len(pair.answer.split())) > MOST_WORDS:
            continue
        try:
            sides[pair.kind == UNSTATED].append(of_own_text(pair))
        except BadRow:
            continue
    return sides


def rows(subjects: Iterable[Subject], encoder: SentenceEncoder | None, rng: random.Random) -> Iterator[dict[str, Any]]:
    """Yield the examples of pairs, and of some of them once more with the lines that answer left out."""
    for one in subjects:
        source = name_of(one.pair)
        yield row(source, one.pair.kind, example_of(one.pair, one.records, encoder, chars=rng.choice(CHARS)))
        if rng.random() < WITHHELD.get(source, 0) and can_withhold(one.pair, one.records):
            left = withheld(one.pair, one.records[0], encoder, chars=rng.choice(CHARS))
            yield row(f"{source} withheld", one.pair.kind, left)


def name_of(pair: Pair) -> str:
    return Path(pair.file).stem.partition("_")[0] or "course"


def wishes() -> Iterator[dict[str, Any]]:
    """Yield wishes with their translations, which are looked for in catalogues in English."""
    file = files("shelftalker.examples").joinpath("course", "wishes.jsonl")
    for line in file.read_text(encoding="utf-8").splitlines():
        one = json.loads(line)
        messages = (*translation_messages(one["wish"]), Message("assistant", one["english"]))
        yield row("wishes", "translate", Example("translate", "open-book", "pt", messages, ()))


def row(source: str, kind: str, example: Example) -> dict[str, Any]:
    turns = [[turn.role, turn.content] for turn in example.messages]
    return {"source": source, "kind": kind, "language": example.language, "silent": example.kind == UNSTATED,
            "turns": turns}  # fmt: skip


def write(path: Path, made: list[dict[str, Any]], rng: random.Random) -> None:
    rng.shuffle(made)
    path.write_text("".join(json.dumps(one, ensure_ascii=False) + "\n" for one in made), encoding="utf-8")
    counts = Counter((one["source"], one["silent"]) for one in made)
    print(path.name, len(made), {f"{name}{' (silent)' * silent}": n for (name, silent), n in sorted(counts.items())})


if __name__ == "__main__":
    main()
