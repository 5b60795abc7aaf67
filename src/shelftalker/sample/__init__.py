"""A made-up catalogue with known facts: fictional products in the form and with the flaws of the real file."""

from shelftalker.sample.material import Fact, fact_names
from shelftalker.sample.products import Absent, Product, absent_titles, make_products
from shelftalker.sample.write import SampleCounts, SideFiles, read_facts, side_files, write_sample

__all__ = [
    "Absent",
    "Fact",
    "Product",
    "SampleCounts",
    "SideFiles",
    "absent_titles",
    "fact_names",
    "make_products",
    "read_facts",
    "side_files",
    "write_sample",
]
