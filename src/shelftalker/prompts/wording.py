"""One attribute in one language: how it is asked, answered and recognised."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

__all__ = ["Wording"]


@dataclass(frozen=True)
class Wording:
    """One attribute in one language. `{x}` stands for the product's name, `{v}` for the value.

    Attributes:
        label: the attribute's own word.
        trained: question forms that examples use.
        held_out: question forms that no example uses, for measuring.
        says: the sentence that gives the value.
        unknown: completes "the record does not say ...".
        confirm: a yes/no question about a value.
        cue: pattern that tells, in a question without the product's name, that this attribute is asked for.
    """

    label: str
    trained: tuple[str, ...]
    held_out: tuple[str, ...]
    says: str
    unknown: str
    confirm: str
    cue: str

    @cached_property
    def cue_pattern(self) -> re.Pattern[str]:
        """`cue`, compiled, ignoring case."""
        return re.compile(self.cue, re.IGNORECASE)
