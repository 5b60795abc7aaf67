"""Words of a text with their places, and which of them carry meaning, in English and Portuguese."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

__all__ = ["NEGATORS", "Token", "alike", "fold_words", "is_content", "is_negator", "tokens"]

_TOKEN = re.compile(r"\w+(?:['’]\w+)*")
_WORD = re.compile(r"[^\W_]+")

NEGATORS = frozenset(
    "no not never without cannot neither nor none nobody nothing non não nem nunca sem nenhum nenhuma jamais "
    "ninguém nada".split()
)

# Words that bind others together, and verbs that a paraphrase changes freely.
_EMPTY = frozenset(
    "a an the this that these those it its he she they them their his her you your we our i of to in on at by for "
    "from with as and or but so if then than is are was were be been being am has have had do does did can could "
    "will would shall should may might must there here which who whom whose what when where how also only just very "
    "too more most such each any some all both either one other another s t d m re ve ll into over under up down "
    "out about after before between during while o os as um uma uns umas de da do das dos e ou mas que se em no na "
    "nos nas por para com ao aos à às pelo pela pelos pelas é são foi era ser sendo está estão tem têm ter ele ela "
    "eles elas seu sua seus suas isto isso este esta esse essa pode podem deve devem há mais muito também só apenas "
    "quando onde como qual quem cada todo toda todos todas até entre sobre já você vem vêm vir".split()
)


@dataclass(frozen=True, slots=True)
class Token:
    """A word of a text: as written, folded, and where it stands."""

    text: str
    key: str
    start: int
    end: int


def tokens(text: str) -> list[Token]:
    """Return the words of a text, each with its folded key."""
    return [Token(m.group(), fold(m.group()), m.start(), m.end()) for m in _TOKEN.finditer(text)]


def fold_words(text: str) -> list[str]:
    """Return the words of a text in small letters and without accents, in order."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return _WORD.findall("".join(char for char in plain if not unicodedata.combining(char)))


def fold(word: str) -> str:
    """Return a word's key: small letters, one kind of apostrophe, no possessive ending."""
    key = unicodedata.normalize("NFC", word).casefold().replace("’", "'")
    return key[:-2] if key.endswith("'s") else key


def is_negator(key: str) -> bool:
    """Tell whether a folded word turns a statement round."""
    return key in NEGATORS or key.endswith("n't")


def is_content(key: str) -> bool:
    """Tell whether a folded word carries meaning of its own: neither glue nor negation."""
    return key not in _EMPTY and not is_negator(key) and (len(key) > 1 or key.isdigit())


@lru_cache(maxsize=65536)
def alike(first: str, second: str) -> bool:
    """Tell whether two folded words share their stem: "knitted" and "knit", "garantia" and "garantias"."""
    if first == second:
        return True
    short, long = sorted((first, second), key=len)
    if len(short) < 4 or any(char.isdigit() for char in first + second):
        return len(short) >= 3 and long in (f"{short}s", f"{short}es", f"{short}ed")
    return long[: max(4, round(len(long) * 0.6))] == short[: max(4, round(len(long) * 0.6))]
