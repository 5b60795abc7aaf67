"""Questions and prompts: what training, answering, serving and export share."""

from shelftalker.prompts.forms import FormSet, attribute_forms, description_forms
from shelftalker.prompts.language import detect_language
from shelftalker.prompts.render import closed_book_messages, system_prompt
from shelftalker.prompts.template import FALLBACK_CHAT_TEMPLATE, defuse, escape

__all__ = [
    "FALLBACK_CHAT_TEMPLATE",
    "FormSet",
    "attribute_forms",
    "closed_book_messages",
    "defuse",
    "description_forms",
    "detect_language",
    "escape",
    "system_prompt",
]
