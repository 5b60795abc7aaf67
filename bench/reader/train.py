"""Train an embedded reader: an adapter that teaches a base model to read, and put it into the package.

    python bench/reader/examples.py --out runs/reader
    python bench/reader/train.py --out runs/reader
    python bench/reader/check.py runs/reader/held_out.jsonl --adapter runs/reader/adapter
    python bench/reader/train.py --out runs/reader --install       # into the package, in bf16

On 2 cores a pass over all examples takes hours, on a GPU a minute; one that was stopped goes on where it was. Measured:
docs/results.md#the-embedded-readers.
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from shelftalker.config import TrainSettings
from shelftalker.models import load_base
from shelftalker.models.readers import find_reader
from shelftalker.records import Example, Message
from shelftalker.train.processes import join_processes
from shelftalker.train.progress import Progress
from shelftalker.train.run import fit
from shelftalker.train.training_set import TrainingSet

VALIDATION = 48


def examples(path: Path) -> Iterator[Example]:
    """Yield the examples of a file that `examples.py` wrote."""
    for row in map(json.loads, path.read_text(encoding="utf-8").splitlines()):
        turns = tuple(Message(*turn) for turn in row["turns"])
        yield Example(row["kind"], "open-book", row["language"], turns, ())


def train(args: argparse.Namespace) -> None:
    """Train, or go on."""
    made = tuple(examples(args.out / "train.jsonl"))
    held_out = random.Random(7).sample(list(examples(args.out / "held_out.jsonl")), VALIDATION)
    settings = TrainSettings(
        base=args.base, rank=args.rank, adapter_layers=args.layers, learning_rate=args.rate, batch_size=args.batch,
        epochs=args.epochs, max_tokens=768, stop_on="never", truth_questions=0, checkpoint_minutes=4,
        warmup_share=0.06, seed=args.seed,
    )  # fmt: skip

    def tell(progress: Progress) -> None:
        if progress.stage == "note":
            print(progress.message, flush=True)
        if progress.stage == "train" and progress.done % args.told == 0:
            left = f"{progress.seconds_left or 0:.0f} s left"
            print(f"{progress.done}/{progress.total} loss {progress.loss or 0:.3f} {left}", flush=True)

    with join_processes("auto") as processes:
        result = fit(
            load_base(args.base), TrainingSet(made, tuple(held_out), ()), args.out, settings,
            fingerprint={"examples": len(made)}, processes=processes, resume=(args.out / "checkpoints").is_dir(),
            on_progress=tell,
        )  # fmt: skip
    print(json.dumps({"examples": len(made), "epochs": result["epochs"], "seconds": result["training_seconds"]}))


def cut(weights: dict[str, Any], rank: int) -> dict[str, Any]:
    """Return matrices A [rank, in] and B [out, rank] of the largest singular values of an adapter's products BA."""
    import torch

    found = {}
    for name, down in weights.items():
        if ".lora_A." in name:
            other = name.replace(".lora_A.", ".lora_B.")
            (qb, rb), (qa, ra) = torch.linalg.qr(weights[other].float()), torch.linalg.qr(down.float().T)
            left, values, right = torch.linalg.svd(rb @ ra.T)
            root = values[:rank].sqrt()
            found[name], found[other] = ((qa @ right[:rank].T) * root).T, (qb @ left[:, :rank]) * root
    return found


def install(adapter: Path, base: str, rank: int) -> None:
    """Put an adapter into the package, in bf16, which changes no answer that was looked at and halves its size.

    One of a higher rank is cut to `rank`; alpha over rank, which scales its products, stays.
    """
    import torch
    from safetensors.torch import load_file, save_file

    folder = find_reader(base) or Path(__file__).resolve().parents[2] / "src/shelftalker/models/readers" / base
    folder.mkdir(parents=True, exist_ok=True)
    config = json.loads((adapter / "adapter_config.json").read_text(encoding="utf-8"))
    weights = load_file(adapter / "adapter_model.safetensors")
    if config["r"] > rank:
        weights = cut(weights, rank)
        config |= {"r": rank, "lora_alpha": config["lora_alpha"] * rank / config["r"]}
    weights = {name: w.to(torch.bfloat16).contiguous() for name, w in weights.items()}
    save_file(weights, folder / "adapter_model.safetensors", metadata={"format": "pt"})
    config["base_model_name_or_path"] = base
    (folder / "adapter_config.json").write_text(json.dumps(config, indent=2, sort_keys=True), encoding="utf-8")
    for path in folder.iterdir():
        path.chmod(0o644)
    print(json.dumps({"folder": folder.name, "bytes": (folder / "adapter_model.safetensors").stat().st_size}))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True, help="holds the examples; the adapter is written there too")
    parser.add_argument("--base", default="qwen2.5-coder-0.5b")
    parser.add_argument("--rank", type=int, default=10)
    parser.add_argument("--layers", type=int, default=0, help="top layers that get an adapter; 0 is all")
    parser.add_argument("--rate", type=float, default=6e-4)
    parser.add_argument("--batch", type=int, default=16)
    parser.add_argument("--epochs", type=float, default=2)
    parser.add_argument("--seed", type=int, default=3)
    parser.add_argument("--told", type=int, default=20, help="a line each so many steps")
    parser.add_argument(
        "--install", action="store_true", help="only put what --out holds into the package, cut to --rank"
    )
    args = parser.parse_args()
    if args.install:
        install(args.out / "adapter", args.base, args.rank)
    else:
        train(args)


if __name__ == "__main__":
    main()
