"""Units of measure in English and Portuguese, each with its dimension and its size in that dimension's first unit."""

from __future__ import annotations

import re
from dataclasses import dataclass

__all__ = ["CURRENCIES", "UNITS", "UNIT_PATTERN", "Unit", "find_unit"]


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit: `value * size` is the quantity in the dimension's first unit; units of one `system` convert exactly."""

    dimension: str
    size: float
    system: str = "metric"


_TABLE: dict[str, tuple[tuple[str, float, str], ...]] = {
    "mass": (
        ("mg milligram milligrams miligrama miligramas", 0.001, "metric"),
        ("g gr gram grams gramme grammes grama gramas", 1, "metric"),
        ("kg kgs kilo kilos kilogram kilograms quilo quilos quilograma quilogramas", 1000, "metric"),
        ("tonne tonnes tonelada toneladas", 1e6, "metric"),
        ("oz ounce ounces onça onças", 28.349523125, "imperial"),
        ("lb lbs pound pounds libra libras", 453.59237, "imperial"),
    ),
    "length": (
        ("mm millimeter millimeters millimetre millimetres milímetro milímetros", 1, "metric"),
        ("cm centimeter centimeters centimetre centimetres centímetro centímetros", 10, "metric"),
        ("m meter meters metre metres metro metros", 1000, "metric"),
        ("km kilometer kilometers kilometre kilometres quilômetro quilômetros quilómetros", 1e6, "metric"),
        ("in inch inches polegada polegadas \"  ″ ''", 25.4, "imperial"),
        ("ft foot feet pé pés ' ′", 304.8, "imperial"),
        ("yd yds yard yards jarda jardas", 914.4, "imperial"),
        ("mile miles milha milhas", 1609344, "imperial"),
    ),
    "area": (
        ("m2 m²", 1, "metric"),
        ("cm2 cm²", 1e-4, "metric"),
        ("sq.ft sqft", 0.09290304, "imperial"),
        ("acre acres", 4046.8564224, "imperial"),
    ),
    "volume": (
        ("ml mls milliliter milliliters millilitre millilitres mililitro mililitros", 1, "metric"),
        ("cl centiliter centiliters centilitre centilitres", 10, "metric"),
        ("l lt lts liter liters litre litres litro litros", 1000, "metric"),
        ("fl.oz floz", 29.5735295625, "imperial"),
        ("cup cups xícara xícaras", 236.5882365, "imperial"),
        ("pint pints", 473.176473, "imperial"),
        ("quart quarts qt qts", 946.352946, "imperial"),
        ("gal gallon gallons galão galões", 3785.411784, "imperial"),
    ),
    "power": (
        ("w watt watts", 1, "metric"),
        ("kw kilowatt kilowatts quilowatt quilowatts", 1000, "metric"),
        ("hp horsepower", 745.69987, "imperial"),
        ("cv", 735.49875, "metric-horse"),
    ),
    "voltage": (("v volt volts", 1, "metric"), ("mv", 0.001, "metric"), ("kv", 1000, "metric")),
    "charge": (("mah", 1, "metric"), ("ah", 1000, "metric")),
    "current": (("ma", 0.001, "metric"), ("amp amps ampere amperes", 1, "metric")),
    "energy": (("wh", 1, "metric"), ("kwh", 1000, "metric"), ("btu btus", 0.29307107, "imperial")),
    "time": (
        ("ms millisecond milliseconds milissegundos", 0.001, "clock"),
        ("s sec secs second seconds segundo segundos", 1, "clock"),
        ("min mins minute minutes minuto minutos", 60, "clock"),
        ("h hr hrs hour hours hora horas", 3600, "clock"),
        ("day days dia dias", 86400, "clock"),
        ("week weeks semana semanas", 604800, "clock"),
        ("month months mês meses", 1, "calendar"),
        ("yr yrs year years ano anos", 12, "calendar"),
        ("decade decades década décadas", 120, "calendar"),
        ("century centuries século séculos", 1200, "calendar"),
    ),
    "data": (
        ("kb", 1e3, "metric"),
        ("mb", 1e6, "metric"),
        ("gb", 1e9, "metric"),
        ("tb", 1e12, "metric"),
    ),
    "frequency": (("hz hertz", 1, "metric"), ("khz", 1e3, "metric"), ("mhz", 1e6, "metric"), ("ghz", 1e9, "metric")),
    "share": (("% percent por.cento", 1, "metric"),),
    "celsius": (("°c ºc celsius", 1, "metric"),),
    "fahrenheit": (("°f ºf fahrenheit", 1, "metric"),),
    "degree": (("degree degrees grau graus °", 1, "metric"),),
    "loudness": (("db decibel decibels decibéis", 1, "metric"),),
    "light": (("lm lumen lumens lúmen lúmens", 1, "metric"),),
    "pressure": (("psi", 6894.757, "imperial"), ("bar bars", 1e5, "metric"), ("kpa", 1000, "metric")),
    "rotation": (("rpm", 1, "metric"),),
    "resolution": (("dpi", 1, "metric"), ("mp megapixel megapixels", 1, "megapixel"), ("px pixel pixels", 1, "pixel")),
    "speed": (("km/h kph", 1, "metric"), ("mph", 1.609344, "imperial")),
    "speed-count": (("speed speeds velocidade velocidades", 1, "count"),),
    "pages": (("page pages página páginas pp", 1, "count"),),
    "pieces": (("piece pieces pc pcs peça peças", 1, "count"),),
    "sheets": (("sheet sheets folha folhas", 1, "count"),),
    "people": (("person persons people pessoa pessoas", 1, "count"),),
    "volumes": (("volumes", 1, "count"),),
}

UNITS: dict[str, Unit] = {
    alias.replace(".", " "): Unit(dimension, size, system)
    for dimension, rows in _TABLE.items()
    for aliases, size, system in rows
    for alias in aliases.split()
}

CURRENCIES: dict[str, str] = {
    "US$": "USD",
    "R$": "BRL",
    "$": "USD",
    "€": "EUR",
    "£": "GBP",
    "¥": "JPY",
    "usd": "USD",
    "dollar": "USD",
    "dollars": "USD",
    "dólar": "USD",
    "dólares": "USD",
    "brl": "BRL",
    "real": "BRL",
    "reais": "BRL",
    "eur": "EUR",
    "euro": "EUR",
    "euros": "EUR",
    "gbp": "GBP",
    "cents": "cents",
    "centavos": "cents",
}

_WORDS = sorted((re.escape(alias) for alias in {*UNITS, *CURRENCIES} if alias[0].isalpha()), key=len, reverse=True)
_SIGNS = sorted((re.escape(alias) for alias in UNITS if not alias[0].isalpha()), key=len, reverse=True)
UNIT_PATTERN = rf"(?:{'|'.join(_WORDS)})(?![^\W_])|(?:{'|'.join(_SIGNS)})"
"""Matches a unit after a number, ignoring case; a unit of letters ends where the word ends."""


def find_unit(text: str) -> Unit | None:
    """Return the unit that a word or sign names, ignoring case and a plural's full stop; None where it names none."""
    key = text.strip().rstrip(".").casefold()
    if key in UNITS:
        return UNITS[key]
    currency = CURRENCIES.get(text.strip()) or CURRENCIES.get(key)
    return Unit(f"money {currency}", 1, "money") if currency else None
