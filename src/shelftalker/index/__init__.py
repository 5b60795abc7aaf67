"""Finding the product that a question is about."""

from shelftalker.index.build import build_index
from shelftalker.index.extend import can_extend, extend_index
from shelftalker.index.finder import Finder, Found, Hit
from shelftalker.index.question import product_name

__all__ = ["Finder", "Found", "Hit", "build_index", "can_extend", "extend_index", "product_name"]
