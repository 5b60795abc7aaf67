"""Put into a clean text what a web shop's export puts there: entities, tags, white space, boilerplate.

Undoing it gives the clean text again, letter for letter.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from random import Random

__all__ = ["spoil_content", "spoil_title"]

_ENTITIES = {
    "&": ("&amp;", "&#38;"),
    '"': ("&quot;", "&#34;"),
    "'": ("&#39;", "&#x27;"),
    "\u2018": ("&#x2018;", "&lsquo;", "&#145;", "&#x91;"),
    "\u2019": ("&#x2019;", "&rsquo;", "&#8217;", "&#146;", "&#x92;"),
    "\u2022": ("&#x2022;", "&bull;"),
    "×": ("&times;", "&#215;"),
    "ª": ("&ordf;", "&#170;"),
    "é": ("&eacute;", "&#233;", "&#xE9;"),
    "ã": ("&atilde;", "&#227;"),
    "ç": ("&ccedil;", "&#xE7;"),
    "ó": ("&oacute;", "&#243;"),
}
_NEEDED = re.compile("[&\"'\u2018\u2019\u2022×]")
_ALL = re.compile(f"[{''.join(_ENTITIES)}]")
_BINDINGS = ("Paperback", "Hardcover", "Mass Market Paperback", "Audio Cassette", "Spiral-bound")
_BREAKS = ("<br />", "<br>", "<BR>", "<br /><br />", "<br/> ")


def spoil_title(rng: Random, title: str) -> str:
    """Return the title as it might stand in the file."""
    if rng.random() < 0.25:
        title = _encode(rng, title, _NEEDED, doubled=rng.random() < 0.2)
    return f" {title}  " if rng.random() < 0.02 else title


def spoil_content(rng: Random, paragraphs: Sequence[str], *, book: bool) -> str:
    """Return the description as it might stand in the file.

    Args:
        rng: the source of chance.
        paragraphs: the clean description.
        book: whether the shop's line about another edition may follow.
    """
    told = list(paragraphs)
    draw = rng.random()
    if draw < 0.5:
        letters = _NEEDED if draw < 0.3 else _ALL
        told = [_encode(rng, paragraph, letters, doubled=draw < 0.08) for paragraph in told]
    if rng.random() < 0.06:
        told = [
            re.sub(r"(?<=\d) (?=[A-Za-z])", lambda _: rng.choice(("&nbsp;", "&#160;", "\u00a0")), text) for text in told
        ]
    content = _join(rng, told)
    if rng.random() < 0.05:
        content = re.sub(" ", lambda _: rng.choice((" ", " ", " ", "  ", "\n", "\t")), content)
    if book and rng.random() < 0.3:
        content += _boilerplate(rng)
    return content


def _encode(rng: Random, text: str, letters: re.Pattern[str], *, doubled: bool) -> str:
    """Write letters as entities, each letter the same way throughout; doubled, the entity's own "&" is one too."""
    draw = rng.random()

    def entity(match: re.Match[str]) -> str:
        forms = _ENTITIES[match[0]]
        return forms[int(draw * len(forms))]

    encoded = letters.sub(entity, text)
    return encoded.replace("&", "&amp;") if doubled else encoded


def _join(rng: Random, paragraphs: list[str]) -> str:
    draw = rng.random()
    if draw < 0.12:
        return "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    if draw < 0.17:
        return f'<div class="desc"><b>{paragraphs[0]}</b> {"<br />".join(paragraphs[1:])}</div>'
    if draw < 0.4 or len(paragraphs) > 1:
        mark = rng.choice((*_BREAKS, "\n", "\n\n", " "))
        # A break between sentences too: the marks of the end stay before it.
        return mark.join(re.sub(r"(?<=[a-z]\.) (?=[A-Z])", mark, p) if draw < 0.3 else p for p in paragraphs)
    return " ".join(paragraphs)


def _boilerplate(rng: Random) -> str:
    if rng.random() < 0.4:
        return "--This text refers to an out of print or unavailable edition of this title."
    which = rng.choice(("the", "the", "an alternate"))
    return f"--This text refers to {which}{rng.choice(_BINDINGS)}edition."
