"""Finding the product that a question is about."""

from shelftalker.find.build import build_index
from shelftalker.find.extend import can_extend, extend_index
from shelftalker.find.finder import Finder, Found, Hit
from shelftalker.find.question import product_name

__all__ = ["Finder", "Found", "Hit", "build_index", "can_extend", "extend_index", "product_name"]
