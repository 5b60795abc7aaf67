"""See a title in a question: how much of it is there, what stands in its place, and do numbers agree.

Nothing here knows how questions are worded. A title is laid over the question's words; what of the question it does
not explain is looked at only where it could belong to a name: inside the stretch that the title covers, and right
beside it where the title goes on with another word.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from rapidfuzz.distance import OSA

from shelftalker.find.asked import Asked, Word, titles_of
from shelftalker.find.frequencies import lean, plainness, stem, typos_allowed
from shelftalker.find.names import STOP_WORDS, has_digit, name_tokens
from shelftalker.find.numbers import number_of, numbers_differ

__all__ = ["Features", "look"]

_NEARLY_WHOLE, _CLEARLY = 0.45, 0.7
_TYPO_WORTH, _WORD_WORTH = 0.8, 0.55


@dataclass(frozen=True, slots=True)
class Features:
    """What speaks for and against a title being meant. Shares are of what the words tell, 0 to 1.

    Attributes:
        main: share of the main title that is in the question.
        whole: the same of the whole title.
        phrase: the main title stands there as a phrase.
        run: how much the longest stretch tells that goes word for word as the title does, 0 to 1.
        surprise: how unlikely the words that agree are in plain language, 0 to 1.
        foreign: how much stands in the title's stretch, or in the place of a missing word, that neither title nor
            description explains.
        named: how much beside the stretch looks like the rest of a name (capitals, quotation marks, model codes) and
            is explained by neither.
        swapped: another word stands where the title has one of its own, 0 to 1.
        numbers: a number of the question's name is not the title's (0 or 1).
        described: share of the question's other rare words that title and description have.
        first, last: the stretch, as places of words; `last` is behind it.
        agreeing: the places in the stretch whose word is the title's.
        worded: one of them is more than a number.
    """

    main: float
    whole: float
    phrase: float
    run: float
    surprise: float
    foreign: float
    named: float
    swapped: float
    numbers: float
    described: float
    first: int = 0
    last: int = 0
    agreeing: frozenset[int] = frozenset()
    worded: bool = True


@lru_cache(maxsize=262144)
def _agree(asked: str, word: str) -> float:
    """Return how well a word of a question agrees with one of a title: 1 the same, less for an ending or a typo."""
    if asked == word:
        return 1.0
    if number_of(asked) == number_of(word) is not None:
        return 1.0
    if has_digit(asked) or has_digit(word):
        return 0.0
    if asked[0] != word[0]:
        return 0.0
    short, long = sorted((asked, word), key=len)
    if len(short) >= 3 and long.startswith(short) and len(long) - len(short) <= 1:
        return _TYPO_WORTH  # art, arte; shoe, shoes
    if len(short) < 4:
        return 0.0
    if stem(asked) == stem(word):
        return 0.95
    allowed = min(typos_allowed(asked), typos_allowed(word))
    if not allowed:
        return 0.0
    distance = OSA.distance(asked, word, score_cutoff=allowed)
    if distance > allowed:
        return 0.0
    if plainness(asked) < 0.25:
        return _TYPO_WORTH
    # A word of the language is more likely another word: "forest" is not "florist".
    return _WORD_WORTH if distance == 1 and len(short) >= 5 and asked[0] == word[0] else 0.0


def look(
    asked: Asked,
    title: str,
    explains: Callable[[str], bool],
    weight: Callable[[str], float],
    *,
    taken: Sequence[tuple[int, int]] = (),
) -> Features | None:
    """Lay a title over a question; None where they share nothing.

    Args:
        asked: the question's words.
        title: of a record.
        explains: whether the record's description has a word of its stem.
        weight: how much a word of titles tells; that of a word in few titles is larger.
        taken: stretches of the question that other titles were seen in.
    """
    main, whole = titles_of(title)
    words = asked.words
    free = [not any(first <= place < last for first, last in taken) for place in range(len(words))]
    by_word: dict[int, tuple[int, float]] = {}  # place in the question: which word of the title, how well
    places: list[list[tuple[int, float]]] = []
    for number, word in enumerate(whole):
        fits = [
            (place, fit) for place, other in enumerate(words) if free[place] and (fit := _agree(other.key, word)) > 0
        ]
        fits += _joined(words, free, whole, number)
        places.append(fits)
    _share_out(places, words, whole)
    first, last = _stretch(words, places, [weight(word) for word in whole])
    if last <= first:
        return None
    seen = [0.0] * len(whole)
    for number, fits in enumerate(places):
        for place, fit in fits:
            close = 1.0 if first <= place < last else 0.7
            if fit * close > seen[number]:
                seen[number] = fit * close
            if place not in by_word or fit > by_word[place][1]:
                by_word[place] = (number, fit)
    weights = [weight(word) for word in whole]
    unsaid = {n for n, word in enumerate(main) if has_digit(word) and seen[n] < 0.5}  # a volume that may be any
    said = [n for n in range(len(main)) if n not in unsaid] or list(range(len(main)))
    held_main = _share([weights[n] for n in said], [seen[n] for n in said])
    surprise = sum((1 - plainness(word)) * fit for word, fit in zip(whole, seen, strict=True) if fit >= 0.75)
    phrase = _is_phrase(words[first:last], [main[n] for n in said]) or (
        held_main > 0.99 and last - first <= len(main) + _stops(words[first:last])
    )

    own = _own_words(asked, whole)

    def is_known(place: int) -> bool:
        word = words[place]
        return place in by_word or word.key in STOP_WORDS or own(word) or explains(word.key)

    foreign, named = 0.0, 0.0
    for place in range(first, last):
        if not is_known(place):
            foreign += 1 - 0.5 * plainness(words[place].key)
    foreign += _quoted_beside(words, first, last, is_known)
    for edge, step in ((first - 1, -1), (last, 1)):
        foreign_here, named_here = _beside(asked, whole, main, seen, edge, step, is_known, free)
        foreign, named = foreign + foreign_here, named + named_here
    rest = {
        word.key: 1 - plainness(word.key)
        for place, word in enumerate(words)
        if not first <= place < last and word.key not in STOP_WORDS and place not in by_word
        and not own(word)
    }  # fmt: skip
    agreeing = frozenset(place for place in by_word if first <= place < last)
    described = sum(w for word, w in rest.items() if explains(word)) / max(0.7, sum(rest.values()))
    return Features(
        main=held_main,
        whole=_share(weights, seen),
        phrase=float(phrase),
        run=min(1.0, _run(words, whole, weights) / 1.8),
        surprise=min(1.0, surprise / 2),
        foreign=min(2.0, foreign),
        named=min(2.0, named),
        swapped=_swapped(
            words,
            whole,
            len(main),
            held_main,
            seen,
            places,
            first,
            last,
            free,
            own,
            asked.cased,
            set(name_tokens(title)),
        ),
        numbers=float(numbers_differ(words, title, whole, first, last, explains, free)),
        described=described,
        first=first,
        last=last,
        agreeing=agreeing,
        worded=any(not has_digit(words[place].key) for place in agreeing),
    )


def _share_out(places: list[list[tuple[int, float]]], words: Sequence[Word], whole: Sequence[str]) -> None:
    """Where a title has a word twice and the question once, leave it to the one whose neighbours are there too."""
    for word in {word for word in whole if whole.count(word) > 1}:
        numbers = [number for number, other in enumerate(whole) if other == word]
        said = {place for number in numbers for place, _ in places[number]}
        if len(said) >= len(numbers):
            continue
        kept = {max(numbers, key=lambda number: _beside_alike(place, number, words, whole)) for place in said}
        for number in numbers:
            if number not in kept:
                places[number] = []


def _beside_alike(place: int, number: int, words: Sequence[Word], whole: Sequence[str]) -> int:
    """How many of the two words beside a place of the question stand beside a word of the title."""
    asked = [word.key for word in words[max(0, place - 2) : place + 3]]
    return sum(word in asked for word in (*whole[max(0, number - 1) : number], *whole[number + 1 : number + 2]))


def _own_words(asked: Asked, title: Sequence[str]) -> Callable[[Word], bool]:
    """Return what tells words of the asker's language, which are no part of a title in the other one."""
    sign = 1 if asked.language == "pt" else -1
    if sign * sum(map(lean, title)) >= 0:
        return lambda _: False
    return lambda word: sign * lean(word.key) >= _CLEARLY and not (asked.cased and word.capital)


def _joined(words: Sequence[Word], free: Sequence[bool], whole: Sequence[str], number: int) -> list[tuple[int, float]]:
    """Where two words of the question make one of the title ("boom box"), or two of the title one of the question."""
    word = whole[number]
    found = []
    for place in range(len(words) - 1):
        if free[place] and free[place + 1] and words[place].key + words[place + 1].key == word and _is_long(word):
            found += [(place, 0.95), (place + 1, 0.95)]
    for other, pair in ((number - 1, (number - 1, number)), (number + 1, (number, number + 1))):
        if 0 <= other < len(whole):
            both = whole[pair[0]] + whole[pair[1]]
            found += [(p, 0.95) for p, w in enumerate(words) if free[p] and w.key == both and _is_long(both)]
    return found


def _is_long(word: str) -> bool:
    """Whether a word that is put together can hardly be so by chance; "t" and "310" are one model code."""
    return len(word) > (2 if has_digit(word) else 4)


def _stretch(
    words: Sequence[Word], places: Sequence[Sequence[tuple[int, float]]], weights: Sequence[float]
) -> tuple[int, int]:
    """Return the stretch of the question that holds most of the title in the least room."""
    at: dict[int, dict[int, float]] = {}  # place in the question: word of the title, what it is worth
    for number, fits in enumerate(places):
        for place, fit in fits:
            at.setdefault(place, {})[number] = fit * weights[number]
    best, best_score = (0, 0), 0.0
    starts = sorted(at)
    for i, start in enumerate(starts):
        score, before = 0.0, start - 1
        counted: set[int] = set()
        for place in starts[i:]:
            gap = range(before + 1, place)
            if len(gap) > 4:
                break
            score -= sum(0.1 if words[p].key in STOP_WORDS else 0.3 for p in gap)
            fresh = {number: worth for number, worth in at[place].items() if number not in counted}
            if fresh:
                number = max(fresh, key=lambda one: fresh[one])
                counted.add(number)
                score += fresh[number]
            before = place
            if score > best_score + 1e-9:
                best, best_score = (start, place + 1), score
    return best


def _run(words: Sequence[Word], whole: Sequence[str], weights: Sequence[float]) -> float:
    """Return what the telling words weigh, two or more, that follow each other in question and title alike."""
    telling = [word.key for word in words if word.key not in STOP_WORDS]
    best = 0.0
    for start in range(len(telling)):
        for number in range(len(whole)):
            length = 0
            while (
                start + length < len(telling) and number + length < len(whole)
                and _agree(telling[start + length], whole[number + length]) >= 0.5
            ):  # fmt: skip
                length += 1
            if length > 1:
                best = max(best, sum(weights[number : number + length]) * (1.0 if number == 0 else 0.7))
    return best


def _share(weights: Sequence[float], seen: Sequence[float]) -> float:
    total = sum(weights)
    return sum(w * s for w, s in zip(weights, seen, strict=True)) / total if total else 0.0


def _stops(words: Sequence[Word]) -> int:
    return sum(word.key in STOP_WORDS for word in words)


def _is_phrase(words: Sequence[Word], main: Sequence[str]) -> bool:
    joined = "".join(word.key for word in words if word.key not in STOP_WORDS)
    return "".join(main) in joined


def _beside(
    asked: Asked, whole: Sequence[str], main: Sequence[str], seen: Sequence[float], edge: int, step: int,
    is_known: Callable[[int], bool], free: Sequence[bool],
) -> tuple[float, float]:  # fmt: skip
    """What stands right beside the stretch: in the place of a missing word of the title, or as more of a name."""
    words = asked.words
    missing = [n for n, fit in enumerate(seen[: len(main)]) if fit < 0.5]
    there = [n for n, fit in enumerate(seen) if fit >= 0.5]
    goes_on = bool(missing and there) and (missing[-1] > there[-1] if step > 0 else missing[0] < there[0])
    foreign = named = 0.0
    place, skipped = edge, 0
    while 0 <= place < len(words) and free[place] and skipped < 2:
        word = words[place]
        if word.key in STOP_WORDS:
            place, skipped = place + step, skipped + 1
            continue
        if is_known(place):
            break
        looks = (asked.cased and word.capital) or (has_digit(word.key) and not word.key.isdigit())
        if looks and not missing and skipped:
            break  # the name is whole: what stands behind an "or" or an "and" is another one
        if looks:
            named += 1 - 0.3 * plainness(word.key)
        elif goes_on and place == edge:
            foreign += 1 - plainness(word.key)
            break
        elif place == edge:
            named += 0.25 * (1 - plainness(word.key))
            break
        else:
            break
        place += step
    return foreign, named


def _quoted_beside(words: Sequence[Word], first: int, last: int, is_known: Callable[[int], bool]) -> float:
    """What stands in quotation marks and is no part of the title: they bound a name."""
    return sum(
        1 - 0.5 * plainness(word.key)
        for place, word in enumerate(words)
        if word.quoted and not first <= place < last and not is_known(place)
    )


def _swapped(
    words: Sequence[Word], whole: Sequence[str], main: int, held: float, seen: Sequence[float],
    places: Sequence[Sequence[tuple[int, float]]], first: int, last: int, free: Sequence[bool],
    own: Callable[[Word], bool], cased: bool, title: Container[str],
) -> float:  # fmt: skip
    """Tell whether a word that is not the title's stands where the title has one of its own.

    Between two words of the title that is certain; at an end it is where nearly all the rest of the title was said.
    """
    at: list[int | None] = []
    latest = first - 1
    for fits, fit in zip(places, seen, strict=True):
        inside = sorted(place for place, _ in fits if first <= place < last) if fit >= 0.5 else []
        place = next((p for p in inside if p > latest), None)
        if place is None and inside and whole.count(whole[len(at)]) == 1:
            place = inside[0]
        at.append(place)
        latest = place if place is not None else latest
    used = {place for fits in places for place, _ in fits}

    def alien(place: int) -> bool:
        inside = 0 <= place < len(words) and free[place] and place not in used
        return inside and words[place].key not in STOP_WORDS and not own(words[place])

    known = [n for n, place in enumerate(at) if place is not None]
    if not known:
        return 0.0
    quoted = all(word.quoted for word in words[first:last])

    def is_name(place: int) -> bool:
        return cased and words[place].capital

    for before, after in pairwise(known):
        if after - before > 1 and _is_between(words, at, before, after, main, alien, is_name):
            return 1.0
    found = 0.0
    in_order = all(at[a] < at[b] for a, b in pairwise(known))  # type: ignore[operator]
    if not in_order:
        return 0.0
    slot_before = _slot(words, first, -1, title) if known[0] > 0 else None
    slot_after = _slot(words, last - 1, 1, title)
    left = len(whole) - 1 - known[-1]
    # Behind the main title a question may go on in its own words, unless nearly all of the title was said.
    goes_on = quoted or known[-1] < main - 1 or left == 1 or (slot_after is not None and is_name(slot_after))
    if not left or not goes_on or (known[-1] == main - 1 and not quoted):
        slot_after = None
    for slot in (slot_before, slot_after):
        if slot is None or not alien(slot) or (quoted and not words[slot].quoted):
            continue
        if quoted:
            return 1.0
        if held >= _NEARLY_WHOLE:
            # A name said to its last word but one hardly ends there.
            plain = 0.25 if left == 1 and len(known) > 2 and slot == slot_after else 0.6
            found = max(found, (1.0 - plain * plainness(words[slot].key)) * min(1.0, (len(known) - 0.5) / 2))
    return found


def _is_between(
    words: Sequence[Word], at: Sequence[int | None], left: int, right: int, main: int,
    alien: Callable[[int], bool], is_name: Callable[[int], bool],
) -> bool:  # fmt: skip
    """Tell whether words stand in the place of those that the title has between two of its own."""
    start, end = at[left], at[right]
    if start is None or end is None or end <= start:
        return False
    strange = [place for place in range(start + 1, end) if alien(place)]
    if left < main <= right:  # where the main title ends, a question may go on in its own words
        return len(strange) == right - left - 1 and all(
            plainness(words[place].key) < 0.8 or is_name(place) for place in strange
        )
    return bool(strange)


def _slot(words: Sequence[Word], place: int, step: int, title: Container[str]) -> int | None:
    """The next word from a place on that is more than glue, at most three words away; only a title's glue is passed."""
    for other in (place + step, place + 2 * step, place + 3 * step):
        if not 0 <= other < len(words):
            return None
        if words[other].key not in STOP_WORDS:
            return other
        if words[other].key not in title:
            return None
    return None
