"""Finding the products that a question is about, and the sentences of a record that bear on it."""

from shelftalker.find.build import build_index
from shelftalker.find.extend import can_extend, extend_index
from shelftalker.find.finder import Finder, Found, Hit, Mention

__all__ = ["Finder", "Found", "Hit", "Mention", "build_index", "can_extend", "extend_index"]
