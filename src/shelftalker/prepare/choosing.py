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
        rows: a row a gathered row: keep (bool), uids (its own and those merged into it; null where there are none).
        kept: a row a kept row, in order: number (of the gathered row), uid, title_crc, title_group, title_chars,
            content_chars, clean_title and clean_content (hashes that tell equal texts in one process), ambiguous.
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
    # Only what a step needs is copied: whole rows of a whole catalogue, three times over, fill a laptop.
    # Two 64-bit hashes a pair: among ten million rows two unequal ones collide once in 10**24 runs.
    first = marks.select(pl.struct(_RAW).is_first_distinct()).to_series()
    numbers = pl.int_range(len(marks), dtype=pl.UInt32, eager=True).alias("number")
    dropped = {"exact_duplicates": numbers.filter(~first)}
    useless = marks["useless"]
    for reason in ("emptied_by_cleaning", "content_is_title", "test_rows"):
        dropped[reason] = numbers.filter(first & (useless == reason))
    stays = first & (useless == "")
    for reason, columns in (("duplicates_after_cleaning", _CLEAN), ("repeated_uids", ["uid"])):
        fresh = marks.select(columns).filter(stays).select(pl.struct(columns).is_first_distinct()).to_series()
        rest = numbers.filter(stays)
        dropped[reason] = rest.filter(~fresh)
        stays = stays.scatter(dropped[reason], False)
    counts = {reason: len(rows) for reason, rows in dropped.items()}
    columns = ["uid", "title_crc", "title_group", "title_chars", "content_chars", *_CLEAN]
    kept = pl.concat([numbers.filter(stays).to_frame(), marks.select(columns).filter(stays)], how="horizontal")
    kept = kept.with_columns((pl.len().over("title_group") > 1).alias("ambiguous"))
    counts |= count_titles(kept)
    return Chosen(_merge(marks, kept, stays), kept, dropped, counts)


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


def _merge(marks: pl.DataFrame, kept: pl.DataFrame, keep: pl.Series) -> pl.DataFrame:
    """A row a gathered row: whether it is kept, and every uid of those that others were merged into."""
    usable = marks.select("uid", "useless", *_CLEAN).filter(pl.col("useless") == "").drop("useless")
    several = usable.filter(usable.select(pl.struct(_CLEAN).is_duplicated()).to_series())
    into = kept.select("number", *_CLEAN)
    joined = several.join(into, on=_CLEAN, how="inner", maintain_order="left")
    # A uid that also bears another text stays with that: `find` must lead from a uid to one record.
    elsewhere = kept.select("uid", pl.col("number").alias("elsewhere")).filter(
        pl.col("uid").is_in(joined["uid"].implode())
    )
    joined = joined.join(elsewhere, on="uid", how="left", maintain_order="left")
    joined = joined.filter(pl.col("elsewhere").is_null() | (pl.col("elsewhere") == pl.col("number")))
    joined = joined.filter(pl.col("uid").is_first_distinct())
    more = joined.group_by("number", maintain_order=True).agg(pl.col("uid").alias("more"))
    more = more.join(kept.select("number", "uid"), on="number", how="left", maintain_order="left")
    both = pl.concat_list("uid", "more").list.unique(maintain_order=True).alias("uids")
    more = more.select("number", both).filter(pl.col("uids").list.len() > 1)
    rows = pl.DataFrame({"number": pl.int_range(len(marks), dtype=pl.UInt32, eager=True), "keep": keep})
    return rows.join(more, on="number", how="left", maintain_order="left").drop("number")
