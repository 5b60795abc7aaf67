"""Write a made-up catalogue as a web shop exports it, with its facts, absent titles and exact counts beside it."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import cycle
from pathlib import Path
from random import Random
from typing import Any

from shelftalker.artifacts import write_atomic
from shelftalker.errors import InputNotFound, UsageError
from shelftalker.sample.material import load
from shelftalker.sample.products import Product, absent_titles, make_products, sample_uids, title_key

__all__ = ["MOST_PRODUCTS", "SampleCounts", "SideFiles", "read_facts", "side_files", "write_sample"]

MOST_PRODUCTS = 1_000_000


@dataclass(frozen=True, slots=True)
class SampleCounts:
    """What a reader of the file must count; docs/sample-catalogue.md tells what each is."""

    lines: int
    bad: int
    empty_title: int
    empty_content: int
    empty_both: int
    both_present: int
    exact_duplicates: int
    emptied_by_cleaning: int
    duplicates_after_cleaning: int
    kept: int
    ambiguous_titles: int
    ambiguous_records: int
    portuguese: int
    kinds: dict[str, int]

    def to_json(self) -> dict[str, Any]:
        """Return plain numbers and one dict, ready for `json.dumps`."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class SideFiles:
    """The files beside a sample catalogue."""

    facts: Path
    absent: Path
    counts: Path


def side_files(path: Path) -> SideFiles:
    """Return where the files beside the sample catalogue `path` lie."""
    return SideFiles(*(path.parent / f"{path.name}.{end}" for end in ("facts.jsonl", "absent.jsonl", "counts.json")))


def read_facts(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the products of the sample catalogue `path` as docs/sample-catalogue.md describes them.

    Raises:
        InputNotFound: there is no facts file beside it.
    """
    facts = side_files(path).facts
    if not facts.is_file():
        fix = f"make a catalogue whose facts are known: shelftalker sample --out {path}"
        raise InputNotFound(f"there is no {facts}", fix=fix)
    with facts.open(encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def write_sample(path: Path, *, products: int, seed: int) -> SampleCounts:
    """Write a catalogue of `products` made-up products to `path`, and the files of `side_files`.

    The same numbers give the same bytes. The counts file is written last.

    Raises:
        UsageError: `products` is out of range, or `path` is a folder or a file that is no sample catalogue.
        StorageError: the disk is full or read-only, or permission is missing.
    """
    beside = side_files(path)
    _check(path, beside, products)
    made = make_products(products=products, seed=seed)
    rows, counts = _rows(made, seed)
    absent = absent_titles(made, count=min(1000, max(250, products // 2)), seed=seed)
    write_atomic(path, _lines(rows))
    write_atomic(beside.facts, _lines(_facts(product) for product in made))
    write_atomic(beside.absent, _lines(asdict(title) for title in absent))
    write_atomic(beside.counts, json.dumps(counts.to_json(), indent=2) + "\n")
    return counts


def _check(path: Path, beside: SideFiles, products: int) -> None:
    if not 1 <= products <= MOST_PRODUCTS:
        fix = f"ask for 1 to {MOST_PRODUCTS:,} products"
        raise UsageError(f"a sample of {products} products cannot be made", fix=fix)
    if path.is_dir():
        raise UsageError(f"{path} is a folder", fix=f"name a file: --out {path / 'sample.jsonl'}")
    existing = next(parent for parent in path.absolute().parents if parent.exists())
    if not existing.is_dir():
        raise UsageError(f"{existing} is a file, not a folder", fix="name a file in a folder with --out")
    if path.exists() and not beside.counts.is_file():
        raise UsageError(f"{path} is there already and is no sample catalogue", fix="name another file with --out")


def _lines(documents: Iterable[dict[str, Any]]) -> str:
    return "".join(json.dumps(document, ensure_ascii=False) + "\n" for document in documents)


def _facts(product: Product) -> dict[str, Any]:
    told = product.stated
    return {
        **{key: getattr(product, key) for key in ("uid", "title", "kind", "language", "name", "brand", "model")},
        "facts": {fact.name: fact.value for fact in told},
        "units": {fact.name: fact.unit for fact in told if fact.unit},
        "accepted": {fact.name: fact.accepted for fact in told if fact.accepted},
        "items": {fact.name: fact.items for fact in told if fact.items},
        "in_title": {fact.name: fact.short for fact in product.in_title},
        **{key: getattr(product, key) for key in ("not_stated", "twins", "same_title")},
    }


def _rows(products: list[Product], seed: int) -> tuple[list[dict[str, Any]], SampleCounts]:
    """Return the file's rows: the products in their order, and among them the rows that a reader must drop."""
    rng = Random(f"shelftalker noise {seed}")
    uids = sample_uids(rng, dropped=True)
    placed: list[tuple[float, dict[str, Any]]] = []
    tally: Counter[str] = Counter()

    def place(position: float, title: str, content: str, uid: str) -> None:
        links = [rng.randrange(len(products)) for _ in range(rng.randrange(1, 12))]
        row = {"uid": uid, "title": title, "content": content, "target_ind": links, "target_rel": [1.0] * len(links)}
        placed.append((position, row))

    originals = []
    for position, product in enumerate(products):
        book = product.kind in ("novel", "cookbook")
        originals.append((_spoil_title(rng, product.title), _spoil_content(rng, product.paragraphs, book=book)))
        place(position, *originals[-1], product.uid)
    for reason, where, title, content in _dropped(rng, products, originals):
        tally[reason] += 1
        place(where, title, content, next(uids))
    return [row for _, row in sorted(placed, key=lambda row: row[0])], _count(products, tally)


def _dropped(
    rng: Random, products: list[Product], originals: list[tuple[str, str]]
) -> Iterator[tuple[str, float, str, str]]:
    """Yield reason, position, title and content of every row that a reader must drop."""
    count, noise = len(products), load("noise")
    spare = make_products(products=max(20, count // 8), seed=rng.randrange(2**31))
    keys = {title_key(product.title) for product in products}
    titles = sorted({product.title for product in spare if title_key(product.title) not in keys})
    rng.shuffle(titles)  # a row with the title and the markup of another would be its duplicate
    unused = cycle(titles)

    def many(reason: str) -> range:
        return range(max(1, round(count * load("shares")["dropped"][reason])))

    for _ in many("empty_title"):
        told = rng.choice(spare).paragraphs
        where, title = rng.uniform(0, count), rng.choice(noise["nothing"])
        yield "empty_title", where, title, _spoil_content(rng, told, book=False)
    for _ in many("empty_content"):
        yield "empty_content", rng.uniform(0, count), _spoil_title(rng, next(unused)), rng.choice(noise["nothing"])
    for _ in many("empty_both"):
        yield "empty_both", rng.uniform(0, count), "", ""
    for _ in many("emptied_by_cleaning"):
        markup = rng.choice(noise["markup"])
        yield "emptied_by_cleaning", rng.uniform(0, count), next(unused), markup
    for number in rng.sample(range(count), len(many("exact_duplicates"))):
        yield "exact_duplicates", rng.uniform(number + 0.5, count + 1), *originals[number]
    for number in rng.sample(range(count), len(many("duplicates_after_cleaning"))):
        title, content = originals[number]
        other = f"<p>{content}</p> " if rng.random() < 0.5 else f"{content}<br />"
        yield "duplicates_after_cleaning", rng.uniform(number + 0.5, count + 1), title, other


def _count(products: list[Product], tally: Counter[str]) -> SampleCounts:
    repeated = {name: tally[name] for name in ("exact_duplicates", "emptied_by_cleaning", "duplicates_after_cleaning")}
    borne = [product for product in products if product.same_title]
    return SampleCounts(
        lines=len(products) + tally.total(),
        bad=0,
        empty_title=tally["empty_title"] + tally["empty_both"],
        empty_content=tally["empty_content"] + tally["empty_both"],
        empty_both=tally["empty_both"],
        both_present=len(products) + sum(repeated.values()),
        **repeated,
        kept=len(products),
        ambiguous_titles=len({title_key(product.title) for product in borne}),
        ambiguous_records=len(borne),
        portuguese=sum(product.language == "pt" for product in products),
        kinds=dict(sorted(Counter(product.kind for product in products).items())),
    )


def _spoil_title(rng: Random, title: str) -> str:
    """Return the title as it might stand in the file."""
    if rng.random() < 0.25:
        title = _encode(rng, title, load("noise")["needed"], doubled=rng.random() < 0.2)
    return f" {title}  " if rng.random() < 0.02 else title


def _spoil_content(rng: Random, paragraphs: Sequence[str], *, book: bool) -> str:
    """Return the description as it might stand in the file; a shop's line about another edition may follow a book's."""
    told, noise, draw = list(paragraphs), load("noise"), rng.random()
    if draw < 0.5:
        letters = noise["needed"] if draw < 0.3 else "".join(noise["entities"])
        told = [_encode(rng, paragraph, letters, doubled=draw < 0.08) for paragraph in told]
    if rng.random() < 0.06:
        told = [re.sub(r"(?<=\d) (?=[A-Za-z])", lambda _: rng.choice(noise["hard_spaces"]), text) for text in told]
    content = _join(rng, told, noise["breaks"])
    if rng.random() < 0.05:
        content = re.sub(" ", lambda _: rng.choice(noise["spaces"]), content)
    if not book or rng.random() >= 0.3:
        return content
    if rng.random() < 0.4:
        return content + str(noise["out_of_print"])
    return content + str(noise["edition"].format(rng.choice(noise["which"]), rng.choice(noise["bindings"])))


def _encode(rng: Random, text: str, letters: str, *, doubled: bool) -> str:
    """Write letters as entities, each letter the same way throughout; doubled, the entity's own "&" is one too."""
    draw, entities = rng.random(), load("noise")["entities"]
    encoded = text.translate({ord(one): entities[one][int(draw * len(entities[one]))] for one in letters})
    return encoded.replace("&", "&amp;") if doubled else encoded


def _join(rng: Random, paragraphs: list[str], breaks: list[str]) -> str:
    draw = rng.random()
    if draw < 0.12:
        return "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    if draw < 0.17:
        return f'<div class="desc"><b>{paragraphs[0]}</b> {"<br />".join(paragraphs[1:])}</div>'
    if draw >= 0.4 and len(paragraphs) == 1:
        return paragraphs[0]
    mark = rng.choice(breaks)
    # A break between sentences too: the marks of the end stay before it.
    return mark.join(re.sub(r"(?<=[a-z]\.) (?=[A-Z])", mark, p) if draw < 0.3 else p for p in paragraphs)
