"""Which records pairs are about: of the catalogue, or of their own text; and whether the records hold the answers."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from shelftalker.catalog import Catalogue
from shelftalker.errors import CatalogueError
from shelftalker.examples.pairs import UNSTATED, BadRow, Pair, PairsFile, read_pairs, refuse_unusable
from shelftalker.find import Finder
from shelftalker.metrics.proving import prove
from shelftalker.records import Record, Split

__all__ = ["Subject", "find_subjects", "of_own_text", "place_evidence", "read_subjects"]


@dataclass(frozen=True, slots=True)
class Subject:
    """A pair and the records that it is about, in its order.

    Attributes:
        pair: its evidence stands word for word in the records.
        split: of the products; None where the pair brought its own text.
    """

    pair: Pair
    records: tuple[Record, ...]
    split: Split | None = None


def read_subjects(paths: Sequence[Path], catalogue: Catalogue) -> tuple[list[Subject], list[PairsFile]]:
    """Read files of pairs and find their records in a catalogue; products that are kept for testing are left out.

    Raises:
        InputNotFound, UsageError: a file is not there, or none of its pairs can be used.
    """
    if not paths:
        return [], []
    pairs, files = read_pairs(paths)
    subjects = find_subjects(pairs, files, catalogue, lambda: Finder.open(catalogue.path))
    refuse_unusable(files)
    return subjects, files


def find_subjects(
    pairs: Iterable[Pair], files: Sequence[PairsFile], catalogue: Catalogue, open_finder: Callable[[], Finder]
) -> list[Subject]:
    """Return the pairs with their records; those that have none, or whose record does not hold the answer, are counted.

    Args:
        pairs: as `read_pairs` gave them.
        files: where they are counted.
        catalogue: what uids are looked up in.
        open_finder: opens what titles are looked up in, once one has to be.
    """
    by_name = {one.name: one for one in files}
    finders: list[Finder] = []

    def finder() -> Finder:
        finders[:] = finders or [open_finder()]
        return finders[0]

    found: list[Subject] = []
    seen: set[tuple[str, ...]] = set()
    for pair in pairs:
        file = by_name[pair.file]
        try:
            subject = _subject(pair, catalogue, finder)
            key = (pair.question.casefold(), pair.before, *(record.uid or record.content for record in subject.records))
            if key in seen:
                raise BadRow("it asks the same as a row before it")
        except BadRow as bad:
            file.usable -= 1
            file.count(str(bad), pair.line)
            continue
        seen.add(key)
        if subject.split == "test":
            file.usable -= 1
            file.kept_back += 1
            continue
        found.append(subject)
    return found


def of_own_text(pair: Pair) -> Subject:
    """Return a pair with the record that it brought itself.

    Raises:
        BadRow: the record does not hold the answer.
    """
    record = Record("", pair.title, pair.text, pair.file, pair.line)
    return Subject(place_evidence(pair, [record]), (record,))


def _subject(pair: Pair, catalogue: Catalogue, finder: Callable[[], Finder]) -> Subject:
    if pair.text and not any(_holds(catalogue, one) for one in pair.products):
        return of_own_text(pair)
    if pair.products:
        records = [_named(one, catalogue, finder) for one in pair.products]
    else:
        seen = finder().find(pair.question)
        if seen.status != "found":
            raise BadRow("it names no product, and its question is not about a single one of the catalogue")
        records = [seen.hits[0].record]
    # of products on both sides of the split the stricter side counts
    sides: set[Split] = {catalogue.split_of(record.uid) for record in records}
    split: Split = "test" if "test" in sides else "validation" if "validation" in sides else "train"
    return Subject(place_evidence(pair, records), tuple(records), split)


def _holds(catalogue: Catalogue, uid: str) -> bool:
    try:
        catalogue.split_of(uid)
    except CatalogueError:
        return False
    return True


def _named(name: str, catalogue: Catalogue, finder: Callable[[], Finder]) -> Record:
    if _holds(catalogue, name):
        return catalogue.record(name)
    seen = finder().find(name)
    if seen.status != "found":
        raise BadRow(
            "several products bear its title" if seen.status == "several" else "the catalogue does not have its product"
        )
    return seen.hits[0].record


def place_evidence(pair: Pair, records: Sequence[Record]) -> Pair:
    """Return the pair with its evidence as the records have it.

    Raises:
        BadRow: a stretch does not stand in its record; or none was told, and the answer has a number, a name or a
            quotation that the record does not.
    """
    if pair.evidence:
        placed = [
            tuple(_stretch(text, record) for text in each) for each, record in zip(pair.evidence, records, strict=True)
        ]
        return replace(pair, evidence=tuple(placed))
    if pair.kind != UNSTATED:
        held = [(record.title, [record.content]) for record in records]
        if prove(pair.answer, pair.question, held):
            raise BadRow("its answer has a number, name or quotation that the record lacks, and no evidence is told")
    return pair


def _stretch(text: str, record: Record) -> str:
    """Return a stretch as the record has it: white space may differ."""
    if text in record.content or text in record.title:
        return text
    words = r"\s+".join(re.escape(word) for word in text.split())
    match = re.search(words, record.content) if words else None
    if match is None:
        raise BadRow("its evidence does not stand in the record word for word")
    return match.group()
