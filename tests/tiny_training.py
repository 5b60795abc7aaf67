"""A training run in seconds: a tiny model, made-up examples, and a script that tests can kill.

usage: python tiny_training.py MODEL OUT SETTINGS_JSON [--resume]
"""

from __future__ import annotations

import json
import random
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from shelftalker.config import TrainSettings
from shelftalker.records import Example, Message
from shelftalker.train.progress import OnProgress
from shelftalker.train.training_set import TrainingSet

if TYPE_CHECKING:
    from shelftalker.train.training_set import Rows

WORDS = "steel oak wide small 12 kg 30 cm blue green strong light vase lamp chair".split()
DEFAULTS: dict[str, Any] = {
    "epochs": 2,
    "batch_size": 4,
    "rank": 4,
    "learning_rate": 5e-3,
    "stop_on": "never",
    "dtype": "fp32",
    "device": "cpu",
    "truth_questions": 0,
    "checkpoint_steps": 1,
}


def tiny_examples(count: int, *, seed: int = 0, system: str = "You describe products.") -> tuple[Example, ...]:
    """Descriptions of random words, of unequal lengths, after a common system message."""
    draw = random.Random(seed)

    def one(number: int) -> Example:
        text = " ".join(draw.choice(WORDS) for _ in range(draw.randint(2, 9)))
        asked = (Message("system", system), Message("user", f"What is item {number}?"))
        return Example("description", "closed-book", "en", (*asked, Message("assistant", text)), (f"u{number}",))

    return tuple(one(number) for number in range(count))


def tiny_adapted(model: Path, settings: TrainSettings, *, dtype: str = "float32") -> tuple[Any, Rows]:
    """Return a tiny model with an adapter that does something, not in training, and seven examples as its rows."""
    import torch

    from shelftalker.models import encode_example, load_base
    from shelftalker.train.adapters import attach_adapter, trainable
    from shelftalker.train.training_set import build_rows

    loaded = load_base(model, dtype=dtype, device=settings.device)  # type: ignore[arg-type]
    adapted = attach_adapter(loaded.model, settings)
    torch.manual_seed(3)
    for name, weight in trainable(adapted).items():
        if "lora_B" in name:
            torch.nn.init.normal_(weight, std=0.05)
    rows = build_rows([encode_example(loaded.tokenizer, e, 512) for e in tiny_examples(7)], max_tokens=512)
    return adapted.eval(), rows  # OPT leaves out at random in training


def tiny_fit(
    model: Path,
    out: Path,
    *,
    resume: bool = False,
    examples: int = 22,
    catalogue: str = "made up",
    on_progress: OnProgress = lambda _: None,
    four_bit: bool = False,
    **changes: Any,
) -> dict[str, Any]:
    """Train a tiny model; the same arguments give the same run."""
    from shelftalker.models import load_base
    from shelftalker.train.processes import join_processes
    from shelftalker.train.run import fit

    settings = TrainSettings.model_validate(DEFAULTS | changes | {"base": str(model)})
    made = tiny_examples(examples)
    dtype = {"fp32": "float32", "bf16": "bfloat16"}[settings.dtype]
    with join_processes(settings.device) as processes:
        fixed = settings.model_dump(exclude={"epochs", "checkpoint_steps"}) | {"catalogue": catalogue}
        return fit(
            load_base(model, dtype=dtype, device=settings.device, four_bit=four_bit),  # type: ignore[arg-type]
            TrainingSet(made[:-4], made[-4:], made[-3:] if settings.truth_questions else ()),
            out,
            settings,
            fingerprint=json.loads(json.dumps(fixed)),
            processes=processes,
            resume=resume,
            on_progress=on_progress,
        )


if __name__ == "__main__":
    import torch

    torch.set_num_threads(1)
    changed = json.loads(sys.argv[3])
    print(json.dumps(tiny_fit(Path(sys.argv[1]), Path(sys.argv[2]), resume="--resume" in sys.argv, **changed)))
