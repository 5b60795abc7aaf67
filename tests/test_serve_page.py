"""The page in a real browser: sources, refusal, ambiguity, base beside tuned, Portuguese, narrow, accessible.

Set SHELFTALKER_SCREENSHOTS to a folder to keep pictures of what was tested.
"""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from measuring import make_run, systems_of
from playwright.sync_api import Page, expect, sync_playwright
from serving import running

from shelftalker.artifacts import read_manifest
from shelftalker.config import AnswerSettings
from shelftalker.serve.systems import Served, Systems

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine: apt-get install chromium")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]


@pytest.fixture(scope="module")
def state(tmp_path_factory):
    run = make_run(tmp_path_factory.mktemp("page"))
    open_tuned, _ = systems_of(run)
    open_raw, _ = systems_of(run, AnswerSettings(repair=False))
    tuned = open_tuned(True)
    return Served(
        "demo", run, read_manifest(run, "run"), "1", tuned, tuned.catalogue, tuned.finder, lambda: open_raw(False)
    )


@pytest.fixture(scope="module")
def browser():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def address(state):
    with running(Systems(lambda: state)) as address:
        yield address


@pytest.fixture
def page(browser, address):
    context = browser.new_context(locale="en-GB", viewport={"width": 1100, "height": 900})
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda m: errors.append(m.text) if m.type == "error" else None)
    foreign: list[str] = []
    page.on("request", lambda r: foreign.append(r.url) if not r.url.startswith((address, "data:")) else None)
    page.goto(address)
    yield page
    context.close()
    assert errors == []
    assert foreign == []


@pytest.fixture(scope="module")
def known(state):
    """A product with a title of its own and a description in English."""
    records = state.catalogue.records()
    return next(r for r in records if state.finder.find(r.title).status == "found" and 80 < len(r.content) < 400)


@pytest.fixture(scope="module")
def shared_title(state):
    """A title that several products bear."""
    records = state.catalogue.records()
    return next(r.title for r in records if state.finder.find(f"What is the {r.title} product?").status == "several")


def ask(page: Page, question: str) -> None:
    page.get_by_label(re.compile("Your question|Sua pergunta")).fill(question)
    page.keyboard.press("Enter")
    expect(page.locator("#send")).to_be_enabled()
    expect(page.locator(".turn").last.locator(".flags").last).not_to_contain_text("not checked")


def picture(page: Page, name: str) -> None:
    folder = os.environ.get("SHELFTALKER_SCREENSHOTS")
    if folder:
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


def serious(page: Page) -> list[str]:
    found = Axe().run(page).response["violations"]
    return [f"{v['id']}: {v['nodes'][0]['html']}" for v in found if v["impact"] in ("serious", "critical")]


def test_a_known_product_shows_its_record_with_the_quote_marked(page, known):
    ask(page, f"What is product {known.title} on Amazon?")
    turn = page.locator(".turn").last
    expect(turn.locator(".answer")).to_contain_text(known.content[:60])
    card = turn.locator(f".source[data-uid='{known.uid}']")
    expect(card).to_contain_text(known.title)
    expect(card).to_contain_text(f"line {known.line}")
    expect(card.locator("mark.quote").first).to_be_visible()
    expect(turn.locator(".flag.grounded")).to_be_visible()
    picture(page, "known")


def test_an_absent_product_is_refused_and_offers_the_nearest(page, known):
    ask(page, "What is the Zyxxoq Plimbor 99999 product?")
    turn = page.locator(".turn").last
    expect(turn.locator(".flag.refused")).to_be_visible()
    expect(turn.locator(".source")).to_have_count(0)
    picture(page, "absent")


def test_an_ambiguous_title_lets_one_choose(page, shared_title):
    ask(page, f"What is the {shared_title} product?")
    first = page.locator(".turn").last
    expect(first.locator(".flag.ambiguous")).to_be_visible()
    button = first.locator(".choices button").first
    uid = button.get_attribute("data-uid")
    picture(page, "ambiguous")
    button.click()
    expect(page.locator(".turn")).to_have_count(2)
    expect(page.locator(".turn").last.locator(f".source[data-uid='{uid}']")).to_be_visible()


def test_base_beside_tuned_with_unsupported_spans_marked(page, known):
    page.get_by_label("Show the base model beside").check()
    ask(page, f"How much does the {known.title} weigh?")
    turn = page.locator(".turn").last
    expect(turn.locator("[data-system=tuned] .flag.grounded")).to_be_visible()
    expect(turn.locator("[data-system=base] .answer")).to_contain_text("777 kg")
    expect(turn.locator("[data-system=base] mark.unsupported").first).to_be_visible()
    picture(page, "beside")


def test_closed_book_is_audited(page, known):
    page.get_by_label(re.compile("Closed book")).check()
    ask(page, f"What is the {known.title} product?")
    expect(page.locator(".turn").last.locator(".answer")).to_contain_text("do not know")


def test_portuguese(page, known):
    page.get_by_role("button", name="Português").click()
    expect(page.locator("html")).to_have_attribute("lang", "pt-BR")
    ask(page, f"Me fale sobre o produto {known.title}.")
    expect(page.locator(".turn").last.locator(".flag.grounded")).to_have_text("com fonte")
    expect(page.get_by_role("button", name="Perguntar")).to_be_visible()
    picture(page, "portuguese")
    page.reload()
    expect(page.get_by_role("button", name="Perguntar")).to_be_visible()


def test_every_word_is_there_in_both_languages(page):
    keys = page.evaluate(
        "async () => { const { words } = await import('/static/words.js');"
        " return [Object.keys(words.en).sort(), Object.keys(words.pt).sort()]; }"
    )
    assert keys[0] == keys[1]


def test_a_phone_s_width_and_the_keyboard(page, known):
    page.set_viewport_size({"width": 360, "height": 740})
    ask(page, f"What is the {known.title} product?")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    picture(page, "narrow")
    page.reload()
    reached = set()
    for _ in range(12):
        page.keyboard.press("Tab")
        reached.add(
            page.evaluate("document.activeElement.id || document.activeElement.name || document.activeElement.tagName")
        )
    assert {"question", "send", "temperature", "beside"} <= reached


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(page, known, shared_title, scheme):
    page.emulate_media(color_scheme=scheme)
    page.get_by_label("Show the base model beside").check()
    ask(page, f"What is the {known.title} product?")
    ask(page, f"What is the {shared_title} product?")
    ask(page, "What is the Zyxxoq Plimbor 99999 product?")
    page.locator("#run summary").click()
    expect(page.locator("#run svg")).to_be_visible()
    assert serious(page) == []
    picture(page, f"whole-{scheme}")


def test_markup_in_a_record_stays_text(page, browser):
    said = page.evaluate(
        "async () => { const { sourceCard } = await import('/static/answers.js');"
        " const { words } = await import('/static/words.js');"
        " const source = { uid: 'x', title: '<img src=x>', file: 'f', line: 1, quotes: ['<b>b</b>'] };"
        " return sourceCard(source, 'a 😀 <b>b</b>', words.en).outerHTML; }"
    )
    assert "<img" not in said
    assert '<mark class="quote" title="">&lt;b&gt;b&lt;/b&gt;</mark>' in said
