"""Whether what an answer says stands in its sources: the project's one check, and it is deterministic.

Checked are every number with its unit, every name and every quotation; then, sentence by sentence, whether the source
says the opposite of the same words, puts another number or name where the answer has one, or says nothing of the
kind. docs/answers.md tells what the check cannot see.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate

from shelftalker.metrics.alignment import swapped
from shelftalker.metrics.claims import Claim, blank_markers, claims
from shelftalker.metrics.negation import Clause, clauses, is_contradicted
from shelftalker.metrics.quantities import Quantity, quantities, same_quantity
from shelftalker.metrics.sentences import Sentence, sentences
from shelftalker.metrics.tokens import Token, alike, is_content, is_negator, tokens
from shelftalker.records import Record, Span

__all__ = ["Grounding", "check_grounding", "is_supported"]

_COVERED = 0.3
_COVERED_BESIDE_CLAIMS = 0.15
"""Share of a sentence's meaning words that must stand in the source for the sentence to be about it at all; less is
asked where numbers, names or quotations of the sentence stand there."""

_FRAME = re.compile(
    r"^\W*(?:the (?:record|catalogue) (?:says?\b|does not|has no)|the nearest titles|no, the record does not|"
    r"o (?:registro|catálogo) (?:diz\b|não)|os títulos mais próximos|não, o registro não|which one|qual deles)",
    re.IGNORECASE,
)
_DENIAL = re.compile(r"(?:does not mention|não menciona|no product called|nenhum produto chamado)\s*[“\"]?$")
_MARKED = re.compile(r"\[(\d{1,2})\]\s*$")


@dataclass(frozen=True, slots=True)
class Grounding:
    """What the check found.

    Attributes:
        grounded: nothing is unsupported.
        unsupported: every stretch that no source bears out, with the reason: "number", "name", "quote",
            "negation", "swapped" or "statement".
        claims: the numbers, names and quotations that were looked up.
    """

    grounded: bool
    unsupported: tuple[Span, ...]
    claims: tuple[Claim, ...] = ()


def check_grounding(answer: str, sources: Sequence[Record]) -> Grounding:
    """Check an answer against the records it rests on.

    A line that ends with a record's number, "[2]", is held against that record alone, where there are several.
    """
    spans: list[Span] = []
    made: list[Claim] = []
    for start, line, records in _lines(answer, sources):
        known = _known(tuple((record.title, record.content) for record in records))
        found = claims(line)
        made += [Claim(one.kind, one.text, start + one.start, start + one.end, one.quantity) for one in found]
        for span in _check_line(line, found, known):
            spans.append(Span(start + span.start, start + span.end, span.text, span.reason))
    spans.sort(key=lambda span: (span.start, span.end))
    return Grounding(not spans, tuple(spans), tuple(made))


def is_supported(claim: Claim, sources: Sequence[Record]) -> bool:
    """Tell whether one claim stands in a source."""
    return _bears_out(claim, _known(tuple((record.title, record.content) for record in sources)))


def _lines(answer: str, sources: Sequence[Record]) -> Iterable[tuple[int, str, Sequence[Record]]]:
    if len(sources) < 2:
        yield 0, blank_markers(answer), sources
        return
    start = 0
    for line in answer.splitlines(keepends=True):
        number = _MARKED.search(line)
        cited = int(number.group(1)) if number else 0
        yield start, blank_markers(line), [sources[cited - 1]] if 0 < cited <= len(sources) else sources
        start += len(line)


@dataclass(frozen=True)
class _Known:
    """A source made ready for looking things up."""

    keys: tuple[str, ...]
    starts: tuple[int, ...]
    joined: str
    vocabulary: frozenset[str]
    stems: dict[str, tuple[str, ...]]
    numbers: tuple[tuple[Quantity, str], ...]
    sentences: tuple[Sentence, ...]
    words: tuple[tuple[Token, ...], ...]
    clauses: list[list[Clause]]
    subject: frozenset[str]

    def has_word(self, key: str) -> bool:
        """Tell whether a word, or one of its stem, stands in the source."""
        return key in self.vocabulary or any(alike(key, other) for other in self.stems.get(key[:3], ()))

    def has_row(self, keys: Sequence[str]) -> bool:
        """Tell whether words stand in the source one after the other."""
        return f" {' '.join(keys)} " in self.joined


@lru_cache(maxsize=256)
def _known(texts: tuple[tuple[str, str], ...]) -> _Known:
    parts = [part for title, content in texts for part in (title, content)]
    found = [sentence for part in parts for sentence in sentences(part)]
    words = [tuple(tokens(sentence.text)) for sentence in found]
    keys = tuple(word.key for sentence in words for word in sentence)
    stems: dict[str, set[str]] = {}
    for key in keys:
        stems.setdefault(key[:3], set()).add(key)
        for piece in re.split(r"[-'_]", key):
            stems.setdefault(piece[:3], set()).add(piece)
    return _Known(
        keys,
        tuple(accumulate((len(sentence) for sentence in words), initial=0)),
        f" {' '.join(keys)} ",
        frozenset(keys),
        {start: tuple(sorted(all_of)) for start, all_of in stems.items()},
        tuple((quantity, one.text) for one in found for quantity in quantities(one.text, loose=True)),
        tuple(found),
        tuple(words),
        [clauses(sentence.text) for sentence in found],
        frozenset(word.key for title, _ in texts for word in tokens(title)),
    )


def _check_line(text: str, found: Sequence[Claim], known: _Known) -> list[Span]:
    spans = [
        Span(claim.start, claim.end, claim.text, claim.kind)
        for claim in found
        if not _bears_out(claim, known) and not _is_denied(text, claim)
    ]
    for sentence in sentences(text):
        if any(span.start < sentence.end and sentence.start < span.end for span in spans):
            continue
        spans += [
            Span(sentence.start + start, sentence.start + end, sentence.text[start:end], reason)
            for start, end, reason in _check_sentence(sentence, found, known)
        ]
    return spans


def _is_denied(text: str, claim: Claim) -> bool:
    """A term that the answer says is not in the record need not be there."""
    before = text[max(0, claim.start - 60) : claim.start]
    return bool(
        re.search(r"(?:does not mention|não menciona|no product called|nenhum produto chamado)\s*[“\"]?$", before)
    )


def _bears_out(claim: Claim, known: _Known) -> bool:
    if claim.quantity is not None:
        return any(_is_stated(claim.quantity, stated, sentence) for stated, sentence in known.numbers)
    if claim.kind == "quote":
        whole = [word.key for word in tokens(claim.text)]
        return known.has_row(whole) or all(known.has_row(part) for part in _quoted_parts(claim.text))
    keys = [word.key for word in tokens(claim.text)]
    if len(keys) == 1:
        return known.has_word(keys[0])
    return known.has_row(keys) or _is_made_up_of(claim.text, known)


def _quoted_parts(text: str) -> list[list[str]]:
    """A quotation may leave something out between sentences, or at an ellipsis or an inner quotation mark."""
    pieces = [piece for sentence in sentences(text) for piece in re.split(r"\.\.\.|…|[\"“”]", sentence.text)]
    return [keys for piece in pieces if (keys := [word.key for word in tokens(piece)])]


def _is_made_up_of(name: str, known: _Known) -> bool:
    """A row of capitals may be two names side by side ("Marlow Bluetooth"), or a name said in part."""
    keys = [word.key for word in tokens(name) if is_content(word.key)]
    return all(known.has_word(key) for key in keys)


def _is_stated(claimed: Quantity, stated: Quantity, sentence: str) -> bool:
    if not same_quantity(claimed, stated):
        return False
    if claimed.unit is not None and stated.unit is None and not claimed.ordinal:
        # "Weight (kg): 1.5" states "1.5 kg"; "12 settings" does not state "12 hours"
        unit = claimed.text[re.match(r"[^a-zA-Zà-ÿ°%$€£]*", claimed.text).end() :].strip(" -")  # type: ignore[union-attr]
        return bool(unit) and bool(re.search(rf"(?<!\w){re.escape(unit)}", sentence, re.IGNORECASE))
    return True


def _check_sentence(sentence: Sentence, found: Sequence[Claim], known: _Known) -> list[tuple[int, int, str]]:
    """Return what is wrong with a sentence as a whole: start, end and reason, in characters of the sentence."""
    if _FRAME.match(sentence.text) or not known.keys:
        return []
    words = tokens(sentence.text)
    if not words or _stands_whole(words, known):
        return []
    wrong = [
        (clause.start, clause.end, "negation")
        for clause in clauses(sentence.text)
        if is_contradicted(clause, known.clauses, known.subject) and not _stands_whole(clause.words, known)
    ]
    inside = [claim for claim in found if sentence.start <= claim.start < sentence.end]
    claimed = [(claim.start - sentence.start, claim.end - sentence.start) for claim in inside]
    quoted = [place for place, claim in zip(claimed, inside, strict=True) if claim.kind == "quote"]
    # What stands in quotation marks was looked up word for word, and would pass for the copy of a whole sentence.
    own = [word for word in words if not any(start <= word.start < end for start, end in quoted)]
    wrong = wrong or [
        (start, end, "swapped") for start, end in swapped(sentence.text, own, known.sentences, known.words)
    ]
    return wrong or [(0, len(sentence.text), "statement")] * _is_foreign(words, claimed, known)


def _stands_whole(words: Sequence[Token], known: _Known) -> bool:
    """Tell whether words stand one after the other in the source, with no negation beside them that is left out."""
    keys = tuple(word.key for word in words)
    size = len(keys)
    return any(
        known.keys[place : place + size] == keys and not _is_negated(known, place, place + size)
        for place in range(len(known.keys) - size + 1)
        if known.keys[place] == keys[0]
    )


def _is_negated(known: _Known, first: int, last: int) -> bool:
    """Tell whether a negation of the same sentence stands up to three words before a stretch, or right after it."""
    start = known.starts[bisect_right(known.starts, first) - 1]
    end = known.starts[bisect_left(known.starts, last)]
    return any(map(is_negator, known.keys[max(start, first - 3) : first] + known.keys[last : min(end, last + 1)]))


def _is_foreign(words: Sequence[Token], claimed: Sequence[tuple[int, int]], known: _Known) -> bool:
    """Tell whether next to nothing of a sentence, its claims apart, stands in the source."""
    content = [
        word.key
        for word in words
        if is_content(word.key) and not any(start <= word.start < end for start, end in claimed)
    ]
    covered = sum(known.has_word(key) for key in content)
    if claimed:
        return len(content) >= 4 and covered < _COVERED_BESIDE_CLAIMS * len(content)
    return len(content) >= 2 and covered < _COVERED * len(content)
