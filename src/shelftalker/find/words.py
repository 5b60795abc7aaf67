"""BM25 over titles and over descriptions: two search indexes of one part of a catalogue, written and read here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path

import tantivy

__all__ = ["WordIndex", "WordWriter", "content_chars", "content_tokens"]

_OPENING_CHARS, _WHOLE_CHARS, _WHOLE_UP_TO = 200, 4000, 100_000


def content_chars(records: int) -> int:
    """Return how much of a description is indexed in a catalogue of so many records.

    What a thing is stands at its beginning: 1.37 million openings cost about 11 s of processor time, whole
    descriptions 32 s, more than all the rest of the index. Small catalogues are indexed whole.
    """
    return _WHOLE_CHARS if records <= _WHOLE_UP_TO else _OPENING_CHARS


_HEAP_BYTES = {"title": 256_000_000, "content": 128_000_000}
_LONGEST_TOKEN = 40  # characters; longer ones are addresses and rulers


class WordWriter:
    """Writes the words of texts and the rows they belong to."""

    def __init__(self, index: tantivy.Index, field: str) -> None:
        """Write to an open search index; `create` and `reopen` take a folder."""
        if field == "content":
            index.register_tokenizer("folded", _folding())
        self._field = field
        self._schema = index.schema
        self._writer = index.writer(_HEAP_BYTES[field], 1)

    @classmethod
    def create(cls, folder: Path, field: str) -> WordWriter:
        """Begin an index in a new folder.

        Args:
            folder: is created.
            field: "title" takes texts whose words are parted by blanks already (`name_tokens`); "content" takes any
                text and parts and folds its words itself.
        """
        folder.mkdir(parents=True)
        return cls(tantivy.Index(_schema(field), str(folder)), field)

    @classmethod
    def reopen(cls, folder: Path, field: str) -> WordWriter:
        """Go on with the index in a folder."""
        return cls(tantivy.Index.open(str(folder)), field)

    def remove(self, rows: Iterable[int]) -> None:
        """Take texts out by their rows; `commit` makes it so."""
        for row in rows:
            self._writer.delete_documents_by_query(
                tantivy.Query.range_query(self._schema, "row", tantivy.FieldType.Integer, row, row)
            )

    def append(self, texts: Sequence[str], first: int) -> None:
        """Append texts whose rows are numbered from `first`."""
        for row, text in enumerate(texts, start=first):
            self._writer.add_document(tantivy.Document(**{self._field: text}, row=row))

    def commit(self) -> None:
        """Make what was appended readable; merging may go on until `close`."""
        self._writer.commit()

    def close(self) -> None:
        """Wait until the files on disk are final."""
        self._writer.wait_merging_threads()


class WordIndex:
    """Reads what a `WordWriter` wrote. Any number of threads may share one."""

    def __init__(self, folder: Path, field: str) -> None:
        index = tantivy.Index.open(str(folder))
        self._field = field
        self._schema = index.schema
        self._searcher = index.searcher()

    def any_of(self, words: Sequence[Sequence[str]], limit: int) -> list[tuple[int, float]]:
        """Return rows and BM25 scores of the texts that hold any of the words, best first.

        Args:
            words: of each word the spellings that count as it.
            limit: most rows.
        """
        return self._run(tantivy.Occur.Should, words, limit)

    def all_of(self, words: Sequence[Sequence[str]], limit: int) -> list[tuple[int, float]]:
        """Return rows and BM25 scores of the texts that hold all of the words, each in one of its spellings."""
        return self._run(tantivy.Occur.Must, words, limit)

    def count(self, word: str) -> int:
        """Return how many texts hold a word."""
        query = tantivy.Query.term_query(self._schema, self._field, word)
        return int(self._searcher.search(query, 1, count=True).count or 0)  # type: ignore[attr-defined]

    def _run(self, occur: tantivy.Occur, words: Sequence[Sequence[str]], limit: int) -> list[tuple[int, float]]:
        parts = [(occur, self._spelled(spellings)) for spellings in words if spellings]
        if not parts or limit < 1:
            return []
        hits = self._searcher.search(tantivy.Query.boolean_query(parts), limit, count=False).hits
        rows = self._searcher.fast_field_values("row", [address for _, address in hits])
        return [(int(row), float(score)) for (score, _), row in zip(hits, rows, strict=True) if row is not None]

    def _spelled(self, spellings: Sequence[str]) -> tantivy.Query:
        terms = [tantivy.Query.term_query(self._schema, self._field, word) for word in spellings]
        return terms[0] if len(terms) == 1 else tantivy.Query.disjunction_max_query(terms)


def content_tokens(text: str) -> list[str]:
    """Return the words of a text as they stand in the index of descriptions."""
    words: list[str] = _folding().analyze(text)
    return words


def _schema(field: str) -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    tokenizer = "whitespace" if field == "title" else "folded"
    # How often a word stands in so short an opening tells little, and leaving it out takes a sixth off the time.
    option = "freq" if field == "title" else "basic"
    builder.add_text_field(field, stored=False, tokenizer_name=tokenizer, index_option=option)
    builder.add_integer_field("row", fast=True)
    return builder.build()


@cache
def _folding() -> tantivy.TextAnalyzer:
    simple = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
    for each in (tantivy.Filter.remove_long(_LONGEST_TOKEN), tantivy.Filter.lowercase(), tantivy.Filter.ascii_fold()):
        simple = simple.filter(each)
    return simple.build()
