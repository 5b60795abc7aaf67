"""How fast models of several sizes train on one GPU, and how long the original report's run would take.

Needs no network and no model files: the models have the shapes of published ones and random weights, which take the
same time; the rows are random tokens, in number as a catalogue of AmazonTitles-1.3MM's lengths would give. What trains
is our own loop with the engine that it picks on this device. MFU counts 4 operations a parameter and token for LoRA
(forward, and back to the inputs) and 6 for full, against the device's published dense bf16 peak, or, for a device that
is not in the table, against the fastest product measured here; attention's own products are left out.

usage: python bench/train_gpu.py [--shapes 135m,1b,2b,7b] [--method lora] [--device cuda]
       python bench/train_gpu.py --levers --shapes 135m     with one thing at a time switched off
       python bench/train_gpu.py --device cpu --size tiny      proves on any machine that it runs
"""

from __future__ import annotations

import argparse
import contextlib
import gc
import json
import sys
import tempfile
import time
from collections.abc import Iterator
from importlib.util import find_spec
from typing import Any

import numpy as np
import torch
from reporting import finish
from train_loop import run_steps

from shelftalker.config import TrainSettings
from shelftalker.errors import ShelftalkerError
from shelftalker.train.adapters import attach_adapter, trainable
from shelftalker.train.cuda import fix_workspaces
from shelftalker.train.engines import capture_passes, choose_engine
from shelftalker.train.estimate import estimate_run, estimated_as, peak_memory_bytes
from shelftalker.train.padded import LoraProducts
from shelftalker.train.schedule import plan_steps
from shelftalker.train.training_set import RowCounts, Rows

REPORT_EXAMPLES, REPORT_HOURS = 125_000 * 2, 43

SHAPES: dict[str, tuple[str, dict[str, Any]]] = {
    "135m": (  # SmolLM2-135M
        "llama",
        {"vocab_size": 49152, "hidden_size": 576, "intermediate_size": 1536, "num_hidden_layers": 30,
         "num_attention_heads": 9, "num_key_value_heads": 3, "tie_word_embeddings": True},
    ),
    "1b": (  # Llama 3.2 1B
        "llama",
        {"vocab_size": 128256, "hidden_size": 2048, "intermediate_size": 8192, "num_hidden_layers": 16,
         "num_attention_heads": 32, "num_key_value_heads": 8, "head_dim": 64, "tie_word_embeddings": True},
    ),
    "2b": (  # Gemma 2B
        "gemma",
        {"vocab_size": 256000, "hidden_size": 2048, "intermediate_size": 16384, "num_hidden_layers": 18,
         "num_attention_heads": 8, "num_key_value_heads": 1, "head_dim": 256},
    ),
    "7b": (  # Llama 2 7B
        "llama",
        {"vocab_size": 32000, "hidden_size": 4096, "intermediate_size": 11008, "num_hidden_layers": 32,
         "num_attention_heads": 32, "num_key_value_heads": 32},
    ),
}  # fmt: skip
_TINY = {
    "vocab_size": 512, "hidden_size": 64, "intermediate_size": 128, "num_hidden_layers": 2, "num_attention_heads": 4,
    "num_key_value_heads": 2, "head_dim": 16,
}  # fmt: skip

# dense bf16, NVIDIA's data sheets; the first name that the device's own begins with or holds
PEAK_TFLOPS = {"H100 PCIe": 756, "H100 NVL": 835, "H100": 989, "H200": 989, "A100": 312, "L40S": 362, "L4": 121}

CHARACTERS_A_TOKEN = 4.2
"""Of English product text in today's vocabularies, about."""
PROMPT_TOKENS = 40
"""Instructions, question and the chat's markers, without the title."""


def make_rows(count: int, *, words: int, max_tokens: int, seed: int) -> Rows:
    """Return closed-book rows of random tokens.

    Descriptions are log-normal with the median (398 characters) and mean (619) of the real file, titles about its 61.
    """
    draw = np.random.default_rng(seed)
    sigma = (2 * np.log(619 / 398)) ** 0.5
    answers = np.exp(draw.normal(np.log(398), sigma, count)) / CHARACTERS_A_TOKEN
    prompts = PROMPT_TOKENS + draw.gamma(4, 61 / 4, count) / CHARACTERS_A_TOKEN
    prompts = np.clip(prompts, 8, max_tokens // 2).astype(np.int32)
    lengths = np.minimum(prompts + np.maximum(answers, 4).astype(np.int64), max_tokens)
    tokens = draw.integers(3, words, lengths.sum()).astype(np.int32)
    answer_tokens = int((lengths - prompts).sum())
    counts = RowCounts(count, tokens=int(lengths.sum()), answer_tokens=answer_tokens, longest=int(lengths.max()))
    return Rows(tokens, np.cumsum([0, *lengths]), prompts, counts)


def make_model(shape: str, *, tiny: bool, device: torch.device, method: str) -> Any:
    from transformers import AutoConfig, AutoModelForCausalLM

    kind, values = SHAPES[shape]
    config = AutoConfig.for_model(kind, **(values | _TINY if tiny else values), pad_token_id=0, eos_token_id=2)
    torch.manual_seed(0)
    with torch.device(device):
        return AutoModelForCausalLM.from_config(
            config, dtype=torch.float32 if method == "full" else torch.bfloat16, attn_implementation="sdpa"
        )


# settings of each lever, and what is put into the engine where no setting switches it off
LEVERS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "all on": ({}, {}),
    "passes started kernel by kernel, not as CUDA graphs": ({"cuda_graphs": "off"}, {}),
    "the adapter's products PEFT's": ({}, {"_products": LoraProducts([])}),
    "sums in any order": ({}, {"_fixed": False}),
    "padded rows, no graphs": ({"engine": "peft", "cuda_graphs": "off"}, {}),
    "all on, again": ({}, {}),
    "flex attention, no graphs": ({"cuda_graphs": "off"}, {"_attention": "flex_attention"}),
}


def measure(
    shape: str, method: str, chosen: argparse.Namespace, device: torch.device, peak: float, *, lever: str = "all on"
) -> dict[str, Any]:
    """Train one model for a few steps, after others that warm up: three, or all of them twice to capture graphs."""
    tiny = chosen.size == "tiny"
    model = make_model(shape, tiny=tiny, device=device, method=method)
    warm = min(3, chosen.steps)
    settings = TrainSettings.model_validate(
        LEVERS[lever][0] |
        {"method": method, "rank": chosen.rank, "batch_size": chosen.batch_size, "device": device.type,
         "learning_rate": 1e-4, "max_tokens": chosen.max_tokens, "stop_on": "never", "truth_questions": 0}
    )  # fmt: skip
    parameters = sum(weight.numel() for weight in model.parameters())
    rows = make_rows(
        chosen.batch_size * chosen.steps, words=model.config.vocab_size, max_tokens=chosen.max_tokens, seed=1
    )
    model = attach_adapter(model, settings).train()
    engine = choose_engine(model, device, settings)
    for name, value in LEVERS[lever][1].items():
        setattr(engine, name, value)
    estimate = estimate_run(
        model,
        settings,
        engine=estimated_as(engine.name, device),
        tokens=rows.counts.tokens,
        longest=rows.counts.longest,
        device=device,
    )
    if estimate.gradient_checkpointing:
        model.gradient_checkpointing_enable(gradient_checkpointing_kwargs={"use_reentrant": False})
    steps = [step.rows for step in plan_steps(rows.lengths, batch_size=chosen.batch_size, epochs=1, seed=1)]
    first = steps[:warm]
    at_once = {"tokens_per_forward": estimate.tokens_per_forward, "longest": rows.counts.longest}
    if capture_passes(engine, model, settings, device, estimate, **at_once):
        first = steps + steps  # to meet each size, and to capture it
    if device.type == "cuda":
        torch.cuda.reset_peak_memory_stats(device)
    done = run_steps(
        engine, trainable(model), rows, first + steps, settings,
        tokens_per_forward=estimate.tokens_per_forward, warm=len(first),
    )  # fmt: skip
    examples_per_second = chosen.batch_size * chosen.steps / done.seconds
    speed = done.tokens / done.seconds
    return {
        "parameters": parameters,
        "method": method,
        "engine": engine.name,
        "tokens_per_forward": estimate.tokens_per_forward,
        "gradient_checkpointing": estimate.gradient_checkpointing,
        "tokens_per_second": round(speed, 1),
        "examples_per_second": round(examples_per_second, 2),
        "mfu": round((6 if method == "full" else 4) * parameters * speed / peak, 4),
        "peak_gb": round(peak_memory_bytes(device) / 1e9, 3),
        "estimated_gb": round(estimate.memory_bytes / 1e9, 3),
        "hours_for_report": round(REPORT_EXAMPLES / examples_per_second / 3600, 2),
        "last_loss": round(done.losses[-1], 4),
    }


def trl_speed(shape: str, chosen: argparse.Namespace, device: torch.device) -> float | None:
    """Tokens a second of TRL's SFTTrainer with its defaults on the same rows; None where it is not installed."""
    if find_spec("trl") is None or find_spec("datasets") is None:
        return None
    from datasets import Dataset
    from peft import LoraConfig
    from tokenizers import Tokenizer, models
    from transformers import PreTrainedTokenizerFast
    from trl import SFTConfig, SFTTrainer

    model = make_model(shape, tiny=chosen.size == "tiny", device=device, method="lora")
    warm = min(3, chosen.steps)
    rows = make_rows(
        chosen.batch_size * (warm + chosen.steps), words=model.config.vocab_size, max_tokens=chosen.max_tokens, seed=1
    )
    data = [
        {"input_ids": tokens.tolist(), "completion_mask": [0] * prompt + [1] * (len(tokens) - prompt)}
        for tokens, prompt in rows
    ]
    # the rows are tokens already: it only has to know what fills and ends a row
    words = Tokenizer(models.WordLevel({"<pad>": 0, "<unk>": 1, "</s>": 2}, unk_token="<unk>"))
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=words, pad_token="<pad>", eos_token="</s>", unk_token="<unk>")
    marks: list[tuple[float, int]] = []

    class Timed(SFTTrainer):
        def training_step(self, model: Any, inputs: Any, *args: Any, **kwargs: Any) -> Any:
            if device.type == "cuda":
                torch.cuda.synchronize(device)
            marks.append((time.perf_counter(), int(inputs["attention_mask"].sum())))
            return super().training_step(model, inputs, *args, **kwargs)

    with tempfile.TemporaryDirectory() as folder:
        trainer = Timed(
            model=model,
            args=SFTConfig(
                folder, completion_only_loss=True, max_length=chosen.max_tokens, save_strategy="no", report_to="none",
                per_device_train_batch_size=chosen.batch_size, num_train_epochs=1, use_cpu=device.type == "cpu",
                disable_tqdm=True, logging_strategy="no",
            ),
            train_dataset=Dataset.from_list(data),
            processing_class=tokenizer,
            peft_config=LoraConfig(
                r=chosen.rank, lora_alpha=2 * chosen.rank, target_modules="all-linear", task_type="CAUSAL_LM"
            ),
        )  # fmt: skip
        with contextlib.redirect_stdout(sys.stderr):  # it prints its own figures
            trainer.train()
        if device.type == "cuda":
            torch.cuda.synchronize(device)
        ended = time.perf_counter()
    return sum(tokens for _, tokens in marks[warm:]) / (ended - marks[warm][0])


def peak_speed(device: torch.device) -> tuple[float, str]:
    """Return the device's bf16 operations a second, and where that figure is from."""
    if device.type == "cuda":
        name = torch.cuda.get_device_name(device)
        for part, tera in PEAK_TFLOPS.items():
            if part in name:
                return tera * 1e12, f"{name}, {tera} TFLOP/s dense bf16 by its data sheet"
    size, times = (8192 if device.type == "cuda" else 1024), []
    a = torch.randn(size, size, device=device).bfloat16()
    for _ in range(6):
        started = time.perf_counter()
        float((a @ a)[0, 0])  # waits for a GPU
        times.append(time.perf_counter() - started)
    measured = 2 * size**3 / min(times)
    return measured, f"{measured / 1e12:.2f} TFLOP/s, the fastest bf16 product measured here"


def runs(chosen: argparse.Namespace) -> Iterator[tuple[str, str, str, str]]:
    """Yield key, shape, method and lever of each run; an adapter's key is the shape alone."""
    if chosen.levers:
        yield from (
            (f"{shape}: {lever}", shape, "lora", lever) for shape in chosen.shapes.split(",") for lever in LEVERS
        )
        return
    for shape in chosen.shapes.split(","):
        for method in chosen.method.split(","):
            yield (shape if method == "lora" else f"{shape}-{method}"), shape, method, "all on"


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shapes", default=",".join(SHAPES), help="which, with commas")
    parser.add_argument("--method", default="lora", help="lora, full, or both with a comma")
    parser.add_argument("--device", default="cuda", help="cuda, cuda:N or cpu")
    parser.add_argument("--size", choices=("real", "tiny"), default="real", help="tiny: all shapes shrunk")
    parser.add_argument("--steps", type=int, default=20, help="timed steps")
    parser.add_argument("--batch-size", type=int, default=64, help="examples a step (the report's was 4)")
    parser.add_argument("--rank", type=int, default=16)
    parser.add_argument("--max-tokens", type=int, default=1024)
    parser.add_argument("--no-peer", action="store_true", help="leave TRL out")
    parser.add_argument("--levers", action="store_true", help="one thing at a time switched off, LoRA, no peer")
    chosen = parser.parse_args(arguments)
    if unknown := set(chosen.shapes.split(",")) - set(SHAPES):
        parser.error(f"unknown shapes {', '.join(sorted(unknown))}: there are {', '.join(SHAPES)}")
    fix_workspaces()
    device = torch.device(chosen.device)
    if device.type == "cuda" and not torch.cuda.is_available():
        parser.error("no CUDA device here; --device cpu --size tiny proves that this runs")
    started = time.monotonic()
    peak, source = peak_speed(device)
    found: dict[str, Any] = {}
    columns = ("tokens_per_second", "examples_per_second", "mfu", "peak_gb", "hours_for_report")
    table = [["shape", "engine", *(name.replace("_", " ") for name in columns), "TRL tokens per second"]]
    for key, shape, method, lever in runs(chosen):
        try:
            result = measure(shape, method, chosen, device, peak, lever=lever)
        except (ShelftalkerError, torch.cuda.OutOfMemoryError) as error:
            found[key] = {"failed": str(error).splitlines()[0]}
            print(f"{key}: {found[key]['failed']}", file=sys.stderr)
            continue
        finally:
            _free(device)
        print(f"{key}: {json.dumps(result)}", file=sys.stderr)  # the peer may take long: what is known is said now
        if method == "lora" and not chosen.no_peer and not chosen.levers:
            result["trl_tokens_per_second"] = _peer(shape, chosen, device)
            print(f"{key}: TRL {result['trl_tokens_per_second']} tokens a second", file=sys.stderr)
        found[key] = result
        cells = [result["engine"], *(result[name] for name in columns), result.get("trl_tokens_per_second", "")]
        table.append([key, *map(str, cells)])
    print(f"MFU against {source}; the report took {REPORT_HOURS} hours for its {REPORT_EXAMPLES} examples")
    settings = {"batch_size": chosen.batch_size, "rank": chosen.rank, "size": chosen.size, "peak": source}
    finish({**found, "settings": settings}, seconds=time.monotonic() - started, table=table)


def _peer(shape: str, chosen: argparse.Namespace, device: torch.device) -> float | str | None:
    """TRL's speed, or what it failed with: its failing is a result too."""
    try:
        speed = trl_speed(shape, chosen, device)
        return round(speed, 1) if speed is not None else None
    except Exception as error:  # another project's code, with defaults that were not made for this machine
        return f"failed: {type(error).__name__}"
    finally:
        _free(device)


def _free(device: torch.device) -> None:
    gc.collect()
    if device.type == "cuda":
        torch.cuda.empty_cache()


if __name__ == "__main__":
    main()
