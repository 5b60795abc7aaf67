"""The catalogue: reading and cleaning rows, and the finished folder."""

from shelftalker.catalog.catalogue import SPLITS, Catalogue, Part
from shelftalker.catalog.rules import clean_text
from shelftalker.catalog.titles import normalise_title

__all__ = ["SPLITS", "Catalogue", "Part", "clean_text", "normalise_title"]
