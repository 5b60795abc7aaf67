"""Supervised examples: from pairs of question and answer, a course of our own, and the catalogue's records."""

from shelftalker.examples.course import course
from shelftalker.examples.making import held_out_examples, make_examples
from shelftalker.examples.pairs import Pair, PairsFile, read_pairs
from shelftalker.examples.reading import example_of
from shelftalker.examples.subjects import Subject, find_subjects, of_own_text, read_subjects

__all__ = [
    "Pair",
    "PairsFile",
    "Subject",
    "course",
    "example_of",
    "find_subjects",
    "held_out_examples",
    "make_examples",
    "of_own_text",
    "read_pairs",
    "read_subjects",
]
