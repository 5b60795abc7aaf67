"""The original report's own answers, scored by the same metrics: a baseline."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path

from shelftalker.errors import CatalogueError, InputNotFound
from shelftalker.metrics import Interval, bootstrap_interval, check_grounding, chrf, rouge_l, value_recall
from shelftalker.records import Record

__all__ = ["REPORT_SYSTEMS", "score_report"]

REPORT_SYSTEMS = ("report_tuned", "report_tuned_temperature_0")
"""The report's tuned model at its default temperature and at 0; keys of its answers in the file."""

_CONSTANT_SOURCE = re.compile(r"\n\*\*\*\n\*\*Source:\*\*.*\Z", re.DOTALL)


def score_report(path: Path, seed: int) -> dict[str, dict[str, Interval]]:
    """Return the figures of the report's answers by system and metric.

    The constant line "Source: 'trn.json' ..." under an answer is no part of it and is taken off.

    Raises:
        InputNotFound: the file is not there.
        CatalogueError: it holds no such answers.
    """
    try:
        products = list(json.loads(path.read_text(encoding="utf-8"))["products"])
    except (FileNotFoundError, IsADirectoryError) as error:
        raise InputNotFound(
            f"there is no file {path}", fix="name the report's answers, or leave the option out"
        ) from error
    except (json.JSONDecodeError, KeyError, TypeError, UnicodeDecodeError) as error:
        raise CatalogueError(f"{path} holds no report answers", fix='it must be {"products": [...]}') from error
    return {system: _score(products, system, path, seed) for system in REPORT_SYSTEMS}


def _score(products: list[Mapping[str, str]], system: str, path: Path, seed: int) -> dict[str, Interval]:
    values: dict[str, list[float]] = defaultdict(list)
    for place, product in enumerate(products, 1):
        try:
            answer = _CONSTANT_SOURCE.sub("", product[system]).strip()
            record = Record(f"report-{place}", product["title"], product["original"], path.name, place)
        except (KeyError, TypeError, AttributeError) as error:
            raise CatalogueError(
                f"{path}: product {place} lacks title, original or {system}", fix="give every product all three"
            ) from error
        checked = check_grounding(answer, [record])
        claimed = max(len(checked.claims), len(checked.unsupported))
        values["rouge_l"].append(rouge_l(answer, record.content))
        values["chrf"].append(chrf(answer, record.content))
        recall = value_recall(answer, record)
        if recall is not None:
            values["value_recall"].append(recall)
        if claimed:
            values["unsupported_rate"].append(len(checked.unsupported) / claimed)
        values["answers_with_unsupported"].append(float(not checked.grounded))
    return {metric: bootstrap_interval(found, seed) for metric, found in values.items()}
