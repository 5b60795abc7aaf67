"""Near-copies of a source's sentence in which a number or a name was exchanged for another of the same source."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import SequenceMatcher

from shelftalker.metrics.quantities import quantities, same_quantity
from shelftalker.metrics.sentences import Sentence
from shelftalker.metrics.tokens import Token

__all__ = ["swapped"]

_COPIED = 0.6
"""Share of a sentence's words, in order, that make it a near-copy of another."""


def swapped(
    text: str, words: Sequence[Token], sources: Sequence[Sentence], source_words: Sequence[Sequence[Token]]
) -> list[tuple[int, int]]:
    """Return the stretches, in characters of `text`, that stand where the source has another number or name."""
    best = _nearest([word.key for word in words], source_words)
    if best is None:
        return []
    source, stated = sources[best], source_words[best]
    matcher = SequenceMatcher(None, [word.key for word in stated], [word.key for word in words], autojunk=False)
    found = []
    for step, low, high, first, last in matcher.get_opcodes():
        if step != "replace" or last - first > 4 or high - low > 4:
            continue
        theirs = source.text[stated[low].start : stated[high - 1].end]
        ours = text[words[first].start : words[last - 1].end]
        if _differ(ours, theirs, opening=not first):
            found.append((words[first].start, words[last - 1].end))
    return found


def _nearest(keys: list[str], source_words: Sequence[Sequence[Token]]) -> int | None:
    """The source's sentence that most words are copied from, in order; None where none is near enough."""
    best, most = None, _COPIED * len(keys)
    wanted = set(keys)
    for place, stated in enumerate(source_words):
        if len(wanted.intersection(word.key for word in stated)) < _COPIED * len(wanted) * 0.8:
            continue
        matcher = SequenceMatcher(None, [word.key for word in stated], keys, autojunk=False)
        copied = sum(block.size for block in matcher.get_matching_blocks())
        if copied >= most and copied >= 3:
            best, most = place, copied + 1e-6
    return best


def _differ(ours: str, theirs: str, *, opening: bool) -> bool:
    """Tell whether one has a number or a name where the other has a different one."""
    our_numbers, their_numbers = quantities(ours, loose=True), quantities(theirs, loose=True)
    if our_numbers and their_numbers:
        return not any(same_quantity(one, other) for one in our_numbers for other in their_numbers)
    return not opening and _is_name(ours) and _is_name(theirs)


def _is_name(text: str) -> bool:
    return all(word[0].isupper() for word in text.split())
