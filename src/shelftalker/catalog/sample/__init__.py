"""A made-up catalogue with known facts: fictional products in the form and with the flaws of the real file."""

from shelftalker.catalog.sample.absent import Absent, absent_titles
from shelftalker.catalog.sample.facts import FACT_NAMES, Fact
from shelftalker.catalog.sample.products import Product, make_products
from shelftalker.catalog.sample.writing import SampleCounts, SideFiles, read_facts, side_files, write_sample

__all__ = [
    "FACT_NAMES",
    "Absent",
    "Fact",
    "Product",
    "SampleCounts",
    "SideFiles",
    "absent_titles",
    "make_products",
    "read_facts",
    "side_files",
    "write_sample",
]
