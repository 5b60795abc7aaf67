"""Gemini on Google Cloud (Vertex AI, now Gemini Enterprise Agent Platform): tuning it, and answering with it."""

from shelftalker.providers.gemini.answering import GeminiGenerator, Target, open_gemini
from shelftalker.providers.gemini.clients import Account, open_account, require_parts
from shelftalker.providers.gemini.plan import Examples, Plan
from shelftalker.providers.gemini.tuning import cancel, plan, tune

__all__ = [
    "Account",
    "Examples",
    "GeminiGenerator",
    "Plan",
    "Target",
    "cancel",
    "open_account",
    "open_gemini",
    "plan",
    "require_parts",
    "tune",
]
