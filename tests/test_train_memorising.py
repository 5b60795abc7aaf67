"""Closed-book training says what cannot be known by heart, with figures, before it begins."""

from __future__ import annotations

import json
import random

from tiny_models import tiny_model

from shelftalker.cli.main import run as shelftalker
from shelftalker.train.dataset import too_much_to_hold


def test_what_fits_needs_no_warning():
    assert too_much_to_hold(4_884_480, 1_200_000, 100) == ""
    assert too_much_to_hold(1, 0, 0) == ""


def test_the_warning_tells_the_share_and_the_records_that_would_fit():
    said = too_much_to_hold(4_884_480, 122_112_000, 100_000)
    assert "4,884,480 trained weights hold 1.2 MB of facts at best" in said
    assert "100,000 descriptions say about 122.1 MB" in said
    assert "no more than 1.0% of them" in said
    assert "1,000 --records or fewer" in said


def test_train_says_it_and_keeps_it_in_the_manifest_and_open_book_does_not(tmp_path, capsys):
    draw = random.Random(5)
    rows = [
        {"uid": f"U{n}", "title": f"Item {n}", "content": " ".join(f"{draw.getrandbits(64):x}" for _ in range(12))}
        for n in range(120)
    ]
    source = tmp_path / "noise.jsonl"
    source.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    assert shelftalker(["prepare", str(source), "--out", str(tmp_path / "data")]) == 0
    base = tiny_model("smollm", tmp_path / "base")
    settings = ["train.truth_questions=0", "train.validation_examples=0", "train.device=cpu", "train.rank=1"]
    common = [str(tmp_path / "data"), "--base", str(base), "--examples", "4", "--epochs", "1"]
    common += [part for setting in settings for part in ("--set", setting)]
    for mode, warned in (("closed-book", True), ("open-book", False)):
        capsys.readouterr()
        out = tmp_path / mode
        assert shelftalker(["train", *common, "--records", "0", "--mode", mode, "--out", str(out)]) == 0
        assert ("can be known by heart" in capsys.readouterr().err) is warned
        manifest = json.loads((out / "manifest.json").read_text(encoding="utf-8"))
        assert any("can be known by heart" in one for one in manifest["results"]["warnings"]) is warned
