"""How questions are put: forms that examples use, and forms held out for measuring.

`{x}` is the product's name, `{y}` the second product's, `{t}` a term of the record. The forms of attributes
stand with the attributes.
"""

from __future__ import annotations

from typing import Literal

from shelftalker.prompts.attributes import Attribute
from shelftalker.records import Language

__all__ = ["FORMS", "FormSet", "attribute_forms", "description_forms", "forms"]

FormSet = Literal["trained", "held_out"]

_DESCRIPTION: dict[Language, dict[FormSet, tuple[str, ...]]] = {
    "en": {
        "trained": (
            "What is product {x} on Amazon?",
            "What is the {x} product?",
            "What is {x}?",
            'What is product "{x}" on Amazon?',
            "Describe {x}.",
            "Tell me about {x}.",
            "Can you describe the product {x}?",
        ),
        "held_out": (
            "What can you tell me about {x}?",
            "Give me the description of {x}.",
            "I would like to know more about {x}.",
            "What sort of product is {x}?",
            "Please explain what {x} is.",
            "Do you have information on {x}?",
        ),
    },
    "pt": {
        "trained": (
            "O que é {x}?",
            "O que é o produto {x} na Amazon?",
            "Descreva o produto {x}.",
            "Fale sobre {x}.",
            "Qual é a descrição do produto {x}?",
        ),
        "held_out": (
            "Me conte mais sobre {x}.",
            "Quero saber mais sobre o produto {x}.",
            "Que produto é {x}?",
            "Você pode me explicar o que é {x}?",
            "O que você sabe sobre {x}?",
        ),
    },
}

_COMPARISON: dict[Language, dict[FormSet, tuple[str, ...]]] = {
    "en": {
        "trained": (
            "What is the difference between {x} and {y}?",
            "Compare {x} and {y}.",
            "How do {x} and {y} differ?",
        ),
        "held_out": ("{x} or {y}: what sets them apart?", "How does {x} compare with {y}?"),
    },
    "pt": {
        "trained": (
            "Qual é a diferença entre {x} e {y}?",
            "Compare {x} e {y}.",
            "Em que {x} e {y} são diferentes?",
        ),
        "held_out": ("{x} ou {y}: o que muda?", "Como {x} se compara com {y}?"),
    },
}

_WHICH: dict[Language, dict[FormSet, tuple[str, ...]]] = {
    "en": {"trained": ("Which is {more}, {x} or {y}?",), "held_out": ("Of {x} and {y}, which one is {more}?",)},
    "pt": {"trained": ("Qual é {more}: {x} ou {y}?",), "held_out": ("Entre {x} e {y}, qual é {more}?",)},
}

_LISTING: dict[Language, dict[FormSet, tuple[str, ...]]] = {
    "en": {
        "trained": ("List the facts about {x}.", "What are the features of {x}?", "List what {x} has."),
        "held_out": ("Give me the main points of {x} as a list.", "Which features does {x} have?"),
    },
    "pt": {
        "trained": (
            "Liste as características de {x}.",
            "Quais são as características de {x}?",
            "Liste o que {x} tem.",
        ),
        "held_out": ("Faça uma lista dos pontos principais de {x}.", "Que características tem {x}?"),
    },
}

_MENTION: dict[Language, dict[FormSet, tuple[str, ...]]] = {
    "en": {
        "trained": (
            "Does the description of {x} mention {t}?",
            "Is {t} mentioned for {x}?",
            "What does the record of {x} say about {t}?",
        ),
        "held_out": ("Does {x} have anything to do with {t}?", "About {x}: is there a word on {t}?"),
    },
    "pt": {
        "trained": (
            "A descrição de {x} menciona {t}?",
            "O registro de {x} fala de {t}?",
            "O que o registro de {x} diz sobre {t}?",
        ),
        "held_out": ("{x} tem algo a ver com {t}?", "Sobre {x}: há algo sobre {t}?"),
    },
}

FORMS = {
    "description": _DESCRIPTION,
    "comparison": _COMPARISON,
    "which": _WHICH,
    "listing": _LISTING,
    "mention": _MENTION,
}
"""Question forms by kind, language and set."""


def forms(kind: str, language: Language, which: FormSet = "trained") -> tuple[str, ...]:
    """Return the question forms of a kind of `FORMS`."""
    return FORMS[kind][language][which]


def description_forms(language: Language, which: FormSet = "trained") -> tuple[str, ...]:
    """Return the forms that ask what a product is; `{x}` stands for its name."""
    return _DESCRIPTION[language][which]


def attribute_forms(attribute: Attribute, language: Language, which: FormSet = "trained") -> tuple[str, ...]:
    """Return the forms that ask for an attribute."""
    wording = attribute.wording(language)
    return wording.held_out if which == "held_out" else wording.trained
