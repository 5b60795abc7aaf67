"""Wishes put to a made-up shop: are those products listed that fit, and is nothing listed where nothing fits?

The shop is the course's records; `wishes.jsonl` holds 60 wishes with all records that fit, and 30 that nothing there
fits. A list is right that holds 0.7 of what fits and at least as much that fits as does not.

usage: python bench/wishes.py [--no-model]     without a model Portuguese wishes are not translated
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections import defaultdict
from importlib.resources import files
from pathlib import Path
from statistics import mean

from shelftalker.answer.discovering import discover
from shelftalker.catalog import Catalogue
from shelftalker.config import PrepareSettings
from shelftalker.find import Finder
from shelftalker.find.encoder import open_sentence_encoder
from shelftalker.models.readers import open_reader
from shelftalker.prepare import prepare
from shelftalker.prompts.reading import translation_messages

HERE = Path(__file__).resolve().parent


def is_right(listed: list[str], fitting: set[str]) -> bool:
    """Tell whether a list is right."""
    both = len(fitting.intersection(listed))
    return both >= 0.7 * len(fitting) and 2 * both >= len(listed) if fitting else not listed


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--no-model", action="store_true")
    args = parser.parse_args()
    reader = None if args.no_model else open_reader()
    found: dict[str, list[bool]] = defaultdict(list)
    with tempfile.TemporaryDirectory() as folder:
        shop = Path(folder) / "shop"
        course = Path(str(files("shelftalker.examples"))) / "course" / "records.jsonl"
        prepare([course], shop, PrepareSettings())
        finder, encoder = Finder(Catalogue.open(shop)), open_sentence_encoder()
        for row in map(json.loads, (HERE / "wishes.jsonl").read_text(encoding="utf-8").splitlines()):
            asked = [row["wish"]]
            if reader and row["language"] == "pt":
                [said] = reader.generate([translation_messages(row["wish"])], max_new_tokens=48, temperature=0, seed=0)
                asked.append(said.text.strip())
            listed = [fit.record.uid for fit in discover(asked, finder, encoder)]
            kind = "fitting" if row["uids"] else "none fits"
            found[f"{kind}, {row['language']}"].append(is_right(listed, set(row["uids"])))
            found[kind].append(found[f"{kind}, {row['language']}"][-1])
    print(json.dumps({name: {"right": round(mean(v), 3), "n": len(v)} for name, v in sorted(found.items())}))


if __name__ == "__main__":
    main()
