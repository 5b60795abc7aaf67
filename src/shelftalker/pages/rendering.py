"""Fill the package's templates. A page is one file: style and pictures inside, nothing fetched."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache, partial
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from shelftalker import __version__
from shelftalker.pages.marking import mark
from shelftalker.pages.texts import text_for
from shelftalker.records import Language

__all__ = ["Figure", "Section", "Table", "Tile", "integer", "number", "percent", "render"]


@dataclass(frozen=True, slots=True)
class Tile:
    """One figure in large type at the head of a page. `tone`: "", "good" or "bad"."""

    label: str
    value: str
    note: str = ""
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Figure:
    """A plot, as `pages.plots` returns it, and the line below it."""

    svg: Markup
    caption: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of cells; `numeric` holds the numbers of the columns (from 0) that are set right-aligned."""

    columns: Sequence[str]
    rows: Sequence[Sequence[str | Markup]]
    numeric: frozenset[int] = frozenset()
    caption: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """A heading, paragraphs, then figures and tables."""

    heading: str
    paragraphs: Sequence[str] = ()
    figures: Sequence[Figure] = ()
    tables: Sequence[Table] = ()
    anchor: str = ""


def render(template: str, *, language: Language = "en", **context: Any) -> str:
    """Return a whole HTML page.

    Every page takes `title`, and may take `subtitle`, `facts` (a dict of short labels and values below the
    title) and `command` (what made it). "document.html.j2" is the page of any report: `tiles`
    (list of `Tile`) and `sections` (list of `Section`).

    Args:
        template: file name in the package's `templates/`, such as "document.html.j2".
        language: of the page's own texts.
        context: what the template names; a name it needs and does not get raises jinja2's UndefinedError.
    """
    environment = _environment()
    local = {
        "t": partial(text_for, language=language),
        "language": language,
        "number": partial(number, language=language),
        "integer": partial(integer, language=language),
        "percent": partial(percent, language=language),
        "made_at": datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        "version": __version__,
    }
    return environment.get_template(template).render(**local, **context)


def integer(value: float, language: Language = "en") -> str:
    """Return a count with its thousands set apart: 1,367,131, in Portuguese 1.367.131."""
    return _localise(f"{value:,.0f}", language)


def number(value: float, digits: int = 3, language: Language = "en") -> str:
    """Return a number with a fixed count of decimals."""
    return _localise(f"{value:,.{digits}f}", language)


def percent(value: float, digits: int = 1, language: Language = "en") -> str:
    """Return a share, 0 to 1, as a percentage."""
    return _localise(f"{100 * value:,.{digits}f}", language) + ("%" if language == "en" else " %")


def _localise(text: str, language: Language) -> str:
    return text.translate(str.maketrans(",.", ".,")) if language == "pt" else text


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("shelftalker.pages", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    style = (files("shelftalker.pages") / "templates" / "style.css").read_text(encoding="utf-8")
    environment.globals["style"] = Markup(style)
    environment.globals["mark"] = mark
    return environment
