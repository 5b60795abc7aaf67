"""Attributes that a description states, found by patterns. Sure rather than many: what is unsure is left out."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from shelftalker.examples.lexicon import COLOURS, MATERIALS, word_pattern
from shelftalker.metrics.quantities import Quantity, quantities
from shelftalker.metrics.sentences import Sentence, sentences
from shelftalker.prompts import Attribute, find_attribute

__all__ = ["DIMENSIONS", "Fact", "find_facts"]


@dataclass(frozen=True, slots=True)
class Fact:
    """An attribute's value, as the description words it, and where: `start` to `end` in characters."""

    attribute: Attribute
    value: str
    start: int
    end: int
    sentence: str


_GAP = (
    r"(?:\s|:|=|\(|\b(?:is|are|of|at|in|only|just|about|around|approximately|approx\.?|roughly|nearly|under|a|an|the|mere|"
    r"up|to|total|net|for|from|as|little|than|less|more|and|its|has|with|lasts?|é|são|de|do|da|em|por|só|apenas|cerca|"
    r"aproximadamente|até|quase|uns|umas|menos|tem|com|dura|total|líquido|bruto|um|uma|ao|preço|na|no|para|it|they|comes?|runs?|"
    r"measures?|battery|bateria|vale|mede)\b)*"
)


@dataclass(frozen=True, slots=True)
class _Measured:
    """A quantity of a dimension with a cue before or after it; `alone` needs no cue where it is the only one."""

    attribute: str
    dimensions: tuple[str, ...]
    before: str = ""
    after: str = ""
    alone: bool = False
    sentence: str = ""


_MEASURED = (
    _Measured(
        "weight",
        ("mass",),
        r"\b(?:weigh(?:s|ed|ing|t)?|on the scales?|pesa(?:m|ndo)?|peso|na balança,?)(?!\w)",
        r"\s*(?:in weight|de peso)\b",
    ),
    _Measured(
        "price",
        ("money",),
        r"(?:\b(?:pric(?:e|ed)|costs?|sells?|sold|retail|yours|pay|preço|custa|sai|vendid[oa])\b|^At\s|^Por\s)",
        r"\s*(?:each|a unidade|cada)\b",
    ),
    _Measured(
        "warranty",
        ("time",),
        r"\b(?:warrant(?:y|ed)|guaranteed?|garantia(?: do fabricante| de fábrica)?|garantid[oa])\b",
        r"[\s-]*(?:(?:limited|full|manufacturer'?s?|international|free)\s+){0,2}(?:warranty|guarantee)\b"
        r"|\s*de garantia\b",
    ),
    _Measured(
        "capacity",
        ("volume",),
        r"\b(?:capacity|holds?|holding|takes?|room for|capacidade|comporta|cabem?|armazena|capaz de guardar|"
        r"espaço para)\b",
        r"[\s-]*(?:capacity|of room|of space|de capacidade|de espaço)\b",
    ),
    _Measured(
        "height",
        ("length",),
        r"\b(?:height|altura|(?:foot|base|bottom|floor|ground) to (?:the )?(?:top|ridge|peak)|"
        r"d[ao] (?:base|chão) ao topo)\b",
        r"\s*(?:in height|tall|high|de altura|from the (?:ground|floor) to)\b",
    ),
    _Measured("width", ("length",), r"\b(?:width|largura)\b", r"\s*(?:in width|wide|de largura)\b"),
    _Measured(
        "length",
        ("length",),
        r"\b(?:length|comprimento|end to end|(?:handle|tip) to tip|ponta a ponta)\b",
        r"\s*(?:in length|long|de comprimento)\b",
    ),
    _Measured(
        "diameter",
        ("length",),
        r"\b(?:diameter|diâmetro|across(?: the (?:top|rim))?)\b",
        r"\s*(?:in diameter|across|de diâmetro)\b",
    ),
    _Measured("power", ("power",), r"\b(?:power|motor|potência)\b", alone=True),
    _Measured("voltage", ("voltage",), r"\b(?:voltage|voltagem|tensão)\b", alone=True),
    _Measured(
        "battery_life",
        ("time",),
        r"\b(?:lasts?|runs?|life|up to|plays?|toca|dura|duração|autonomia|até|funciona)\b",
        r"\s*(?:of (?:play(?:time|back)?|use|battery|music|listening)|on (?:a|one) (?:single )?charge|per charge"
        r"|de (?:uso|autonomia|bateria)|com uma carga)\b",
        sentence=r"\b(?:batter(?:y|ies)|charges?|rechargeable|sockets?|power outlet|bateria|carga|recarregável|"
        r"autonomia|tomada)\b",
    ),
    _Measured("pages", ("pages",), alone=True),
)

DIMENSIONS = {rule.attribute: rule.dimensions for rule in _MEASURED} | {"dimensions": ("length",), "age": ("time",)}
"""Attribute to the dimensions of its value, where that is a quantity."""

_YEAR = re.compile(
    r"(?:^|\b)(?:(?:year|ano)(?:\s(?:of|de)\s\w+)?\s*:|published(?: it)?|released|appeared|issued|printed|launched|"
    r"recorded|built|founded|(?:it|book|game|novel|album|edition) came out|(?:dates|printing is|edition is) from|"
    r"publicad[oa]|lançad[oa]|impress[oa]|gravad[oa]|editad[oa]|^saiu|(?:e|livro|jogo|disco|álbum) saiu|"
    r"(?:impressão|edição) é de)(?:\s+(?:originally|first|again|in|em|by|the|year|no|ano|de|©|\(c\)))*\s*:?\s*"
    r"(?P<value>1[5-9]\d\d|20\d\d)\b(?!\s*[-–]\s*\d)",
    re.IGNORECASE,
)
_MATERIAL_WORD = word_pattern(MATERIALS)
_PHRASE = (
    rf"(?:(?!(?:of|in|from|by|and|e|de|em|the)\s)[\w%.,-]+\s){{0,3}}?(?:{_MATERIAL_WORD})\b(?:\s(?:steel|alloy|fibre|fiber|leather|wood|glass|oak|foam|inoxidável|"
    r"abs|maciç[oa]|sintétic[oa]|reciclad[oa]|temperad[oa]|orgânic[oa]|natural|escovad[oa]|anodizad[oa]|fundido|esmaltad[oa])\b)*"
)
_PARTS = (
    r"body|housing|case|casing|shell|frame|handles?|grip|head|blade|shaft|base|stem|lid|legs?|top|parts|uppers?|strap|"
    r"corpo|carcaça|estrutura|quadro|cabos?|alças?|cabeça|lâmina|haste|pés?|base|tampa|pernas|tampo|partes|peças|cabedal"
)
_MATERIAL = (
    re.compile(
        rf"\b(?:made|crafted|constructed|built|manufactured|woven|knitted|sewn|carved|cut|forged|cast|moulded|molded)\s+"
        rf"(?:in\s\w+(?:\s\w+)?\s(?=of\s))?(?:and\s\w+\s)?(?:entirely\s|by hand\s|mostly\s)?"
        rf"(?:of|from|out of|in|with)\s+"
        rf"(?P<value>{_PHRASE}(?:\s(?:and|with)\s{_PHRASE})?)",
        re.IGNORECASE,
    ),
    re.compile(
        rf"\b(?:we (?:chose|use)|escolhemos|usamos)\s(?P<value>{_PHRASE}(?:\s(?:and|e)\s{_PHRASE})?)", re.IGNORECASE
    ),
    re.compile(
        rf"\b(?:feit|fabricad|produzid|confeccionad|costurad|tecid|moldad|fundid)[oa]s?\s+(?:à mão\s)?(?:de|em|com)\s+"
        rf"(?P<value>{_PHRASE}(?:\s(?:e|com)\s{_PHRASE})?)",
        re.IGNORECASE,
    ),
    # "The housing is recycled plastic.", "A haste e o pé são de alumínio escovado."
    re.compile(
        rf"\b(?:{_PARTS})\s(?:is|are|é|são)\s(?:all\s|of\s|de\s)?(?P<value>{_PHRASE}(?:\s(?:and|e)\s{_PHRASE})?)"
        rf"(?=\s*(?:[,.;]|through\b|$))",
        re.IGNORECASE,
    ),
    re.compile(
        rf"\b(?:material|fabric|tecido)(?:\sis|\sé)?\s*:?\s+(?P<value>{_PHRASE}(?:\s(?:and|e)\s{_PHRASE})?)",
        re.IGNORECASE,
    ),
)
_COLOUR_WORD = word_pattern(COLOURS)
_COLOURS = (
    rf"(?:(?:light|dark|deep|pale|bright|matte?|matt|sky|navy|royal|forest|olive|midnight|off)[\s-])?(?:{_COLOUR_WORD})\b"
    r"(?:[\s-](?:clar[oa]|escur[oa]|marinho|fosc[oa]|brilhante|celeste|blue|green|grey|gray|red|white|black|brown)\b)?"
)
_COLOUR = (
    re.compile(
        rf"\b(?:colou?rs?|cor(?:es)?(?:\sprincipal)?)(?:\s(?:is|are|é|são|disponíve(?:l|is)))?\s*:?\s+(?P<value>{_COLOURS})",
        re.IGNORECASE,
    ),
    re.compile(
        rf"\b(?:comes?|available|finished|painted|dyed|supplied|sold|glazed|offered)\s+in\s+(?:a\s)?(?P<value>{_COLOURS})",
        re.IGNORECASE,
    ),
    re.compile(rf"\b(?:na cor|pintad[oa] de|tingid[oa] de|acabamento|vem em)\s+(?P<value>{_COLOURS})", re.IGNORECASE),
    re.compile(rf"\bin\s+(?P<value>{_COLOURS})(?=[.,;!]|$)", re.IGNORECASE),
    re.compile(rf"\bthe\s(?P<value>{_COLOURS})\s(?:version|variant|model)\b", re.IGNORECASE),
    re.compile(rf"\bpainted\s(?P<value>{_COLOURS})", re.IGNORECASE),
)
_NAME_WORD = r"(?:[A-ZÀ-Þ][\w'’-]+|[A-ZÀ-Þ]\.|de|da|do|dos|das|van|von|der|la|le)"
_NAME = rf"[A-ZÀ-Þ](?:[\w'’-]+|\.)(?:\s{_NAME_WORD}){{0,3}}\s[A-ZÀ-Þ][\w'’-]+"
_AUTHOR = (
    re.compile(rf"^By\s(?P<value>{_NAME}(?:\s(?:and|&)\s{_NAME})?)(?=\s*(?:[,.;(]|$))"),
    re.compile(rf"\b(?:[Ww]ritten|[Aa]uthored)\sby\s(?P<value>{_NAME})"),
    re.compile(rf"\b(?:[Ee]scrit[oa])\spor\s(?P<value>{_NAME})"),
    re.compile(rf"\b(?:Author|Autor|Autora):?\s(?P<value>{_NAME})(?=\s*(?:[,.;(|+*•-]|$))"),
    re.compile(rf"^(?:A|The)\s(?:[\w-]+\s)?(?:novel|book|memoir|cookbook|collection)\sby\s(?P<value>{_NAME})\b"),
    re.compile(rf",\sby\s(?P<value>{_NAME})(?=[.]?$)"),
    re.compile(rf"^De\s(?P<value>{_NAME})(?=\s*(?:[,.;(]|$))"),
    re.compile(rf"^(?P<value>{_NAME})\swrote\s(?:it|this)\b"),
    re.compile(rf"^(?P<value>{_NAME})\s(?:escreveu\s(?:o\slivro|este)|levou\s[^.]+\sescrevê-lo)\b"),
)
_EDITION = re.compile(
    r"\b(?P<value>(?:\d{1,2}(?:st|nd|rd|th)|first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|revised|"
    r"\d{1,2}[ªa]|primeira|segunda|terceira|quarta|quinta|sexta|sétima|oitava|nona|décima|revista)\s(?:edition|edição))\b",
    re.IGNORECASE,
)
_ONE = r"(?:an?|the|one|two|three|um|uma|dois|duas|\d+)\s"
_BOX = re.compile(
    r"(?:\b(?:in the box|box contents|what's in the box|na caixa|conteúdo da (?:caixa|embalagem))\s*:\s*"
    r"|\bin the (?:box|case|package) you(?:'ll| will)?(?: also)? (?:find|get)\s|\b(?:included|itens inclusos)\s*:\s*"
    r"|\bn[ao] (?:caixa|estojo|embalagem) v[eê]m\s(?:também\s)?"
    r"|\b(?:the\s|a\s)?(?:box|package|set|kit|pack|bundle|game)\s(?:also\s)?"
    r"(?:includes|contains|holds|comes with|consists of)\s"
    r"|\b(?:a|o)\s(?:caixa|embalagem|conjunto|kit)\s(?:traz|inclui|contém|vem com)\s"
    r"|\b(?:comes?|supplied|shipped|ships|sold|delivered)\s(?:complete\s)?with\s(?=an?\s|the\s|\d|one\s|two\s|three\s)"
    r"|\b(?:you|você)\s(?:also\s|will\s|também\s)?(?:get|receive|recebe|leva)\s"
    r"(?!.*\b(?:sense|feel|idea|chance|glimpse|look|taste|ideia|chance|noção|gosto)\b)"
    rf"(?={_ONE}[\w\s-]{{2,40}}(?:,|\sand|\se)\s(?:and\s|e\s)?{_ONE})"
    r"|\b(?:acompanham?|vem com|vêm com|(?:é|são) vendid[oa]s? com|(?:é|são) entregues? com)\s)"
    r"(?P<value>[^.;!?]{3,160}[^.;!?\s,])(?=[.;!?]|$)",
    re.IGNORECASE,
)
_LIFETIME = re.compile(
    r"\b(?P<value>(?:limited )?lifetime)\s(?:warranty|guarantee)|\bgarantia\s(?P<value_pt>vitalícia)", re.IGNORECASE
)
_AGE = re.compile(
    r"\b(?:ages?|aged|idades?|crianças|children|kids|players)\s*:?\s*(?:de\s|of\s|between\s|from\s)?"
    r"(?P<value>\d{1,2}\s?(?:(?:-|–|to|and|a|até|e)\s?\d{1,2}(?:\s(?:years|anos|months|meses))?"
    r"|(?:(?:years?|months?)\s)?(?:and|or)\s(?:up|over|above|older)|(?:anos?|m[eê]s(?:es)?)\s(?:ou mais|em diante)|\+"
    r"(?:\s(?:years|anos|months|meses))?)(?!\w))"
    r"|\b(?P<value_pt>(?:a partir|acima) d[eos]{1,2}\s\d{1,2}\s(?:anos?|meses))",
    re.IGNORECASE,
)
_PLACE = r"[A-ZÀ-Þ][\w'’-]+(?:\s(?:of\s|de\s|do\s)?[A-ZÀ-Þ][\w'’-]+){0,2}"
_ORIGIN = (
    re.compile(rf"\b[Mm]ade\sin:?\s(?:the\s)?(?P<value>{_PLACE})"),
    re.compile(rf"\b(?:[Cc]ountry\sof\s[Oo]rigin|[Pp]aís\sde\s[Oo]rigem|[Oo]rigin|[Oo]rigem)\s*:\s(?P<value>{_PLACE})"),
    re.compile(rf"\b(?:[Ff]abricad|[Ff]eit|[Pp]roduzid)[oa]s?\s(?:em|no|na|nos|nas)\s(?P<value>{_PLACE})"),
)
_WORDED: tuple[tuple[str, tuple[re.Pattern[str], ...]], ...] = (
    ("year", (_YEAR,)),
    ("material", _MATERIAL),
    ("colour", _COLOUR),
    ("author", _AUTHOR),
    ("edition", (_EDITION,)),
    ("box_contents", (_BOX,)),
    ("warranty", (_LIFETIME,)),
    ("age", (_AGE,)),
    ("origin", _ORIGIN),
)
_TIMES = re.compile(r"\s*(?:x|×|by|por)\s*", re.IGNORECASE)
_SIDE_LETTERS = re.compile(r"[\"”']?\s*\(?[HWLDhwld]?\)?[\"”']?\s*(?:x|×)\s*", re.IGNORECASE)


def find_facts(content: str) -> list[Fact]:
    """Return the attributes that a description states, one fact an attribute.

    An attribute that is stated with two different values is left out: nobody can tell which is asked for.
    """
    return list(_find_facts(content))


@lru_cache(maxsize=1024)
def _find_facts(content: str) -> tuple[Fact, ...]:
    by_attribute: dict[str, list[Fact]] = {}
    for fact in _all_facts(content):
        by_attribute.setdefault(fact.attribute.name, []).append(fact)
    sure = [facts[0] for facts in by_attribute.values() if len({fact.value.casefold() for fact in facts}) == 1]
    return tuple(sorted(sure, key=lambda fact: fact.start))


def _all_facts(content: str) -> Iterator[Fact]:
    counts: dict[str, int] = {}
    by_sentence = [(sentence, quantities(sentence.text)) for sentence in sentences(content)]
    for _, found in by_sentence:
        for quantity in found:
            counts[quantity.dimension] = counts.get(quantity.dimension, 0) + 1
    for sentence, found in by_sentence:
        sides = _find_sides(sentence, found)
        if sides:
            yield sides
        for rule in _MEASURED:
            yield from _measured(rule, sentence, found, counts)
        for name, patterns in _WORDED:
            yield from _worded(name, patterns, sentence)


def _measured(rule: _Measured, sentence: Sentence, found: list[Quantity], counts: dict[str, int]) -> Iterator[Fact]:
    if rule.sentence and not re.search(rule.sentence, sentence.text, re.IGNORECASE):
        return
    for place, quantity in enumerate(found):
        if not quantity.dimension.startswith(rule.dimensions) or _is_side(sentence.text, found, place):
            continue
        start, end = _span(sentence.text, found, place)
        if re.match(r"\s*(?:million|billion|milh|bilh)", sentence.text[end:], re.IGNORECASE):
            continue
        if _cued(rule, sentence.text, found, place) or (rule.alone and counts.get(quantity.dimension) == 1):
            yield _fact(rule.attribute, sentence, start, end)


def _cued(rule: _Measured, text: str, found: list[Quantity], place: int) -> bool:
    start, end = _span(text, found, place)
    before = text[found[place - 1].end if place else 0 : start]
    if rule.before and re.search(rule.before + _GAP + r"$", before, re.IGNORECASE):
        return True
    return bool(rule.after and re.match(rule.after, text[end:], re.IGNORECASE))


def _span(text: str, found: list[Quantity], place: int) -> tuple[int, int]:
    """A range ("3 to 5 years") is one value: it starts at its first number."""
    quantity = found[place]
    if place and re.fullmatch(r"\s*(?:-|–|to|a|até)\s*", text[found[place - 1].end : quantity.start]):
        return found[place - 1].start, quantity.end
    return quantity.start, quantity.end


def _is_side(text: str, found: list[Quantity], place: int) -> bool:
    """Tell whether a number is one of "30 x 20 cm"."""
    pairs: list[tuple[int, int]] = [(place - 1, place)] if place else []
    if place + 1 < len(found):
        pairs.append((place, place + 1))
    return any(_are_sides(text, found[left], found[right]) for left, right in pairs)


def _are_sides(text: str, left: Quantity, right: Quantity) -> bool:
    between = text[left.end : right.start]
    return bool(_TIMES.fullmatch(between) or _SIDE_LETTERS.fullmatch(between))


def _find_sides(sentence: Sentence, found: list[Quantity]) -> Fact | None:
    first = 0
    while first + 1 < len(found):
        last = first
        while last + 1 < len(found) and _are_sides(sentence.text, found[last], found[last + 1]):
            last += 1
        if last > first and found[last].dimension == "length":
            return _fact("dimensions", sentence, found[first].start, found[last].end)
        first = last + 1
    return None


def _worded(name: str, patterns: tuple[re.Pattern[str], ...], sentence: Sentence) -> Iterator[Fact]:
    find: Callable[[re.Pattern[str]], re.Match[str] | None] = lambda pattern: pattern.search(sentence.text)  # noqa: E731
    for match in filter(None, map(find, patterns)):
        group = "value" if match["value"] else "value_pt"
        yield _fact(name, sentence, match.start(group), match.end(group))
        return


def _fact(name: str, sentence: Sentence, start: int, end: int) -> Fact:
    value = sentence.text[start:end].strip(" ,-")
    return Fact(find_attribute(name), value, sentence.start + start, sentence.start + end, sentence.text)
