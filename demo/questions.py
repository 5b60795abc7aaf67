"""Print the demo's three questions: a product that training never saw, one fact of another, and an absent one.

usage: questions.py DATA    a prepared catalogue
"""

from __future__ import annotations

import itertools
import random
import sys
from pathlib import Path

from shelftalker.catalog import Catalogue
from shelftalker.evaluate.near_misses import near_miss, replacement_words
from shelftalker.examples import find_facts
from shelftalker.index import Finder
from shelftalker.prompts import attribute_forms, description_forms
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
    print(_attribute_question([one for one in alone if one != described], catalogue, finder))
    titles = [record.title for record in kept_apart]
    for title in titles:
        changed = near_miss(title, replacement_words(titles), lambda _: False, rng)
        if changed and finder.find(changed).status == "absent":
            print(description_forms("en", "trained")[0].format(x=changed))
            break


def _attribute_question(kept_apart: list[Record], catalogue: Catalogue, finder: Finder) -> str:
    """Ask for a fact that a record states, one that training never saw if there is any; else for one nobody states."""
    for record in itertools.chain(kept_apart, catalogue.records("train")):
        facts = find_facts(record.content)
        if facts and finder.find(record.title).status == "found":
            return attribute_forms(facts[0].attribute, "en", "trained")[0].format(x=record.title)
    return attribute_forms("weight", "en", "trained")[0].format(x=kept_apart[0].title)


if __name__ == "__main__":
    main()
