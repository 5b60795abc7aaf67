"""`prepare --update`: rows added, changed and removed, with work that grows with them and not with the catalogue.

What changed goes into a new file of records beside the old ones, which the new generation shares with the one before;
records that went are marked. The index is extended likewise. Once there are many such files or many records are gone,
all are written into one again.
"""

from __future__ import annotations

import json
import os
import shutil
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from shelftalker.artifacts import Manifest, make_manifest, read_manifest
from shelftalker.catalog import SPLITS, Catalogue, Part
from shelftalker.catalog.sources import find_sources
from shelftalker.config import PrepareSettings
from shelftalker.errors import CatalogueError, SettingsError, storage_errors
from shelftalker.find import build_index, can_extend, extend_index
from shelftalker.prepare import describing
from shelftalker.prepare.assigning import Plan, State, plan_update
from shelftalker.prepare.choosing import Chosen, choose
from shelftalker.prepare.gathering import Gathered
from shelftalker.prepare.merging import merge_reports
from shelftalker.prepare.near import made_with
from shelftalker.prepare.reading_back import read_back
from shelftalker.prepare.regrouping import Grown, bands_of, regroup
from shelftalker.prepare.removals import read_uids
from shelftalker.prepare.reporting import REPORTS, write_reports
from shelftalker.prepare.running import (
    Progress,
    Tell,
    command_of,
    gather_sources,
    is_meant,
    name_files,
    part_name,
    summarise,
)
from shelftalker.prepare.workspace import Workspace, open_workspace
from shelftalker.prepare.writing import write_marks, write_records, write_table, write_uids

__all__ = ["update_catalogue"]

_FIXED = ("seed", "validation_share", "test_share", "keep_raw", "near_duplicates", "meaning")
_MOST_PARTS = 8
_MOST_DEAD = 1 / 3
_NO_ROWS = Chosen(
    pl.DataFrame(schema={"keep": pl.Boolean, "uids": pl.List(pl.String)}),
    pl.DataFrame(
        schema={"number": pl.UInt32, "uid": pl.String, "title_crc": pl.UInt32, "title_group": pl.UInt64}
        | {"ambiguous": pl.Boolean, "title_chars": pl.UInt32, "content_chars": pl.UInt32}
        | {"clean_title": pl.UInt64, "clean_content": pl.UInt64}
    ),
    {},
    {},
)


@dataclass(slots=True)
class _Next:
    """The next state in the making: its files of records, a row a record, the bands of its texts, its uids."""

    parts: list[Part]
    marks: pl.DataFrame
    uids: pl.DataFrame
    bands: NDArray[np.uint32] | None = None


def update_catalogue(
    inputs: Sequence[Path | str], out: Path, settings: PrepareSettings, *, remove: Path | str | None, tell: Tell
) -> Manifest:
    """Bring the catalogue at `out` up to date; `prepare` says how. Where nothing changes nothing is written.

    Raises:
        SettingsError: a setting differs from the catalogue's that every record must share.
    """
    began = time.perf_counter()
    read_manifest(out, "catalogue")
    sources = find_sources(inputs)
    removed = read_uids(remove) if remove is not None else frozenset()
    with open_workspace(out, replace=True) as work, Catalogue.open(out) as before:
        _check_settings(before.manifest, settings)
        gathered = gather_sources(sources, work.scratch, settings, tell) if sources else Gathered()
        chosen = choose(pl.concat(gathered.marks)) if gathered.marks else _NO_ROWS
        tell(Progress("choose", 0, None, "records"))
        state = _read_state(before)
        uids = pl.concat([chosen.kept.select("number", "uid"), chosen.rows.filter("keep")], how="horizontal")
        uids = uids.select("number", pl.coalesce("uids", pl.concat_list("uid")).alias("uids"))
        plan = plan_update(state, chosen.kept, uids, removed)
        if not len(plan.dead) and not len(plan.fresh):
            return before.manifest
        names = [source.name for source in sources]
        following, pinned = _write_part(work, state, plan, gathered, chosen, names)
        changes = _regroup(before, state, following, pinned, settings)
        tell(Progress("index", 0, None, "records"))
        _write_index(work, before, following, plan, settings, tell)
        tell(Progress("describe", 0, None, "records"))
        kept = following.marks["alive"]
        sample = describing.draw_sample([part.records for part in following.parts], kept.to_numpy())
        update = plan.counts | {"moved_to_held_out": changes.pop("moved_to_held_out")}
        old = json.loads(before.path_of("report_json").read_text(encoding="utf-8"))
        counts = {"kept": int(kept.sum()), "superseded": len(before) + len(chosen.kept) - int(kept.sum())}
        if following.bands is not None:
            counts["near_duplicates"] = int((following.marks["near"] & kept).sum())
        report: dict[str, Any] = merge_reports(old, gathered, chosen, names, changes, counts) | {
            "update": update,
            **describing.describe_whole(
                following.marks,
                [part.records for part in following.parts],
                sample,
                describing.measure_sample(sample),
            ),
            "seconds": round(time.perf_counter() - began, 3),
        }
        more = "--update" + (f" --remove {Path(remove).name}" if remove is not None else "")
        write_reports(report, work.staging, settings.language, command_of(inputs, out, more))
        manifest = _make_manifest(work, before.manifest, settings, report, following)
        hashes = {source.name: source.sha256 for source in sources}
        manifest = manifest.model_copy(update={"inputs": _add_inputs(before.manifest.inputs, hashes)})
        before.close()  # or its files would stay
        work.publish(manifest, REPORTS)
    return manifest


def _check_settings(manifest: Manifest, settings: PrepareSettings) -> None:
    for key in _FIXED:
        had, has = manifest.settings.get(key), getattr(settings, key)
        if had != has:
            raise SettingsError(
                f"an update cannot change prepare.{key} from {had} to {has}",
                fix=f"leave it at {had}, or make the catalogue again: --overwrite",
            )


def _read_state(before: Catalogue) -> State:
    marks = pl.read_parquet(before.path_of("marks"))
    uids = pl.read_parquet(before.path_of("uids")).with_columns(pl.col("row").cast(pl.Int64))
    return State(before.parts, marks, uids)


def _write_part(
    work: Workspace, state: State, plan: Plan, gathered: Gathered, chosen: Chosen, names: Sequence[str]
) -> tuple[_Next, pl.Series]:
    """Write the new part into the scratch folder; return what is there then, and by row the side it was on."""
    total = len(state.marks)
    again = plan.rewritten["row"].to_numpy().astype(np.int64)
    frames = []
    if len(again):
        columns = pl.read_parquet_schema(state.parts[0].records)
        copies = read_back(state.parts, again, *columns).drop("row")
        frames.append(
            copies.with_columns(plan.rewritten["uids"], plan.rewritten["uids"].list.first().alias("uid")).lazy()
        )
    if len(plan.fresh):
        rows = chosen.rows.with_row_index("number").join(
            plan.fresh.select("number", pl.col("uids").alias("own")), on="number", how="left", maintain_order="left"
        )
        rows = rows.select(pl.col("own").is_not_null().alias("keep"), pl.col("own").alias("uids"))
        write_records(gathered, rows, names, work.scratch / "fresh.parquet")
        frames.append(pl.scan_parquet(work.scratch / "fresh.parquet"))

    sides = state.marks["split"].cast(pl.Enum(SPLITS)).to_physical().cast(pl.UInt8)
    dead = np.zeros(total, dtype=bool)
    dead[plan.dead] = True
    old = state.marks.with_columns(
        pl.col("alive").alias("was"), pl.col("alive") & ~pl.Series(dead), sides.alias("pinned")
    )
    sizes = ["title_crc", "title_chars", "content_chars"]
    fresh = plan.fresh.join(chosen.kept, on="number", how="left", maintain_order="left")
    new = pl.concat(
        [old[again].select(*sizes, "pinned"), fresh.select(*sizes, pl.col("side").alias("pinned"))]
    ).with_columns(pl.lit(value=False).alias("was"), pl.lit(value=True).alias("alive"))
    marks = pl.concat([old, new], how="diagonal")
    uids = pl.concat([plan.rewritten.select("uids"), plan.fresh.select("uids")])
    uids = uids.with_row_index("row", offset=total).explode("uids")
    uids = uids.select(pl.col("uids").alias("uid"), pl.col("row").cast(pl.Int64))
    stay = state.uids.filter(~pl.col("row").is_in(pl.Series(plan.dead).implode()))
    parts = list(state.parts)
    if frames:
        path = work.scratch / "new.parquet"
        write_table(pl.concat(frames), path)
        parts.append(Part(path, total, len(new)))
    return _Next(parts, marks, pl.concat([stay, uids.select(stay.columns)])), marks["pinned"]


def _regroup(
    before: Catalogue, state: State, following: _Next, pinned: pl.Series, settings: PrepareSettings
) -> dict[str, int]:
    """Bring marks and bands up to date; return changes of counts."""
    bands = None
    if settings.near_duplicates:
        if before.manifest.results["sketches"] == made_with():
            bands = np.load(before.path_of("near"), mmap_mode="r")
        else:
            bands = bands_of([part.records for part in state.parts])
    grown = Grown(following.parts, len(state.marks), following.marks)
    following.marks, changes, following.bands = regroup(grown, bands, settings)
    if not following.marks["alive"].any():
        raise CatalogueError("the update would leave no record", fix="remove fewer, or make another catalogue")
    return changes


def _write_index(
    work: Workspace, before: Catalogue, following: _Next, plan: Plan, settings: PrepareSettings, tell: Tell
) -> None:
    """Put the files of the next state into the new generation: few new ones beside the old, or all into one."""
    alive = following.marks["alive"]
    crowded = len(following.parts) > _MOST_PARTS or 1 - float(alive.sum()) / len(alive) > _MOST_DEAD
    index, target = before.path_of("index"), work.staging / "index"
    with storage_errors(work.staging):
        if crowded or not can_extend(index, len(plan.dead)):
            _write_as_one(work, following)
            records = following.parts[0].records
            total = following.parts[0].rows
            build_index(
                records,
                target,
                meaning=is_meant(settings, total),
                on_progress=lambda done: tell(Progress("index", done, total, "records")),
            )
        else:
            added = pl.DataFrame(schema={"title": pl.String, "content": pl.String, "uids": pl.List(pl.String)})
            if len(following.parts) > len(before.parts):
                added = pl.read_parquet(following.parts[-1].records, columns=added.columns)
            extend_index(index, target, added, plan.dead.tolist())
            following.parts = [
                _place(part, work.staging / f"{part_name(number)}.parquet")
                for number, part in enumerate(following.parts, start=1)
            ]
        write_marks(following.marks, work.staging / "marks.parquet")
        write_uids(following.uids, work.staging / "uids.parquet")
        if following.bands is not None:
            np.save(work.staging / "near.npy", following.bands)


def _place(part: Part, path: Path) -> Part:
    """Share a file of records with the generation before."""
    try:
        os.link(part.records, path)
    except OSError:  # a disk without links
        shutil.copyfile(part.records, path)
    return Part(path, part.first, part.rows)


def _write_as_one(work: Workspace, following: _Next) -> None:
    """Write all records that are there into one file and number them anew."""
    alive = following.marks["alive"].to_numpy().astype(bool)
    frames = []
    for part in following.parts:
        mask = pl.Series("keep", alive[part.first : part.first + part.rows]).to_frame().lazy()
        frames.append(pl.concat([pl.scan_parquet(part.records), mask], how="horizontal").filter("keep").drop("keep"))
    path = work.staging / f"{part_name(1)}.parquet"
    write_table(pl.concat(frames), path)
    numbers = np.cumsum(alive) - 1
    group = following.marks["group"].to_numpy()[alive]
    following.marks = following.marks.filter("alive").with_columns(pl.Series("group", numbers[group].astype(np.uint32)))
    following.uids = following.uids.with_columns(pl.Series("row", numbers[following.uids["row"].to_numpy()]))
    following.parts = [Part(path, 0, int(alive.sum()))]
    if following.bands is not None:
        following.bands = following.bands[alive]


def _make_manifest(
    work: Workspace, old: Manifest, settings: PrepareSettings, report: dict[str, Any], following: _Next
) -> Manifest:
    return make_manifest(
        "catalogue",
        settings=settings.model_dump(mode="json"),
        seed=settings.seed,
        counts=report["counts"],
        dropped={
            reason: {key: found[key] for key in ("count", "first")} for reason, found in report["dropped"].items()
        },
        files=name_files(work, len(following.parts), near=settings.near_duplicates),
        seconds=report["seconds"],
        results=summarise(report)
        | {"part_rows": [part.rows for part in following.parts], "sketches": made_with(), "update": report["update"]}
        | {"updates": old.results.get("updates", 0) + 1},
    )


def _add_inputs(old: dict[str, str], new: dict[str, str]) -> dict[str, str]:
    """All inputs; one that came again under the same name with other bytes stands beside the first."""
    found = dict(old)
    for name, sha256 in new.items():
        number = 2
        key = name
        while found.get(key, sha256) != sha256:
            key, number = f"{name} ({number})", number + 1
        found[key] = sha256
    return found
