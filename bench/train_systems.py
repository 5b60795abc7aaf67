"""One training run of one system in a process of its own; prints what it measured as one JSON document.

usage: python bench/train_systems.py ours|hf|trl|ceiling WORK.npz [SETTINGS_JSON]
"""

from __future__ import annotations

import contextlib
import json
import os
import resource
import sys
import tempfile
import time
import warnings
from pathlib import Path
from typing import Any

os.environ.setdefault("HF_HUB_OFFLINE", "1")

import numpy as np
import torch
from train_loop import run_steps
from train_rows import MAX_TOKENS, Work, read_work

from shelftalker.config import TrainSettings
from shelftalker.models import load_base
from shelftalker.models.embedded import embedded_folder
from shelftalker.train.adapters import attach_adapter, trainable
from shelftalker.train.engines import choose_engine
from shelftalker.train.lean import lean_engine
from shelftalker.train.padded import PaddedEngine
from shelftalker.train.schedule import Step, forwards
from shelftalker.train.training_set import Rows

RANK, LEARNING_RATE, WARM_UP_SHARE, BETAS = 16, 1e-3, 0.05, (0.9, 0.99)
TOKENS_PER_FORWARD = 1024


def ours(work: Work, chosen: dict[str, Any]) -> dict[str, Any]:
    """Our loop, its journal and the thread that prepares rows included."""
    settings = TrainSettings.model_validate(
        {"rank": RANK, "learning_rate": LEARNING_RATE, "warmup_share": WARM_UP_SHARE, "stop_on": "never",
         "engine": chosen.get("engine", "auto")}
    )  # fmt: skip
    loaded = load_base("smollm2-135m", dtype="bfloat16", device="cpu")
    model = attach_adapter(loaded.model, settings)
    model.train()
    levers = chosen.get("levers")
    engine = lean_engine(model, **levers) if levers else choose_engine(model, loaded.device, settings)
    at_once = chosen.get("tokens_per_forward", TOKENS_PER_FORWARD)
    rows = _subset(work)
    cuts = np.cumsum([0, *map(len, work.steps)])
    places = np.arange(len(rows))
    if chosen.get("order") == "shuffled":  # the first step warms up and stays
        places[cuts[1] :] = np.random.default_rng(0).permutation(places[cuts[1] :])
    steps = np.split(places, cuts[1:-1])
    done = run_steps(engine, trainable(model), rows, steps, settings, tokens_per_forward=at_once)
    # layouts compute a common beginning once: what is computed is less than what is trained on
    computed = [
        len(engine.collate(rows, group).tokens) if engine.name.startswith("lean") else int(rows.lengths[group].sum())
        for step in steps[1:]
        for group in forwards(Step(0, 0, step), rows.lengths, tokens=at_once)
    ]
    return {"engine": engine.name, **vars(done), "computed_tokens": sum(computed), "model": model}


def _subset(work: Work) -> Rows:
    picked = [work.rows.row(int(i)) for i in np.concatenate(work.steps)]
    lengths = [len(tokens) for tokens, _ in picked]
    return Rows(
        np.concatenate([tokens for tokens, _ in picked]),
        np.concatenate([[0], np.cumsum(lengths)]),
        np.asarray([prompt for _, prompt in picked], dtype=np.int32),
    )


def peer(system: str, work: Work, chosen: dict[str, Any]) -> dict[str, Any]:
    """Transformers' Trainer or TRL's SFTTrainer.

    Args:
        system: hf or trl.
        work: the rows.
        chosen: `order` (ours, or shuffled), `dtype` of the base model, `args` for the trainer's own settings.
    """
    from datasets import Dataset
    from transformers import AutoModelForCausalLM, AutoTokenizer, Trainer, TrainingArguments

    steps = list(work.steps)
    timed = np.concatenate(steps[1:])
    if chosen.get("order") == "shuffled":
        timed = np.random.default_rng(0).permutation(timed)
    order = np.concatenate([steps[0], timed])
    picked = [work.rows.row(int(i)) for i in order]
    model = AutoModelForCausalLM.from_pretrained(
        embedded_folder(), dtype=getattr(torch, chosen.get("dtype", "float32")), local_files_only=True
    )
    tokenizer = AutoTokenizer.from_pretrained(embedded_folder())
    common: dict[str, Any] = {
        "per_device_train_batch_size": len(steps[0]), "num_train_epochs": 1, "learning_rate": LEARNING_RATE,
        "lr_scheduler_type": "cosine", "warmup_steps": round(WARM_UP_SHARE * len(steps)),
        "adam_beta1": BETAS[0], "adam_beta2": BETAS[1], "max_grad_norm": 1.0, "use_cpu": True, "report_to": "none",
        "save_strategy": "no", "logging_steps": 1, "train_sampling_strategy": "sequential", "disable_tqdm": True,
    }  # fmt: skip
    marks: list[tuple[float, int]] = []

    class Timed:
        """Notes when each forward pass begins, and its real tokens."""

        def training_step(self, model: Any, inputs: Any, *args: Any, **kwargs: Any) -> Any:
            mask = inputs.get("attention_mask")
            tokens = int(mask.sum()) if mask is not None else inputs["input_ids"].numel()
            marks.append((time.perf_counter(), tokens))
            return super().training_step(model, inputs, *args, **kwargs)  # type: ignore[misc]

    with tempfile.TemporaryDirectory() as folder:
        if system == "hf":
            settings = TrainSettings.model_validate({"rank": RANK})
            model = attach_adapter(model, settings)
            data = Dataset.from_list([_labelled(tokens, prompt) for tokens, prompt in picked])
            trainer = type("TimedTrainer", (Timed, Trainer), {})(
                model=model,
                args=TrainingArguments(folder, **common | chosen.get("args", {})),
                train_dataset=data,
                data_collator=_collator(tokenizer),
            )
        else:
            from peft import LoraConfig
            from trl import SFTConfig, SFTTrainer

            data = Dataset.from_list(
                [
                    {"input_ids": tokens.tolist(), "completion_mask": [0] * prompt + [1] * (len(tokens) - prompt)}
                    for tokens, prompt in picked
                ]
            )
            # the rows come encoded, so that it trains on the same tokens; the loss is of the answers, as for prompts
            # with completions by default
            trainer = type("TimedTrainer", (Timed, SFTTrainer), {})(
                model=model,
                args=SFTConfig(folder, completion_only_loss=True, max_length=MAX_TOKENS, **common | chosen["args"]),
                train_dataset=data,
                processing_class=tokenizer,
                peft_config=LoraConfig(r=RANK, lora_alpha=2 * RANK, target_modules="all-linear", task_type="CAUSAL_LM"),
            )
        with contextlib.redirect_stdout(sys.stderr):
            trainer.train()
        ended = time.perf_counter()
    losses = [line["loss"] for line in trainer.state.log_history if "loss" in line]
    return {
        "engine": system,
        "seconds": ended - marks[1][0],
        "tokens": sum(tokens for _, tokens in marks[1:]),
        "losses": losses,
        "model": trainer.model,
    }


def _labelled(tokens: Any, prompt: int) -> dict[str, list[int]]:
    ids = tokens.tolist()
    return {"input_ids": ids, "attention_mask": [1] * len(ids), "labels": [-100] * prompt + ids[prompt:]}


def _collator(tokenizer: Any) -> Any:
    from transformers import DataCollatorForSeq2Seq

    return DataCollatorForSeq2Seq(tokenizer, padding=True)


def held_out_loss(model: Any, work: Work) -> float:
    """Return the mean loss of an answer token, computed the same way whoever trained the model."""
    model.eval()
    engine = PaddedEngine(model.to(torch.bfloat16), torch.device("cpu"))
    rows, picked = work.rows, work.held_out
    answers = int((rows.lengths[picked] - rows.prompts[picked]).sum())
    groups = forwards(Step(0, 0, picked), rows.lengths, tokens=TOKENS_PER_FORWARD)
    return sum(engine.loss(engine.collate(rows, group)) for group in groups) / answers


def ceiling() -> dict[str, float]:
    """Return how fast this machine multiplies bf16 matrices, GFLOP/s: a large square, and the model's shapes."""

    def best(m: int, k: int, n: int, times: int) -> float:
        a, b = torch.randn(m, k).bfloat16(), torch.randn(n, k).bfloat16()
        out = torch.empty(m, n, dtype=torch.bfloat16)
        fastest = 1e9
        for _ in range(times):
            started = time.perf_counter()
            torch.mm(a, b.t(), out=out)
            fastest = min(fastest, time.perf_counter() - started)
        return fastest

    square, tokens = 3072, TOKENS_PER_FORWARD
    shapes = [(576, 960), (576, 576), (576, 3072), (1536, 576)]  # forward; the way back is these turned round
    shapes += [(n, k) for k, n in shapes]
    seconds = sum(best(tokens, k, n, 12) for k, n in shapes)
    return {
        "square": 2 * square**3 / best(square, square, square, 6) / 1e9,
        "model_shapes": sum(2 * tokens * k * n for k, n in shapes) / seconds / 1e9,
    }


def main(system: str, path: str, chosen: str = "{}") -> None:
    warnings.simplefilter("ignore")
    if system == "ceiling":
        print(json.dumps(ceiling()))
        return
    settings = json.loads(chosen)
    torch.manual_seed(1)
    work = read_work(Path(path))
    measured = ours(work, settings) if system == "ours" else peer(system, work, settings)
    # ru_maxrss counts KiB
    measured["peak_gb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e9
    model = measured.pop("model")
    if settings.get("held_out"):
        measured["held_out_loss"] = held_out_loss(model, work)
    print(json.dumps(measured))


if __name__ == "__main__":
    main(*sys.argv[1:])
