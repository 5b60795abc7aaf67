"""First pass: read, clean and set aside every row that has both a title and a content, and count the rest."""

from __future__ import annotations

import zlib
from collections import Counter, deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from shelftalker.catalog.batches import Batch, Columns
from shelftalker.catalog.bulk import clean_column, normalise_titles
from shelftalker.catalog.reading import read_batches
from shelftalker.catalog.rules import is_content_its_title, is_test_row
from shelftalker.catalog.sources import Source
from shelftalker.errors import storage_errors

__all__ = ["EXAMPLES", "Example", "Gathered", "gather"]

EXAMPLES = 3
_WORKERS = 2
_AHEAD = 4  # batches read but not yet cleaned; each is some 30 MB
_LIKE_A_TEST = r"(?i)^[ .!-]*(?:this is|just a|test|dummy|placeholder|asdf|qwerty|lorem|xxx|do not buy|please|ignore)"

Example = dict[str, Any]


@dataclass(slots=True)
class Gathered:
    """What the first pass found.

    Attributes:
        parts: files of cleaned rows, in order.
        marks: a row a cleaned row, in the order of the parts: what deciding needs to know of it.
        counts: lines, blank, bad, empty_title, empty_content, empty_both, both_present, made_uids.
        bad: bad lines by reason.
        examples: reason to the first few lines left out for it, each {"file", "line", "text"}.
        rules: cleaning rule to how many titles and contents it changed.
        rule_examples: cleaning rule to the first few changes, each {"file", "line", "before", "after"}.
    """

    parts: list[Path] = field(default_factory=list)
    marks: list[pl.DataFrame] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    bad: Counter[str] = field(default_factory=Counter)
    examples: dict[str, list[Example]] = field(default_factory=dict)
    rules: Counter[str] = field(default_factory=Counter)
    rule_examples: dict[str, list[Example]] = field(default_factory=dict)

    def add(self, other: Gathered) -> None:
        """Take over what a later batch gave."""
        self.parts += other.parts
        self.marks += other.marks
        for mine, theirs in ((self.counts, other.counts), (self.bad, other.bad), (self.rules, other.rules)):
            mine.update(theirs)
        for kept, found in ((self.examples, other.examples), (self.rule_examples, other.rule_examples)):
            for name, examples in found.items():
                kept[name] = [*kept.get(name, []), *examples][:EXAMPLES]


def gather(
    sources: Sequence[Source],
    folder: Path,
    columns: Columns,
    *,
    keep_raw: bool,
    max_line_bytes: int,
    on_bytes: Callable[[int], None],
) -> Gathered:
    """Read every source and write its cleaned rows to `folder`, a file a batch.

    One thread reads and decodes; others clean, which polars does without Python's lock.

    Args:
        on_bytes: called with the number of bytes on disk that were read so far.

    Raises:
        InputNotFound, CatalogueError, SettingsError: a source cannot be read.
        StorageError: the folder cannot be written.
    """
    found = Gathered()
    waiting: deque[Future[Gathered]] = deque()
    before = 0
    with ThreadPoolExecutor(_WORKERS) as pool:
        try:
            for number, source in enumerate(sources):
                for count, batch in enumerate(read_batches(source, columns, max_line_bytes)):
                    path = folder / f"part-{number:05d}-{count:07d}.arrow"
                    waiting.append(pool.submit(_take, batch, number, path, keep_raw=keep_raw))
                    if len(waiting) > _AHEAD:
                        found.add(waiting.popleft().result())
                    on_bytes(before + min(batch.read_bytes, source.size_bytes or batch.read_bytes))
                before += source.size_bytes
            while waiting:
                found.add(waiting.popleft().result())
        finally:
            for future in waiting:
                future.cancel()
    return found


def _take(batch: Batch, number: int, path: Path, *, keep_raw: bool) -> Gathered:
    found = Gathered()
    rows = batch.rows
    empty = {name: rows[name].fill_null("").str.strip_chars() == "" for name in ("title", "content")}
    full = ~(empty["title"] | empty["content"])
    found.counts.update(
        lines=batch.lines,
        blank=len(batch.blank),
        bad=len(batch.bad),
        empty_title=int(empty["title"].sum()),
        empty_content=int(empty["content"].sum()),
        empty_both=int((empty["title"] & empty["content"]).sum()),
        both_present=int(full.sum()),
    )
    found.bad.update(bad.reason for bad in batch.bad)
    for line in batch.blank[:EXAMPLES]:
        _note(found, "blank", batch.file, line, "")
    for bad in batch.bad:
        if len(found.examples.get(bad.reason, ())) < EXAMPLES:
            _note(found, bad.reason, batch.file, bad.line, bad.text)
    for name, other in (("title", "content"), ("content", "title")):
        for row in empty[name].arg_true().head(EXAMPLES):
            _note(found, f"empty_{name}", batch.file, rows["line"][row], rows[other][row] or "")
    if full.any():
        _clean(found, batch.file, rows.filter(full), number, path, keep_raw=keep_raw)
    return found


def _note(found: Gathered, reason: str, file: str, line: int, text: str) -> None:
    found.examples.setdefault(reason, []).append({"file": file, "line": line, "text": text[:200]})


def _clean(found: Gathered, file: str, rows: pl.DataFrame, number: int, path: Path, *, keep_raw: bool) -> None:
    cleaned = {name: clean_column(rows[name]) for name in ("title", "content")}
    for result in cleaned.values():
        found.rules.update(result.counts)
        for rule, examples in result.examples.items():
            kept = found.rule_examples.setdefault(rule, [])
            for row, before, after in examples[: EXAMPLES - len(kept)]:
                kept.append({"file": file, "line": rows["line"][row], "before": before, "after": after})
    title, content = cleaned["title"].texts, cleaned["content"].texts
    uid = _uids(rows, file)
    found.counts["made_uids"] = int((uid["given"] == "").sum())
    part = pl.DataFrame([uid["uid"], title.alias("title"), content.alias("content"), rows["line"]])
    part = part.with_columns(normalise_titles(title).alias("title_key"))
    if keep_raw:
        part = part.with_columns(rows["title"].alias("raw_title"), rows["content"].alias("raw_content"))
    with storage_errors(path):
        part.write_ipc(path, compression="uncompressed")
    found.parts.append(path)
    found.marks.append(_marks(part, rows, number))


def _uids(rows: pl.DataFrame, file: str) -> pl.DataFrame:
    """The uids on one line each; a row without one is called by its file and line."""
    given = pl.col("uid").fill_null("").str.replace_all("[\\x00-\\x20\\x7f]+", " ").str.strip_chars(" ")
    made = pl.lit(f"{file}#") + pl.col("line").cast(pl.String)
    found = rows.select(given.alias("given"), made.alias("made"))
    return found.select("given", pl.when(pl.col("given") == "").then("made").otherwise("given").alias("uid"))


def _marks(part: pl.DataFrame, raw: pl.DataFrame, number: int) -> pl.DataFrame:
    keys = part["title_key"]
    crc = np.fromiter(map(zlib.crc32, map(str.encode, keys.to_list())), dtype=np.uint32, count=len(keys))
    # Titles without a letter or digit have an empty key; they are the same only when they are equal.
    same = pl.when(pl.col("title_key") == "").then(pl.lit("\n") + pl.col("title")).otherwise("title_key")
    return part.select(
        "uid",
        "line",
        pl.lit(number, pl.UInt32).alias("file"),
        pl.Series("title_crc", crc),
        same.hash(3).alias("title_group"),
        raw["title"].hash(1).alias("raw_title"),
        raw["content"].hash(2).alias("raw_content"),
        pl.col("title").hash(1).alias("clean_title"),
        pl.col("content").hash(2).alias("clean_content"),
        pl.col("title").str.len_chars().alias("title_chars"),
        pl.col("content").str.len_chars().alias("content_chars"),
        pl.Series(
            "useless", _useless(part), dtype=pl.Enum(["", "emptied_by_cleaning", "content_is_title", "test_rows"])
        ),
    )


def _useless(part: pl.DataFrame) -> list[str]:
    """Why a cleaned row is of no use, "" where it is of use. Only rows that look it are looked at one by one."""
    found = [""] * len(part)
    title, content = pl.col("title"), pl.col("content")
    repeats = (content.str.len_chars() <= title.str.len_chars() + 8) | (title == "")
    tests = (content.str.len_chars() < 120) & title.str.contains(_LIKE_A_TEST) & content.str.contains(_LIKE_A_TEST)
    suspects = part.select(repeats.alias("repeats"), tests.alias("tests"))
    for row in (suspects["repeats"] | suspects["tests"]).arg_true():
        one, other = part["title"][row], part["content"][row]
        if not one or not other:
            found[row] = "emptied_by_cleaning"
        elif is_test_row(one, other):
            found[row] = "test_rows"
        elif is_content_its_title(one, other):
            found[row] = "content_is_title"
    return found
