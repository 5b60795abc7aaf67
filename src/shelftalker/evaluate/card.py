"""The run's model card: README.md in the form of the Hugging Face hub, filled from manifest and evaluation."""

from __future__ import annotations

import json
from collections.abc import Mapping

from shelftalker.artifacts import Manifest
from shelftalker.errors import ModelError
from shelftalker.evaluate.result import Evaluation
from shelftalker.evaluate.tables import bars_table, group_tables, main_table, set_tables, to_markdown
from shelftalker.models import BaseModel, find_base
from shelftalker.providers import is_hosted

__all__ = ["model_card"]

_HUB_LICENCES: Mapping[str, str] = {
    "Apache-2.0": "apache-2.0",
    "MIT": "mit",
    "Gemma Terms of Use": "gemma",
    "Llama 2 Community": "llama2",
    "Llama 3 Community": "llama3",
}
_TOLD_SETTINGS = (
    "mode", "method", "rank", "alpha", "target_modules", "learning_rate", "schedule", "epochs", "batch_size",
    "max_tokens", "dtype", "seed",
)  # fmt: skip


def model_card(evaluation: Evaluation, run: Manifest, catalogue: Manifest, command: str) -> str:
    """Return the card's text."""
    base = _base(str(run.settings.get("base", "")))
    parts = [
        _header(base, run),
        f"# {evaluation.run}",
        _about(evaluation, base, run),
        "## Use",
        _use(evaluation, base, run),
        "## Data",
        _data(run, catalogue),
        "## Method and settings",
        _method(run),
        "## Results",
        f"Measured with `{command}`; 95 % intervals by bootstrap over products." if command else "",
        to_markdown(main_table(evaluation, "en")),
        *(f"### {grid.caption}\n\n{to_markdown(grid)}" for grid in group_tables(evaluation, "en")),
        "### Bars",
        to_markdown(bars_table(evaluation, "en")),
        *(f"### {grid.caption}\n\n{to_markdown(grid)}" for grid in set_tables(evaluation, "en")),
        *(["Notes:", "\n".join(f"- {note}" for note in evaluation.notes)] if evaluation.notes else []),
        "## Limits",
        _limits(run),
        "## Licence",
        _licence(base, is_hosted(run)),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _base(name: str) -> BaseModel | str:
    try:
        return find_base(name)
    except ModelError:
        return name  # a folder or a hub name that our table does not hold


def _hub_id(base: BaseModel | str) -> str:
    return base if isinstance(base, str) else base.hub_id


def _header(base: BaseModel | str, run: Manifest) -> str:
    licence = "other" if isinstance(base, str) else _HUB_LICENCES.get(base.licence, "other")
    named = [] if isinstance(base, str) or licence != "other" else [f"license_name: {json.dumps(base.licence)}"]
    if is_hosted(run):
        return _hosted_header(str(base))
    method = str(run.settings.get("method", "lora"))
    relation = "finetune" if method == "full" else "adapter"
    return "\n".join(
        [
            "---",
            f"base_model: {json.dumps(_hub_id(base))}",
            f"base_model_relation: {relation}",
            f"license: {licence}",
            *named,
            "language:",
            "- en",
            "- pt",
            f"library_name: {'transformers' if method == 'full' else 'peft'}",
            "pipeline_tag: text-generation",
            "tags:",
            "- shelftalker",
            "- product-question-answering",
            *([] if method == "full" else ["- lora"]),
            "---",
        ]
    )


def _hosted_header(base: str) -> str:
    """The weights are the provider's: there is nothing to load, and no licence to hand on."""
    tags = ["- shelftalker", "- product-question-answering"]
    named = [f"base_model: {json.dumps(base)}", "license: other", 'license_name: "terms of the provider"']
    return "\n".join(["---", *named, "language:", "- en", "- pt", "tags:", *tags, "---"])


def _about(evaluation: Evaluation, base: BaseModel | str, run: Manifest) -> str:
    how = {
        "closed-book": "It answers from its weights alone, about the products it was trained on.",
        "both": "It answers from the catalogue's record in its prompt, or from its weights alone.",
    }.get(evaluation.mode, "It answers from the catalogue's record that is put in its prompt, and repeats its words.")
    return (
        f"{_hub_id(base)}, fine-tuned with Shelftalker {run.versions.get('shelftalker', '')} to answer questions "
        f"about the products of one catalogue, in English and Portuguese. {how}"
    )


def _use(evaluation: Evaluation, base: BaseModel | str, run: Manifest) -> str:
    ask = f"shelftalker ask 'What is product X?' --run runs/{evaluation.run}"
    load = (
        "from peft import PeftModel\nfrom transformers import AutoModelForCausalLM, AutoTokenizer\n\n"
        f"base = AutoModelForCausalLM.from_pretrained({json.dumps(_hub_id(base))})\n"
        f"model = PeftModel.from_pretrained(base, {json.dumps(run.files.get('adapter', 'adapter'))})"
    )
    text = f"With the catalogue's index, the check and the sources:\n\n```console\n{ask}\n```"
    if "adapter" not in run.files:
        return text
    return f"{text}\n\nThe adapter alone, without any of them:\n\n```python\n{load}\n```"


def _data(run: Manifest, catalogue: Manifest) -> str:
    inputs = ", ".join(f"`{name}` (SHA-256 {digest[:12]}…)" for name, digest in catalogue.inputs.items())
    counts = catalogue.counts
    lines = f"{counts.get('lines', 0):,} lines read, {counts.get('kept', 0):,} records kept"
    trained = ", ".join(f"{name.replace('_', ' ')} {count:,}" for name, count in run.counts.items())
    return f"- catalogue: {inputs or 'standard input'}; {lines}\n- training: {trained or 'not told'}"


def _method(run: Manifest) -> str:
    rows = [f"| {key.replace('_', ' ')} | {run.settings[key]} |" for key in _TOLD_SETTINGS if key in run.settings]
    if is_hosted(run):
        used = run.results["provider"]["effective"]
        rows += [f"| {key.replace('_', ' ')}, says the provider | {value} |" for key, value in used.items()]
    table = "\n".join(["| setting | value |", "| --- | --- |", *rows])
    device = ", ".join(f"{key} {value}" for key, value in run.device.items())
    versions = ", ".join(f"{name} {version}" for name, version in run.versions.items())
    counted = "" if is_hosted(run) else "; the loss counts the answers' tokens only, the end token included"
    return (
        f"Supervised fine-tuning on conversations made from the records alone{counted}.\n\n{table}\n\n"
        f"- wall time {run.seconds:,.0f} s on {device}\n- {versions}"
    )


def _limits(run: Manifest) -> str:
    limits = [
        "It knows one catalogue as it was on the day of training. Prices and stock change.",
        "What it writes is checked against the record by Shelftalker; the adapter alone checks nothing.",
        "The check looks up numbers, units, names and quotations. A claim that holds none of them can pass unseen.",
        "The descriptions are the sellers' own words; that an answer stands in its record does not make it true.",
    ]
    if is_hosted(run):
        limits[1] = "What it writes is checked against the record by Shelftalker; the provider's endpoint alone is not."
        limits.append("The model lives at the provider, for as long as the provider keeps its base model.")
    if run.settings.get("mode") in ("closed-book", "both"):
        limits.append(
            "Without the record in its prompt it makes facts up about products it was not trained on, and its memory "
            "is small: about two bits a trained weight at best."
        )
    return "\n".join(f"- {limit}" for limit in limits)


def _licence(base: BaseModel | str, hosted: bool) -> str:
    told = "the provider's terms" if hosted else "see its own card" if isinstance(base, str) else base.licence
    return (
        f"- base model {_hub_id(base)}: {told}\n"
        f"- {'tuned model' if hosted else 'adapter'}: the base model's licence binds it too\n"
        "- data: the descriptions belong to who wrote them; this card grants no right to them. AmazonTitles-1.3MM "
        "is given for research."
    )
