"""The report of an updated catalogue: what was said of the earlier files, and of the new ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from shelftalker.prepare.choosing import Chosen
from shelftalker.prepare.describing import describe_dropped, describe_rules
from shelftalker.prepare.gathering import EXAMPLES, Gathered
from shelftalker.prepare.running import COUNTS

__all__ = ["merge_reports"]


def merge_reports(
    old: Mapping[str, Any],
    gathered: Gathered,
    chosen: Chosen,
    names: Sequence[str],
    changes: Mapping[str, int],
    whole: Mapping[str, int],
) -> dict[str, Any]:
    """Return name, inputs, counts, dropped and rules of the report to be.

    Args:
        old: the report of the catalogue as it was.
        gathered, chosen, names: of the update's own rows.
        changes: what is to be added to counts that stand for the whole catalogue.
        whole: counts of the whole catalogue as it is now; "superseded" is added to that of before.
    """
    dropped = describe_dropped(gathered, chosen.dropped, names)
    read = {name: gathered.counts[name] for name in COUNTS} | {name: len(rows) for name, rows in chosen.dropped.items()}
    counts = dict(old["counts"])
    for name, count in (read | dict(changes)).items():
        counts[name] = counts.get(name, 0) + count
    counts |= dict(whole) | {"superseded": counts.get("superseded", 0) + whole["superseded"]}
    return {
        "name": old["name"],
        "inputs": [*old["inputs"], *names],
        "counts": counts,
        "dropped": _merge_dropped(old["dropped"], dropped),
        "rules": _merge_rules(old["rules"], describe_rules(gathered)),
    }


def _merge_dropped(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
    merged = {reason: dict(found) for reason, found in old.items()}
    for reason, found in new.items():
        if reason not in merged:
            merged[reason] = found
            continue
        before = merged[reason]
        before["count"] += found["count"]
        before["first"] = before["first"] or found["first"]
        before["examples"] = [*before["examples"], *found["examples"]][:EXAMPLES]
    return merged


def _merge_rules(old: Sequence[Mapping[str, Any]], new: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    before = {rule["name"]: rule for rule in old}
    merged = []
    for rule in new:
        had = before.get(rule["name"], {"count": 0, "examples": []})
        examples = [*had["examples"], *rule["examples"]][:EXAMPLES]
        merged.append({**rule, "count": rule["count"] + had["count"], "examples": examples})
    return merged
