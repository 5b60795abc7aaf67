"""One maker a kind of example. Each returns None for a record that cannot give that kind."""

from __future__ import annotations

import random
import re
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from shelftalker.catalog.titles import normalise_title
from shelftalker.examples.comparing import which_has_more
from shelftalker.examples.facts import Fact, find_facts
from shelftalker.examples.mentioning import mentions
from shelftalker.examples.passages import clip, first_sentence, quote_around, window
from shelftalker.metrics.quantities import quantities
from shelftalker.metrics.sentences import sentences
from shelftalker.prompts import (
    ATTRIBUTES,
    FormSet,
    ambiguous_text,
    attribute_forms,
    attribute_text,
    comparison_text,
    detect_language,
    escape,
    forms,
    listing_text,
    mention_text,
    open_book_messages,
    refusal_text,
    strip_marker,
    unanswerable_text,
    yes_no_text,
)
from shelftalker.records import Example, Language, Message, Record

__all__ = ["MAKERS", "Maker", "Shelf"]

Maker = Callable[["Shelf", Record, Language], Example | None]

_LONGEST_TOKENS = 400  # of a description: it stands in the prompt and in the answer, and 1,024 are the default's limit
_CHARS_PER_TOKEN = {"en": 4.0, "pt": 2.4}  # of small models' tokenizers, which were made for English
_LONG = 700
_TRIES = 20  # records looked at for one that states what another is asked for
_READ = 600  # characters of a record shown for a question about a part of it
_DISTRACTOR = 220
_OTHERS = (0.45, 0.30, 0.17, 0.08)  # share of examples with 0, 1, 2, 3 distractors
_SETTLED = 0.7  # share of the questions whose prompt names the record meant
_PORTUGUESE = {"en": 0.3, "pt": 0.7}  # share of Portuguese questions, by the record's language


class Shelf:
    """The records that examples are made of, those that they may name, and the choices made among them."""

    def __init__(
        self,
        records: Sequence[Record],
        named: frozenset[str],
        rng: random.Random,
        neighbours: Callable[[Record, int], list[Record]],
        which: FormSet,
    ) -> None:
        self.records = records
        self.rng = rng
        self.which = which
        self._neighbours = neighbours
        self._may_name = named
        by_title: dict[str, list[int]] = defaultdict(list)
        for index, record in enumerate(records):
            by_title[normalise_title(record.title)].append(index)
        self._by_title = dict(by_title)

    def language(self, record: Record) -> Language:
        """Choose the language of the question."""
        share = _PORTUGUESE[detect_language(record.content)]
        return "pt" if self.rng.random() < share else "en"

    def namesakes(self, record: Record) -> list[Record]:
        """Return every record that bears the title, the record itself first."""
        same = (self.records[index] for index in self._by_title[normalise_title(record.title)])
        return [record, *(other for other in same if other.uid != record.uid)]

    def named(self, title: str) -> bool:
        """Tell whether any record bears a title."""
        return normalise_title(title) in self._by_title

    def others(self, record: Record, count: int, avoid: Sequence[Record] = ()) -> list[Record]:
        """Choose records of other titles: the nearest ones that may be named, filled up with any."""
        titles = {normalise_title(one.title) for one in (record, *avoid)}
        chosen: list[Record] = []
        near = self._neighbours(record, 8) if count else []
        for other in (*near, *(self.rng.choice(self.records) for _ in range(4 * count))):
            if len(chosen) == count:
                break
            if other.uid in self._may_name and normalise_title(other.title) not in titles:
                titles.add(normalise_title(other.title))
                chosen.append(replace(other, content=clip(other.content, _DISTRACTOR)))
        return chosen

    def distractors(self, record: Record, avoid: Sequence[Record] = ()) -> list[Record]:
        """Choose none to three records to stand beside the one asked about."""
        count = self.rng.choices(range(len(_OTHERS)), _OTHERS)[0]
        return self.others(record, count, avoid)

    def form(self, kind: str, language: Language) -> str:
        """Choose a question form of a kind."""
        return self.rng.choice(forms(kind, language, self.which))

    def among(self, record: Record) -> tuple[list[Record], About]:
        """Put a record among distractors; return them all, and what the prompt says of the one meant."""
        shown = self.distractors(record)
        place = self.rng.randint(0, len(shown))
        settled = self.rng.random() < _SETTLED
        return [*shown[:place], record, *shown[place:]], About(place + 1, (place + 1,) if settled else ())

    def ask(self, form: str, record: Record, about: About) -> str:
        """Put a record's name into a form: its title, or a shorter one where the prompt says which record is meant."""
        return form.replace("{x}", self._short_name(record.title) if about.settled else record.title)

    def _short_name(self, title: str) -> str:
        """Return what people make of a title: small letters, no subtitle, no brackets; mostly the title itself."""
        chance = self.rng.random()
        if chance < 0.1:
            return title.lower()
        head = re.split(r"\s*[:(\[]|\s-\s", title, maxsplit=1)[0].strip()
        return head if chance < 0.25 and len(head) > 3 else title


@dataclass(frozen=True, slots=True)
class About:
    """Number of the record meant, and the numbers that the prompt gives away: none where the model is to find it."""

    number: int
    settled: tuple[int, ...]


_BOTH = About(1, (1, 2))


def _example(
    kind: str,
    question: str,
    shown: Sequence[Record],
    answer: str,
    language: Language,
    uids: Sequence[str],
    about: About | None = None,
) -> Example:
    prompt = open_book_messages(question, shown, language, about=about.settled if about else ())
    messages = (*prompt, Message("assistant", escape(answer)))
    return Example(kind, "open-book", language, messages, tuple(dict.fromkeys(uids)))


def _flat(text: str) -> str:
    return " ".join(text.split())


def description(shelf: Shelf, record: Record, language: Language) -> Example | None:
    """The whole record, word for word. Long ones are rarer: they cost most and teach the same."""
    content = _flat(record.content)
    longest = _LONGEST_TOKENS * _CHARS_PER_TOKEN[detect_language(content)]
    if len(content) > longest or len(shelf.namesakes(record)) > 1:
        return None
    if len(content) > _LONG and shelf.rng.random() > _LONG / len(content) * 0.5:
        return None
    shown, about = shelf.among(record)
    question = shelf.ask(shelf.form("description", language), record, about)
    return _example("description", question, shown, f"{content} [{about.number}]", language, [record.uid], about)


def attribute(shelf: Shelf, record: Record, language: Language) -> Example | None:
    """One fact that a pattern found: its value, and the words that state it."""
    found = find_facts(record.content)
    if not found or len(shelf.namesakes(record)) > 1:
        return None
    fact = shelf.rng.choice(found)
    quote = _quote(fact)
    if not quote:
        return None
    shown, about = shelf.among(_read(record, fact.start, fact.end))
    question = shelf.ask(shelf.rng.choice(attribute_forms(fact.attribute, language, shelf.which)), record, about)
    answer = attribute_text(fact.attribute, fact.value, quote, language, about.number)
    return _example("attribute", question, shown, answer, language, [record.uid], about)


def _quote(fact: Fact) -> str:
    return quote_around(_flat(fact.sentence), _flat(fact.value))


def _read(record: Record, start: int, end: int) -> Record:
    return replace(record, content=window(record.content, start, end, _READ))


def yes_no(shelf: Shelf, record: Record, language: Language) -> Example | None:
    """A value confirmed or put right, or a term that the record mentions or doesn't."""
    if len(shelf.namesakes(record)) > 1:
        return None
    found = [fact for fact in find_facts(record.content) if _quote(fact)]
    if not found or shelf.rng.random() < 0.4:
        return _mention(shelf, record, language)
    fact = shelf.rng.choice(found)
    asked = fact.value if shelf.rng.random() < 0.5 else _other_value(shelf, fact)
    if not asked:
        return None
    shown, about = shelf.among(_read(record, fact.start, fact.end))
    form = fact.attribute.wording(language).confirm.replace("{v}", asked)
    right = asked == fact.value
    answer = yes_no_text(fact.attribute, fact.value, _quote(fact), language, right=right, number=about.number)
    return _example("yes_no", shelf.ask(form, record, about), shown, answer, language, [record.uid], about)


def _other_value(shelf: Shelf, fact: Fact) -> str:
    """Return a false value: another number, or another record's value of the same attribute."""
    numbers = quantities(fact.value)
    if numbers and re.fullmatch(r"\d+", fact.value[numbers[0].start : numbers[0].start + 1]):
        digits = re.search(r"\d+", fact.value)
        assert digits is not None
        changed = str(int(digits.group()) + shelf.rng.choice((1, 2, 3, 5)))
        return fact.value[: digits.start()] + changed + fact.value[digits.end() :]
    for _ in range(_TRIES):
        for other in find_facts(shelf.rng.choice(shelf.records).content):
            if other.attribute is fact.attribute and other.value.casefold() not in fact.sentence.casefold():
                return other.value
    return ""


# A name inside a sentence, or a long word that is likely a noun.
_TERM = re.compile(
    r"(?<![.!?\"'“‘]\s)(?<!^)\b[A-ZÀ-Þ][\w'’-]{2,}(?:\s[A-ZÀ-Þ][\w'’-]{2,}){1,2}\b"
    r"|\b[a-zà-ÿ]{4,}(?:tion|sion|ment|ness|ity|ship|ance|ence|ism|ist|ure|age|or|er|ção|são|mento|dade|eza|ura|agem)s?\b"
)


def _terms(record: Record) -> list[str]:
    title = record.title.casefold()
    return [term for term in dict.fromkeys(_TERM.findall(record.content)) if term.casefold() not in title]


def _mention(shelf: Shelf, record: Record, language: Language) -> Example | None:
    there = shelf.rng.random() < 0.6
    terms = _terms(record if there else shelf.rng.choice(shelf.records))
    if not terms:
        return None
    term = shelf.rng.choice(terms)
    text = _flat(record.content)
    holding = [one for one in sentences(text) if re.search(rf"\b{re.escape(term)}\b", one.text)]
    if there != bool(holding) or (not there and term.casefold() in f"{record.title} {text}".casefold()):
        return None
    quote = clip(holding[0].text, 220) if holding else ""
    if holding and term not in quote:
        return None
    shown, about = shelf.among(
        _read(record, holding[0].start, holding[0].end) if holding else replace(record, content=clip(text, _READ))
    )
    question = shelf.ask(shelf.form("mention", language).replace("{t}", term), record, about)
    answer = mention_text(term, quote, language, about.number)
    return _example("yes_no", question, shown, answer, language, [record.uid], about)


def listing(shelf: Shelf, record: Record, language: Language) -> Example | None:
    """What a record says, a line a sentence."""
    points = [sentence.text for sentence in sentences(_flat(record.content))]
    if not 2 <= len(points) <= 7 or sum(map(len, points)) > _LONG or len(shelf.namesakes(record)) > 1:
        return None
    shown, about = shelf.among(record)
    question = shelf.ask(shelf.form("listing", language), record, about)
    return _example("listing", question, shown, listing_text(points, about.number), language, [record.uid], about)


def comparison(shelf: Shelf, record: Record, language: Language) -> Example | None:
    """Two records side by side, each in its own words; which has more, where both state an amount."""
    if len(shelf.namesakes(record)) > 1:
        return None
    pair = _comparable(shelf, record) if shelf.rng.random() < 0.6 else None
    if pair:
        return _which(shelf, record, *pair, language)
    near = shelf.others(record, 1)
    if not near:
        return None
    shown = [replace(record, content=clip(record.content, _READ)), near[0]]
    question = shelf.form("comparison", language).format(x=record.title, y=near[0].title)
    parts = [(_flat(one.title), f"“{first_sentence(_flat(one.content))}”") for one in shown]
    return _example("comparison", question, shown, comparison_text(parts), language, [one.uid for one in shown], _BOTH)


def _comparable(shelf: Shelf, record: Record) -> tuple[Fact, Record, Fact] | None:
    """Return a fact of the record, and another record that states the same attribute with more or less of it."""
    own = {fact.attribute.name: fact for fact in find_facts(record.content) if fact.attribute.bigger and _quote(fact)}
    for _ in range(_TRIES if own else 0):
        other = shelf.rng.choice(shelf.records)
        if len(shelf.namesakes(other)) > 1 or other.uid == record.uid:
            continue
        for fact in find_facts(other.content):
            mine = own.get(fact.attribute.name)
            if mine and _quote(fact) and which_has_more((record.title, mine), (other.title, fact), "en"):
                return mine, other, fact
    return None


def _which(shelf: Shelf, record: Record, mine: Fact, other: Record, theirs: Fact, language: Language) -> Example:
    pair = [(_read(record, mine.start, mine.end), mine), (_read(other, theirs.start, theirs.end), theirs)]
    shelf.rng.shuffle(pair)
    attribute = mine.attribute
    assert attribute.bigger is not None
    more = attribute.bigger[1 if language == "pt" else 0]
    titles = [_flat(one.title) for one, _ in pair]
    question = shelf.form("which", language).format(x=titles[0], y=titles[1], more=more)
    parts = [
        (_flat(one.title), strip_marker(attribute_text(attribute, fact.value, _quote(fact), language)))
        for one, fact in pair
    ]
    verdict = which_has_more((titles[0], pair[0][1]), (titles[1], pair[1][1]), language)
    shown = [one for one, _ in pair]
    return _example(
        "comparison", question, shown, comparison_text(parts, verdict), language, [one.uid for one in shown], _BOTH
    )


def unanswerable(shelf: Shelf, record: Record, language: Language) -> Example | None:
    """A fact that the record, though there, does not state in any wording."""
    silent = [one for one in ATTRIBUTES if not mentions(f"{record.title} {record.content}", one)]
    if not silent or len(shelf.namesakes(record)) > 1:
        return None
    asked = shelf.rng.choice(silent)
    shown, about = shelf.among(replace(record, content=clip(record.content, _READ)))
    question = shelf.ask(shelf.rng.choice(attribute_forms(asked, language, shelf.which)), record, about)
    answer = unanswerable_text(asked, language, about.number)
    return _example("unanswerable", question, shown, answer, language, [record.uid], about)


def absent(shelf: Shelf, record: Record, language: Language) -> Example | None:
    """A product that none of the records in the prompt is; at times one that differs by a number only."""
    name = _near_miss(shelf, record) if shelf.rng.random() < 0.35 else ""
    shown = shelf.others(record, shelf.rng.choice((1, 1, 2, 2, 3)), avoid=[record])
    if name:
        shown = [replace(record, content=clip(record.content, _DISTRACTOR)), *shown[:1]]
        shelf.rng.shuffle(shown)
    if not shown:
        return None
    name = name or record.title
    kind = "description" if shelf.rng.random() < 0.7 else "attribute"
    if kind == "description":
        form = shelf.form("description", language)
    else:
        form = shelf.rng.choice(attribute_forms(shelf.rng.choice(ATTRIBUTES), language, shelf.which))
    answer = refusal_text(name, shown, language)
    return _example("absent", form.format(x=name), shown, answer, language, [record.uid, *(one.uid for one in shown)])


def _near_miss(shelf: Shelf, record: Record) -> str:
    """Return the title with another number in it, where it has one and nobody bears the changed title."""
    numbers = list(re.finditer(r"\d+", record.title))
    if not numbers:
        return ""
    place = shelf.rng.choice(numbers)
    changed = str(int(place.group()) + shelf.rng.choice((1, 2, 5, 10, 100)))
    title = record.title[: place.start()] + changed + record.title[place.end() :]
    return "" if shelf.named(title) else title


def ambiguous(shelf: Shelf, record: Record, language: Language) -> Example | None:
    """A title that several records bear: say so and list them."""
    same = shelf.namesakes(record)[:4]
    if len(same) < 2:
        return None
    shown = [replace(one, content=clip(one.content, _DISTRACTOR)) for one in same]
    shelf.rng.shuffle(shown)
    question = shelf.form("description", language).format(x=record.title)
    return _example("ambiguous", question, shown, ambiguous_text(shown, language), language, [one.uid for one in shown])


MAKERS: dict[str, Maker] = {
    "description": description,
    "attribute": attribute,
    "yes_no": yes_no,
    "listing": listing,
    "comparison": comparison,
    "unanswerable": unanswerable,
    "absent": absent,
    "ambiguous": ambiguous,
}
"""Kind to maker."""
