"""Forms of questions with one place for the name, English and Portuguese."""

from __future__ import annotations

import re
from functools import cache

from shelftalker.catalog.titles import normalise_title
from shelftalker.find.frames import ATTRIBUTES

__all__ = ["strip_form"]

# Up to three words that `strip_form` looks up in the list: spelled out in a pattern, the list takes 200 ms to compile.
_ATTRIBUTES = r"(?P<attribute>\w+(?:\s+(?:of\s+|de\s+)?\w+){0,2}?)"
_PRODUCT = r"(?:products?|items?|articles?|books?|produtos?|itens|item|artigos?|livros?)"
_NAME = r"(?P<name>.+?)"
_END = r"\s*[?.!…]*\s*"
_SHOP = (
    r"(?:\s+(?:on|at|from|in|na|no|da)\s+(?:the\s+)?"
    r"(?:amazon(?:\.com(?:\.br)?)?|shop|store|catalogu?e|loja|cat[aá]logo))?"
)
_THANKS = r"(?:\s*,?\s+(?:please|por\s+favor|thanks|thank\s+you|obrigad[oa]))?"
_TAIL = _SHOP + r"(?:\s+as\s+a\s+list)?" + _THANKS + _END
_THE = r"(?:(?:the|this|that|o|a|os|as)\s+)?"
_THE_PRODUCT = rf"(?:{_THE}{_PRODUCT}\s+(?:called\s+|named\s+|chamad[oa]\s+)?)?"
_POLITE = r"(?:(?:please|hi|hello|ol[aá]|oi)\s*,?\s+)?(?:(?:can|could|would)\s+you\s+(?:please\s+)?)?"
_POLITE_PT = r"(?:(?:por\s+favor|ol[aá]|oi)\s*,?\s+)?(?:(?:voc[eê]\s+)?pode(?:ria)?\s+)?"
_WHAT_IS = r"what(?:['’]?s|\s+is|\s+are|\s+was)"
_IS_PT = r"(?:[eé]|eh|s[aã]o|foi)"
_HOW = (
    r"(?:heavy|big|tall|wide|long|large|small|high|thick|deep|old|expensive|powerful|good|much|many\s+\w+(?:\s+\w+)?)"
)

# One form a line, the most telling first: the first that fits wins.
_FORMS = (
    rf"{_WHAT_IS}\s+(?:the\s+|this\s+)?{_PRODUCT}\s+{_NAME}{_TAIL}",
    rf"{_WHAT_IS}\s+the\s+{_NAME}\s+{_PRODUCT}{_TAIL}",
    rf"{_WHAT_IS}\s+(?:the\s+)?{_ATTRIBUTES}\s+(?:of|on|for)\s+{_THE_PRODUCT}{_NAME}{_TAIL}",
    rf"{_WHAT_IS}\s+{_NAME}\s+(?:made|about)(?:\s+(?:of|from|out\s+of))?{_END}",
    rf"what\s+(?:kind|sort|type)\s+of\s+(?:product|thing|item|book)\s+is\s+{_NAME}{_TAIL}",
    rf"{_POLITE}(?:describe|explain|summari[sz]e)\s+(?:to\s+me\s+)?(?:what\s+)?{_THE_PRODUCT}{_NAME}(?:\s+is)?{_TAIL}",
    rf"{_POLITE}tell\s+(?:me|us)\s+(?:more\s+|something\s+|everything\s+)?(?:about|of)\s+{_THE_PRODUCT}{_NAME}{_TAIL}",
    rf"{_POLITE}(?:tell\s+me|give\s+me|i\s+(?:need|want))\s+(?:the\s+)?{_ATTRIBUTES}\s+(?:of|on|for)\s+{_NAME}{_TAIL}",
    rf"what\s+(?:can|could|do)\s+you\s+(?:tell\s+me|know)\s+about\s+{_THE_PRODUCT}{_NAME}{_TAIL}",
    rf"(?:do\s+you\s+have\s+|i\s+(?:would|['’]d)\s+like\s+|i\s+want\s+|give\s+me\s+)?(?:to\s+know\s+|the\s+|a\s+|some\s+)?"
    rf"(?:more|description|details|information|info|summary)\s+(?:of|on|about|for)\s+{_THE_PRODUCT}{_NAME}{_TAIL}",
    rf"{_POLITE_PT}(?:me\s+)?(?:fale|falar|conte|contar|diga|dizer)(?:-me)?\s+(?:mais\s+|algo\s+|tudo\s+)?(?:sobre|d[oae]s?)\s+"
    rf"{_THE_PRODUCT}{_NAME}{_TAIL}",
    rf"{_POLITE_PT}(?:me\s+)?(?:descrev(?:a|er)|expli(?:que|car))\s+(?:o\s+que\s+{_IS_PT}\s+)?{_THE_PRODUCT}{_NAME}{_TAIL}",
    rf"(?:eu\s+)?(?:quero|queria|gostaria\s+de|preciso)\s+saber\s+(?:mais\s+)?sobre\s+{_THE_PRODUCT}{_NAME}{_TAIL}",
    rf"(?:o\s+)?que\s+(?:voc[eê]\s+sabe\s+sobre|produto\s+{_IS_PT}|{_IS_PT})\s+{_THE_PRODUCT}{_NAME}{_TAIL}",
    rf"qu(?:al|ais)\s+(?:{_IS_PT}\s+)?[oa]s?\s+{_ATTRIBUTES}\s+d[eoa]s?\s+{_THE_PRODUCT}{_NAME}{_TAIL}",
    rf"how\s+{_HOW}\s+(?:does|do|is|are|has|will|can)\s+{_THE_PRODUCT}(?:the\s+)?{_NAME}\s+"
    rf"(?:weigh|cost|last|hold|measure|have|has|contain|need|use|compare){_END}",
    rf"how\s+{_HOW}\s+(?:is|are|was)\s+(?:the\s+)?{_NAME}{_TAIL}",
    rf"(?:what|which)\s+{_ATTRIBUTES}\s+(?:is|are|was|does|has)\s+(?:the\s+)?{_NAME}(?:\s+(?:have|use|made\s+from|published|for))?{_TAIL}",
    rf"what\s+does\s+(?:the\s+)?{_NAME}\s+(?:weigh|cost|measure|include|look\s+like|do|contain|come\s+with){_END}",
    rf"who\s+(?:wrote|is\s+the\s+author\s+of|made|makes|published)\s+{_THE_PRODUCT}{_NAME}{_TAIL}",
    rf"(?:is|are|was)\s+(?:the\s+)?{_NAME}\s+(?:suitable|good|safe|available|worth|made|waterproof|washable|new|in\s+stock)\b.*",
    rf"(?:does|do|can|will|has|have)\s+(?:the\s+)?{_NAME}\s+(?:come|have|need|include|contain|work|fit|weigh|cost|last|hold|run|be|measure)\b.*",
    rf"quem\s+(?:escreveu|{_IS_PT}\s+[oa]\s+autora?\s+d[eoa])\s+{_THE_PRODUCT}{_NAME}{_TAIL}",
    rf"quant[oa]s?\s+(?:{_ATTRIBUTES}\s+)?(?:pesa|custa|mede|cabem?\s+em|dura|tem)\s+{_THE_PRODUCT}(?:[oa]s?\s+)?{_NAME}{_TAIL}",
    rf"(?:de|em|com)\s+(?:o\s+)?qu(?:e|al)\s+(?:{_ATTRIBUTES}\s+)?{_IS_PT}\s+(?:feit[oa]\s+|publicad[oa]\s+)?(?:[oa]s?\s+)?{_NAME}{_TAIL}",
    rf"que\s+{_ATTRIBUTES}\s+tem\s+(?:[oa]s?\s+)?{_NAME}{_TAIL}",
    rf"(?:[oa]s?\s+)?{_NAME}\s+(?:tem|vem\s+com|{_IS_PT}\s+(?:feito|feita|de|para)|pesa|custa|mede|serve|funciona)\s+"
    rf"(?:quanto|garantia|manual|qu[eê]|qual|bateria|pilhas?|crian[cç]as?|bem)\b.*",
    r"(?P<name>.+)(?:\s[-–—]+\s|[,:;?]\s)\s*(?:how|what|which|who|where|when|is\s+it|are\s+they|does\s+it|can\s+it|quanto|"
    r"qual|quais|que|de\s+que|como|onde|quem|[eé]|ele|ela)\b.*",
    rf"{_WHAT_IS}\s+(?:the\s+)?{_NAME}{_TAIL}",
)
_LONGEST = 600


@cache
def _compiled() -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(form, re.IGNORECASE | re.DOTALL) for form in _FORMS)


def strip_form(question: str) -> str | None:
    """Return the name where the question has one of the forms, else None."""
    text = question.strip()
    if len(text) > _LONGEST:
        return None
    for form in _compiled():
        match = form.fullmatch(text)
        if match is None or not any(c.isalnum() for c in match["name"]):
            continue
        attribute = match.groupdict().get("attribute") or ""
        if all(word in ATTRIBUTES or word in ("of", "de") for word in normalise_title(attribute).split()):
            return match["name"].strip()
    return None
