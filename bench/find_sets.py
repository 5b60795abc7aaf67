"""Questions with known answers, made from the titles of any catalogue."""

from __future__ import annotations

import random
import string
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from shelftalker.catalog.titles import normalise_title

__all__ = ["FORMS", "Question", "make_sets"]

FORMS = (
    "What is product {} on Amazon?",
    "What is the {} product?",
    "How much does {} weigh?",
    "{} - what is it made of?",
    "Is the {} suitable for children?",
    "tell me about {}, please",
    "O que é o produto {}?",
    "Me fale sobre o produto {}.",
    "Quanto pesa o {}?",
    "De que material é {}?",
    "Você pode me explicar o que é {}?",
    "{} vem com garantia?",
)
_LETTERS = string.ascii_lowercase
_SMALL = frozenset(
    "the a an of and or in on at to for with from by s de da do das dos e o os as em no na um uma".split()
)


@dataclass(frozen=True)
class Question:
    """A text, and the rows that it is about: none where the product is absent, `neighbours` those it was made from."""

    text: str
    rows: frozenset[int]
    neighbours: frozenset[int] = frozenset()


def make_sets(titles: Sequence[str], size: int, seed: int) -> dict[str, list[Question]]:
    """Return `size` questions a set, by the names of the sets; small catalogues may give fewer."""
    rng = random.Random(seed)
    rows_of: dict[str, list[int]] = defaultdict(list)
    known = set()
    for row, title in enumerate(titles):
        rows_of[normalise_title(title)].append(row)
        known.add(_without_article(title))
    pool = sorted(
        {w for t in rng.sample(titles, min(len(titles), 20_000)) for w in t.split() if w.isalpha() and len(w) > 3}
    )

    def rows(title: str) -> frozenset[int]:
        return frozenset(rows_of[normalise_title(title)])

    def draw(change, of=lambda title: True, absent=False):  # type: ignore[no-untyped-def]
        made: list[Question] = []
        for _ in range(size * 50):
            title = titles[rng.randrange(len(titles))]
            if not normalise_title(title) or not of(title):
                continue
            text = change(title)
            if text is None or (absent and _without_article(text) in known):
                continue
            form = FORMS[len(made) % len(FORMS)]
            asked = form.format(text) if absent or change is _same_in_form else text
            made.append(Question(asked, frozenset(), rows(title)) if absent else Question(asked, rows(title)))
            if len(made) == size:
                break
        return made

    def _same_in_form(title: str) -> str:
        return title

    shared = [t for t, found in rows_of.items() if len(found) > 1 and t]
    ambiguous = [titles[rows_of[t][0]] for t in rng.sample(shared, min(size, len(shared)))]
    return {
        "exact": draw(str),
        "question": draw(_same_in_form),
        "typo": draw(lambda t: _typo(t, rng)),
        "dropped": draw(lambda t: _drop(t, rng), of=lambda t: len(t.split()) >= 4),
        "ambiguous": [Question(FORMS[i % len(FORMS)].format(t), rows(t)) for i, t in enumerate(ambiguous)],
        "present": draw(_same_in_form),
        "changed_word": draw(lambda t: _change_word(t, pool, rng), absent=True),
        "changed_digit": draw(lambda t: _change_digit(t, rng), absent=True),
    }


def _without_article(title: str) -> str:
    return normalise_title(title).removeprefix("the ")


def _typo(title: str, rng: random.Random) -> str | None:
    words = title.split(" ")
    places = [i for i, w in enumerate(words) if w.isalpha() and len(w) >= 5]
    if not places:
        return None
    i = rng.choice(places)
    w = words[i]
    at = rng.randrange(1, len(w) - 1)
    letter = rng.choice(_LETTERS)
    words[i] = {
        0: w[:at] + w[at + 1 :],
        1: w[:at] + letter + w[at:],
        2: w[:at] + letter + w[at + 1 :],
        3: w[:at] + w[at + 1] + w[at] + w[at + 2 :],
    }[rng.randrange(4)]
    return " ".join(words) if words[i] != w else None


def _drop(title: str, rng: random.Random) -> str:
    words = title.split()
    del words[rng.randrange(len(words))]
    return " ".join(words)


def _change_word(title: str, pool: Sequence[str], rng: random.Random) -> str | None:
    words = title.split(" ")
    places = [i for i, w in enumerate(words) if w.isalpha() and w.lower() not in _SMALL]
    if not places:
        return None
    words[rng.choice(places)] = rng.choice(pool)
    return " ".join(words)


def _change_digit(title: str, rng: random.Random) -> str | None:
    places = [i for i, c in enumerate(title) if c in string.digits]
    if not places:
        return None
    i = rng.choice(places)
    return title[:i] + rng.choice(string.digits.replace(title[i], "")) + title[i + 1 :]
