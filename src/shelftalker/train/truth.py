"""How true the answers of the model in training are: a few questions asked, the answers compared with the records.

Loss falls long before facts are right: a model that has learnt the form of a description scores well and invents the
numbers. So training may stop on this instead.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from shelftalker.metrics import rouge_l, value_recall
from shelftalker.models import Loaded, TransformersGenerator, load_base
from shelftalker.models.loading import Dtype
from shelftalker.models.merging import merge_adapter
from shelftalker.records import Example, Generator, Message, Record
from shelftalker.train.adapters import save_adapter
from shelftalker.train.checkpoints import random_state, restore_random
from shelftalker.train.progress import OnProgress, Progress

__all__ = ["TruthCheck"]

COPY_LIMIT_PARAMETERS = 1_000_000_000
"""Up to this size the adapter is merged into a second copy of the base, which answers much faster."""


@dataclass(frozen=True)
class TruthCheck:
    """Asks the model in training the questions of some examples.

    Attributes:
        model: with its adapter on.
        loaded: base, tokenizer and device it came from.
        examples: what to ask; the last message is the right answer.
        base: name or path of the base model, to load a second copy.
    """

    model: Any
    loaded: Loaded
    examples: Sequence[Example]
    base: str
    method: str
    on_progress: OnProgress

    def __call__(self) -> dict[str, float]:
        """Return the score, the mean of ROUGE-L and of the share of values told, 0 to 1.

        What it draws and how the model stands before is put back, so that a run with and without it is the same.
        """
        rouge, values = [], []
        for example, answer in zip(self.examples, self.answers(), strict=True):
            reference = example.messages[-1].content
            rouge.append(rouge_l(answer, reference))
            recall = value_recall(answer, Record("", "", reference, "", 0))
            if recall is not None:  # some answers state no value
                values.append(recall)
        mean_rouge = sum(rouge) / len(rouge)
        mean_values = sum(values) / len(values) if values else mean_rouge
        return {"score": (mean_rouge + mean_values) / 2, "rouge_l": mean_rouge, "value_recall": mean_values}

    def answers(self) -> list[str]:
        """Return the model's greedy answers."""
        with self._asked():
            generator = self._generator()
            return [self._answer(generator, number) for number in range(len(self.examples))]

    @contextmanager
    def _asked(self) -> Iterator[None]:
        """Have the model not in training; what is drawn meanwhile is put back."""
        state, training = random_state(), self.model.training
        self.model.eval()
        try:
            yield
        finally:
            self.model.train(training)
            restore_random(state)

    def _answer(self, generator: Generator, number: int) -> str:
        example = self.examples[number]
        reference = self.loaded.tokenizer(example.messages[-1].content, add_special_tokens=False)["input_ids"]
        limit = len(reference) + len(reference) // 4 + 16  # a right answer fits; a wrong one need not be waited for
        text = _text(generator, example.messages[:-1], limit)
        self.on_progress(Progress("truth", done=number + 1, total=len(self.examples)))
        return text

    def _generator(self) -> Generator:
        small = sum(weight.numel() for weight in self.model.parameters()) <= COPY_LIMIT_PARAMETERS
        if self.method != "lora" or not small:
            return TransformersGenerator(
                Loaded(self.model, self.loaded.tokenizer, self.loaded.name, self.loaded.device)
            )
        with tempfile.TemporaryDirectory(prefix="shelftalker-") as folder:
            save_adapter(self.model, Path(folder), base=self.base, method=self.method)
            return TransformersGenerator(merge_adapter(self._load_base(), Path(folder), name=self.loaded.name))

    def changed(self, *, questions: int = 3, tokens: int = 32) -> tuple[int, int]:
        """Return to how many of a few questions the model answers otherwise than its base, and of how many.

        Of an adapter that changes nothing (wrong layers, a learning rate of zero) no loss curve tells.
        """
        asked = [example.messages[:-1] for example in self.examples[:questions]]
        with self._asked():
            tuned = self._generator()
            after = [_text(tuned, one, tokens) for one in asked]
            del tuned  # one copy of the model at a time
            base = TransformersGenerator(self._load_base())
            before = [_text(base, one, tokens) for one in asked]
        return sum(a != b for a, b in zip(after, before, strict=True)), len(asked)

    def _load_base(self) -> Loaded:
        dtype = cast(Dtype, str(next(self.model.parameters()).dtype).removeprefix("torch."))
        return load_base(self.base, dtype=dtype, device=str(self.loaded.device))


def _text(generator: Generator, conversation: Sequence[Message], tokens: int) -> str:
    return generator.generate([conversation], max_new_tokens=tokens)[0].text
