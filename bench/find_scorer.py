"""What do the weights and thresholds of find/scorer.toml do? Questions that name a product in their own words.

The course's records are halved into two catalogues. A question that names at least 45 % of its product's main title is
put to the catalogue that has the product, and to the one that has not; questions written about products that neither
has (`reader/questions.jsonl`) are put to the first. Rows of a file may be mixed in, so that there is more to confuse.

    python bench/find_scorer.py --with ../shared/data/amazon_sample.jsonl
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections import Counter
from pathlib import Path

from shelftalker.config import PrepareSettings
from shelftalker.examples.course import course
from shelftalker.find import Finder
from shelftalker.find.asked import titles_of
from shelftalker.find.names import name_tokens
from shelftalker.prepare import prepare

QUESTIONS = Path(__file__).resolve().parent / "reader" / "questions.jsonl"
LEAST_NAMED, LEAST_WORDS = 0.45, 2
NO_NAME = ("discover", "off_topic")


def catalogues(folder: Path, titles: list[tuple[str, str]], more: list[dict[str, str]]) -> list[Finder]:
    """Prepare both halves and open them."""
    found = []
    for side in (0, 1):
        rows = [{"uid": f"C{n}", "title": t, "content": c} for n, (t, c) in enumerate(titles) if n % 2 == side]
        rows += more[side::2]
        path = folder / f"half-{side}.jsonl"
        path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
        prepare([path], folder / f"data-{side}", PrepareSettings(meaning="off"))
        found.append(Finder.open(folder / f"data-{side}"))
    return found


def named_share(question: str, title: str) -> float:
    """Return the share of a main title that a question has; 0 where that is hardly a word."""
    main, _ = titles_of(title)
    asked = set(name_tokens(question))
    seen = sum(word in asked for word in main)
    return seen / len(main) if seen >= LEAST_WORDS else 0.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--with", dest="more", type=Path, help="rows of other products, as JSON Lines")
    parser.add_argument("--show", type=int, default=0, help="so many of what went wrong")
    args = parser.parse_args()
    lines = args.more.read_text(encoding="utf-8").splitlines() if args.more else []
    more = [row for row in map(json.loads, lines) if row.get("title") and row.get("content")]
    subjects = [one for one in (*course(), *course(held_out=True)) if len(one.records) == 1 and not one.pair.history]
    titles = list(dict.fromkeys((one.records[0].title, one.records[0].content) for one in subjects))
    place = {title: n for n, (title, _) in enumerate(titles)}
    counts: dict[str, Counter[str]] = {
        name: Counter() for name in ("named in full", "named in part", "not there", "of neither")
    }
    wrong: list[str] = []
    with tempfile.TemporaryDirectory() as folder:
        finders = catalogues(Path(folder), titles, more)
        for one in subjects:
            question, title = one.pair.question, one.records[0].title
            share = named_share(question, title)
            if share < LEAST_NAMED:
                continue
            found = finders[place[title] % 2].find(question)
            has = found.status != "absent" and title in [hit.record.title for hit in found.hits]
            status = found.status if has else "absent" if found.status == "absent" else "another"
            counts["named in full" if share > 0.99 else "named in part"][status] += 1
            if not has:
                wrong.append(f"{status}: {question} | {title}")
            found = finders[1 - place[title] % 2].find(question)
            counts["not there"][found.status] += 1
            if found.status in ("found", "several"):
                wrong.append(f"taken for another: {question} | {found.hits[0].record.title}")
        for row in map(json.loads, QUESTIONS.read_text(encoding="utf-8").splitlines()):
            if row["kind"] not in NO_NAME and "{x}" not in row["question"]:
                counts["of neither"][finders[0].find(row["question"]).status] += 1
    for name, found_as in counts.items():
        print(f"{name:14} n {found_as.total():4}", *(f"{k} {v}" for k, v in found_as.most_common()), sep="  ")
    for line in wrong[: args.show]:
        print(line)
    print(json.dumps(counts))


if __name__ == "__main__":
    main()
