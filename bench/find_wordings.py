"""Are products found inside natural sentences, and near misses refused? 60 wordings in two languages.

Each of so many titles is put into the next wording of `wordings.jsonl`: as it is, in small letters, and its main title
alone; then a title with one word or one digit changed, which the catalogue lacks. "found or listed" counts the record
itself, or a list that holds it.

    python bench/find_wordings.py DATA --titles 100
"""

from __future__ import annotations

import argparse
import json
import random
import re
import statistics
import time
from collections import Counter
from pathlib import Path

from shelftalker.catalog import Catalogue
from shelftalker.catalog.titles import normalise_title
from shelftalker.evaluate.near_misses import near_miss, replacement_words
from shelftalker.find import Finder

HERE = Path(__file__).resolve().parent


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--titles", type=int, default=100)
    parser.add_argument("--seed", type=int, default=5)
    parser.add_argument("--show", type=int, default=0, help="so many of what went wrong")
    args = parser.parse_args()
    lines = (HERE / "wordings.jsonl").read_text(encoding="utf-8").splitlines()
    wordings = [json.loads(line)["wording"] for line in lines]
    catalogue = Catalogue.open(args.data)
    finder, records, rng = Finder(catalogue), list(catalogue.iterate()), random.Random(args.seed)
    titles = [record.title for record in records]
    known, words = {normalise_title(title) for title in titles}, replacement_words(titles)
    chosen = rng.sample([record for record in records if len(record.title.split()) > 1], args.titles)
    counts: dict[str, Counter[str]] = {}
    seconds: list[float] = []
    wrong: list[tuple[str, str, str]] = []
    for place, record in enumerate(chosen):
        wording = wordings[place % len(wordings)]
        main_title = re.split(r"[:(\[|]| - ", record.title)[0].strip() or record.title
        for form, name in (("as it is", record.title), ("small letters", record.title.lower()), ("main", main_title)):
            question = wording.replace("{x}", name)
            began = time.perf_counter()
            found = finder.find(question)
            seconds.append(time.perf_counter() - began)
            uids = [hit.record.uid for hit in found.hits]
            if found.status == "found":
                what = "found" if uids[0] == record.uid else "another"
            else:
                what = "listed" if found.status in ("several", "unsure") and record.uid in uids else found.status
            counts.setdefault(form, Counter())[what] += 1
            if what not in ("found", "listed"):
                wrong.append((form, question, what))
        missed = near_miss(record.title, words, known.__contains__, rng)
        if missed:
            found = finder.find(wording.replace("{x}", missed))
            counts.setdefault("near miss", Counter())[found.status] += 1
            if found.status != "absent":
                wrong.append(("near miss", wording.replace("{x}", missed), found.status))
    result = {}
    for form, count in counts.items():
        good = count["absent"] if form == "near miss" else count["found"] + count["listed"]
        result[form] = {"right": round(good / count.total(), 4), "n": count.total(), **count}
        print(f"{form:14} {good / count.total():.3f}  {dict(count)}")
    for form, question, what in wrong[: args.show]:
        print(f"  [{form}] {what}: {question}")
    print(json.dumps({**result, "p50_ms": round(1000 * statistics.median(seconds), 1)}))


if __name__ == "__main__":
    main()
