"""Which records are alike after an update, and which side of the split they are on: only what changed is compared."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from shelftalker.catalog import SPLITS, Part
from shelftalker.config import PrepareSettings
from shelftalker.prepare.near import Sketches, find_pairs, sketch, sketch_file
from shelftalker.prepare.reading_back import read_back, stream_back
from shelftalker.prepare.splitting import group_rows, split_groups, title_pairs

__all__ = ["Grown", "bands_of", "regroup"]

_TITLE = pl.when(pl.col("title_key") == "").then(pl.lit("\n") + pl.col("title")).otherwise("title_key").alias("id")
"""What tells a title: a key without a letter or digit stands for many titles."""


@dataclass(frozen=True, slots=True)
class Grown:
    """A catalogue between its old state and the new: the old parts, and last the new one where there is one.

    Attributes:
        parts: the old parts and the new.
        old: how many rows the old parts have; those of the new part follow.
        marks: a row a record, old and new; the columns `was` and `alive` say when it is there, `pinned` (the place in
            `SPLITS`, null where there is none) on which side it or its uids were; group, near, ambiguous and split
            are the old ones, null for the new.
    """

    parts: Sequence[Part]
    old: int
    marks: pl.DataFrame


def regroup(
    grown: Grown, bands: NDArray[np.uint32] | None, settings: PrepareSettings
) -> tuple[pl.DataFrame, dict[str, int], NDArray[np.uint32] | None]:
    """Return the marks brought up to date, changes of counts, and the bands of all rows.

    A record never moves towards training: a group takes the side most held out (test, then validation) of those that
    its members were on, and only a group without one of before is drawn.

    Args:
        grown: what is there.
        bands: of the old rows, as `Sketches.bands`; None where near-duplicates are not looked for.
        settings: those of the catalogue.
    """
    marks, old = grown.marks, grown.old
    was, alive = (marks[name].to_numpy().astype(bool) for name in ("was", "alive"))
    labels = marks["group"].fill_null(0).to_numpy().astype(np.int64)
    broken = np.unique(labels[:old][was[:old] & ~alive[:old]])  # groups that lose a member are grouped anew
    apart = np.zeros(len(marks), dtype=bool)
    apart[:old] = alive[:old] & np.isin(labels[:old], broken)

    titles, same, counts = _compare_titles(grown, was, alive, apart)
    near, bands = _compare_texts(grown, bands, alive, apart)
    whole = np.flatnonzero(alive[:old] & ~apart[:old])
    pairs = np.concatenate([np.stack([labels[whole], whole], axis=1), titles, near])
    groups = group_rows(len(marks), pairs)

    alike = marks["near"].fill_null(value=False).to_numpy().astype(bool) & alive
    alike[apart] = False
    alike[near.ravel()] = True
    ambiguous = marks["ambiguous"].fill_null(value=False).to_numpy().copy()
    ambiguous[same["row"].to_numpy()] = same["ambiguous"].to_numpy()

    drawn = split_groups(groups, marks["title_crc"].to_numpy(), settings)
    code = drawn.cast(pl.Enum(SPLITS)).to_physical().to_numpy().astype(np.int8)
    pinned = marks["pinned"].cast(pl.Int8).fill_null(-1).to_numpy()
    held = np.full(len(marks), -1, dtype=np.int8)
    np.maximum.at(held, groups[alive], pinned[alive])
    code = np.where(held[groups] >= 0, held[groups], code)
    moved = alive & (pinned >= 0) & (code != pinned)
    marks = marks.with_columns(
        pl.Series("group", groups.astype(np.uint32)),
        pl.Series("near", alike),
        pl.Series("ambiguous", ambiguous),
        pl.Series("split", code).replace_strict([0, 1, 2], list(SPLITS), return_dtype=pl.String),
    )
    return marks, counts | {"moved_to_held_out": int(moved.sum())}, bands


def _compare_titles(
    grown: Grown, was: NDArray[np.bool_], alive: NDArray[np.bool_], apart: NDArray[np.bool_]
) -> tuple[NDArray[np.int64], pl.DataFrame, dict[str, int]]:
    """Pairs of rows that share a title, rows with whether their title is ambiguous, and changes of the counts.

    Looked at are the titles of all that came, went or has lost one of its group.
    """
    crc = grown.marks["title_crc"]
    asked = crc.filter(pl.Series((was != alive) | apart)).unique()
    rows = np.flatnonzero((was | alive) & crc.is_in(asked.implode()).to_numpy())
    table = read_back(grown.parts, rows, _TITLE)
    table = table.with_columns(pl.Series("was", was[rows]), pl.Series("alive", alive[rows]))
    after = table.filter("alive").with_columns((pl.len().over("id") > 1).alias("ambiguous"))
    places = title_pairs(after["id"])
    pairs = after["row"].to_numpy().astype(np.int64)[places]
    had, has = (_count(table.filter(name)["id"]) for name in ("was", "alive"))
    return pairs.reshape(-1, 2), after.select("row", "ambiguous"), {name: has[name] - had[name] for name in has}


def _count(titles: pl.Series) -> dict[str, int]:
    sizes = titles.value_counts()["count"]
    return {
        "ambiguous_titles": int((sizes > 1).sum()),
        "ambiguous_records": int(sizes.filter(sizes > 1).sum()),
        "same_title_other_content": len(titles) - len(sizes),
    }


def _compare_texts(
    grown: Grown, bands: NDArray[np.uint32] | None, alive: NDArray[np.bool_], apart: NDArray[np.bool_]
) -> tuple[NDArray[np.int64], NDArray[np.uint32] | None]:
    """Pairs of rows that are nearly the same: the new part's with all, and those that lost one with each other."""
    if bands is None:
        return np.zeros((0, 2), np.int64), None
    old = grown.old
    fresh = sketch_file(grown.parts[-1].records) if len(alive) > old else None
    asked = apart[:old].copy()
    if fresh is not None:
        for band in range(bands.shape[1]):
            asked |= np.isin(bands[:, band], fresh.bands[:, band])
    rows = np.flatnonzero(asked & alive[:old])
    sketches = [sketch(f["title"], f["content"]) for f in stream_back(grown.parts, rows, "title", "content")]
    if fresh is not None:
        rows = np.concatenate([rows, np.arange(old, len(alive))])
        sketches.append(fresh)
        bands = np.concatenate([bands, fresh.bands])
    if not sketches:
        return np.zeros((0, 2), np.int64), bands
    whole = Sketches(np.concatenate([s.signatures for s in sketches]), np.concatenate([s.bands for s in sketches]))
    return rows[find_pairs(whole)], bands


def bands_of(parts: Sequence[Path]) -> NDArray[np.uint32]:
    """Return the bands of every record of some files."""
    return np.concatenate([sketch_file(part).bands for part in parts])
