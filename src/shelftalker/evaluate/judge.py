"""Right or wrong, by rule, so that two versions can be compared: a stand-in for a reader, who is stricter.

right, by a question's kind:
  told something       one of the right records is a source; the answer with what it quotes holds half of the words of a
                       right answer or its evidence, or it is short and holds a right answer's number or half of its new
                       words; a yes or no is the right one; and it is not longer than three sentences or so
  not stated           one of the right records is a source, and the answer says that it does not tell
  absent, off_topic    refused
  ambiguous            not refused, and two right records are listed
  discover             not refused, 0.7 of the right records are listed, and half of what is listed is right
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from shelftalker.evaluate.questions import Question
from shelftalker.prompts.reading import split_citations
from shelftalker.records import Answer

__all__ = ["NOT_STATED", "TOLD", "Said", "judge", "own_words", "says_silent", "share_of_words", "what_was_said"]

TOLD = frozenset(
    "describe who audience yes_no how_why quantity compare list follow_up summary answerable stated implied".split()
)
NOT_STATED = frozenset({"unstated", "unanswerable", "silent", "trap"})
_ANY_LENGTH = frozenset({"describe", "list", "compare"})
_HELD, _HELD_OF_A_BARE_QUOTE = 0.5, 0.3
_LONGEST_WORDS, _SHORT_WORDS = 60, 30
_RECALL, _PRECISION = 0.7, 0.5

_WORD = re.compile(r"[^\W_]+")
_PLAIN = frozenset(
    "the a an of and or to in on at is are was it its this that with for from by as be has have "
    "de da do das dos e o a os as um uma em no na que com para por se é são".split()
)
_SILENT = re.compile(
    r"(?:does not|doesn't) (?:say|state|mention|tell)|not stated|no information"
    r"|não (?:diz|informa|menciona|traz|fala|especifica)|sem informaç",
    re.IGNORECASE,
)
_YES, _NO = re.compile(r"\W*(?:yes|sim)\b", re.IGNORECASE), re.compile(r"\W*(?:no|não|nao)\b", re.IGNORECASE)
_GOLD_NO = re.compile(r"\W*(?:no|não)\b", re.IGNORECASE)
_QUOTED = re.compile(r"\W*[“\"]")
_DENIES = re.compile(r"\b(?:not|no|never|without|não|nao|nunca|sem|nem)\b|n't\b", re.IGNORECASE)
_NUMBER = re.compile(r"\d[\d.,]*\d|\d")
_ASIDE = re.compile(r"[;(]")


@dataclass(frozen=True, slots=True)
class Said:
    """What of an answer is judged: its text, whether it is a refusal, the records it names and what it quotes."""

    text: str
    refused: bool
    sources: tuple[str, ...]
    nearest: tuple[str, ...] = ()
    quotes: str = ""


def what_was_said(answer: Answer) -> Said:
    """Return what a user reads."""
    return Said(
        answer.answer,
        answer.refused,
        tuple(source.uid for source in answer.sources),
        tuple(near.uid for near in answer.nearest),
        " ".join(quote for source in answer.sources for quote in source.quotes),
    )


def own_words(answer: Answer) -> Said | None:
    """Return what the model wrote, before the check and with nothing quoted; None where no model was asked."""
    if not answer.model_text:
        return None
    text, _ = split_citations(answer.model_text)
    return Said(text, False, tuple(source.uid for source in answer.sources))


def says_silent(said: Said) -> bool:
    """Tell whether an answer says that there is nothing to tell."""
    return said.refused or bool(_SILENT.search(said.text))


def judge(question: Question, said: Said) -> tuple[bool | None, str]:
    """Return whether an answer is right, None for a kind that is not judged, and why it is not."""
    kind, uids = question.kind, set(question.uids)
    if kind in ("absent", "off_topic"):
        return said.refused, "" if said.refused else "answered"
    if kind in NOT_STATED:
        if not says_silent(said):
            return False, "claims what is not stated"
        return not uids or bool(uids & set(said.sources)), "wrong record or none"
    if kind in ("ambiguous", "discover"):
        return _listed(kind, uids, said)
    if kind in TOLD:
        wrong = _wrong(question, uids, said)
        return not wrong, wrong
    return None, "not judged"


def _listed(kind: str, uids: set[str], said: Said) -> tuple[bool, str]:
    if said.refused:
        return False, "refused"
    listed = {*said.sources, *said.nearest}
    right = len(uids & listed)
    if kind == "ambiguous":
        return right >= min(2, len(uids)), "does not list them"
    recall, precision = right / max(1, len(uids)), right / max(1, len(listed))
    return recall >= _RECALL and precision >= _PRECISION, f"recall {recall:.2f}, precision {precision:.2f}"


def _wrong(question: Question, uids: set[str], said: Said) -> str:
    """Return what is wrong with an answer to a question that the record answers; "" where it is right."""
    denied = question.kind == "yes_no" and bool(_GOLD_NO.match(question.gold))
    if says_silent(said) and not denied:
        return "refused, or called not stated"
    if uids and not uids & set(said.sources):
        return "another record"
    answers = question.answers or (question.quote, question.gold)
    right = [*filter(None, answers), *question.evidence]
    held = max((share_of_words(text, f"{said.text} {said.quotes}") for text in right), default=0.0)
    if question.kind == "yes_no" or (question.answers and right and (_YES.match(right[0]) or _NO.match(right[0]))):
        wanted = {_yes_or_no(text) for text in question.answers or (question.gold,)}
        told = _yes_or_no(said.text)
        if told is not None and None not in wanted and told not in wanted:
            return "the other way round"
        if told is None and held < _HELD_OF_A_BARE_QUOTE:
            return f"right words {held:.2f}"
    elif held < _HELD and not _is_short_and_right(question, [question.gold] if question.gold else right, said.text):
        return f"right words {held:.2f}"
    longest = max((len(text.split()) for text in right), default=0)
    if question.kind not in _ANY_LENGTH and len(said.text.split()) > max(_LONGEST_WORDS, 2 * longest):
        return "too long"
    return ""


def _yes_or_no(text: str) -> bool | None:
    """True, False, or None for a bare quotation, which says neither."""
    if _YES.match(text):
        return True
    if _NO.match(text):
        return False
    return None if _QUOTED.match(text) else not _DENIES.search(text)


def _is_short_and_right(question: Question, right: Sequence[str], text: str) -> bool:
    asked, told = set(_words(question.question)), set(_words(text))
    if len(text.split()) > _SHORT_WORDS:
        return False
    for gold in right:
        number = _NUMBER.search(gold)
        if number and number.group() not in question.question:
            if number.group() in text:
                return True
            continue
        answers = ("yes", "sim", "no", "não")
        new = {word for word in _words(_ASIDE.split(gold)[0]) if word not in asked and word not in answers}
        if new and len(new & told) >= len(new) / 2:
            return True
    return False


def share_of_words(wanted: str, text: str) -> float:
    """Return the share of a text's words, plain ones left out, that another text holds."""
    words, held = _words(wanted), set(_words(text))
    return sum(word in held for word in words) / len(words) if words else 0.0


def _words(text: str) -> list[str]:
    return [word for word in _WORD.findall(text.casefold()) if word not in _PLAIN]
