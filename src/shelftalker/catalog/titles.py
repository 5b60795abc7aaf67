"""When two titles are the same: the key that every part of Shelftalker compares titles by."""

from __future__ import annotations

import unicodedata

__all__ = ["normalise_title"]

_ASCII = str.maketrans({chr(code): chr(code).lower() if chr(code).isalnum() else " " for code in range(128)})


def normalise_title(text: str) -> str:
    """Return a title's key: case folded, accents and punctuation taken off, single spaces between words.

    "Café  Olé!" and "CAFE OLE" share the key "cafe ole". The key of a title without any letter or digit is
    empty. The key of a key is itself.
    """
    if text.isascii():
        return " ".join(text.translate(_ASCII).split())
    # Folding twice: some letters fold only once they are decomposed, and some decompose only once folded.
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text.casefold()).casefold())
    kept = [
        c if c.isalnum() or unicodedata.category(c)[0] == "M" else " " for c in folded if not unicodedata.combining(c)
    ]
    return " ".join("".join(kept).split())
