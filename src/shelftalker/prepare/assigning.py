"""What an update does to each uid: which records go, which stay under other uids, which are new."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from shelftalker.catalog import SPLITS, Part
from shelftalker.prepare.reading_back import read_back

__all__ = ["Plan", "State", "plan_update"]


@dataclass(frozen=True, slots=True)
class State:
    """A catalogue as it is before an update.

    Attributes:
        parts: the files of its records.
        marks: a row a record, of all parts, in order.
        uids: every uid and its row.
    """

    parts: tuple[Part, ...]
    marks: pl.DataFrame
    uids: pl.DataFrame

    @property
    def alive(self) -> NDArray[np.bool_]:
        """By row: whether the record is still there."""
        return self.marks["alive"].to_numpy().astype(bool)


@dataclass(frozen=True, slots=True)
class Plan:
    """What becomes of the records.

    Attributes:
        dead: rows of the records that go, in order; those rewritten among them.
        rewritten: old records whose text stays and whose uids change: row, uids. They move to the new part.
        fresh: gathered rows that become records: number, uids, side (the place in `SPLITS` of the side that its
            uids were on; null where it has none of before).
        counts: rows added, changed, unchanged and merged (into a record with that text); uids removed, and
            unknown_uids that were to be removed and are not there.
    """

    dead: NDArray[np.int64]
    rewritten: pl.DataFrame
    fresh: pl.DataFrame
    counts: dict[str, int]


def plan_update(state: State, kept: pl.DataFrame, uids: pl.DataFrame, removed: Set[str]) -> Plan:
    """Decide what an update does.

    A row whose text a record has already lends that record its uids; any other row is a new record, and takes its
    uids from the records that bore them. A record left without a uid goes.

    Args:
        state: the catalogue.
        kept: of `choose`, the rows of the update.
        uids: number and uids of each of them.
        removed: uids to take out; a uid that a row bears too is changed, not removed.
    """
    matched = _match(state, kept)
    moves = uids.explode("uids").rename({"uids": "uid"}).join(matched, on="number", how="left", maintain_order="left")
    moves = moves.join(state.uids.rename({"row": "owner"}), on="uid", how="left", maintain_order="left")
    gone = pl.DataFrame({"uid": sorted(removed)}, schema={"uid": pl.String}).join(moves, on="uid", how="anti")
    gone = gone.join(state.uids.rename({"row": "owner"}), on="uid", how="left", maintain_order="left")

    moved = moves.filter(pl.col("owner").ne_missing(pl.col("match")))
    touched = pl.concat([moved["owner"], moved["match"], gone["owner"]]).drop_nulls().unique().sort()
    before = read_back(state.parts, touched.to_numpy(), "uids")
    stay = before.explode("uids").rename({"uids": "uid"}).join(gone.select("uid"), on="uid", how="anti")
    stay = stay.join(moves.select("uid", "match"), on="uid", how="left", maintain_order="left")
    stay = stay.filter(
        pl.col("match").is_null() & ~pl.col("uid").is_in(moves["uid"].implode()) | (pl.col("match") == pl.col("row"))
    )
    stay = stay.select("row", "uid")
    gained = moved.filter(pl.col("match").is_in(stay["row"].implode())).select(pl.col("match").alias("row"), "uid")
    after = pl.concat([stay, gained]).group_by("row", maintain_order=True).agg(pl.col("uid").alias("uids"))
    changed = before.join(after, on="row", how="left", suffix="_after", maintain_order="left")
    changed = changed.filter(pl.col("uids").ne_missing(pl.col("uids_after")))

    # A record that lends its text but keeps none of its own uids is not there to be merged into.
    lost = changed.filter(pl.col("uids_after").is_null())["row"]
    fresh = moves.filter(pl.col("match").is_null() | pl.col("match").is_in(lost.implode()))
    sides = state.marks["split"].cast(pl.Enum(SPLITS)).to_physical()
    fresh = fresh.with_columns(pl.Series("side", sides.gather(fresh["owner"]), dtype=pl.UInt8))
    fresh = fresh.group_by("number", maintain_order=True).agg(
        pl.col("uid").alias("uids"), pl.col("side").max(), pl.col("owner").is_not_null().any().alias("known")
    )
    same = moves.group_by("number").agg((pl.col("owner") == pl.col("match")).fill_null(value=False).all())
    unchanged = int(same["owner"].sum())
    rewritten = changed.filter(pl.col("uids_after").is_not_null()).select("row", pl.col("uids_after").alias("uids"))
    return Plan(
        changed["row"].to_numpy().astype(np.int64),
        rewritten,
        fresh.select("number", "uids", "side"),
        {
            "added": int((~fresh["known"]).sum()),
            "changed": int(fresh["known"].sum()),
            "unchanged": unchanged,
            "merged": len(kept) - len(fresh) - unchanged,
            "removed": int(gone["owner"].is_not_null().sum()),
            "unknown_uids": int(gone["owner"].is_null().sum()),
        },
    )


def _match(state: State, kept: pl.DataFrame) -> pl.DataFrame:
    """The rows of the update whose text a record has: number, match (its row)."""
    crc = state.marks["title_crc"]
    maybe = np.flatnonzero(state.alive & crc.is_in(kept["title_crc"].unique().implode()).to_numpy())
    texts = read_back(
        state.parts,
        maybe,
        pl.col("title").hash(1).alias("clean_title"),
        pl.col("content").hash(2).alias("clean_content"),
    )
    found = kept.join(texts, on=["clean_title", "clean_content"], how="inner", maintain_order="left")
    return found.select("number", pl.col("row").alias("match"))
