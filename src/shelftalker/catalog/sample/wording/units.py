"""Units, number words and ordinals in English and Portuguese."""

from __future__ import annotations

from types import MappingProxyType

__all__ = ["NUMBER_WORDS", "ORDINALS", "UNITS"]

_Forms = tuple[tuple[str, str], ...]

UNITS: MappingProxyType[str, tuple[_Forms, _Forms]] = MappingProxyType(
    {
        "g": ((("g", "g"), ("gram", "grams")), (("g", "g"), ("grama", "gramas"))),
        "kg": (
            (("kg", "kg"), ("kilogram", "kilograms"), ("kilo", "kilos")),
            (("kg", "kg"), ("quilo", "quilos"), ("quilograma", "quilogramas")),
        ),
        "oz": ((("oz", "oz"), ("ounce", "ounces")), (("oz", "oz"), ("onça", "onças"))),
        "lb": ((("lb", "lb"), ("pound", "pounds"), ("lb", "lbs")), (("lb", "lb"), ("libra", "libras"))),
        "ml": (
            (("ml", "ml"), ("milliliter", "milliliters"), ("mL", "mL")),
            (("ml", "ml"), ("mililitro", "mililitros")),
        ),
        "L": ((("L", "L"), ("liter", "liters"), ("litre", "litres"), ("l", "l")), (("L", "L"), ("litro", "litros"))),
        "quarts": ((("qt", "qt"), ("quart", "quarts")), (("quart", "quarts"), ("quarto", "quartos"))),
        "mm": ((("mm", "mm"), ("millimeter", "millimeters")), (("mm", "mm"), ("milímetro", "milímetros"))),
        "cm": (
            (("cm", "cm"), ("centimeter", "centimeters"), ("centimetre", "centimetres")),
            (("cm", "cm"), ("centímetro", "centímetros")),
        ),
        "m": ((("m", "m"), ("meter", "meters"), ("metre", "metres")), (("m", "m"), ("metro", "metros"))),
        "inches": (
            (("inch", "inches"), ("inch", "inches"), ("in", "in")),
            (("polegada", "polegadas"), ("pol", "pol")),
        ),
        "W": ((("W", "W"), ("watt", "watts")), (("W", "W"), ("watt", "watts"))),
        "V": ((("V", "V"), ("volt", "volts")), (("V", "V"), ("volt", "volts"))),
        "hours": ((("hour", "hours"), ("h", "h"), ("hr", "hrs")), (("hora", "horas"), ("h", "h"))),
        "months": ((("month", "months"),), (("mês", "meses"),)),
        "years": ((("year", "years"),), (("ano", "anos"),)),
    }
)
"""Unit key to its (singular, plural) words in English and in Portuguese; the first is for titles."""

NUMBER_WORDS = MappingProxyType(
    {1: ("one", "um"), 2: ("two", "dois"), 3: ("three", "três"), 5: ("five", "cinco"), 6: ("six", "seis")}
)

ORDINALS = MappingProxyType(
    {
        2: ("2nd", "second", "2ª", "segunda"),
        3: ("3rd", "third", "3ª", "terceira"),
        4: ("4th", "fourth", "4ª", "quarta"),
        5: ("5th", "fifth", "5ª", "quinta"),
        6: ("6th", "sixth", "6ª", "sexta"),
        7: ("7th", "seventh", "7ª", "sétima"),
        8: ("8th", "eighth", "8ª", "oitava"),
        9: ("9th", "ninth", "9ª", "nona"),
    }
)
