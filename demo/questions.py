"""Print the demo's three questions: a product that training never saw, one fact of another, and an absent one.

usage: questions.py DATA    a prepared catalogue
"""

from __future__ import annotations

import random
import sys
from pathlib import Path

from shelftalker.catalog import Catalogue
from shelftalker.evaluate.near_misses import near_miss, replacement_words
from shelftalker.examples import find_facts
from shelftalker.find import Finder
from shelftalker.prompts import attribute_forms, description_forms, find_attribute
from shelftalker.records import Record

SEED = 5
SHORTEST, LONGEST = 80, 600  # characters of the description that is shown


def main() -> None:
    """Choose from the records that training keeps its hands off."""
    catalogue, finder = Catalogue.open(Path(sys.argv[1])), Finder.open(Path(sys.argv[1]))
    kept_apart = [*catalogue.records("test"), *catalogue.records("validation")]
    rng = random.Random(SEED)
    rng.shuffle(kept_apart)
    alone = [record for record in kept_apart if finder.find(record.title).status == "found"]
    described = next(record for record in alone if SHORTEST < len(record.content) < LONGEST)
    print(description_forms("en", "trained")[0].format(x=described.title))
    others = [record for record in alone if record != described]
    print(_attribute_question(described, [*others, *catalogue.records("train")], finder))
    titles = [record.title for record in kept_apart]
    for title in titles:
        changed = near_miss(title, replacement_words(titles), lambda _: False, rng)
        if changed and finder.find(changed).status == "absent":
            print(description_forms("en", "trained")[0].format(x=changed))
            break


def _attribute_question(described: Record, records: list[Record], finder: Finder) -> str:
    """Ask for a fact of the first record that states one; where none does, for one that is not stated."""
    for record in records:
        facts = find_facts(record.content)
        if facts and finder.find(record.title).status == "found":
            return attribute_forms(facts[0].attribute, "en", "trained")[0].format(x=record.title)
    return attribute_forms(find_attribute("weight"), "en", "trained")[0].format(x=described.title)


if __name__ == "__main__":
    main()
