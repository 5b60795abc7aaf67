"""How fast the embedded model trains: TRL's SFTTrainer, transformers' Trainer and ours, side by side.

All get the same rows, LoRA r16 on all linear layers of all blocks, and steps of as many examples. The systems
run in turn, each in a process of its own, several rounds; medians count. A run's first step is not timed. Tokens are
real tokens of the examples: no padding, and none left out because a common beginning is computed once.

usage: python bench/train.py [--rounds 3] [--mode both|open-book|closed-book] [--search | --levers | --loss]
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from importlib.util import find_spec
from pathlib import Path
from typing import Any

os.environ.setdefault("HF_HUB_OFFLINE", "1")

from reporting import ROOT, finish
from train_rows import Work, make_rows, select, write_work

PARAMETERS = 134_515_008
"""Of the base model; the output layer is the embedding again."""
BLOCK_PARAMETERS = 106_168_320
"""Of these, in the blocks' linear layers."""
HEAD_PARAMETERS = 28_311_552
ADAPTER_PARAMETERS = 4_884_480

_NO_CHECKPOINTING = {"gradient_checkpointing": False}
_TWO_BY_FOUR = {"per_device_train_batch_size": 4, "gradient_accumulation_steps": 2}
SYSTEMS: dict[str, tuple[str, dict[str, Any]]] = {
    "trl_default": ("trl", {"args": {}, "order": "shuffled"}),
    "trl_best": ("trl", {"args": {**_NO_CHECKPOINTING, **_TWO_BY_FOUR}, "dtype": "bfloat16"}),
    "hf_trainer": ("hf", {"args": {"bf16": True}, "dtype": "bfloat16", "held_out": True}),
    "ours": ("ours", {"held_out": True}),
}
"""What runs, in which order. `trl_best` and `hf_trainer` are the fastest that `--search` found; both are also given our
order of rows, in batches of like length, which shuffled rows lack."""

CANDIDATES: dict[str, tuple[str, dict[str, Any]]] = {
    "TRL: defaults": ("trl", {"args": {}, "order": "shuffled"}),
    "TRL: no checkpointing, sorted batches": ("trl", {"args": _NO_CHECKPOINTING}),
    "... base in bf16": ("trl", {"args": _NO_CHECKPOINTING, "dtype": "bfloat16"}),
    "... base in bf16, no autocast": ("trl", {"args": {**_NO_CHECKPOINTING, "bf16": False}, "dtype": "bfloat16"}),
    "... base in bf16, chunked loss": (
        "trl",
        {"args": {**_NO_CHECKPOINTING, "loss_type": "chunked_nll"}, "dtype": "bfloat16"},
    ),
    "... base in bf16, 2 x 4 examples a step": (
        "trl",
        {"args": {**_NO_CHECKPOINTING, **_TWO_BY_FOUR}, "dtype": "bfloat16"},
    ),
    "... base in bf16, packed to 1024": (
        "trl",
        {"args": {**_NO_CHECKPOINTING, "packing": True, "per_device_train_batch_size": 1}, "dtype": "bfloat16"},
    ),
    "HF Trainer: autocast": ("hf", {"args": {"bf16": True}}),
    "HF Trainer: base in bf16": ("hf", {"args": {}, "dtype": "bfloat16"}),
    "HF Trainer: base in bf16, autocast": ("hf", {"args": {"bf16": True}, "dtype": "bfloat16"}),
    "... 2 x 4 examples a step": ("hf", {"args": {"bf16": True, **_TWO_BY_FOUR}, "dtype": "bfloat16"}),
    "ours, general engine": ("ours", {"engine": "peft"}),
    "ours": ("ours", {}),
}

LEVERS: dict[str, tuple[str, dict[str, Any]]] = {
    "ours, all on": ("ours", {}),
    "general engine (PEFT's layers)": ("ours", {"engine": "peft"}),
    "no compiled kernels": ("ours", {"levers": {"native": False}}),
    "common beginning computed for each row": ("ours", {"levers": {"share": False}}),
    "weights not laid out for the way back": ("ours", {"levers": {"lay_out": False}}),
    "long rows attended whole": ("ours", {"levers": {"spans": False}}),
    "512 tokens at once": ("ours", {"tokens_per_forward": 512}),
    "2048 tokens at once": ("ours", {"tokens_per_forward": 2048}),
    "rows in random order": ("ours", {"order": "shuffled"}),
    "ours, all on, again": ("ours", {}),
}
"""Each takes one thing away or changes it."""


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3, help="alternations")
    parser.add_argument("--mode", choices=("both", "open-book", "closed-book"), default="both", help="kind of examples")
    parser.add_argument(
        "--steps", type=int, default=0, help="timed steps a run, of 8 examples; 0: 4, --search 2, --loss 20"
    )
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--search", action="store_true", help="one run of every setting that was considered")
    parser.add_argument("--levers", action="store_true", help="ours, with one thing at a time switched off")
    parser.add_argument("--loss", action="store_true", help="a longer run of ours and HF Trainer: the loss they reach")
    chosen = parser.parse_args(arguments)
    systems = CANDIDATES if chosen.search else LEVERS if chosen.levers else SYSTEMS
    if chosen.loss:
        systems = {name: SYSTEMS[name] for name in ("hf_trainer", "ours")}
    if find_spec("trl") is None:
        systems = {name: system for name, system in systems.items() if system[0] != "trl"}
        print("trl is not installed (pip install 'shelftalker[bench]'): its rows are left out", file=sys.stderr)
    steps = chosen.steps or (20 if chosen.loss else 2 if chosen.search else 4)
    rounds = 1 if chosen.search or chosen.loss or chosen.levers else chosen.rounds
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        rows = make_rows(Path(folder), mode=chosen.mode, count=400, seed=chosen.seed)
        work = select(rows, steps=steps, batch_size=8, seed=chosen.seed)
        write_work(work, Path(folder) / "work.npz")
        runs: dict[str, list[dict[str, Any]]] = {name: [] for name in systems}
        ceilings = []
        for number in range(rounds):
            ceilings.append(_run("ceiling", Path(folder), {}))
            for name, (system, settings) in systems.items():
                first = number == 0  # the loss of the same run is the same every time
                try:
                    done = _run(system, Path(folder), settings | {"held_out": first and "held_out" in settings})
                except subprocess.CalledProcessError as error:
                    if name in SYSTEMS:
                        raise SystemExit(f"{name} failed:\n{error.stderr[-3000:]}") from error
                    print(f"{name} failed: {error.stderr[-300:]}", file=sys.stderr)  # a candidate may
                    continue
                runs[name].append(done)
                print(f"round {number + 1}, {name}: {_speed(runs[name][-1]):.0f} tokens/s", file=sys.stderr)
    runs = {name: done for name, done in runs.items() if done}
    ceiling = {name: statistics.median(one[name] for one in ceilings) for name in ceilings[0]}
    _report(work, runs, ceiling, chosen.mode, time.monotonic() - started)


def _run(system: str, folder: Path, settings: dict[str, Any]) -> dict[str, Any]:
    script = Path(__file__).with_name("train_systems.py")
    command = [sys.executable, str(script), system, str(folder / "work.npz"), json.dumps(settings)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return json.loads(done.stdout.splitlines()[-1])  # type: ignore[no-any-return]


def _speed(run: dict[str, Any]) -> float:
    return float(run["tokens"] / run["seconds"])


def _operations(run: dict[str, Any]) -> float:
    """What the matrix products of our run compute, attention's left out: frozen layers twice, adapters three times."""
    blocks = run["computed_tokens"] * (4 * BLOCK_PARAMETERS + 6 * ADAPTER_PARAMETERS)
    return float(blocks + run["answer_tokens"] * 4 * HEAD_PARAMETERS)


def _report(
    work: Work, runs: dict[str, list[dict[str, Any]]], ceiling: dict[str, float], mode: str, seconds: float
) -> None:
    base = "ours" if "ours" in runs else "ours, all on"
    ours = runs[base]
    speeds = {name: statistics.median(map(_speed, done)) for name, done in runs.items()}
    table = [["system", "tokens/s", "least to most", "ours to it", "peak GB", "loss of held-out answers"]]
    for name, done in runs.items():
        each = sorted(map(_speed, done))
        peak = max(run["peak_gb"] for run in done)
        loss = done[0].get("held_out_loss")
        table.append(
            [name, f"{speeds[name]:.0f}", f"{each[0]:.0f} to {each[-1]:.0f}", f"{speeds[base] / speeds[name]:.2f}",
             f"{peak:.2f}", f"{loss:.4f}" if loss else ""]
        )  # fmt: skip
    highest = max(ceiling.values())
    computed = statistics.median(run["computed_tokens"] / run["seconds"] for run in ours)
    counted = statistics.median(_operations(run) / run["seconds"] for run in ours)
    lengths, prompts = work.rows.lengths, work.rows.prompts
    document: dict[str, Any] = {
        "mode": mode,
        "examples_per_run": sum(len(step) for step in work.steps[1:]),
        "tokens_per_run": work.tokens,
        "mean_tokens": round(float(lengths.mean()), 1),
        "mean_answer_tokens": round(float((lengths - prompts).mean()), 1),
        "rounds": len(ours),
        **{f"{name}_tokens_per_second": round(speed, 1) for name, speed in speeds.items() if name in SYSTEMS},
        **{f"ceiling_{name}_gflops": round(value, 1) for name, value in ceiling.items()},
        "ceiling_share": round(4 * PARAMETERS * computed / 1e9 / highest, 3),
        "ceiling_share_of_products": round(counted / 1e9 / highest, 3),
        "ours_peak_gb": round(max(run["peak_gb"] for run in ours), 3),
        "engine": ours[0]["engine"],
        "each": {name: round(speed, 1) for name, speed in speeds.items()},
    }
    for key, name in (("default", "trl_default"), ("best", "trl_best"), ("hf_trainer", "hf_trainer")):
        if name in speeds:
            document[f"ratio_{key}"] = round(speeds[base] / speeds[name], 3)
    if "trl_default" in runs:
        document["trl_peak_gb"] = round(max(run["peak_gb"] for run in runs["trl_default"]), 3)
    if "held_out_loss" in ours[0]:
        document["ours_loss"] = round(ours[0]["held_out_loss"], 5)
        document["hf_trainer_loss"] = round(runs["hf_trainer"][0]["held_out_loss"], 5)
    finish(document, seconds=seconds, table=table)


if __name__ == "__main__":
    main()
