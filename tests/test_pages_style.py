"""The pages' colours can be read in both themes and in print: WCAG AA, computed."""

import itertools
import re
from importlib.resources import files

import pytest

CSS = (files("shelftalker.pages") / "templates" / "style.css").read_text(encoding="utf-8")
TEXT_ON_GROUND = [
    *itertools.product(["ink", "soft", "accent"], ["ground", "sheet", "sunken"]),
    ("ink", "accent-ground"),
    ("ink", "quote-ground"),
    ("good", "good-ground"),
    ("good", "sheet"),
    ("bad", "bad-ground"),
    ("bad", "sheet"),
]
SERIES = [f"series-{n}" for n in range(1, 7)]


def themes():
    blocks = re.findall(r":root \{(.*?)\}", CSS, re.DOTALL)
    light, dark, printed = (dict(re.findall(r"--([\w-]+): (#[0-9a-f]{3,6});", block)) for block in blocks)
    return {"light": light, "dark": light | dark, "print": light | printed}


def luminance(colour):
    digits = colour[1:] if len(colour) == 7 else "".join(c * 2 for c in colour[1:])
    parts = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_contrast_by_hand():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#fff") == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize("theme", ["light", "dark", "print"])
@pytest.mark.parametrize(("text", "ground"), TEXT_ON_GROUND)
def test_text_can_be_read(theme, text, ground):
    colours = themes()[theme]
    assert contrast(colours[text], colours[ground]) >= 4.5


@pytest.mark.parametrize("theme", ["light", "dark", "print"])
@pytest.mark.parametrize("series", SERIES)
def test_plots_can_be_seen(theme, series):
    colours = themes()[theme]
    assert contrast(colours[series], colours["sheet"]) >= 3


def test_plot_colours_are_the_style_sheets():
    from shelftalker.pages.plots import SERIES as IN_PYTHON

    light = themes()["light"]
    assert tuple(light[name] for name in SERIES) == IN_PYTHON


def deficient(colour, matrix):
    digits = colour[1:]
    parts = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return [sum(m * v for m, v in zip(row, linear, strict=True)) for row in matrix]


# Simulation of full deuteranopia and protanopia in linear RGB. Source: Machado, Oliveira, Fernandes 2009, table 1.
_DEUTERANOPIA = ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881))
_PROTANOPIA = ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998))


@pytest.mark.parametrize("matrix", [_DEUTERANOPIA, _PROTANOPIA], ids=["deuteranopia", "protanopia"])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_first_two_series_differ_for_the_colour_blind(theme, matrix):
    """Most plots show two to four series; markers and place tell the rest apart."""
    colours = themes()[theme]
    for one, other in itertools.combinations(SERIES[:2], 2):
        a, b = deficient(colours[one], matrix), deficient(colours[other], matrix)
        assert sum((x - y) ** 2 for x, y in zip(a, b, strict=True)) ** 0.5 > 0.2
