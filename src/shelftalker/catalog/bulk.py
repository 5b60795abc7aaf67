"""The cleaning rules over whole columns: the same results as `catalog.rules`, a hundred times as fast.

Most texts need nothing. The ones that might are picked by cheap searches, and only they pass through the rules, over
and over until nothing changes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import polars as pl
from numpy.typing import NDArray

from shelftalker.catalog.rules import (
    BOILERPLATE,
    ENTITY,
    INVISIBLE,
    MOJIBAKE,
    PASSES,
    POWER,
    RULES,
    TAG_BLOCK,
    TAG_INLINE,
    WHITE_SPACE,
    WORK_CHARS,
    decode_entity,
    repair_mojibake,
)
from shelftalker.catalog.titles import normalise_title

__all__ = ["Cleaned", "clean_column", "normalise_titles"]

_EXAMPLES = 3
_CONTROL = "[\\x00-\\x1f\\x7f]"


@dataclass(frozen=True, slots=True)
class Cleaned:
    """A cleaned column, and which rules changed how many of its texts, with up to three examples each."""

    texts: pl.Series
    counts: Counter[str] = field(default_factory=Counter)
    examples: dict[str, list[tuple[int, str, str]]] = field(default_factory=dict)
    """Rule to (row, before, after): the texts just before and just after the rule."""


def clean_column(texts: pl.Series) -> Cleaned:
    """Return the texts as `rules.clean_text` would return each of them."""
    cleaned = Cleaned(texts)
    texts = texts.rechunk()  # gathering from several chunks takes 30 times as long
    rows, untidy, odd = _suspects(texts)
    work = texts.gather(rows)
    fired: dict[str, list[pl.Series]] = {}
    settled: list[tuple[pl.Series, pl.Series]] = []
    passes = 0
    while len(rows):
        moving = np.zeros(len(rows), dtype=bool)
        for rule in RULES:
            if rule.name == "white_space":
                places, values = _white_space(work, pl.Series(untidy & ~odd), pl.Series(odd))
            else:
                places, values = _RULES[rule.name](work)
            if not len(places):
                continue
            changed = places.to_numpy()
            moving[changed] = untidy[changed] = True
            if rule.name in ("entities", "mojibake"):  # these bring in characters of any kind
                odd[changed] = True
            for name in (rule.name, *(("entities_doubled",) if passes and rule.name == "entities" else ())):
                fired.setdefault(name, []).append(rows.gather(places))
                _note(cleaned.examples, name, rows.gather(places), work.gather(places.head(_EXAMPLES)), values)
            work = _replace(work, places, values)
        passes += 1
        if passes >= PASSES:
            moving &= (passes * work.str.len_chars() <= WORK_CHARS).to_numpy()
        mask = pl.Series(moving)
        settled.append((rows.filter(~mask), work.filter(~mask)))
        rows, work = rows.filter(mask), work.filter(mask)
        untidy, odd = np.ones(len(rows), dtype=bool), np.zeros(len(rows), dtype=bool)
    if not fired:
        return cleaned
    counts = Counter({name: pl.concat(parts).n_unique() for name, parts in fired.items()})
    places, values = (pl.concat(parts) for parts in zip(*settled, strict=True))
    return Cleaned(_replace(texts, places, values), counts, cleaned.examples)


def normalise_titles(titles: pl.Series) -> pl.Series:
    """Return `normalise_title` of each title."""
    name = titles.name
    plain = titles.str.len_bytes() == titles.str.len_chars()  # ASCII
    keys = titles.str.to_lowercase().str.replace_all("[^a-z0-9]+", " ").str.strip_chars(" ")
    rest = (~plain).arg_true()
    if len(rest):
        folded = pl.Series([normalise_title(title) for title in titles.gather(rest)], dtype=pl.String)
        keys = _replace(keys, rest, folded)
    return keys.alias(name)


def _suspects(texts: pl.Series) -> tuple[pl.Series, NDArray[np.bool_], NDArray[np.bool_]]:
    """Rows that a rule might change, which of them may need spaces joined, and which hold other white space.

    A superset is fine for each.
    """
    column = pl.col("t")
    marked = column.str.contains("&", literal=True) | column.str.contains("<", literal=True)
    marked |= column.str.contains("This text refers to", literal=True)
    untidy = column.str.starts_with(" ") | column.str.ends_with(" ") | column.str.contains("  ", literal=True)
    odd = column.str.contains(_CONTROL) | (column.str.len_bytes() != column.str.len_chars())
    found = texts.alias("t").to_frame().select(marked.alias("marked"), untidy.alias("untidy"), odd.alias("odd"))
    rows = (found["marked"] | found["untidy"] | found["odd"]).arg_true()
    flags = found.select("untidy", "odd")[rows]
    return rows, flags["untidy"].to_numpy().astype(bool), flags["odd"].to_numpy().astype(bool)


def _where(texts: pl.Series, condition: pl.Expr) -> pl.Series:
    return texts.alias("t").to_frame().select(condition).to_series().arg_true()


def _replace(texts: pl.Series, places: pl.Series, values: pl.Series) -> pl.Series:
    """`texts` with those at `places` replaced by `values`."""
    take = np.arange(len(texts), dtype=np.uint32)
    take[places.to_numpy()] = np.arange(len(texts), len(texts) + len(places), dtype=np.uint32)
    return pl.concat([texts, values.alias(texts.name)], rechunk=True).gather(take)


def _changed(texts: pl.Series, places: pl.Series, values: pl.Series) -> tuple[pl.Series, pl.Series]:
    """Those of the places where the values differ from the texts."""
    differ = texts.gather(places) != values
    return places.filter(differ), values.filter(differ)


def _note(
    examples: dict[str, list[tuple[int, str, str]]], name: str, rows: pl.Series, before: pl.Series, after: pl.Series
) -> None:
    found = examples.setdefault(name, [])
    found += zip(rows.head(_EXAMPLES), before, after.head(_EXAMPLES), strict=True)
    del found[_EXAMPLES:]


def _entities(texts: pl.Series) -> tuple[pl.Series, pl.Series]:
    places = _where(texts, pl.col("t").str.contains("&", literal=True))
    work = texts.gather(places)
    found = work.str.extract_all(ENTITY).explode().drop_nulls().unique()
    pairs = [(entity, decode_entity(entity)) for entity in found]
    # Of two that start at one place the longer is the match, so it must come first. One that decodes to itself
    # stays in the list: it must not be read as a shorter one.
    pairs.sort(key=lambda pair: (-len(pair[0]), pair[0]))
    if not pairs:
        return places.clear(), work.clear()
    values = work.str.replace_many([a for a, _ in pairs], [b for _, b in pairs], leftmost=True)
    return _changed(texts, places, values)


def _tags(texts: pl.Series) -> tuple[pl.Series, pl.Series]:
    places = _where(texts, pl.col("t").str.contains("<", literal=True))
    work = texts.gather(places).str.replace_all(POWER, "${1}^${2}")
    return _changed(texts, places, work.str.replace_all(TAG_BLOCK, " ").str.replace_all(TAG_INLINE, ""))


def _mojibake(texts: pl.Series) -> tuple[pl.Series, pl.Series]:
    places = _where(texts, pl.col("t").str.len_bytes() != pl.col("t").str.len_chars())
    work = texts.gather(places)
    odd = work.str.contains(MOJIBAKE)
    places = places.filter(odd)
    values = pl.Series([repair_mojibake(text) for text in work.filter(odd)], dtype=pl.String)
    return _changed(texts, places, values)


def _white_space(texts: pl.Series, untidy: pl.Series, odd: pl.Series) -> tuple[pl.Series, pl.Series]:
    plain = texts.filter(untidy).str.replace_all("  +", " ")
    other = texts.filter(odd).str.replace_all(INVISIBLE, "").str.replace_all(WHITE_SPACE, " ")
    places = pl.concat([untidy.arg_true(), odd.arg_true()])
    return _changed(texts, places, pl.concat([plain, other]).str.strip_chars(" "))


def _boilerplate(texts: pl.Series) -> tuple[pl.Series, pl.Series]:
    places = _where(texts, pl.col("t").str.contains("This text refers to", literal=True))
    return _changed(texts, places, texts.gather(places).str.replace_all(BOILERPLATE, " "))


_RULES: dict[str, Callable[[pl.Series], tuple[pl.Series, pl.Series]]] = {
    "entities": _entities,
    "tags": _tags,
    "mojibake": _mojibake,
    "boilerplate": _boilerplate,
}
