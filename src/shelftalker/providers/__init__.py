"""Hosted models: tuning at a provider, and answering with what is served elsewhere. Imports no provider's package."""

from shelftalker.providers.opening import is_hosted, open_generator, who_answers
from shelftalker.providers.progress import HostedProgress, OnHostedProgress, TuningInterrupted
from shelftalker.providers.table import HOSTED_MODELS, HostedModel, find_hosted, table

__all__ = [
    "HOSTED_MODELS",
    "HostedModel",
    "HostedProgress",
    "OnHostedProgress",
    "TuningInterrupted",
    "find_hosted",
    "is_hosted",
    "open_generator",
    "table",
    "who_answers",
]
