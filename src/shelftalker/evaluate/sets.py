"""The templated sets of a run, small regression tests: who may be asked about, and in which words."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path

from shelftalker.catalog import Catalogue
from shelftalker.errors import UnfinishedFolder
from shelftalker.evaluate.facts import Facts, find_facts_file, read_absent_titles, read_facts
from shelftalker.evaluate.near_misses import near_miss, replacement_words
from shelftalker.evaluate.questions import SETS, Ambiguity, Question, SetName
from shelftalker.evaluate.titles import Titles, differ_in_one_word
from shelftalker.find import Finder
from shelftalker.prompts import detect_language
from shelftalker.prompts.forms import FormSet, attribute_forms, description_forms
from shelftalker.records import Language, Record, Split

__all__ = ["Pool", "Sets", "make_sets", "pool_of"]

_LANGUAGES: tuple[Language, ...] = ("en", "pt")
_FORM_SETS: tuple[FormSet, ...] = ("trained", "held_out")
_SPARE = 4  # records drawn a question wanted, since some have a shared title or are too long to ask about


@dataclass(frozen=True)
class Pool:
    """What the sets are drawn from.

    Attributes:
        catalogue: the records.
        titles: all of its titles.
        neighbours: records with titles near a record's, for telling near twins.
        trained: uids that training examples name.
        watched: uids that training was stopped by (its validation examples); asked about only where others lack.
        facts: known facts, or None.
        absent_titles: titles of made-up products that the catalogue may lack.
        max_question_chars: longer questions are not asked.
    """

    catalogue: Catalogue
    titles: Titles
    neighbours: Callable[[Record, int], list[Record]]
    trained: frozenset[str]
    watched: frozenset[str] = frozenset()
    facts: Facts | None = None
    absent_titles: tuple[str, ...] = ()
    max_question_chars: int = 2000


@dataclass(frozen=True)
class Sets:
    """The questions, and what is to be said about sets that are small or left out."""

    questions: tuple[Question, ...]
    notes: tuple[str, ...] = field(default=())


def make_sets(pool: Pool, wanted: Sequence[SetName], count: int, seed: int) -> Sets:
    """Return up to `count` questions of each set wanted; the same arguments give the same questions.

    No product of `unseen` or `attribute` is named in a training example, nor bears the title of one that is.
    Where there are fewer products than questions, products are asked about again in other words.
    """
    makers = {
        "seen": _seen,
        "reworded": _reworded,
        "unseen": _unseen,
        "attribute": _attribute,
        "absent": _absent,
        "ambiguous": _ambiguous,
    }
    questions: list[Question] = []
    notes: list[str] = []
    for name in (one for one in SETS if one in wanted):
        rng = random.Random(f"{name} {seed}")
        made = _first(makers[name](pool, count, rng), count, pool.max_question_chars)
        if not made:
            notes.append(_EMPTY[name])
        elif len({question.group for question in made}) < count:
            products = len({question.group for question in made})
            notes.append(f"{name}: {len(made)} questions about {products} products, all that the catalogue has for it")
        watched = len({question.group for question in made} & pool.watched)
        if watched and name in ("unseen", "attribute"):
            notes.append(f"{name}: {watched} of its products were not trained on, but decided when training stopped")
        questions += made
    return Sets(tuple(questions), tuple(notes))


_EMPTY: dict[str, str] = {
    "seen": "seen: left out, no training example names a product with a title of its own",
    "reworded": "reworded: left out, no training example names a product with a title of its own",
    "unseen": "unseen: left out, training examples name every product of the catalogue",
    "attribute": "attribute: left out, no known facts; they come from FILE.facts.jsonl beside the catalogue's file, "
    "or from --facts",
    "absent": "absent: left out, no title of the catalogue can be changed into one that it lacks",
    "ambiguous": "ambiguous: left out, every title of the catalogue belongs to one record",
}


def _first(questions: Iterable[Question], count: int, longest: int) -> list[Question]:
    """Take questions that differ, until there are enough or they come round again."""
    made: dict[str, Question] = {}
    for question in questions:
        if len(question.question) <= longest:
            made.setdefault(question.question, question)
        if len(made) == count:
            break
    return list(made.values())


def _seen(pool: Pool, count: int, rng: random.Random) -> Iterator[Question]:
    return _describe(pool, "seen", _trained(pool, count, rng), ("trained",), rng)


def _reworded(pool: Pool, count: int, rng: random.Random) -> Iterator[Question]:
    return _describe(pool, "reworded", _trained(pool, count, rng), ("held_out",), rng)


def _unseen(pool: Pool, count: int, rng: random.Random) -> Iterator[Question]:
    return _describe(pool, "unseen", _untrained(pool, count, rng), _FORM_SETS, rng)


def _trained(pool: Pool, count: int, rng: random.Random) -> list[Record]:
    uids = sorted(pool.trained)
    drawn = rng.sample(uids, min(len(uids), count * _SPARE))
    records = (pool.catalogue.record(uid) for uid in drawn)
    return [record for record in records if pool.titles.is_unique(record.title)][:count]


def _untrained(pool: Pool, count: int, rng: random.Random) -> list[Record]:
    """Test products first, then validation, then what training left over; last, those that it was stopped by."""
    kept: list[Record] = []
    tiers: tuple[tuple[Split, bool], ...] = (
        ("test", False),
        ("validation", False),
        ("train", False),
        ("validation", True),
    )
    for split, watched in tiers:
        if len(kept) >= count:
            break
        spare = count * _SPARE + len(pool.trained) + len(pool.watched)
        found = pool.catalogue.records(split, limit=spare, seed=rng.randrange(2**31))
        rng.shuffle(found)
        for record in found:
            uids = {record.uid, *record.uids}
            if not uids & pool.trained and bool(uids & pool.watched) is watched:
                kept += [record] if pool.titles.is_unique(record.title) else []
    return kept[:count]


def _describe(
    pool: Pool, name: SetName, records: Sequence[Record], form_sets: Sequence[FormSet], rng: random.Random
) -> Iterator[Question]:
    """Ask what each record is; languages and forms take turns, and come round until every form was used."""
    forms = {
        language: [form for which in form_sets for form in description_forms(language, which)]
        for language in _LANGUAGES
    }
    near = [_ambiguity(pool, record) for record in records]
    starts = [rng.randrange(60) for _ in records]
    for turn in range(max(len(found) for found in forms.values()) * len(_LANGUAGES)):
        for place, record in enumerate(records):
            language = _LANGUAGES[(place + turn) % len(_LANGUAGES)]
            form = forms[language][(starts[place] + turn // len(_LANGUAGES)) % len(forms[language])]
            yield Question(
                key=f"{name}-{place}-{turn}",
                set=name,
                question=form.format(x=record.title),
                language=language,
                uids=(record.uid,),
                group=record.uid,
                title=record.title,
                ambiguity=near[place],
            )


def _ambiguity(pool: Pool, record: Record) -> Ambiguity:
    if not pool.titles.is_unique(record.title):
        return "shared"
    near = any(differ_in_one_word(record.title, other.title) for other in pool.neighbours(record, 5))
    return "near" if near else "unique"


def _attribute(pool: Pool, count: int, rng: random.Random) -> Iterator[Question]:
    """Ask for one known fact; each product in turn, then each again for another fact."""
    if pool.facts is None:
        return
    asked: list[tuple[Record, Ambiguity, list[str]]] = []
    for record in _untrained(pool, count, rng):
        names = [name for name in pool.facts.of((record.uid, *record.uids)) if attribute_forms(name, "en")]
        rng.shuffle(names)
        asked.append((record, _ambiguity(pool, record), names))
    for turn in range(max((len(names) for *_, names in asked), default=0)):
        for place, (record, near, names) in enumerate(asked):
            if turn >= len(names):
                continue
            language, name = _LANGUAGES[(place + turn) % len(_LANGUAGES)], names[turn]
            value = pool.facts.of((record.uid, *record.uids))[name]
            yield Question(
                key=f"attribute-{place}-{name}",
                set="attribute",
                question=rng.choice(attribute_forms(name, language)).format(x=record.title),
                language=language,
                uids=(record.uid,),
                group=record.uid,
                title=record.title,
                ambiguity=near,
                attribute=name,
                accepted=value.accepted,
                others=() if value.items else pool.facts.others(name, value),
                items=value.items,
            )


def _absent(pool: Pool, count: int, rng: random.Random) -> Iterator[Question]:
    """Near misses of the catalogue's own titles and, where there are any, whole made-up titles, in turn."""
    records = pool.catalogue.records(limit=count * _SPARE, seed=rng.randrange(2**31))
    rng.shuffle(records)
    words = {
        language: replacement_words([r.title for r in records if detect_language(r.content) == language])
        for language in _LANGUAGES
    }
    misses = (near_miss(r.title, words[detect_language(r.content)], pool.titles.is_known, rng) for r in records)
    near = [(title, "near") for title in dict.fromkeys(misses) if title]
    other = [title for title in pool.absent_titles if not pool.titles.bearers(title)]
    made_up = [(title, "unique") for title in rng.sample(other, min(len(other), count // 3))]
    forms = [(language, form) for language in _LANGUAGES for form in _every_form(language)]
    rng.shuffle(forms)
    for place, (title, ambiguity) in enumerate(chain(made_up, near)):
        language, form = forms[place % len(forms)]
        yield Question(
            key=f"absent-{place}",
            set="absent",
            question=form.format(x=title),
            language=language,
            uids=(),
            group=title,
            title=title,
            ambiguity="near" if ambiguity == "near" else "unique",
        )


def _every_form(language: Language) -> list[str]:
    return [form for which in _FORM_SETS for form in description_forms(language, which)]


def _ambiguous(pool: Pool, count: int, rng: random.Random) -> Iterator[Question]:
    groups = pool.titles.shared()
    groups = rng.sample(groups, min(len(groups), count))
    bearers = [[pool.catalogue.record(uid) for uid in uids] for uids in groups]
    forms = {language: _every_form(language) for language in _LANGUAGES}
    for turn in range(2 * max(len(found) for found in forms.values())):
        for place, records in enumerate(bearers):
            language = _LANGUAGES[(place + turn) % len(_LANGUAGES)]
            form = forms[language][(place + turn // len(_LANGUAGES)) % len(forms[language])]
            yield Question(
                key=f"ambiguous-{place}-{turn}",
                set="ambiguous",
                question=form.format(x=records[0].title),
                language=language,
                uids=tuple(record.uid for record in records),
                group=records[0].title,
                title=records[0].title,
                ambiguity="shared",
            )


def pool_of(run: Path, catalogue: Catalogue, finder: Finder, *, facts: Path | None = None, longest: int = 2000) -> Pool:
    """Return what the sets of a run are drawn from.

    Args:
        run: whose examples tell what was trained on.
        facts: known facts; by default those beside the catalogue's input.
        longest: longest question that is accepted, in characters.

    Raises:
        UnfinishedFolder: the run does not say what it was trained on.
        InputNotFound, CatalogueError: the facts cannot be read.
    """
    path = run / "examples.json"
    try:
        uids = json.loads(path.read_text(encoding="utf-8"))["uids"]
        named = {split: frozenset(uids.get(split, ())) for split in ("train", "validation")}
    except (FileNotFoundError, json.JSONDecodeError, KeyError, AttributeError) as error:
        raise UnfinishedFolder(
            f"{path} does not say which products were trained on, so no question can be called unseen",
            fix="train the run again",
        ) from error
    paths = catalogue.manifest.results.get("paths", ())
    known = facts or find_facts_file(catalogue.path, catalogue.manifest.inputs, paths)
    return Pool(
        catalogue=catalogue,
        titles=Titles(catalogue.iterate()),
        neighbours=finder.neighbours,
        trained=named["train"],
        watched=named["validation"] - named["train"],
        facts=read_facts(known) if known else None,
        absent_titles=read_absent_titles(known) if known else (),
        max_question_chars=longest,
    )
