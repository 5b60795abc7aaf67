"""Make an embedded reader: an adapter that teaches a base model to read, from people's pairs and the course.

    python bench/reader/train.py --out runs/reader --people 700 --sets ../shared/data/questions
    python bench/reader/train.py --out runs/reader2 --from runs/reader/adapter --people 100 --course 3000
    python bench/reader/train.py --out runs/reader2 --from ... --install       # into the package, in bf16

The first stage learns from pairs that people wrote (hetPQA, FaQuAD: what a model learns from them is free of their
licence), the second from the course, whose every tenth record is held out. A stage that was stopped goes on.
Measured on 2 cores: docs/results.md#the-embedded-readers.
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
from collections.abc import Iterator
from pathlib import Path

from shelftalker.config import TrainSettings
from shelftalker.examples.course import course
from shelftalker.examples.pairs import UNSTATED, BadRow, read_pairs
from shelftalker.examples.reading import example_of
from shelftalker.examples.subjects import Subject, of_own_text
from shelftalker.models import load_base
from shelftalker.models.readers import find_reader
from shelftalker.records import Example, Message
from shelftalker.train.processes import join_processes
from shelftalker.train.progress import Progress
from shelftalker.train.run import fit
from shelftalker.train.training_set import TrainingSet

SETS = ("hetpqa_answers.jsonl", "hetpqa_evidence.jsonl", "faquad.jsonl")
SILENT_SHARE = 0.16
MOST_WORDS = 28  # of a question or an answer: what is longer is chat
VALIDATION = 48


def people(folder: Path, count: int, rng: random.Random) -> Iterator[Subject]:
    """Yield people's pairs, some of them questions whose record does not answer."""
    pairs, _ = read_pairs([folder / name for name in SETS if (folder / name).is_file()])
    rng.shuffle(pairs)
    left = {True: round(count * SILENT_SHARE), False: count - round(count * SILENT_SHARE)}
    for pair in pairs:
        silent = pair.kind == UNSTATED
        short = max(len(pair.question.split()), len(pair.answer.split())) <= MOST_WORDS
        if not left[silent] or not short:
            continue
        try:
            yield of_own_text(pair)
        except BadRow:
            continue
        left[silent] -= 1


def examples(args: argparse.Namespace) -> list[Example]:
    """Make the examples, or read those of the stage that was stopped."""
    kept = args.out / "course.jsonl"
    if kept.is_file():
        rows = map(json.loads, kept.read_text(encoding="utf-8").splitlines())
        return [
            Example(row["kind"], "open-book", row["language"], tuple(Message(*turn) for turn in row["turns"]), ())
            for row in rows
        ]
    rng = random.Random(args.seed)
    replayed = course()
    subjects = list(people(args.sets, args.people, rng)) if args.people else []
    subjects += rng.sample(replayed, min(args.course, len(replayed)))
    rng.shuffle(subjects)
    made = [example_of(one.pair, one.records, None, chars=rng.choice((240, 320, 420))) for one in subjects]
    lines = [{"kind": e.kind, "language": e.language, "turns": [[m.role, m.content] for m in e.messages]} for e in made]
    kept.parent.mkdir(parents=True, exist_ok=True)
    kept.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), encoding="utf-8")
    return made


def train(args: argparse.Namespace) -> None:
    """Run a stage."""
    made = examples(args)
    kept = random.Random(7).sample(course(held_out=True), VALIDATION)
    validation = tuple(example_of(one.pair, one.records, None, chars=320) for one in kept)
    settings = TrainSettings(
        base=args.base, rank=args.rank, adapter_layers=args.layers, learning_rate=args.rate, batch_size=8, epochs=1,
        max_tokens=512, stop_on="never", truth_questions=0, checkpoint_minutes=4, warmup_share=0.06, seed=args.seed,
    )  # fmt: skip

    def tell(progress: Progress) -> None:
        if progress.stage == "note":
            print(progress.message, flush=True)
        if progress.stage == "train" and progress.done % 4 == 0:
            left = f"{progress.seconds_left or 0:.0f} s left"
            print(f"{progress.done}/{progress.total} loss {progress.loss or 0:.3f} {left}", flush=True)

    with join_processes("auto") as processes:
        result = fit(
            load_base(args.base), TrainingSet(tuple(made), validation, ()), args.out, settings,
            fingerprint={"stage": str(args.start)}, processes=processes, resume=(args.out / "checkpoints").is_dir(),
            start=args.start, on_progress=tell,
        )  # fmt: skip
    print(json.dumps({"examples": len(made), "epochs": result["epochs"], "seconds": result["training_seconds"]}))


def install(adapter: Path, base: str) -> None:
    """Put an adapter into the package, in bf16, which changes no answer that was looked at and halves its size."""
    import torch
    from safetensors.torch import load_file, save_file

    folder = find_reader(base) or Path(__file__).resolve().parents[2] / "src/shelftalker/models/readers" / base
    folder.mkdir(parents=True, exist_ok=True)
    weights = {
        name: w.to(torch.bfloat16).contiguous() for name, w in load_file(adapter / "adapter_model.safetensors").items()
    }
    save_file(weights, folder / "adapter_model.safetensors", metadata={"format": "pt"})
    shutil.copyfile(adapter / "adapter_config.json", folder / "adapter_config.json")
    for path in folder.iterdir():
        path.chmod(0o644)
    print(json.dumps({"folder": folder.name, "bytes": (folder / "adapter_model.safetensors").stat().st_size}))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--sets", type=Path, default=Path("../shared/data/questions"))
    parser.add_argument("--base", default="qwen2.5-coder-0.5b")
    parser.add_argument("--from", dest="start", type=Path)
    parser.add_argument("--people", type=int, default=0)
    parser.add_argument("--course", type=int, default=0)
    parser.add_argument("--rank", type=int, default=16)
    parser.add_argument("--layers", type=int, default=12, help="top layers that get an adapter; 0 is all")
    parser.add_argument("--rate", type=float, default=6e-4)
    parser.add_argument("--seed", type=int, default=3)
    parser.add_argument("--install", action="store_true", help="only put what --out holds into the package")
    args = parser.parse_args()
    if args.install:
        install(args.out / "adapter", args.base)
    else:
        train(args)


if __name__ == "__main__":
    main()
