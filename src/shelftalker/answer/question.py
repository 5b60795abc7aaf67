"""What a question asks for, told from its words once the product's name is taken out."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from shelftalker.errors import QuestionError
from shelftalker.examples import COLOURS, MATERIALS
from shelftalker.metrics.quantities import quantities
from shelftalker.prompts import Attribute, asked_attribute, find_attribute
from shelftalker.records import Language

__all__ = ["Asked", "Kind", "compared_names", "read_question", "take_out", "understand"]

Kind = Literal["description", "attribute", "attributes", "yes_no", "listing", "other"]

_EXAMPLE = "shelftalker ask 'What is the Memorex Sport CD Boombox?' --run runs/demo"


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked about a product.

    Attributes:
        kind: of the question; "attributes" where it asks for several at once.
        attribute: the one asked for, or the first of several.
        others: the rest of several.
    """

    kind: Kind
    attribute: Attribute | None = None
    others: tuple[Attribute, ...] = ()


def read_question(text: str, max_chars: int) -> str:
    """Return a question fit to be answered: blanks folded, control characters out.

    Raises:
        QuestionError: it is empty, or longer than `max_chars` characters.
    """
    flat = " ".join("".join(char if char.isprintable() else " " for char in text).split())
    if not flat:
        raise QuestionError("the question is empty", fix=_EXAMPLE)
    if len(flat) > max_chars:
        raise QuestionError(
            f"the question has {len(flat):,} characters, {max_chars:,} are accepted",
            fix="ask in fewer words, or raise it: --set answer.max_question_chars=N",
        )
    return flat


_LISTING = {
    "en": r"\blist\b|\bfeatures\b|\bbullet|\bmain points\b",
    "pt": r"\bliste\b|\blista\b|\bcaracterísticas\b|\bpontos principais\b",
}
# Questions about a mention ask yes or no in any form.
_MENTION = {
    "en": r"\bmention(?:s|ed)?\b|\bsays? about\b|\bis there a word\b|\banything to do\b",
    "pt": r"\bmenciona\b|\bfala de\b|\bdiz sobre\b|\bhá algo\b|\balgo a ver\b",
}
_YES_NO = {
    "en": r"^\W*(?:and |but |so )?(?:is|are|does|do|did|has|have|can|could|was|were|will)\b"
    r"(?!.*\b(?:information|describe|tell|explain)\b)",
    "pt": r"^\W*(?:e |mas )?(?:[oa]s? |ess[ea] |est[ea] )?(?:produto )?"
    r"(?:é|são|tem|têm|há|existe|vem|vêm|serve|possui|funciona|pode|foi|dá|cabe)\b(?!.*\b(?:explicar|descrever|contar)\b)",
}
_OPEN = {
    "en": r"\b(?:what|how|which|who|whom|whose|where|when|why)\b",
    "pt": r"\b(?:quê|quant[oa]s?|qual|quais|quem|onde|quando|como|por que)\b|\b(?:o|de|para|em) que\b|"
    r"\bque (?:cor|idade|ano|tamanho|material|altura|edição)\b",
}
_DESCRIPTION = {
    "en": r"\bdescri(?:be|ption)\b|\btell me\b|\babout\b|\bwhat(?:'s| is| are| sort| kind| can)\b|\bknow\b|\bexplain\b"
    r"|\binfo(?:rmation)?\b|\bdetails?\b|\bshow\b|\bsummar(?:y|i[sz]e)\b|\boverview\b",
    "pt": r"\bdescri(?:ção|ções)|\bdescrev|\bfale\b|\bconte\b|\bsobre\b|\bo que\b|\bque produto\b|\bexpli(?:car|que)\b"
    r"|\bsaber\b|\btrata\b|\binforma|\bdetalhes\b|\bmostre\b|\bresum[aoi]",
}
_BARE = frozenset(
    "the a an of product item on amazon o a os as um uma do da de produto item na amazon please por favor".split()
)


def take_out(question: str, *names: str) -> str:
    """Return a question without the product's names, longest first, whatever their letter case."""
    rest = question
    for name in sorted(filter(None, names), key=len, reverse=True):
        rest = re.sub(re.escape(name), " ", rest, flags=re.IGNORECASE)
    return " ".join(rest.split())


def understand(rest: str, language: Language) -> Asked:
    """Return what is asked, from the question without the product's name."""
    words = [word for word in re.findall(r"[^\W_]+", rest.casefold()) if word not in _BARE]
    if not words:
        return Asked("description")
    if re.search(_LISTING[language], rest, re.IGNORECASE):
        return Asked("listing")
    attribute = asked_attribute(rest, language)
    if re.search(_MENTION[language], rest, re.IGNORECASE):
        return Asked("yes_no")
    if not re.search(_OPEN[language], rest, re.IGNORECASE):
        if re.search(_YES_NO[language], rest, re.IGNORECASE):
            return Asked("yes_no", attribute or _of_value(rest))
        if attribute and any(quantity.unit for quantity in quantities(rest)):
            return Asked("yes_no", attribute)  # "pesa 3 kg?"
    if attribute:
        together = _asked_together(rest, language)
        if len(together) > 1:
            return Asked("attributes", together[0], tuple(together[1:]))
        return Asked("attribute", attribute)
    if re.search(_DESCRIPTION[language], rest, re.IGNORECASE):
        return Asked("description")
    return Asked("other")


def _asked_together(rest: str, language: Language) -> list[Attribute]:
    """Return the attributes of a question's parts: "What does it weigh and how much does it cost?" asks for two."""
    parts = re.split(r",|;|\?|\s(?:and|e)\s", rest, flags=re.IGNORECASE)
    found = [attribute for part in parts if (attribute := asked_attribute(part, language))]
    return list({attribute.name: attribute for attribute in found}.values())


_OF_DIMENSION = {"mass": "weight", "power": "power", "voltage": "voltage", "volume": "capacity", "pages": "pages"}


def _of_value(rest: str) -> Attribute | None:
    """Return the attribute whose value a question names without naming it: "Is it red?", "Does it have 300 pages?"."""
    for quantity in quantities(rest):
        if quantity.dimension.startswith("money"):
            return find_attribute("price")
        if quantity.dimension in _OF_DIMENSION:
            return find_attribute(_OF_DIMENSION[quantity.dimension])
    words = set(re.findall(r"[^\W\d_]+", rest.casefold()))
    if words & set(COLOURS):
        return find_attribute("colour")
    return find_attribute("material") if words & set(MATERIALS) else None


_COMPARED = {
    "en": (
        r"(?:difference|differences) between (?P<pair>.+)",
        r"\bcompare (?P<pair>.+)",
        r"\bhow (?:do|does) (?P<pair>.+?) (?:differ|compare)\b",
        r"\bwhich (?:one )?(?:is|are|has|weighs|costs|holds) [^,:]{1,40}[,:] ?(?P<pair>.+)",
        r"\bof (?P<pair>.+), which\b",
        r"^(?P<pair>.+?):? (?:what sets them apart|which is better)\b",
        r"\bhow does (?P<pair>.+)",
        r"^(?P<pair>.+ (?:vs\.?|versus) .+)",
    ),
    "pt": (
        r"diferenças? entre (?P<pair>.+)",
        r"\bcompare (?P<pair>.+)",
        r"\bem que (?P<pair>.+?) (?:são diferentes|diferem)\b",
        r"\bqual (?:é|deles é|tem|pesa|custa) [^,:]{1,40}[,:] ?(?P<pair>.+)",
        r"\bentre (?P<pair>.+), qual\b",
        r"^(?P<pair>.+?):? o que muda\b",
        r"\bcomo (?P<pair>.+ se compara (?:com|a) .+)",
        r"^(?P<pair>.+ (?:vs\.?|versus) .+)",
    ),
}
_AND = {
    "en": r",? and |,? or |,? vs\.? |,? versus | compares? with | compares? to | with | to ",
    "pt": r",? e |,? ou |,? vs\.? |,? versus | se compara com | se compara a | com | a ",
}


def compared_names(question: str, language: Language, most: int = 6) -> list[tuple[str, str]]:
    """Return the pairs of names that a question may compare, likeliest first; empty where it compares nothing."""
    for pattern in _COMPARED[language]:
        match = re.search(pattern, question, re.IGNORECASE)
        if not match:
            continue
        pair = match["pair"].strip(" ?.!:")
        pairs = []
        for cut in re.finditer(_AND[language], pair, re.IGNORECASE):
            left, right = pair[: cut.start()].strip(" ,\"“”'"), pair[cut.end() :].strip(" ,\"“”'")
            if left and right:
                pairs.append((left, right))
        if pairs:
            return sorted(pairs, key=lambda names: abs(len(names[0]) - len(names[1])))[:most]
    return []
