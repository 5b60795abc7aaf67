"""Scores of one answer: likeness to the description, sources, refusals. All lie between 0 and 1."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sacrebleu.metrics.chrf import CHRF

__all__ = ["chrf", "citation_precision", "citation_recall", "rouge_l", "words"]

_WORD = re.compile(r"[^\W_]+")


def words(text: str) -> list[str]:
    """Return the lower-cased words and numbers of a text, letters of every alphabet kept.

    The tokenizer of rouge-score drops every letter outside a-z, so that "água" counts as "gua" and a text
    in another alphabet as nothing; on ASCII text this one gives the same words.
    """
    return _WORD.findall(unicodedata.normalize("NFC", text).lower())


def rouge_l(answer: str, reference: str) -> float:
    """Return ROUGE-L F1: the longest common subsequence of words, against both lengths.

    Gives what the package rouge-score gives with `words` as tokenizer (a test holds them together). Its own
    table of Python lists is 100 times slower and needs gigabytes for the longest descriptions.

    Source: Lin 2004, "ROUGE: A Package for Automatic Evaluation of Summaries", sentence level.
    """
    predicted, target = words(answer), words(reference)
    if not predicted or not target:
        return 0.0
    common = _common_subsequence(predicted, target)
    precision, recall = common / len(predicted), common / len(target)
    return 2 * precision * recall / (precision + recall) if common else 0.0


def _common_subsequence(first: list[str], second: list[str]) -> int:
    """Length of the longest common subsequence, a whole row of the table in each integer operation.

    Source: Hyyrö 2004, "Bit-parallel LCS-length computation revisited".
    """
    where: dict[str, int] = {}
    for position, word in enumerate(first):
        where[word] = where.get(word, 0) | 1 << position
    every = (1 << len(first)) - 1
    row = every
    for word in second:
        match = row & where.get(word, 0)
        row = (row + match | row - match) & every
    return len(first) - row.bit_count()


def chrf(answer: str, reference: str) -> float:
    """Return chrF2, character n-grams up to 6 with recall weighed twice, from 0 to 1 (sacrebleu's over 100)."""
    if not answer.strip() or not reference.strip():
        return 0.0
    return float(_chrf().sentence_score(answer, [reference]).score) / 100


@cache
def _chrf() -> CHRF:
    from sacrebleu.metrics.chrf import CHRF  # imports slowly, and most verbs never score

    return CHRF()


def citation_precision(cited: Collection[str], right: Collection[str]) -> float | None:
    """Return the share of the cited uids that are right; None where nothing is cited."""
    named = set(cited)
    return len(named & set(right)) / len(named) if named else None


def citation_recall(cited: Collection[str], right: Collection[str]) -> float | None:
    """Return the share of the right uids that are cited; None where no product is right, as for absent ones."""
    wanted = set(right)
    return len(wanted & set(cited)) / len(wanted) if wanted else None
