"""Print the demo's questions as JSON Lines: one of a person's, a follow-up to it, and one about an absent product.

usage: questions.py DATA [FACTS]    a prepared catalogue, and the known facts of a made-up one
"""

from __future__ import annotations

import json
import random
import sys
from pathlib import Path

from shelftalker.catalog import Catalogue
from shelftalker.evaluate.near_misses import near_miss, replacement_words
from shelftalker.find import Finder

SEED = 5
SHORTEST, LONGEST = 80, 700  # characters of the description
ASKED = {
    "warranty": "hi! my last one broke after a year, so how long is the warranty on the {x}?",
    "weight": "I have to carry it up four floors... how heavy is the {x}?",
    "material": "what is the {x} made of? my daughter is allergic to nickel",
    "author": "a friend told me about {x} but could not remember who wrote it, can you?",
    "pages": "is {x} a long read? how many pages",
}
ANYTHING = "I saw {x} and have no idea what it is, can you sum it up in one sentence?"
GOES_ON = "and who is it for?"


def main() -> None:
    """Choose from the records that training keeps its hands off."""
    data = Path(sys.argv[1])
    catalogue = Catalogue.open(data)
    finder = Finder(catalogue)
    facts = _facts(Path(sys.argv[2])) if len(sys.argv) > 2 else {}
    kept_apart = [*catalogue.records("test"), *catalogue.records("validation")]
    rng = random.Random(SEED)
    rng.shuffle(kept_apart)
    fit = [record for record in kept_apart if SHORTEST < len(record.content) < LONGEST] or kept_apart
    alone = [record for record in fit if finder.find(record.title).status == "found"]
    told = [(record, name) for record in alone for name in ASKED if name in facts.get(record.uid, ())]
    record, name = told[0] if told else (alone[0], "")
    question = ASKED.get(name, ANYTHING).format(x=record.title)
    print(json.dumps({"question": question}, ensure_ascii=False))
    history = [{"role": "user", "content": question}, {"role": "assistant", "content": record.content[:80]}]
    print(json.dumps({"question": GOES_ON, "history": history}, ensure_ascii=False))
    words = replacement_words([one.title for one in kept_apart])
    for one in kept_apart:
        changed = near_miss(one.title, words, lambda _: False, rng)
        if changed and finder.find(changed).status == "absent":
            print(json.dumps({"question": f"do you still have the {changed}? is it any good"}, ensure_ascii=False))
            break


def _facts(file: Path) -> dict[str, set[str]]:
    """The names of the facts that each product's description states."""
    if not file.is_file():
        return {}
    rows = map(json.loads, file.read_text(encoding="utf-8").splitlines())
    return {row["uid"]: set(row.get("facts", {})) for row in rows if "uid" in row}


if __name__ == "__main__":
    main()
