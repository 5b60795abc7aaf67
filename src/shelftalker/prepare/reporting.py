"""The catalogue's report: report.json as it was described, and from it a page and a short text for people."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path
from typing import Any

from shelftalker.artifacts import write_atomic
from shelftalker.pages import Figure, Section, Table, Tile, integer, number, percent, render
from shelftalker.prepare.report_texts import LANGUAGE_NAMES, meaning
from shelftalker.prepare.report_texts import text as text_in
from shelftalker.records import Language

__all__ = ["REPORTS", "page", "plain", "write_reports"]

REPORTS = ("report.html", "report.json", "report.txt")
_SHOWN_CHARS = 160


def write_reports(report: dict[str, Any], folder: Path, language: Language, command: str) -> None:
    """Write the three forms of the report into `folder`.

    Raises:
        StorageError: the disk is full or read-only.
    """
    write_atomic(folder / "report.json", json.dumps(report, ensure_ascii=False, indent=1) + "\n")
    write_atomic(folder / "report.txt", plain(report, language))
    write_atomic(folder / "report.html", page(report, language, command))


def page(report: dict[str, Any], language: Language, command: str) -> str:
    """Return the report as a self-contained HTML page."""
    t = partial(text_in, language=language)
    counts = report["counts"]
    facts = {
        t("inputs"): ", ".join(report["inputs"]) or "-",
        t("time"): t("seconds", n=number(report["seconds"], 1, language)),
    }
    if report.get("update"):
        done = {name: integer(count, language) for name, count in report["update"].items()}
        facts[t("updated")] = text_in("updated_note", language, **done)
    return render(
        "document.html.j2",
        language=language,
        title=t("title", name=report["name"]),
        subtitle=t("lead", kept=integer(counts["kept"], language), lines=integer(counts["lines"], language)),
        facts=facts,
        command=command,
        tiles=_tiles(report, language),
        sections=[
            _lines(report, language),
            _cleaning(report, language),
            _lengths(report, language),
            _identity(report, language),
            _languages(report, language),
            _capacity(report, language),
        ],
    )


def _tiles(report: dict[str, Any], language: Language) -> list[Tile]:
    t = partial(text_in, language=language)
    counts, capacity = report["counts"], report["capacity"]
    count = partial(integer, language=language)
    return [
        Tile(t("lines"), count(counts["lines"])),
        Tile(t("kept"), count(counts["kept"])),
        Tile(t("merged"), count(counts["exact_duplicates"]), t("merged_note")),
        Tile(
            t("ambiguous"), count(counts["ambiguous_titles"]), t("ambiguous_note", n=count(counts["ambiguous_records"]))
        ),
        Tile(t("memorised"), _share(capacity["share"], language), t("memorised_note", rank=capacity["rank"])),
    ]


def _lines(report: dict[str, Any], language: Language) -> Section:
    t = partial(text_in, language=language)
    rows = []
    for reason, found in report["dropped"].items():
        shown = found["examples"][0]["text"] if found["examples"] else ""
        means = meaning(reason, found["means"], language)
        rows.append([reason, means, integer(found["count"], language), _place(found["first"]), _short(shown)])
    columns = [t("reason"), t("means"), t("count"), t("first"), t("example")]
    both = t("both_note", n=integer(report["counts"]["empty_both"], language))
    return Section(t("what_became"), [both], tables=[Table(columns, rows, frozenset({2}))], anchor="lines")


def _cleaning(report: dict[str, Any], language: Language) -> Section:
    t = partial(text_in, language=language)
    summary = [
        [rule["name"], meaning(rule["name"], rule["does"], language), integer(rule["count"], language)]
        for rule in report["rules"]
    ]
    examples = [
        [rule["name"], _place(example), *_difference(example["before"], example["after"])]
        for rule in report["rules"]
        for example in rule["examples"]
    ]
    tables = [Table([t("rule"), t("does"), t("changed")], summary, frozenset({2}))]
    if examples:
        tables.append(Table([t("rule"), t("first"), t("before"), t("after")], examples))
    return Section(t("cleaning"), [t("cleaning_note")], tables=tables, anchor="cleaning")


def _lengths(report: dict[str, Any], language: Language) -> Section:
    from shelftalker.pages import plots

    t = partial(text_in, language=language)
    figures, rows = [], []
    for name, found in report["lengths"].items():
        count = partial(integer, language=language)
        rows.append([t(name), *(count(found[key]) for key in ("mean", "median", "p95", "max"))])
        if not found["counts"]:
            continue
        marks = {t("median", n=count(found["median"])): found["median"], t("p95", n=count(found["p95"])): found["p95"]}
        svg = plots.histogram(
            t(name), found["edges"], found["counts"], x_label=t(name), y_label=t("records"), marks=marks, log_x=True
        )
        figures.append(Figure(svg, t(name)))
    tokens = report["lengths"]["content_tokens"]
    key = "tokens_note" if tokens["counted_by"] != "estimate" else "tokens_estimate"
    columns = ["", t("mean"), t("median", n="").strip().capitalize(), t("p95", n="").strip(" :"), t("longest")]
    table = Table(columns, rows, frozenset({1, 2, 3, 4}))
    return Section(t("lengths"), [t(key, n=integer(tokens["sample"], language))], figures, [table], "lengths")


def _identity(report: dict[str, Any], language: Language) -> Section:
    t = partial(text_in, language=language)
    count = partial(integer, language=language)
    counts, alike = report["counts"], report["alike"]
    note = t(
        "identity_note",
        exact=count(counts["exact_duplicates"]),
        cleaned=count(counts["duplicates_after_cleaning"]),
        near=count(counts.get("near_duplicates", 0)),
        groups=count(alike["groups"]),
        largest=count(alike["largest"]),
    )
    paragraphs = [note, t("splits_note")]
    if "near_duplicates" not in counts:
        paragraphs.insert(1, t("near_off"))
    splits = [
        [t(name), count(n), percent(n / max(1, counts["kept"]), 1, language)] for name, n in report["splits"].items()
    ]
    tables = [
        Table([t("split"), t("records").capitalize(), t("share").capitalize()], splits, frozenset({1, 2}), t("splits"))
    ]
    most = report["ambiguity"]["most"]
    if most:
        rows = [[_short(one["title"]), count(one["records"])] for one in most]
        tables.append(Table([t("title_word"), t("records").capitalize()], rows, frozenset({1}), t("most_ambiguous")))
    return Section(t("identity"), paragraphs, tables=tables, anchor="identity")


def _languages(report: dict[str, Any], language: Language) -> Section:
    from shelftalker.pages import plots

    t = partial(text_in, language=language)
    found = report["languages"]
    total = max(1, found["sample"])
    names = {code: LANGUAGE_NAMES[code][0 if language == "en" else 1] for code in found["records"]}
    shares = {names[code]: n / total for code, n in found["records"].items()}
    points = [plots.Point(share) for share in shares.values()]
    svg = plots.bars(t("languages"), list(shares), [plots.Series(t("share"), points)], x_label=t("share"))
    rows = [[name, percent(share, 1, language)] for name, share in shares.items()]
    table = Table([t("language"), t("share").capitalize()], rows, frozenset({1}))
    note = t("languages_note", n=integer(found["sample"], language))
    return Section(t("languages"), [note], [Figure(svg)], [table], "languages")


def _capacity(report: dict[str, Any], language: Language) -> Section:
    return Section(text_in("capacity", language), [_capacity_words(report, language)], anchor="capacity")


def _capacity_words(report: dict[str, Any], language: Language) -> str:
    found = report["capacity"]
    return text_in(
        "capacity_all" if found["share"] >= 1 else "capacity_part",
        language,
        rank=found["rank"],
        parameters=integer(found["parameters"], language),
        holds=_megabytes(found["adapter_bytes"], language),
        needs=_megabytes(found["information_bytes"], language),
        share=_share(found["share"], language),
        records=integer(found["records"], language),
    )


def plain(report: dict[str, Any], language: Language) -> str:
    """Return the report as a page of plain text."""
    t = partial(text_in, language=language)
    count = partial(integer, language=language)
    counts = report["counts"]
    lines = [t("title", name=report["name"]), t("lead", kept=count(counts["kept"]), lines=count(counts["lines"])), ""]
    width = max(map(len, counts), default=0)
    lines += [f"  {name:{width}}  {count(n):>14}" for name, n in counts.items()]
    lines += ["", t("what_became")]
    for reason, found in report["dropped"].items():
        means = meaning(reason, found["means"], language)
        lines.append(f"  {count(found['count']):>12}  {reason}: {means}; {_place(found['first'])}")
        lines += [f"{'':16}{_place(example)}  {_short(example['text'])}".rstrip() for example in found["examples"]]
    lines += ["", t("cleaning")]
    lines += [
        f"  {count(rule['count']):>12}  {rule['name']}: {meaning(rule['name'], rule['does'], language)}"
        for rule in report["rules"]
    ]
    lines += ["", t("lengths")]
    for name, found in report["lengths"].items():
        figures = (
            f"{t('median', n=count(found['median']))}, {t('p95', n=count(found['p95']))}, max {count(found['max'])}"
        )
        lines.append(f"  {t(name)}: {figures}")
    lines += ["", t("splits"), "  " + ", ".join(f"{t(name)} {count(n)}" for name, n in report["splits"].items())]
    lines += ["", t("capacity"), "  " + _capacity_words(report, language), ""]
    return "\n".join(lines)


def _place(example: dict[str, Any] | None) -> str:
    return f"{example['file']}:{example['line']}" if example else ""


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _SHOWN_CHARS else line[: _SHOWN_CHARS - 1] + "…"


def _difference(before: str, after: str) -> tuple[str, str]:
    """Both texts, cut to where they begin to differ."""
    start = next(
        (n for n, (a, b) in enumerate(zip(before, after, strict=False)) if a != b), min(len(before), len(after))
    )
    start = max(0, start - 30)
    dots = "…" if start else ""
    return dots + _short(before[start : start + _SHOWN_CHARS]), dots + _short(after[start : start + _SHOWN_CHARS])


def _share(share: float, language: Language) -> str:
    return percent(share, 0 if share >= 0.1 else 1 if share >= 0.01 else 2, language)


def _megabytes(size: int, language: Language) -> str:
    megabytes = size / 1e6
    if megabytes < 1:
        return f"{number(size / 1e3, 0, language)} kB"
    return f"{number(megabytes, 1 if megabytes < 10 else 0, language)} MB"
