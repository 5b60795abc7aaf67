"""What there is to say about a catalogue: the content of report.json, from which the other reports are made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from shelftalker.catalog.batches import BAD_REASONS
from shelftalker.catalog.catalogue import SPLITS
from shelftalker.catalog.rules import DROP_RULES, RULES
from shelftalker.prepare.capacity import measure_capacity
from shelftalker.prepare.gathering import EXAMPLES, Gathered
from shelftalker.prepare.languages import count_languages
from shelftalker.prepare.tokens import count_tokens

__all__ = ["Sample", "describe_dropped", "describe_rules", "describe_whole", "draw_sample", "measure_sample"]

_SAMPLE_RECORDS = 4_000
_SAMPLE_RUNS = 40
_BINS = 40
Sample = dict[str, Any]


def describe_rules(gathered: Gathered) -> list[dict[str, Any]]:
    """Return each cleaning rule: name, does, count of titles and contents changed, examples."""
    rules = [(rule.name, rule.does) for rule in RULES]
    rules.insert(1, ("entities_doubled", "of these, texts in which entities were encoded more than once"))
    return [
        {"name": name, "does": does, "count": gathered.rules[name], "examples": gathered.rule_examples.get(name, [])}
        for name, does in rules
    ]


def describe_dropped(gathered: Gathered, dropped: Mapping[str, pl.Series], names: Sequence[str]) -> dict[str, Any]:
    """Return reason to what it means, count, first line and examples, for every reason that left out a line."""
    examples = dict(gathered.examples)
    counts = {rule.name: gathered.counts[rule.name] for rule in DROP_RULES}
    for reason, numbers in dropped.items():
        counts[reason] = len(numbers)
        examples[reason] = _examples(gathered, numbers.head(EXAMPLES), names)
    means = {rule.name: rule.does for rule in DROP_RULES}
    for reason, count in gathered.bad.items():
        counts[reason] = count
        means[reason] = f"bad: {BAD_REASONS[reason]}"
    found: dict[str, Any] = {}
    for reason, means_ in means.items():
        shown = examples.get(reason, [])
        if reason == "bad":
            shown = sorted((e for bad in gathered.bad for e in examples.get(bad, [])), key=lambda e: e["line"])[
                :EXAMPLES
            ]
        if counts.get(reason):
            first = {key: shown[0][key] for key in ("file", "line")} if shown else None
            found[reason] = {"count": counts[reason], "means": means_, "first": first, "examples": shown}
    return found


def _examples(gathered: Gathered, numbers: pl.Series, names: Sequence[str]) -> list[dict[str, Any]]:
    starts = np.cumsum([0, *(len(marks) for marks in gathered.marks)])
    found = []
    for number in numbers:
        part = int(np.searchsorted(starts, number, side="right")) - 1
        row = number - int(starts[part])
        marks = gathered.marks[part]
        text = pl.scan_ipc(gathered.parts[part]).slice(row, 1).select("title").collect().item()
        found.append(
            {
                "file": names[marks["file"][row]],
                "line": marks["line"][row],
                "text": f"{marks['uid'][row]}: {text}"[:200],
            }
        )
    return found


def draw_sample(records: Sequence[Path], alive: NDArray[np.bool_] | None = None) -> pl.DataFrame:
    """Return titles and contents of some thousand records, in runs spread evenly over the files.

    Args:
        records: the files.
        alive: by row of all of them, whether the record is still there; None where all are.
    """
    scan = pl.concat([pl.scan_parquet(path).select("title", "content") for path in records])
    total = scan.select(pl.len()).collect().item()
    run = _SAMPLE_RECORDS // _SAMPLE_RUNS
    if total <= _SAMPLE_RECORDS:
        starts, run = [0], total
    else:
        starts = np.linspace(0, total - run, _SAMPLE_RUNS).astype(int).tolist()
    frames = pl.collect_all([scan.slice(start, run) for start in starts])
    if alive is not None:
        frames = [frame.filter(pl.Series(alive[a : a + run])) for a, frame in zip(starts, frames, strict=True)]
    return pl.concat(frames)


def measure_sample(sample: pl.DataFrame) -> dict[str, Any]:
    """Return what only a sample is measured for: tokens a content, languages."""
    contents = sample["content"].to_list()
    tokens, counted_by = count_tokens(contents)
    return {
        "content_tokens": _lengths(np.asarray(tokens)) | {"sample": len(contents), "counted_by": counted_by},
        "languages": {"sample": len(contents), "records": count_languages(contents)},
    }


def describe_whole(
    marks: pl.DataFrame, records: Sequence[Path], sample: pl.DataFrame, measured: dict[str, Any]
) -> dict[str, Any]:
    """Return lengths, ambiguity, near-duplicates, splits, languages and capacity of a whole catalogue.

    Args:
        marks: of every record, in order, of all files.
        records: the files.
        sample, measured: of `draw_sample` and `measure_sample`.
    """
    alive = marks.filter("alive")
    lengths = {name: _lengths(alive[name].to_numpy()) for name in ("title_chars", "content_chars")}
    sizes = alive.group_by("group").len()["len"]
    contents = sample["content"]
    bytes_a_char = float(contents.str.len_bytes().sum()) / max(1.0, float(contents.str.len_chars().sum()))
    text_bytes = round(int(alive["content_chars"].sum()) * bytes_a_char)
    return {
        "lengths": lengths | {"content_tokens": measured["content_tokens"]},
        "ambiguity": {
            "records": int(alive["ambiguous"].sum()),
            "most": _most_ambiguous(marks, records),
        },
        "alike": {
            "groups": int((sizes > 1).sum()),
            "records": int(sizes.filter(sizes > 1).sum()),
            "largest": max(sizes.to_list(), default=0),
        },
        "languages": measured["languages"],
        "splits": {name: int((alive["split"] == name).sum()) for name in SPLITS},
        "capacity": asdict(measure_capacity(contents.to_list(), text_bytes, len(alive))),
    }


def _most_ambiguous(marks: pl.DataFrame, records: Sequence[Path]) -> list[dict[str, Any]]:
    """The titles that most records bear, told apart by the CRC of their keys."""
    ambiguous = marks.with_row_index("row").filter(pl.col("alive") & pl.col("ambiguous"))
    top = (
        ambiguous.group_by("title_crc")
        .agg(pl.len().alias("n"), pl.col("row").min())
        .sort("n", "row", descending=[True, False])
        .head(5)
    )
    scan = pl.concat([pl.scan_parquet(path).select("title") for path in records])
    return [
        {"title": scan.slice(row, 1).collect().item(), "records": n} for n, row in top.select("n", "row").iter_rows()
    ]


def _lengths(values: NDArray[Any]) -> dict[str, Any]:
    """Mean, median, 95th percentile, maximum, and a histogram over bins that widen evenly."""
    if not len(values):
        return {"mean": 0.0, "median": 0.0, "p95": 0.0, "max": 0, "edges": [], "counts": []}
    edges = np.unique(np.round(np.geomspace(1, max(2, int(values.max()) + 1), _BINS)))
    counts, _ = np.histogram(np.maximum(values, 1), bins=edges)
    return {
        "mean": round(float(values.mean()), 1),
        "median": float(np.median(values)),
        "p95": float(np.percentile(values, 95)),
        "max": int(values.max()),
        "edges": edges.tolist(),
        "counts": counts.tolist(),
    }
