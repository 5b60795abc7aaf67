"""The few question forms that templated sets, closed-book training and export checks need; they stand in forms.toml.

`{x}` is the product's name.
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any, Literal

from shelftalker.records import Language

__all__ = ["FormSet", "attribute_forms", "attribute_names", "description_forms", "this_product"]

FormSet = Literal["trained", "held_out"]


@cache
def _table() -> dict[str, Any]:
    return tomllib.loads(files("shelftalker.prompts").joinpath("forms.toml").read_text(encoding="utf-8"))


def description_forms(language: Language, which: FormSet = "trained") -> tuple[str, ...]:
    """Return the forms that ask what a product is: those that training uses, or those that it does not."""
    return tuple(_table()["describe"][language][which])


def attribute_forms(name: str, language: Language) -> tuple[str, ...]:
    """Return the forms that ask for an attribute; none for a name that has none."""
    return tuple(_table()["attributes"].get(name, {}).get(language, ()))


def attribute_names() -> tuple[str, ...]:
    """Return the attributes that there are forms for."""
    return tuple(_table()["attributes"])


def this_product(language: Language) -> str:
    """Return what stands for the name of a product that is given."""
    return str(_table()["this"][language])
