"""The cleaning rules, as data: what each does to a text, in the order they are applied.

Cleaning loses nothing that a reader would miss: letters, digits and letter case stay. What goes is markup, the
boilerplate that is listed here, and white space. `clean_text` is the plain form of the work; `catalog.bulk` does the
same to whole columns and is tested to agree with it.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from dataclasses import dataclass
from html.entities import html5

__all__ = [
    "BOILERPLATE",
    "DROP_RULES",
    "ENTITY",
    "INVISIBLE",
    "MOJIBAKE",
    "PASSES",
    "POWER",
    "RULES",
    "TAG_BLOCK",
    "TAG_INLINE",
    "WHITE_SPACE",
    "WORK_CHARS",
    "DropRule",
    "Rule",
    "clean_text",
    "decode_entity",
    "is_content_its_title",
    "is_test_row",
    "repair_mojibake",
]

# Every pattern is written so that Python's `re` and Rust's `regex` read it alike: explicit classes, no look-around.
ENTITY = r"&(?:#[0-9]+|#[xX][0-9a-fA-F]+|[A-Za-z][A-Za-z0-9]{1,31});?"

_INLINE = (
    "a|abbr|acronym|b|bdi|bdo|big|cite|code|data|del|dfn|em|font|i|ins|kbd|mark|nobr|q|s|samp|small|span|strike|"
    "strong|sub|sup|time|tt|u|var|wbr"
)
_BLOCK = (
    "address|article|aside|base|blockquote|body|br|button|caption|center|col|colgroup|dd|details|dir|div|dl|dt|"
    "fieldset|figcaption|figure|footer|form|frame|frameset|h1|h2|h3|h4|h5|h6|head|header|hr|html|iframe|img|input|"
    "label|legend|li|link|main|map|meta|nav|noscript|object|ol|optgroup|option|p|param|pre|section|select|source|"
    "summary|table|tbody|td|textarea|tfoot|th|thead|title|tr|track|ul|video|embed|area|audio|canvas|picture|svg"
)
TAG_INLINE = rf"(?i:</?(?:{_INLINE})(?:[ \t\r\n][^<>]*)?/?>)"
TAG_BLOCK = (
    r"(?is:<script(?:[ \t\r\n][^<>]*)?>.*?</script>|<style(?:[ \t\r\n][^<>]*)?>.*?</style>|<!--.*?-->|<!doctype[^<>]*>|"
    rf"</?(?:{_BLOCK}|script|style)(?:[ \t\r\n][^<>]*)?/?>)"
)
BOILERPLATE = (
    r" ?(?:--|\x{2014})? ?This text refers to (?:an out of print or unavailable edition of this title|"
    r"(?:the|an alternate) ?[A-Za-z0-9() /&,+-]{0,40}edition)\.?"
).replace(r"\x{2014}", "\u2014")
POWER = "([0-9])<(?i:sup)>([0-9]+)</(?i:sup)>"  # 10<sup>6</sup> must not become 106
INVISIBLE = "[\u00ad\u200b\u2060\ufeff]"
_ODD_SPACE = "\\x00-\\x1f\\x7f-\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
WHITE_SPACE = f"[{_ODD_SPACE}][ {_ODD_SPACE}]*| [ {_ODD_SPACE}]+"  # all but a single plain space
# What UTF-8 looks like when it was read as Latin-1 or Windows-1252: a lead byte and a continuation byte.
MOJIBAKE = (
    "[\u00c2-\u00f4]"
    "[\u0080-\u00bf\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc\u2013-\u203a\u20ac\u2122]"
)


PASSES, WORK_CHARS = 20, 20_000_000
"""A text that still changes after so many passes, and would take more than so many characters of work, was made to
waste time, such as "&amp;amp;amp;..." over megabytes: it is left as it is then."""

_BARE_NAMES = frozenset({"amp", "AMP", "lt", "gt", "LT", "GT", "quot", "QUOT", "nbsp", "copy", "reg"})
"""Entities that count without their semicolon; more of them would take letters out of "cut&paste"-like texts."""

_ENTITY = re.compile(ENTITY)
_POWER = re.compile(POWER)
_TAG_INLINE = re.compile(TAG_INLINE)
_TAG_BLOCK = re.compile(TAG_BLOCK)
_BOILERPLATE = re.compile(BOILERPLATE)
_INVISIBLE = re.compile(INVISIBLE)
_WHITE_SPACE = re.compile(WHITE_SPACE)
_MOJIBAKE = re.compile(MOJIBAKE)


@dataclass(frozen=True, slots=True)
class Rule:
    """One way in which a text is cleaned.

    Attributes:
        name: its key in the report's counts.
        does: what it does, in one line.
        apply: the text, cleaned by this rule alone.
    """

    name: str
    does: str
    apply: Callable[[str], str]


@dataclass(frozen=True, slots=True)
class DropRule:
    """One reason to leave a row out. `name` is its key in the manifest's counts."""

    name: str
    does: str


def decode_entity(entity: str) -> str:
    """Return what one match of `ENTITY` stands for, or the match itself where it is no entity."""
    name = entity[1:].removesuffix(";")
    if name.startswith("#"):
        if name[1] in "xX" and not entity.endswith(";"):
            return entity  # without the end, "&#x2019and" would swallow a letter
        text = html.unescape(f"&{name[:12]};")
        return entity if text == "\ufffd" or len(name) > 12 else text or " "
    if entity.endswith(";"):
        return html5.get(f"{name};", entity)
    return html5[name] if name in _BARE_NAMES else entity


def repair_mojibake(text: str) -> str:
    """Return the text with UTF-8 that was read as another encoding put right, where that is certain."""
    if _MOJIBAKE.search(text) is None:
        return text
    import ftfy  # few rows need it; it takes 50 ms to import

    return ftfy.fix_encoding(text)


RULES: tuple[Rule, ...] = (
    Rule(
        "entities",
        "HTML entities become the characters they stand for, again and again where they were encoded twice",
        lambda text: _ENTITY.sub(lambda match: decode_entity(match.group()), text),
    ),
    Rule(
        "tags",
        "HTML tags, comments, scripts and styles go; a tag that ends a line or a block leaves a space",
        lambda text: _TAG_INLINE.sub("", _TAG_BLOCK.sub(" ", _POWER.sub(r"\1^\2", text))),
    ),
    Rule(
        "mojibake",
        "UTF-8 that was once read as another encoding is put right, where that is certain",
        repair_mojibake,
    ),
    Rule(
        "white_space",
        "runs of white space and control characters become one space, none at the ends; invisible characters go",
        lambda text: _WHITE_SPACE.sub(" ", _INVISIBLE.sub("", text)).strip(" "),
    ),
    Rule(
        "boilerplate",
        "the shop's own line --This text refers to the ... edition. goes",
        lambda text: _BOILERPLATE.sub(" ", text),
    ),
)

DROP_RULES: tuple[DropRule, ...] = (
    DropRule("bad", "the line cannot be read as a record"),
    DropRule("blank", "the line is empty"),
    DropRule("empty_title", "the title is missing, empty or white space"),
    DropRule("empty_content", "the content is missing, empty or white space"),
    DropRule("exact_duplicates", "an earlier row has the same title and content; its uid is kept with that record"),
    DropRule("emptied_by_cleaning", "nothing of the title or the content was left after cleaning"),
    DropRule("content_is_title", "the content only repeats the title"),
    DropRule("test_rows", "title and content say that the row is a test"),
    DropRule(
        "duplicates_after_cleaning", "an earlier record is the same once cleaned; its uid is kept with that record"
    ),
    DropRule("repeated_uids", "an earlier record bears the same uid with another text"),
)

_TEST = re.compile(
    r"(?:this is (?:only )?an? |just an? )?"
    r"(?:test|testing|dummy|placeholder|asdf+|asdfgh\w*|qwerty|lorem ipsum|xxx+|do not buy|please ignore|ignore)"
    r"(?:[ -]?(?:test|testing|item|product|listing|asin|title|content|description|record|row|entry|only|do not buy|"
    r"please ignore|\d{1,6}))*"
)


def clean_text(text: str, fired: set[str] | None = None) -> str:
    """Return a title or a content, cleaned by every rule, over and over until nothing changes.

    Args:
        text: as it stands in the file.
        fired: the names of the rules that changed the text are added to it.
    """
    passes = 0
    while True:
        before = text
        for rule in RULES:
            cleaned = rule.apply(text)
            if cleaned != text and fired is not None:
                fired.add(rule.name)
                if passes and rule.name == "entities":
                    fired.add("entities_doubled")
            text = cleaned
        passes += 1
        if text == before or (passes >= PASSES and passes * len(text) > WORK_CHARS):
            return text


def is_content_its_title(title: str, content: str) -> bool:
    """Say whether a cleaned content only repeats its title, in whatever letter case."""
    return content.strip(" .!").casefold() == title.strip(" .!").casefold()


def is_test_row(title: str, content: str) -> bool:
    """Say whether a cleaned title and content both say that the row is a test, in so many words."""
    return all(_TEST.fullmatch(text.casefold().strip(" .!-")) is not None for text in (title, content))
