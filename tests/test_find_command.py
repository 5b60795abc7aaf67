"""`shelftalker find`: what it prints, its exit codes, and that it starts without torch."""

import io
import json
import subprocess
import sys

import pytest
from find_shop import make_shop

from shelftalker.cli.main import run


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    return str(make_shop(tmp_path_factory.mktemp("shop")))


def find(capsys, *arguments):
    code = run(["find", *arguments])
    out, err = capsys.readouterr()
    return code, out, err


def test_found(capsys, shop):
    assert find(capsys, "How much does the Corvane Kettle 1.7 L weigh?", "--data", shop) == (
        0,
        "found\n  P02  Corvane Kettle 1.7 L  (shop.jsonl, line 2)\n",
        "",
    )


def test_several(capsys, shop):
    assert find(capsys, "Field Notes", "--data", shop) == (
        0,
        "several products go by that name:\n"
        "  P16  Field Notes  (shop.jsonl, line 16)\n"
        "  P17  Field Notes  (shop.jsonl, line 17)\n",
        "",
    )


def test_absent_says_what_is_nearest(capsys, shop):
    assert find(capsys, "Olvera Blender V991", "--data", shop, "--limit", "1") == (
        0,
        "not found; the nearest titles:\n  P06  Olvera Blender V990 (850ml)  (shop.jsonl, line 6)\n",
        "",
    )


def test_absent_with_nothing_near(capsys, shop):
    assert find(capsys, "zzz", "--data", shop) == (0, "not found; nothing is near\n", "")


def test_json_is_one_document(capsys, shop):
    code, out, err = find(capsys, "V991 blender", "--data", shop, "--json")
    document = json.loads(out)
    assert (code, err) == (0, "")
    assert document["status"] == "absent"
    assert document["name"] == ""  # no title is seen in it
    assert document["records"][0].keys() == {"uid", "title", "score"}
    assert document["records"][0]["uid"] == "P06"
    assert document["seconds"] > 0


def test_several_are_called_ambiguous_in_json(capsys, shop):
    document = json.loads(find(capsys, "Field Notes", "--data", shop, "--json")[1])
    assert (document["status"], [one["uid"] for one in document["records"]]) == ("ambiguous", ["P16", "P17"])


def test_lines_are_found_in_order(capsys, shop, monkeypatch):
    lines = "1984\n\nField Notes\n" + json.dumps({"question": "zzz"}) + "\n\n"
    monkeypatch.setattr("sys.stdin", io.StringIO(lines))
    code, out, err = find(capsys, "-", "--data", shop, "--json")
    documents = [json.loads(line) for line in out.splitlines()]
    assert (code, err) == (1, "")
    assert [one.get("status") for one in documents] == ["found", None, "ambiguous", "absent"]
    assert documents[0]["question"] == "1984"
    assert documents[1] == {"question": "", "error": "the question is empty", "fix": "leave empty lines out"}
    monkeypatch.setattr("sys.stdin", io.StringIO("1984\nzzz\n"))
    code, out, _ = find(capsys, "-", "--data", shop)
    assert code == 0
    assert out == "> 1984\nfound\n  P23  1984  (shop.jsonl, line 23)\n\n> zzz\nnot found; nothing is near\n\n"


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["  "], 2, "error: there is nothing to find"),
        (["x", "--limit", "0"], 2, "--limit"),
        ([], 2, "TEXT"),
    ],
)
def test_misuse(capsys, shop, arguments, code, said):
    got, out, err = find(capsys, *arguments, "--data", shop)
    assert (got, out) == (code, "")
    assert said in err


def test_no_catalogue(capsys, tmp_path):
    code, out, err = find(capsys, "x", "--data", str(tmp_path / "none"))
    assert (code, out) == (2, "")
    assert "shelftalker prepare" in err


def test_help_shows_examples(capsys):
    code, out, _ = find(capsys, "--help")
    assert code == 0
    assert "shelftalker find 'Quanto pesa" in out


def test_torch_stays_out(shop):
    program = (
        "import sys; from shelftalker.cli.main import run; code = run(sys.argv[1:]);"
        "sys.exit(code or int(any(m in sys.modules for m in ('torch', 'transformers', 'tokenizers'))))"
    )
    command = [sys.executable, "-c", program, "find", "Olvera Blender V991", "--data", shop]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("not found")
