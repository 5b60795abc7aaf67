"""Which layer wins, and what a wrong key or value is answered with."""

import pytest

from shelftalker.config import load_settings
from shelftalker.errors import InputNotFound, SettingsError


def test_each_layer_overrides_the_one_before(tmp_path):
    file = tmp_path / "settings.toml"
    file.write_text("[answer]\nseed = 2\ntemperature = 0.2\nmax_new_tokens = 20\n")
    settings = load_settings(
        file,
        ["answer.temperature=0.3", "answer.max_new_tokens=30"],
        {"answer.max_new_tokens": 40, "answer.seed": None},
        defaults={"answer.seed": 1, "answer.max_question_chars": 10},
    )
    answer = settings.answer
    assert (answer.max_question_chars, answer.seed, answer.temperature, answer.max_new_tokens) == (10, 2, 0.3, 40)


def test_text_needs_no_quotes_in_set():
    assert load_settings(assignments=["train.base=my folder/model"]).train.base == "my folder/model"


@pytest.mark.parametrize(
    ("assignment", "meant"),
    [("train.sead=1", "train.seed"), ("answr.seed=1", "answer.seed"), ("temperature=1", "answer.temperature")],
)
def test_an_unknown_key_suggests_the_nearest(assignment, meant):
    with pytest.raises(SettingsError) as caught:
        load_settings(assignments=[assignment])
    assert meant in caught.value.fix


@pytest.mark.parametrize("assignment", ["answer.temperature=-1", "answer.temperature=hot", "prepare.max_bad=2"])
def test_a_wrong_value_names_its_key(assignment):
    with pytest.raises(SettingsError) as caught:
        load_settings(assignments=[assignment])
    assert assignment.partition("=")[0] in caught.value.message


def test_set_without_equals():
    with pytest.raises(SettingsError, match="no '='"):
        load_settings(assignments=["train.seed"])


@pytest.mark.parametrize("text", ["[answer]\nsed = 1\n", "[answr]\nseed = 1\n", "seed = 1\n", "answer = [\n"])
def test_a_wrong_file_is_refused(tmp_path, text):
    file = tmp_path / "settings.toml"
    file.write_text(text)
    with pytest.raises(SettingsError):
        load_settings(file)


def test_a_missing_file_and_a_folder(tmp_path):
    for path in (tmp_path / "none.toml", tmp_path):
        with pytest.raises(InputNotFound):
            load_settings(path)


def test_settings_cannot_be_changed_afterwards():
    with pytest.raises(ValueError, match="frozen"):
        load_settings().train.seed = 5
