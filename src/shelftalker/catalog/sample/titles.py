"""Write a product's title in one of many forms, some of which tell a size or a colour."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from shelftalker.catalog.sample.compose import Subject
from shelftalker.catalog.sample.kind import Kind
from shelftalker.records import Language

__all__ = ["TitleForm", "choose_form", "sized_form", "write_title"]


@dataclass(frozen=True, slots=True)
class TitleForm:
    """A pattern of titles, and the facts that it tells: `{size}` and `{colour}` are facts' short forms."""

    pattern: str
    facts: tuple[str, ...] = ()


_BARE = {
    ("model", "en"): (
        "{name} {Long}",
        "{brand} {Long} {model}",
        "{name} - {Long}",
        "{Long} {name}",
        "{model} {Long} by {brand}",
    ),
    ("model", "pt"): ("{Long} {name}", "{Long} {name}", "{name} - {Long}", "{Long} {model} {brand}"),
    ("game", "en"): ("{name} {Long}", "{name} - {Long} by {brand}", "{brand} {name} {Long}", "{name} ({brand})"),
    ("game", "pt"): ("{name} - {Long}", "{Long} {name}", "{Long} {name} {brand}", "{name} ({brand})"),
    ("novel", "en"): ("{name}", "{name}", "{name}", "{name}: A Novel"),
    ("novel", "pt"): ("{name}", "{name}", "{name}", "{name}: Romance"),
    ("cookbook", "en"): ("{name}", "{name}", "{name}: A Cookbook"),
    ("cookbook", "pt"): ("{name}", "{name}", "{name}: Livro de Receitas"),
}
_FEATURED = {"en": ("{name} {Long} with {feature}",), "pt": ("{Long} {name} com {feature}",)}
_COLOURED = {
    "en": ("{name} {Long}, {colour}", "{name} {Long} ({colour})", "{brand} {Long} {model} - {colour}"),
    "pt": ("{Long} {name}, Cor {colour}", "{Long} {name} (Cor {colour})", "{Long} {brand} {model} - {colour}"),
}
_SIZED = {
    "en": ("{name} {Long}, {size}", "{brand} {size} {Long} {model}", "{brand} {Long} {model} ({size})"),
    "pt": ("{Long} {name}, {size}", "{Long} {size} {name}", "{Long} {brand} {model} ({size})"),
}
_BOTH = {
    "en": ("{name} {Long}, {size}, {colour}", "{brand} {size} {Long} {model} ({colour})"),
    "pt": ("{Long} {name} {size} - Cor {colour}", "{Long} {brand} {model}, {size}, Cor {colour}"),
}
_EDITIONS = {"en": ("{name}, {size}", "{name} ({size})"), "pt": ("{name}, {size}", "{name} ({size})")}
_SMALL_WORDS = frozenset("de do da dos das e com para of and with for the a an in by".split())


def choose_form(rng: Random, kind: Kind, language: Language, *, bare: bool) -> TitleForm:
    """Return a title's form; a bare one tells no fact, so that several products can bear it."""
    plain = TitleForm(rng.choice(_BARE[kind.naming, language]))
    if bare:
        return plain
    draw = rng.random()
    if kind.naming in ("novel", "cookbook"):
        return sized_form(rng, kind, language) if draw < 0.1 else plain
    if kind.naming == "game":
        return plain
    if draw < 0.45:
        return plain
    if draw < 0.55:
        pattern = rng.choice(_FEATURED[language])
        return TitleForm(pattern.replace("{feature}", rng.choice(kind.wording(language).features)))
    if draw < 0.7 and "colour" in kind.facts:
        return TitleForm(rng.choice(_COLOURED[language]), ("colour",))
    if draw < 0.8 and "colour" in kind.facts and kind.size:
        return TitleForm(rng.choice(_BOTH[language]), (kind.size, "colour"))
    return sized_form(rng, kind, language) if kind.size else plain


def sized_form(rng: Random, kind: Kind, language: Language) -> TitleForm:
    """Return a form that tells the size (of books: the edition), which sets near twins apart."""
    assert kind.size is not None
    forms = _EDITIONS if kind.size == "edition" else _SIZED
    return TitleForm(rng.choice(forms[language]), (kind.size,))


def write_title(form: TitleForm, subject: Subject, language: Language) -> str:
    """Return the title of a subject."""
    kind = subject.kind
    size = subject.facts[kind.size].short if kind.size in form.facts else ""
    colour = subject.facts["colour"].short if "colour" in form.facts else ""
    return form.pattern.format(
        name=subject.name,
        brand=subject.brand.name,
        model=subject.model,
        Long=_title_case(subject.noun.pt if language == "pt" else subject.noun.en),
        size=_title_case(size) if kind.size == "edition" else size,
        colour=_title_case(colour),
    )


def _title_case(text: str) -> str:
    return " ".join(word if word in _SMALL_WORDS else word[:1].upper() + word[1:] for word in text.split(" "))
