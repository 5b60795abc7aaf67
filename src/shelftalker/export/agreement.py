"""Whether what was exported answers as the run does: the same prompts, greedily, through both."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from shelftalker.answer.planning import make_plan
from shelftalker.catalog import Catalogue
from shelftalker.config import AnswerSettings
from shelftalker.errors import ModelError
from shelftalker.export.llama_cpp import ask_llama_cpp
from shelftalker.find import Finder
from shelftalker.models import Loaded, TransformersGenerator, encode_prompt
from shelftalker.models.encoding import render_prompt
from shelftalker.models.gguf_vocabulary import adds_beginning
from shelftalker.models.machine import memory_free_gb
from shelftalker.models.quiet import quiet_transformers
from shelftalker.prompts import detect_language
from shelftalker.prompts.forms import attribute_forms, attribute_names, description_forms
from shelftalker.records import Message, Mode, Record, Split

__all__ = [
    "MAX_NEW_TOKENS", "Agreement", "Difference", "OnAnswer", "ask_gguf", "ask_merged", "ask_ours", "check_prompts",
    "compare_answers",
]  # fmt: skip

MAX_NEW_TOKENS = 256
"""Longest answer compared, in tokens; a longer one counts as far as it goes, on both sides."""

_ROOM_GB = 2.0
"""Memory left beside a model's float32 weights, for torch, the cache and the run's own model."""
_SHOWN = 5
_SPARE = 3

Conversation = Sequence[Message]
OnAnswer = Callable[[int, int], None]
"""Called with the answers that are there and those wanted."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One question that the two answer differently."""

    question: str
    ours: str
    theirs: str


@dataclass(frozen=True, slots=True)
class Agreement:
    """How often an export gave the run's own answer, to the letter.

    Attributes:
        bar: the share that is asked for.
        differences: the first few.
    """

    questions: int
    same: int
    bar: float
    differences: tuple[Difference, ...] = ()

    @property
    def share(self) -> float:
        """Share of the same answers."""
        return self.same / self.questions

    @property
    def agrees(self) -> bool:
        """Whether the bar is kept."""
        return self.share >= self.bar

    def to_json(self) -> dict[str, Any]:
        """Return what the manifest and --json hold."""
        return {**asdict(self), "share": round(self.share, 4), "agrees": self.agrees}


def check_prompts(data: Path, count: int, mode: Mode, seed: int) -> list[Conversation]:
    """Return conversations about products of a catalogue, as answering would put them to the model.

    Closed-book, two of three ask what a product is, the third for an attribute. Open-book, a description is the record
    itself and needs no model, so what has no prompt is asked for an attribute instead. Open-book, products that
    training never saw come first; closed-book, those that it learned, since about others it has nothing to say.

    Args:
        data: a prepared catalogue.
        count: conversations wanted; a small catalogue gives fewer.
        seed: of the sample.
    """
    splits: tuple[Split, ...] = ("test", "validation", "train") if mode == "open-book" else ("train",)
    found: list[Conversation] = []
    finder, settings = Finder.open(data), AnswerSettings()
    with Catalogue.open(data) as catalogue:
        for split in splits:
            for record in catalogue.records(split, limit=count * _SPARE, seed=seed):
                for question in _questions(record, len(found)):
                    plan = make_plan(question, mode, finder, catalogue, settings, record.uid)
                    if plan.messages:
                        found.append(plan.messages)
                        break
                if len(found) == count:
                    return found
    return found


def ask_ours(
    loaded: Loaded, prompts: Sequence[Conversation], on_answer: OnAnswer, *, max_new_tokens: int = MAX_NEW_TOKENS
) -> list[str]:
    """Answer with the run's own engine."""
    generator = TransformersGenerator(loaded)
    told = []
    for done, prompt in enumerate(prompts, 1):
        [completion] = generator.generate([prompt], max_new_tokens=max_new_tokens)
        told.append(completion.text)
        on_answer(done, len(prompts))
    return told


def ask_merged(
    folder: Path, prompts: Sequence[Conversation], on_answer: OnAnswer, *, max_new_tokens: int = MAX_NEW_TOKENS
) -> list[str]:
    """Answer with transformers alone, from the folder alone; in float32 where that fits in memory.

    In bfloat16 each of two right passes rounds in its own way, and an answer that hangs on a near tie comes out either
    way: what is compared here are the weights, so the side that can be exact is.
    """
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    with quiet_transformers():
        tokenizer = AutoTokenizer.from_pretrained(folder)
        model = AutoModelForCausalLM.from_pretrained(folder, dtype=_exact_dtype(folder)).eval()
        # Lookup changes the speed and not the answer; a window's cache cannot take drafted tokens back.
        lookup = {} if getattr(model.config, "sliding_window", None) else {"prompt_lookup_num_tokens": 10}
        told = []
        for done, prompt in enumerate(prompts, 1):
            ids = torch.tensor([encode_prompt(tokenizer, prompt)])
            with torch.inference_mode():
                written = model.generate(
                    ids, attention_mask=torch.ones_like(ids), max_new_tokens=max_new_tokens, do_sample=False, **lookup
                )
            told.append(tokenizer.decode(written[0, ids.shape[1] :], skip_special_tokens=True))
            on_answer(done, len(prompts))
    return told


def ask_gguf(
    path: Path,
    loaded: Loaded,
    prompts: Sequence[Conversation],
    on_answer: OnAnswer,
    *,
    max_new_tokens: int = MAX_NEW_TOKENS,
) -> list[str]:
    """Answer with llama.cpp; the prompts go to it as text, so that its tokenizer is checked too.

    Raises:
        ModelError: llama.cpp cannot run the file, or makes other tokens of a prompt than the model was trained on.
    """
    tokenizer = loaded.tokenizer
    texts = [render_prompt(tokenizer, prompt) for prompt in prompts]
    if adds_beginning(tokenizer):
        texts = [text.removeprefix(tokenizer.bos_token) for text in texts]
    ours = [len(encode_prompt(tokenizer, prompt)) for prompt in prompts]
    told = ask_llama_cpp(
        path,
        texts,
        max_new_tokens=max_new_tokens,
        context_tokens=max(ours) + max_new_tokens + 1,
        on_answer=lambda done: on_answer(done, len(prompts)),
    )
    for text, tokens, one in zip(texts, ours, told, strict=True):
        if one.prompt_tokens != tokens:
            raise ModelError(
                f"llama.cpp makes {one.prompt_tokens} tokens of a prompt that has {tokens}: {text[:80]!r}",
                fix="export it --to merged, then try llama.cpp's own convert_hf_to_gguf.py on that folder",
            )
    return [one.text for one in told]


def compare_answers(prompts: Sequence[Conversation], ours: list[str], theirs: list[str], bar: float) -> Agreement:
    """Compare answers pair by pair; blanks at either end do not count."""
    pairs = list(zip(prompts, (one.strip() for one in ours), (one.strip() for one in theirs), strict=True))
    differences = [Difference(prompt[-1].content, left, right) for prompt, left, right in pairs if left != right]
    return Agreement(len(pairs), len(pairs) - len(differences), bar, tuple(differences[:_SHOWN]))


def _exact_dtype(folder: Path) -> str:
    """Return the most precise dtype that transformers can load a folder in here."""
    gigabytes = sum(path.stat().st_size for path in folder.glob("*.safetensors")) / 1e9
    return "float32" if 2 * gigabytes + _ROOM_GB < memory_free_gb() else "auto"


def _questions(record: Record, place: int) -> list[str]:
    """A question about a record, and another one where the first needs no model."""
    language = detect_language(record.content)
    names, descriptions = attribute_names(), description_forms(language)
    forms = [descriptions[place % len(descriptions)], attribute_forms(names[place % len(names)], language)[0]]
    return [form.replace("{x}", record.title) for form in (reversed(forms) if place % 3 == 2 else forms)]
