"""How long `prepare` takes, and how much memory: `python bench/prepare.py [FILE] [--plot PNG]`.

FILE is a catalogue in trn.json's form; without one ../shared/tools/make_trn.py writes one of the real size. The same
file goes through pandas as the original report did it (read_json, drop what is empty, drop_duplicates, write), each in
a process of its own; `prepare` does that and cleans, splits, finds near-duplicates, indexes and reports. Then `prepare`
alone on the first 0.25, 0.5 and 1 million lines, for the shape of the growth. Memory is the resident memory of the
process and its children together, sampled 20 times a second.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from itertools import islice
from pathlib import Path
from typing import Any

import psutil
from reporting import ROOT, finish

MAKER = ROOT.parent / "shared" / "tools" / "make_trn.py"
GROWTH = (250_000, 500_000, 1_000_000)


def ours(source: Path, folder: Path) -> dict[str, Any]:
    """Prepare the file; return the counts and when each stage began."""
    from shelftalker.config import PrepareSettings
    from shelftalker.prepare import Progress, prepare

    began, stages = time.perf_counter(), {}

    def note(progress: Progress) -> None:
        stages.setdefault(progress.stage, round(time.perf_counter() - began, 1))

    counts = prepare([source], folder / "data", PrepareSettings(), on_progress=note).counts
    return {"counts": counts, "stages": stages}


def pandas(source: Path, folder: Path) -> dict[str, Any]:
    """Do what the original report did before training."""
    import pandas as pd

    rows = pd.read_json(source, lines=True)[["title", "content"]].dropna()
    rows = rows[(rows["title"].str.strip() != "") & (rows["content"].str.strip() != "")]
    both = len(rows)
    rows = rows.drop_duplicates(subset=["title", "content"])
    rows.to_parquet(folder / "rows.parquet")
    return {"counts": {"both_present": both, "after_exact_dedup": len(rows)}}


def measure(system: str, source: Path) -> dict[str, Any]:
    """Run one system in a process of its own; return its result, `seconds` and `peak_gb`."""
    with tempfile.TemporaryDirectory(dir=source.parent) as name:
        began, peak = time.perf_counter(), 0
        command = [sys.executable, __file__, str(source), "--only", system, "--folder", name]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        watched = psutil.Process(process.pid)
        while process.poll() is None:
            try:
                peak = max(peak, sum(p.memory_info().rss for p in [watched, *watched.children(recursive=True)]))
            except psutil.Error:
                continue  # a child ended between being listed and being asked
            time.sleep(0.05)
        seconds = time.perf_counter() - began
        assert process.stdout is not None
        said = process.stdout.read()
        if process.returncode:
            return {
                "failed": f"exit {process.returncode}",
                "seconds": round(seconds, 1),
                "peak_gb": round(peak / 1e9, 2),
            }
    return json.loads(said.splitlines()[-1]) | {"seconds": round(seconds, 1), "peak_gb": round(peak / 1e9, 2)}


def take(source: Path, rows: int, target: Path) -> Path:
    """Write the first lines of a file into another."""
    with source.open("rb") as lines, target.open("wb") as out:
        out.writelines(islice(lines, rows))
    return target


def draw(points: list[dict[str, Any]], target: Path) -> None:
    """Plot time and memory over lines."""
    import matplotlib as mpl

    mpl.use("Agg")
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(1, 2, figsize=(8, 3), constrained_layout=True)
    millions = [point["rows"] / 1e6 for point in points]
    for axis, key, label in zip(axes, ("seconds", "peak_gb"), ("seconds", "peak memory, GB"), strict=True):
        axis.plot(millions, [point[key] for point in points], marker="o")
        axis.set_xlabel("million lines")
        axis.set_ylabel(label)
        axis.set_xlim(left=0)
        axis.set_ylim(bottom=0)
        axis.grid(alpha=0.3)
    target.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(target, dpi=100)


def main() -> None:
    """Measure both on the whole file, then ours on its beginnings."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", nargs="?", type=Path, help="a catalogue; made where none is given")
    parser.add_argument("--plot", type=Path, default=ROOT / "build" / "prepare-growth.png")
    parser.add_argument("--only", choices=["ours", "pandas"], help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.only:
        print(json.dumps({"ours": ours, "pandas": pandas}[options.only](options.file, options.folder)))
        return
    started = time.perf_counter()
    with tempfile.TemporaryDirectory() as name:
        source = options.file
        if source is None:
            if not MAKER.is_file():
                parser.error(f"name a catalogue file: there is no {MAKER.name} to make one with")
            source = Path(name) / "trn.jsonl"
            subprocess.run([sys.executable, MAKER, source], check=True, stdout=subprocess.DEVNULL)
        with source.open("rb") as lines:
            rows = sum(1 for _ in lines)
        whole, peer = measure("ours", source), measure("pandas", source)
        points = []
        for count in (count for count in GROWTH if count < rows):
            found = measure("ours", take(source, count, Path(name) / f"{count}.jsonl"))
            points.append({"rows": count, "seconds": found["seconds"], "peak_gb": found["peak_gb"]})
    points.append({"rows": rows, "seconds": whole["seconds"], "peak_gb": whole["peak_gb"]})
    draw(points, options.plot)
    table = [["", "lines", "seconds", "peak GB", "kept"]]
    table += [["prepare", f"{p['rows']:,}", str(p["seconds"]), str(p["peak_gb"]), ""] for p in points[:-1]]
    table.append(["prepare", f"{rows:,}", str(whole["seconds"]), str(whole["peak_gb"]), f"{whole['counts']['kept']:,}"])
    peer_kept = f"{peer['counts']['after_exact_dedup']:,}" if "counts" in peer else peer["failed"]
    table.append(["pandas", f"{rows:,}", str(peer["seconds"]), str(peer["peak_gb"]), peer_kept])
    document = {
        "rows": rows,
        "ours_seconds": whole["seconds"],
        "ours_peak_gb": whole["peak_gb"],
        "pandas_seconds": peer["seconds"],
        "pandas_peak_gb": peer["peak_gb"],
        "ratio": round(peer["seconds"] / whole["seconds"], 2),
        "stages": whole["stages"],
        "counts": whole["counts"],
        "growth": points,
    }
    finish(document, seconds=time.perf_counter() - started, table=table)


if __name__ == "__main__":
    main()
