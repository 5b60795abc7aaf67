"""Ask a reader the held-out questions, its own words alone: told where the lines tell, silent where they do not.

    python bench/reader/check.py runs/reader/held_out.jsonl --adapter runs/reader/adapter --answers answers.jsonl

`told` is the share of told questions that get an answer, `right` of those with words near the reference (ROUGE-L of 0.5
and more), `silent` the share of silent ones that are answered by silence. Prompts are read in batches, in bf16.
"""

from __future__ import annotations

import argparse
import json
from collections import defaultdict
from pathlib import Path
from statistics import mean
from typing import Any

import torch

from shelftalker.examples.pairs import is_silence
from shelftalker.metrics.scores import rouge_l
from shelftalker.models import load_base
from shelftalker.models.merging import merge_adapter
from shelftalker.prompts.reading import split_citations

TOKENS = 80
WATCHED = 5  # first tokens, whose least probability tells how sure a silence is


def answers(rows: list[dict[str, Any]], loaded: Any, batch: int) -> list[dict[str, Any]]:
    """Answer all rows greedily, those of like length together."""
    tokenizer, model = loaded.tokenizer, loaded.model
    tokenizer.padding_side = "left"
    tokenizer.pad_token = tokenizer.pad_token or tokenizer.eos_token
    prompts = [
        tokenizer.apply_chat_template(
            [{"role": role, "content": text} for role, text in row["turns"][:-1]], tokenize=False,
            add_generation_prompt=True,
        )
        for row in rows
    ]  # fmt: skip
    order = sorted(range(len(rows)), key=lambda place: len(prompts[place]))
    found: dict[int, dict[str, Any]] = {}
    for first in range(0, len(order), batch):
        places = order[first : first + batch]
        read = tokenizer(
            [prompts[place] for place in places], return_tensors="pt", padding=True, add_special_tokens=False
        ).to(model.device)
        with torch.inference_mode():
            made = model.generate(
                **read, max_new_tokens=TOKENS, do_sample=False, output_logits=True, return_dict_in_generate=True,
                pad_token_id=tokenizer.pad_token_id,
            )  # fmt: skip
        written = made.sequences[:, read["input_ids"].shape[1] :]
        least = torch.stack([step.float().softmax(-1).amax(-1) for step in made.logits[:WATCHED]]).amin(0)
        for place, tokens, sure in zip(places, written, least.tolist(), strict=True):
            text = tokenizer.decode(tokens, skip_special_tokens=True).strip()
            found[place] = rows[place] | {"written": text, "sure": round(sure, 3)}
    return [found[place] for place in range(len(rows))]


def table(answered: list[dict[str, Any]]) -> dict[str, dict[str, float]]:
    """Return the figures by source and by language; all of the course's together too."""
    groups: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in answered:
        source = row["source"].split()[0]
        for name in ("all", source, f"{source} {row['language']}", f"{source} {row['kind']}"):
            groups[name].append(row)
    return {name: figures(rows) for name, rows in sorted(groups.items()) if len(rows) >= 8}


def figures(rows: list[dict[str, Any]]) -> dict[str, float]:
    """Return what is counted of some answers."""
    told, silent = [r for r in rows if not r["silent"]], [r for r in rows if r["silent"]]
    near = [rouge_l(split_citations(r["written"])[0], split_citations(r["turns"][-1][1])[0]) for r in told]
    cited = [split_citations(r["written"])[1] == split_citations(r["turns"][-1][1])[1] for r in told]
    found = {"n": float(len(rows))}
    if told:
        found |= {
            "told": mean(not is_silence(r["written"]) for r in told), "rouge_l": mean(near),
            "right": mean(one >= 0.5 for one in near), "cited": mean(cited),
        }  # fmt: skip
    if silent:
        found["silent"] = mean(is_silence(r["written"]) for r in silent)
    return {name: round(value, 3) for name, value in found.items()}


def silences(answered: list[dict[str, Any]]) -> dict[str, list[int]]:
    """Return, for some thresholds of `answer.silence_sureness`, how many right and how many false silences stand."""
    said = [r for r in answered if is_silence(r["written"])]
    return {
        str(least): [sum(r["sure"] >= least for r in said if r["silent"] is right) for right in (True, False)]
        for least in (0.0, 0.4, 0.45, 0.5, 0.55, 0.6, 0.7)
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("rows", type=Path)
    parser.add_argument("--base", default="qwen2.5-coder-0.5b")
    parser.add_argument("--adapter", type=Path, help="without one, the base as it is")
    parser.add_argument("--batch", type=int, default=16)
    parser.add_argument("--limit", type=int)
    parser.add_argument("--answers", type=Path, help="where the answers are written")
    args = parser.parse_args()
    rows = [json.loads(line) for line in args.rows.read_text(encoding="utf-8").splitlines()][: args.limit]
    loaded = load_base(args.base)
    if args.adapter:
        loaded = merge_adapter(loaded, args.adapter, name="reader")
    answered = answers(rows, loaded, args.batch)
    if args.answers:
        lines = (json.dumps(row, ensure_ascii=False) + "\n" for row in answered)
        args.answers.write_text("".join(lines), encoding="utf-8")
    print(json.dumps(table(answered) | {"silences that stand, right and false": silences(answered)}))


if __name__ == "__main__":
    main()
