"""Which languages a catalogue is in, judged from a sample: by script, then by each language's commonest words."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable

__all__ = ["count_languages", "guess_language"]

_COMMON = {
    "en": "the and of to in is for with on this that by from are it as an be or at your you his her was which",
    "pt": "de e o que do da em um para com uma os no se na por mais as dos das é não ao são seu sua você pelo pela à",
    "es": "de la que el en y los del se las por un para con una su al lo como más o es sus este esta desde son",
    "fr": "de la le et les des en un du une que est pour dans par sur au qui ce il plus avec ne se pas aux sont cette",
    "de": "der die und in den von zu das mit sich des auf für ist im dem nicht ein eine als auch es an werden aus",
    "it": "di e il la che in un per è del con non una i le si da al dei della nel come più sono alla gli delle",
    "nl": "de het een van en in is dat op te zijn met voor niet aan er om ook als dan maar bij uit naar door",
}
_SETS = {language: frozenset(words.split()) for language, words in _COMMON.items()}
_SCRIPTS = {"CJK": "zh", "HIRAGANA": "ja", "KATAKANA": "ja", "HANGUL": "ko", "CYRILLIC": "ru", "ARABIC": "ar"}
_SCRIPTS |= {"HEBREW": "he", "GREEK": "el", "DEVANAGARI": "hi", "THAI": "th"}
_WORD = re.compile(r"[^\W\d_]+")
_LEAST_WORDS = 8


def count_languages(texts: Iterable[str]) -> dict[str, int]:
    """Return how many of the texts are in which language, the commonest first; "?" where too short to tell."""
    return dict(Counter(map(guess_language, texts)).most_common())


def guess_language(text: str) -> str:
    """Return the ISO code of a text's language, or "?"."""
    text = text[:2000]
    if not text.isascii():
        letters = [unicodedata.name(c, "").split(" ")[0] for c in text if not c.isascii() and c.isalpha()]
        scripts = Counter(_SCRIPTS[name] for name in letters if name in _SCRIPTS)
        if scripts and scripts.total() * 3 > sum(c.isalpha() for c in text):
            return "ja" if scripts["ja"] else scripts.most_common(1)[0][0]
    words = [word.casefold() for word in _WORD.findall(text)]
    if len(words) < _LEAST_WORDS:
        return "?"
    scores = {language: sum(word in common for word in words) for language, common in _SETS.items()}
    best = max(scores, key=lambda language: scores[language])
    return best if scores[best] >= max(2, len(words) // 12) else "?"
