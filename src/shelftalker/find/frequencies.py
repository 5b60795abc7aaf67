"""How plain a word is, which language it leans to, its stem, and how much it may be misspelt.

Source: the word frequencies of the package wordfreq (Zipf's scale: 6 is a word in a thousand, 3 one in a million);
Snowball's stemmers.
"""

from __future__ import annotations

from functools import lru_cache

from snowballstemmer import stemmer

from shelftalker.find.names import has_digit, is_exact

__all__ = ["lean", "plainness", "stem", "typos_allowed"]

_PLAIN, _RARE = 5.2, 3.0
"""Frequencies of a word that is no name by itself, and of one that is hardly anything else."""


@lru_cache(maxsize=65536)
def plainness(word: str) -> float:
    """Return how plain a word is in English or Portuguese: 0 for a name or a number, 1 for everyday language."""
    from wordfreq import zipf_frequency

    if has_digit(word):
        return 0.0
    zipf = max(zipf_frequency(word, "en", wordlist="small"), zipf_frequency(word, "pt", wordlist="small"))
    return min(1.0, max(0.0, (zipf - _RARE) / (_PLAIN - _RARE)))


@lru_cache(maxsize=65536)
def lean(word: str) -> float:
    """Return whose word it is: above 0 Portuguese, below English, 0 where frequencies do not tell."""
    from wordfreq import zipf_frequency

    english, portuguese = (zipf_frequency(word, language, wordlist="small") for language in ("en", "pt"))
    return portuguese - english if max(english, portuguese) >= _RARE else 0.0


@lru_cache(maxsize=65536)
def stem(word: str) -> str:
    """Return a word without its English or Portuguese ending, whichever takes more off."""
    if len(word) < 4 or has_digit(word):
        return word
    stems: tuple[str, str] = (_stemmer("english").stemWord(word), _stemmer("portuguese").stemWord(word))
    return min(stems, key=len)


@lru_cache(maxsize=2)
def _stemmer(language: str) -> stemmer:
    return stemmer(language)


def typos_allowed(word: str) -> int:
    """Return how many edits still make a typo of a word: none in numbers, model codes and the shortest words."""
    if is_exact(word) or len(word) < 5:
        return 0
    return 1 if len(word) < 8 else 2
