"""Which language a question is in: English or Portuguese."""

from __future__ import annotations

import re

from shelftalker.records import Language

__all__ = ["detect_language"]

# Words that ask count most: they stand outside the product's name, whose language may be the other one.
_ASKING = {
    "en": frozenset(
        "what who which how when where why is are does do did can could tell describe give show compare explain list "
        "has have was were will would should i'm i'd please whats what's".split()
    ),
    "pt": frozenset(
        "qual quais quanto quanta quantos quantas quem quando onde como porque por que o oque descreva fale conte me "
        "mostre compare explique liste é são tem há vem pesa custa mede dura preciso quero você pode existe cabe cabem "
        "foi vocês".split()
    ),
}
_COMMON = {
    "en": frozenset(
        "the of an and or this that it its with for from about you your to on in by at much many made more less than "
        "product price weight between difference me my not any there".split()
    ),
    "pt": frozenset(
        "de da do das dos a os as um uma e ou este esta esse essa com para sobre em na no nas nos produto preço peso "
        "olá oi bom boa dia tarde noite obrigado obrigada "
        "ao mais menos entre diferença não isso feito feita seu sua meu minha à pelo pela".split()
    ),
}
_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?")
_QUOTED = re.compile(r"[\"“«][^\"”»]*[\"”»]")


def detect_language(text: str) -> Language:
    """Return the language a question is asked in; English where nothing tells.

    Text between quotation marks is a name and does not count, and the first words count most.
    """
    words = [word.casefold() for word in _WORD.findall(_QUOTED.sub(" ", text))]
    if not words:
        return "en"
    return "pt" if _score(words, "pt") > _score(words, "en") else "en"


def _score(words: list[str], language: Language) -> float:
    score = 0.0
    for place, word in enumerate(words):
        edge = 2.0 if place < 3 else 1.0
        if word in _ASKING[language]:
            score += 2.0 * edge
        elif word in _COMMON[language]:
            score += 1.0 * edge
    return score
