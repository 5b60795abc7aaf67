"""The GPU bench runs on any machine at a tiny size, so that it will run where nobody can mend it."""

import json
import subprocess
import sys
from pathlib import Path

BENCH = Path(__file__).resolve().parent.parent / "bench" / "train_gpu.py"


def run(*arguments):
    command = [sys.executable, str(BENCH), "--device", "cpu", "--size", "tiny", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)


def test_every_shape_and_method_is_measured():
    done = run("--method", "lora,full", "--steps", "2", "--batch-size", "4", "--no-peer")
    assert done.returncode == 0, done.stderr
    document = json.loads(done.stdout.splitlines()[-1])
    assert {"machine", "commit", "seconds"} <= set(document)
    for shape in ("135m", "1b", "2b", "7b"):
        for key, factor in ((shape, 4), (f"{shape}-full", 6)):
            found = document[key]
            hours = 250_000 / found["examples_per_second"] / 3600
            assert abs(found["hours_for_report"] / hours - 1) < 0.02
            assert found["tokens_per_second"] > 8 * found["examples_per_second"]
            assert 0 < found["peak_gb"] < 8
            implied = found["mfu"] / (factor * found["parameters"] * found["tokens_per_second"])  # 1 / the peak
            assert 1e-15 < implied < 1e-8
    assert document["settings"]["size"] == "tiny"


def test_an_unknown_shape_is_refused_with_the_known_ones():
    done = run("--shapes", "135m,70b")
    assert done.returncode == 2
    assert "70b" in done.stderr
    assert "135m, 1b, 2b, 7b" in done.stderr
