"""Pages are whole, self-contained, escaped, and speak both languages."""

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import UndefinedError

from shelftalker.pages import (
    TEXTS,
    AnswerCard,
    Figure,
    Section,
    Table,
    Tile,
    answer_cell,
    find_quotes,
    integer,
    mark,
    number,
    percent,
    plots,
    record_cell,
    render,
    text_for,
)
from shelftalker.records import Answer, Nearest, Record, Source, Span

VOID = {"meta", "link", "br", "hr", "img", "input", "path", "use"}


class Page(HTMLParser):
    """Checks that tags close in order, and gathers ids, links and texts."""

    def __init__(self, html):
        super().__init__(convert_charrefs=True)
        self.open, self.ids, self.fetched, self.text = [], [], [], []
        self.feed(html)
        assert not self.open, f"left open: {self.open}"

    def handle_starttag(self, tag, attrs):
        if tag not in VOID:
            self.open.append(tag)
        self._note(tag, attrs)

    def handle_startendtag(self, tag, attrs):
        self._note(tag, attrs)

    def handle_endtag(self, tag):
        if tag not in VOID:
            assert self.open.pop() == tag

    def handle_data(self, data):
        self.text.append(data)

    def _note(self, tag, attrs):
        for name, value in attrs:
            if name == "id":
                self.ids.append(value)
            if name in ("src", "href", "xlink:href") and not value.startswith(("#", "data:")):
                self.fetched.append(value)


def a_page(language="en", **more):
    figure = Figure(plots.bars("Scores", ["seen", "unseen"], [plots.Series("a", [plots.Point(0.5, 0.4, 0.6), None])]))
    section = Section(
        "Lengths", ["A line."], [figure, figure], [Table(["reason", "lines"], [["empty", "3"]])], "lengths"
    )
    return render(
        "document.html.j2",
        language=language,
        title="A <b>page</b>",
        tiles=[Tile("Kept", "3", "of 4")],
        sections=[section, Section("More", ["Text & text"], anchor="more")],
        **more,
    )


@pytest.mark.parametrize("language", ["en", "pt"])
def test_a_page_is_whole_and_fetches_nothing(language):
    html = a_page(language, facts={"Run": "demo"}, command="shelftalker prepare x")
    page = Page(html)
    assert page.fetched == []
    assert not re.search(r"@import|url\((?!#)", html)
    assert "<title>A &lt;b&gt;page&lt;/b&gt;</title>" in html
    assert text_for("contents", language) in html


def test_ids_differ_though_the_same_plot_stands_twice():
    figures = [Figure(plots.histogram("Lengths", [1, 10, 100], [3, 4])) for _ in range(2)]
    html = render("document.html.j2", title="t", sections=[Section("s", figures=figures)])
    ids = Page(html).ids
    assert len(ids) == len(set(ids)) > 2
    for target in re.findall(r"url\(#([^)]+)\)", html):
        assert target in ids


def test_a_missing_value_is_an_error_and_not_a_blank():
    with pytest.raises(UndefinedError):
        render("document.html.j2", title="t")


def test_plots_follow_the_theme_and_keep_their_words():
    svg = plots.bars("Scores", ["$5 or $6"], [plots.Series("base", [plots.Point(0.5, 0.4, 0.6)])])
    assert "var(--series-1" in svg
    assert "var(--ink" in svg
    assert "$5 or $6" in svg  # neither a formula nor an outline
    assert 'aria-label="Scores"' in svg


def test_every_text_is_there_in_both_languages():
    for key, by_language in TEXTS.items():
        assert set(by_language) == {"en", "pt"}, key
        names = [set(re.findall(r"\{(\w+)\}", text)) for text in by_language.values()]
        assert names[0] == names[1], key


def test_numbers_by_language():
    assert (integer(1367131), integer(1367131, "pt")) == ("1,367,131", "1.367.131")
    assert (number(1234.5, 2), number(1234.5, 2, "pt")) == ("1,234.50", "1.234,50")
    assert (percent(0.608), percent(0.608, 1, "pt")) == ("60.8%", "60,8 %")


def test_marks():
    text = 'It has 13.5 oz & "Bass <b>"'
    spans = [Span(7, 14, "13.5 oz", "number in no source"), Span(17, 27, "", 'a "quote"')]
    assert mark(text, spans) == (
        'It has <mark class="unsupported" title="number in no source">13.5 oz</mark> &amp; '
        '<mark class="unsupported" title="a &#34;quote&#34;">&#34;Bass &lt;b&gt;&#34;</mark>'
    )


@given(
    st.text(alphabet="ab <&>'\"é\n", max_size=40),
    st.lists(st.tuples(st.integers(-5, 50), st.integers(-5, 50), st.sampled_from(["", "x"])), max_size=6),
    st.integers(0, 40),
)
def test_marks_lose_no_letter(text, raw, cut):
    spans = [Span(start, end, "", reason) for start, end, reason in raw]
    page = Page(str(mark(text, spans)))
    assert "".join(page.text) == text
    cut = min(cut, len(text))
    halves = mark(text, spans, end=cut) + mark(text, spans, start=cut)
    assert "".join(Page(str(halves)).text) == text


def test_quotes_are_found_where_they_stand():
    assert find_quotes("a bc d", ["bc", "no", ""]) == [Span(2, 4, "bc", "")]


def an_answer(**changes):
    values = {
        "question": "What is X?",
        "answer": "X holds 2 L.",
        "mode": "open-book",
        "refused": False,
        "ambiguous": False,
        "grounded": True,
        "model": "tiny",
        "sources": (Source("u1", "X & Y", "f.jsonl", 7),),
        "seconds": 0.1,
    }
    return Answer(**(values | changes))


def card_text(*cells):
    html = render("compare.html.j2", title="t", tiles=[], note="", sections=[], cards=[AnswerCard("What is X?", cells)])
    return " ".join(" ".join(Page(html).text).split())


def test_an_answer_shows_its_source_score_and_flags():
    shown = card_text(answer_cell("Tuned", an_answer(), score=0.5))
    assert "ROUGE-L 0.50" in shown
    assert "grounded" in shown
    assert "Source X & Y · u1 · f.jsonl, line 7" in shown
    assert "Source X & Y" not in card_text(answer_cell("Tuned", an_answer(), sources=False))


def test_an_answer_with_unsupported_claims_says_how_many():
    spans = (Span(8, 11, "2 L", "number in no source"),)
    shown = card_text(answer_cell("Tuned", an_answer(grounded=False, unsupported=spans), language="pt"))
    assert "1 afirmação sem base" in shown
    assert "com base na fonte" not in shown


def test_a_refusal_shows_the_nearest_titles():
    answer = an_answer(refused=True, sources=(), written_by="finder", nearest=(Nearest("u2", "Xylo"),))
    shown = card_text(answer_cell("Tuned", answer))
    assert "refused" in shown
    assert "Nearest titles Xylo" in shown


def test_a_long_record_unfolds_and_loses_nothing():
    record = Record("u1", "X", "word " * 1000, "f.jsonl", 7)
    assert card_text(record_cell("Original", record)).count("word") == 1000
