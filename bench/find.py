"""How well and how fast products are found: `python bench/find.py [DATA] [--size 500] [--peer-size 60]`.

Asks a prepared catalogue for its own titles: as they are, inside questions of 12 forms in two languages, with a typo,
with a word dropped, and for titles of several records; then for products it lacks, each one word or one digit away
from one it has. SQLite FTS5 and bm25s are asked the first questions of the same sets in the same run, in turn with us.
"""

from __future__ import annotations

import argparse
import sqlite3
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
from find_sets import Question, make_sets
from reporting import finish

from shelftalker.catalog import Catalogue
from shelftalker.catalog.titles import normalise_title
from shelftalker.find import Finder, Found

WARM_UP = 20
RACED = ("exact", "question", "typo", "dropped", "ambiguous")
ABSENT = ("changed_word", "changed_digit")
BARS = {
    "exact_p50_ms": "<= 3",
    "exact_p99_ms": "<= 20",
    "exact_hit1": ">= 0.999",
    "question_hit1": ">= 0.98",
    "typo_hit1": ">= 0.95",
    "present_right": ">= 0.98",
    "absent_right": ">= 0.98",
}


@dataclass
class Asked:
    """What came of a set of questions.

    Attributes:
        right: how many were right.
        ms: how long each took.
        wrong: the ones that went wrong, and what came.
        neighbour_first: how often the product that an absent one's name was made from came first.
    """

    right: int
    ms: list[float]
    wrong: list[tuple[str, str]]
    neighbour_first: int = 0

    @property
    def share(self) -> float:
        """Share that was right; 1 where nothing was asked would be a lie, so it is 0."""
        return round(self.right / len(self.ms), 4) if self.ms else 0.0


def is_right(question: Question, found: Found, uids: Sequence[str]) -> bool:
    """Whether every record of the title came back, the first hit one of them; or, for an absent product, none."""
    if not question.rows:
        return found.status == "absent"
    wanted = {uids[row] for row in question.rows}
    returned = [hit.record.uid for hit in found.hits]
    return found.status != "absent" and returned[0] in wanted and wanted <= set(returned)


def ask(finder: Finder, questions: Sequence[Question], uids: Sequence[str]) -> Asked:
    """Ask one by one."""
    asked = Asked(0, [], [])
    for question in questions:
        started = time.perf_counter()
        found = finder.find(question.text)
        asked.ms.append(1000 * (time.perf_counter() - started))
        asked.neighbour_first += bool(found.hits) and found.hits[0].record.uid in {uids[n] for n in question.neighbours}
        if is_right(question, found, uids):
            asked.right += 1
        else:
            first = found.hits[0].record.title if found.hits else ""
            asked.wrong.append((question.text, f"{found.status}: {first}"))
    return asked


Peer = Callable[[str, int], list[int]]
"""Rows of the titles that fit a text best, best first, so many at most."""


def fts5(titles: Sequence[str]) -> Peer:
    """SQLite's full-text index in memory; any of the words may match, BM25 ranks."""
    base = sqlite3.connect(":memory:")
    base.execute("CREATE VIRTUAL TABLE titles USING fts5(title, content='', tokenize='unicode61')")
    base.executemany("INSERT INTO titles(rowid, title) VALUES (?, ?)", enumerate(titles))

    def best(text: str, limit: int) -> list[int]:
        words = " OR ".join(f'"{word}"' for word in normalise_title(text).split())
        query = "SELECT rowid FROM titles WHERE titles MATCH ? ORDER BY bm25(titles) LIMIT ?"
        return [int(row) for (row,) in base.execute(query, (words, limit))]

    return best


def bm25s(titles: Sequence[str]) -> Peer:
    """The bm25s package, numpy back end, no stop words taken out."""
    import bm25s as package

    def tokens(texts: Sequence[str]) -> Any:
        return package.tokenize(texts, stopwords=None, token_pattern=r"(?u)\w+", show_progress=False)

    index = package.BM25()
    index.index(tokens([normalise_title(title) for title in titles]), show_progress=False)

    def best(text: str, limit: int) -> list[int]:
        rows, _ = index.retrieve(tokens([normalise_title(text)]), k=min(limit, len(titles)), show_progress=False)
        return [int(row) for row in rows[0]]

    return best


def race(finder: Finder, peers: dict[str, Peer], questions: Sequence[Question]) -> dict[str, Any]:
    """Ask us and the peers in turn; p50 in ms, and the peers' share with a right title first, and all where several."""
    ms: dict[str, list[float]] = {name: [] for name in ("ours", *peers)}
    hits = dict.fromkeys(peers, 0)
    for question in questions:
        started = time.perf_counter()
        finder.find(question.text)
        ms["ours"].append(1000 * (time.perf_counter() - started))
        for name, best in peers.items():
            started = time.perf_counter()
            rows = best(question.text, max(5, len(question.rows)))
            ms[name].append(1000 * (time.perf_counter() - started))
            hits[name] += bool(rows) and rows[0] in question.rows and question.rows <= set(rows)
    figures: dict[str, Any] = {f"{name}_p50_ms": round(statistics.median(times), 3) for name, times in ms.items()}
    return figures | {f"{name}_hit1": round(count / max(1, len(questions)), 4) for name, count in hits.items()}


def percentile(times: Sequence[float], share: float) -> float:
    """The value below which `share` of the times lie."""
    ordered = sorted(times)
    return round(ordered[min(len(ordered) - 1, int(share * len(ordered)))], 3)


def main() -> None:
    """Ask every set, race the peers, print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", nargs="?", type=Path, default=Path("data/demo"))
    parser.add_argument("--size", type=int, default=500, help="questions a set")
    parser.add_argument("--peer-size", type=int, default=60, help="questions a set that the peers are asked; 0: none")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--wrong", type=int, default=0, help="show so many wrong answers a set")
    options = parser.parse_args()
    started = time.perf_counter()
    finder = Finder.open(options.data)
    rows = Catalogue.open(options.data)
    table = pl.concat([pl.read_parquet(part.records, columns=["uid", "title"]) for part in rows.parts])
    if rows.alive is not None:
        table = table.filter(pl.Series(rows.alive))
    titles, uids = table["title"].to_list(), table["uid"].to_list()
    sets = make_sets(titles, options.size, options.seed)
    for question in sets["exact"][:WARM_UP]:
        finder.find(question.text)
    asked = {name: ask(finder, questions, uids) for name, questions in sets.items()}
    absent = [asked[name] for name in ABSENT]
    figures: dict[str, Any] = {"rows": len(titles)}
    figures |= {f"exact_p{p}_ms": percentile(asked["exact"].ms, p / 100) for p in (50, 99)}
    figures |= {f"{name}_hit1": asked[name].share for name in ("exact", "question", "typo", "dropped")}
    if asked["ambiguous"].ms:
        figures["ambiguous_right"] = asked["ambiguous"].share
    figures["present_right"] = asked["present"].share
    figures["absent_right"] = round(sum(a.right for a in absent) / max(1, sum(len(a.ms) for a in absent)), 4)
    figures |= {f"{name}_right": asked[name].share for name in ABSENT}
    figures |= {
        f"{name}_neighbour_first": round(asked[name].neighbour_first / max(1, len(asked[name].ms)), 4)
        for name in ABSENT
    }
    for name in ("question", "typo", "changed_word"):
        figures |= {f"{name}_p{p}_ms": percentile(asked[name].ms, p / 100) for p in (50, 99)}
    figures |= {"asked": {name: len(a.ms) for name, a in asked.items()}}
    if options.peer_size:
        peers = {"fts5": fts5(titles), "bm25s": bm25s(titles)}
        for name in filter(sets.get, RACED):
            raced = race(finder, peers, sets[name][: options.peer_size])
            figures |= {f"race_{name}_{figure}": value for figure, value in raced.items()}
    for name, one in asked.items():
        for text, came in one.wrong[: options.wrong]:
            print(f"{name}: {text}\n    {came}")
    shown = [["figure", "value", "bar"], *([k, str(v), BARS.get(k, "")] for k, v in figures.items() if k != "asked")]
    finish(figures, seconds=time.perf_counter() - started, table=shown)


if __name__ == "__main__":
    main()
