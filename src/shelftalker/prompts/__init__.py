"""Questions and prompts: the one renderer that training, answering, serving and export share."""

from shelftalker.prompts.attributes import ATTRIBUTES, Attribute, asked_attribute, find_attribute
from shelftalker.prompts.forms import FORMS, FormSet, attribute_forms, description_forms, forms
from shelftalker.prompts.instructions import is_instruction
from shelftalker.prompts.language import detect_language
from shelftalker.prompts.render import (
    cited_numbers,
    closed_book_messages,
    open_book_messages,
    record_block,
    strip_marker,
    system_prompt,
)
from shelftalker.prompts.replies import (
    ambiguous_text,
    attribute_text,
    comparison_text,
    listing_text,
    mention_text,
    no_name_text,
    refusal_text,
    says_absent,
    says_unanswerable,
    unanswerable_text,
    yes_no_text,
)
from shelftalker.prompts.template import FALLBACK_CHAT_TEMPLATE, defuse, escape
from shelftalker.prompts.wording import Wording

__all__ = [
    "ATTRIBUTES",
    "FALLBACK_CHAT_TEMPLATE",
    "FORMS",
    "Attribute",
    "FormSet",
    "Wording",
    "ambiguous_text",
    "asked_attribute",
    "attribute_forms",
    "attribute_text",
    "cited_numbers",
    "closed_book_messages",
    "comparison_text",
    "defuse",
    "description_forms",
    "detect_language",
    "escape",
    "find_attribute",
    "forms",
    "is_instruction",
    "listing_text",
    "mention_text",
    "no_name_text",
    "open_book_messages",
    "record_block",
    "refusal_text",
    "says_absent",
    "says_unanswerable",
    "strip_marker",
    "system_prompt",
    "unanswerable_text",
    "yes_no_text",
]
