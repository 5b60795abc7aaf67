"""Between the passes: which rows are kept, which are merged into them, and which titles are ambiguous."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

__all__ = ["Chosen", "choose", "count_titles"]

_RAW = ["raw_title", "raw_content"]
_CLEAN = ["clean_title", "clean_content"]


@dataclass(frozen=True, slots=True)
class Chosen:
    """What becomes of the gathered rows.

    Attributes:
        rows: a row a gathered row: keep (bool), uids (of the kept; those merged into it after its own).
        kept: a row a kept row, in order: number (of the gathered row), uid, title_crc, title_group, ambiguous,
            title_chars, content_chars, and clean_title and clean_content (hashes that tell equal texts in one process).
        dropped: reason to the numbers of the gathered rows left out for it.
        counts: the reasons' counts, and those of kept, ambiguous_titles, ambiguous_records, same_title_other_content.
    """

    rows: pl.DataFrame
    kept: pl.DataFrame
    dropped: dict[str, pl.Series]
    counts: dict[str, int]


def choose(marks: pl.DataFrame) -> Chosen:
    """Choose among gathered rows, in the order they were read: of rows that are equal the first stays.

    Exact duplicates are told by the texts as they stand in the file, so that their count is what any reader of the
    file would count; what becomes equal only by cleaning is counted apart.
    """
    marks = marks.with_row_index("number")
    # Two 64-bit hashes a pair: among ten million rows two unequal ones collide once in 10**24 runs.
    first = marks.select(pl.struct(_RAW).is_first_distinct()).to_series()
    dropped = {"exact_duplicates": marks["number"].filter(~first)}
    rest = marks.filter(first)
    for reason in ("emptied_by_cleaning", "content_is_title", "test_rows"):
        dropped[reason] = rest["number"].filter(rest["useless"] == reason)
    rest = rest.filter(pl.col("useless") == "")
    first = rest.select(pl.struct(_CLEAN).is_first_distinct()).to_series()
    dropped["duplicates_after_cleaning"] = rest["number"].filter(~first)
    rest = rest.filter(first)
    fresh = rest["uid"].is_first_distinct()
    dropped["repeated_uids"] = rest["number"].filter(~fresh)
    kept = rest.filter(fresh).with_columns((pl.len().over("title_group") > 1).alias("ambiguous"))
    counts = {reason: len(numbers) for reason, numbers in dropped.items()}
    counts |= count_titles(kept)
    rows = marks.select("number").join(_merge(marks, kept), on="number", how="left", maintain_order="left")
    rows = rows.select(pl.col("uids").is_not_null().alias("keep"), "uids")
    columns = ["number", "uid", "title_crc", "title_group", "ambiguous", "title_chars", "content_chars", *_CLEAN]
    return Chosen(rows, kept.select(columns), dropped, counts)


def count_titles(kept: pl.DataFrame) -> dict[str, int]:
    """Return how many titles several records bear, how many records bear them, and how many came after the first."""
    titles = kept.group_by("title_group").len()
    several = titles.filter(pl.col("len") > 1)["len"]
    return {
        "ambiguous_titles": len(several),
        "ambiguous_records": int(several.sum()),
        "same_title_other_content": len(kept) - len(titles),
        "kept": len(kept),
    }


def _merge(marks: pl.DataFrame, kept: pl.DataFrame) -> pl.DataFrame:
    """The kept rows' numbers with every uid of theirs: their own, then those of the rows merged into them."""
    own = kept.select("number", pl.concat_list("uid").alias("uids"))
    usable = marks.filter(pl.col("useless") == "")
    several = usable.filter(pl.struct(_CLEAN).is_duplicated()).select("uid", *_CLEAN)
    into = kept.select("number", *_CLEAN)
    joined = several.join(into, on=_CLEAN, how="inner", maintain_order="left")
    # A uid that also bears another text stays with that: `find` must lead from a uid to one record.
    joined = joined.join(
        kept.select("uid", pl.col("number").alias("elsewhere")), on="uid", how="left", maintain_order="left"
    )
    joined = joined.filter(pl.col("elsewhere").is_null() | (pl.col("elsewhere") == pl.col("number")))
    joined = joined.filter(pl.col("uid").is_first_distinct())
    merged = joined.group_by("number", maintain_order=True).agg(pl.col("uid").alias("more"))
    own = own.join(merged, on="number", how="left", maintain_order="left")
    both = pl.concat_list("uids", pl.col("more").fill_null([])).list.unique(maintain_order=True)
    return own.select("number", pl.when(pl.col("more").is_null()).then("uids").otherwise(both).alias("uids"))
