"""The report: every rule and reason in both languages, and a page that is whole and safe."""

from __future__ import annotations

import json
import re

import pytest
from preparing import WORDS, make_rows, write_rows

from shelftalker.catalog.batches import BAD_REASONS
from shelftalker.catalog.rules import DROP_RULES, RULES
from shelftalker.config import PrepareSettings
from shelftalker.prepare import prepare
from shelftalker.prepare.capacity import adapter_parameters, measure_capacity
from shelftalker.prepare.languages import guess_language
from shelftalker.prepare.report_texts import meaning
from shelftalker.prepare.tokens import count_tokens


@pytest.fixture(scope="module", params=["en", "pt"])
def data(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp("report")
    rows = make_rows(60)
    rows[3]["content"] += " <script>alert(1)</script> Tom &amp;amp; Jerry"
    rows += [{**rows[0], "uid": "D"}, {"uid": "E", "title": "", "content": "<img src=x onerror=alert(1)>"}]
    prepare(
        [write_rows(folder / "a.jsonl", rows)], folder / "data", PrepareSettings(language=request.param, max_bad=0.5)
    )
    return folder / "data", request.param


def test_three_forms_say_the_same(data):
    folder, language = data
    report = json.loads((folder / "report.json").read_text())
    text, page = ((folder / f"report.{kind}").read_text() for kind in ("txt", "html"))
    assert text.startswith(
        {"en": "Catalogue data\n60 records from 62 lines", "pt": "Catálogo data\n60 registros"}[language]
    )
    for reason, found in report["dropped"].items():
        assert reason in text
        assert reason in page
        assert found["first"]["line"] == {"exact_duplicates": 61, "empty_title": 62}[reason]
    for rule in report["rules"]:
        assert meaning(rule["name"], rule["does"], language) in text
        assert len(rule["examples"]) <= 3
    assert [rule["name"] for rule in report["rules"] if rule["count"]] == [
        "entities", "entities_doubled", "tags", "white_space",
    ]  # fmt: skip
    assert sum(report["splits"].values()) == report["counts"]["kept"] == 60


def test_the_page_runs_nothing_of_the_catalogue_s_and_asks_for_nothing(data):
    page = (data[0] / "report.html").read_text()
    assert f'lang="{ {"en": "en", "pt": "pt-BR"}[data[1]] }"' in page
    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert not re.search(r'(?:src|href)="(?:https?:)?//', page)
    assert page.count("<svg") >= 4


def test_every_reason_and_rule_has_its_words():
    names = [rule.name for rule in (*RULES, *DROP_RULES)] + [*BAD_REASONS, "entities_doubled"]
    for name in names:
        assert meaning(name, "English", "en") == "English"
        assert len(meaning(name, "English", "pt")) > 10


def test_capacity_is_that_of_the_adapter():
    assert adapter_parameters(16) == 4_884_480  # what PEFT counts for rank 16 on every linear layer
    small = measure_capacity(["a lamp of 5 W"] * 10, 130, 10)
    assert (small.share, small.records) == (1.0, 10)
    texts = [f"{' '.join(WORDS[(n * k) % 30] for k in range(1, 9))} {n * 7919}" for n in range(2000)]
    large = measure_capacity(texts, 10**9, 10**6)
    assert large.share == pytest.approx(large.adapter_bytes / large.information_bytes)
    assert 0 < large.share < 0.1
    assert large.records == round(large.share * 10**6)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("This is the best book that you will read in your life and it is short", "en"),
        ("Este é o melhor livro que você vai ler em sua vida e não é muito longo", "pt"),
        ("Das ist ein Buch, das man nicht vergisst, und es ist auch für die Kinder", "de"),
        ("Очень хорошая книга для детей и взрослых, интересная и добрая история", "ru"),
        ("これはとても良い本です。子供にも大人にもおすすめです。", "ja"),
        ("XK-200", "?"),
    ],
)
def test_languages(text, language):
    assert guess_language(text) == language


def test_tokens_of_a_long_text_are_told_from_its_beginning():
    text = "A lamp of five watts for the long nights. "
    (one, long), _ = count_tokens([text * 400, text * 40_000])
    assert long == pytest.approx(100 * one, rel=0.01)
