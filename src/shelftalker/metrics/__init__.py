"""How answers are judged: claims and their grounding, likeness to the description, intervals."""

from shelftalker.metrics.claims import Claim, claims
from shelftalker.metrics.grounding import Grounding, check_grounding, is_supported
from shelftalker.metrics.intervals import Interval, Statistic, bootstrap_interval
from shelftalker.metrics.scores import chrf, citation_precision, citation_recall, rouge_l, words
from shelftalker.metrics.values import attribute_accuracy, value_recall

__all__ = [
    "Claim",
    "Grounding",
    "Interval",
    "Statistic",
    "attribute_accuracy",
    "bootstrap_interval",
    "check_grounding",
    "chrf",
    "citation_precision",
    "citation_recall",
    "claims",
    "is_supported",
    "rouge_l",
    "value_recall",
    "words",
]
