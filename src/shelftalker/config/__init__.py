"""Settings: defaults < `--config FILE.toml` < `--set section.key=value` < named flags."""

from shelftalker.config.loading import Settings, load_settings
from shelftalker.config.sections import (
    FRESH_RANK,
    AnswerSettings,
    CompareSettings,
    EvaluateSettings,
    PrepareSettings,
    ProviderSettings,
    Section,
    ServeSettings,
    TrainSettings,
)

__all__ = [
    "FRESH_RANK",
    "AnswerSettings",
    "CompareSettings",
    "EvaluateSettings",
    "PrepareSettings",
    "ProviderSettings",
    "Section",
    "ServeSettings",
    "Settings",
    "TrainSettings",
    "load_settings",
]
