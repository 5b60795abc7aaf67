"""One training loop: LoRA, QLoRA or all weights, on CPU and GPU, stopped and resumed without a trace."""

from shelftalker.train.progress import OnProgress, Progress, TrainingInterrupted
from shelftalker.train.run import saved_settings, train
from shelftalker.train.schedule import PRESETS, Size, size_settings

__all__ = [
    "PRESETS",
    "OnProgress",
    "Progress",
    "Size",
    "TrainingInterrupted",
    "saved_settings",
    "size_settings",
    "train",
]
