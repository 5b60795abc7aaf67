"""The table of hosted models, what `train` makes of it, and how `shelftalker models --provider` shows it."""

from __future__ import annotations

import json
from datetime import date

import pytest

from shelftalker.cli.main import run as shelftalker
from shelftalker.errors import ProviderError
from shelftalker.providers import HOSTED_MODELS, HostedModel, find_hosted, table
from shelftalker.providers.table import READ_ON, SOURCES, check_tunable

TODAY = date(2026, 11, 24)


def test_every_figure_names_its_page():
    for model in HOSTED_MODELS:
        empty = HostedModel(model.name)
        for field in HostedModel.__dataclass_fields__:
            if field in ("name", "sources", "retires_or_later") or getattr(model, field) == getattr(empty, field):
                continue
            page = model.sources.get(field, model.sources.get("*"))
            assert page in SOURCES, f"{model.name}: no page for {field}"
    assert len({model.name for model in HOSTED_MODELS}) == len(HOSTED_MODELS)


def test_models_are_found_by_each_of_their_names():
    for name in ("gemini-3.5-flash", "models/gemini-3.5-flash", "publishers/google/models/gemini-3.5-flash"):
        assert find_hosted(name).name == "gemini-3.5-flash"
    assert find_hosted("gemini-9") is None


def test_a_model_that_can_be_tuned():
    model, notes = check_tunable("gemini-3.5-flash", "europe-west4", TODAY)
    assert (model.example_tokens, model.training_examples, notes) == (131_072, 10_000_000, [])


@pytest.mark.parametrize(
    ("name", "location", "said", "fix"),
    [
        ("gemini-2.5-pro", "us-central1", "was retired on 2026-10-20", "gemini-3.5-flash"),
        ("gemini-3.5-flsh", "us-central1", "has no hosted model", "did you mean gemini-3.5-flash?"),
        ("smollm2-135m", "us-central1", "has no hosted model", "provider.check_table=false"),
        ("gemini-3.5-flash", "us-east4", "cannot be tuned in us-east4", "--location us-central1 or europe-west4"),
    ],
)
def test_what_is_refused(name, location, said, fix):
    with pytest.raises(ProviderError, match=said) as caught:
        check_tunable(name, location, TODAY)
    assert fix in caught.value.fix


@pytest.mark.parametrize(
    "name", ["gemini-1.5-flash-001-tuning", "models/gemini-1.5-flash", "gemini-1.0-pro-001", "tunedModels/shop-x1"]
)
def test_the_developer_apis_tuning_is_gone_and_the_error_says_where_it_went(name):
    """The original report was tuned on gemini-1.5-flash in AI Studio."""
    with pytest.raises(ProviderError, match="no tuning since May 2025") as caught:
        check_tunable(name, "us-central1", TODAY)
    assert "tune in Google Cloud: choose --base gemini-3.5-flash" in caught.value.fix


def test_what_the_user_should_know():
    assert "whether gemini-3.8-flash can be tuned" in check_tunable("gemini-3.8-flash", "x", TODAY)[1][0]
    late = date(2027, 6, 1)  # "2027-05-19 or later" is a promise, not an end
    assert "may have been retired" in check_tunable("gemini-3.5-flash", "us-central1", late)[1][0]


def test_no_table_of_others():
    with pytest.raises(ProviderError, match="no table of models for openai-compatible") as caught:
        table("openai-compatible")
    assert "URL/models" in caught.value.fix


def test_the_table_as_json(capsys):
    assert shelftalker(["models", "--provider", "gemini", "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["read_on"] == str(READ_ON)
    [row] = [one for one in document["models"] if one["name"] == "gemini-3.5-flash"]
    assert row["tunable"] == "yes"
    assert row["retires"] == "2027-05-19 or later"
    assert row["tuning_locations"] == ["us-central1", "europe-west4"]
    assert row["adapter_sizes"] == [1, 2, 4, 8, 16]
    assert row["sources"]["*"].startswith("https://")
    assert "no tuning since May 2025" in document["notes"][0]


def test_the_table_for_people(capsys):
    assert shelftalker(["models", "--provider", "gemini"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[1].split() == [
        "gemini-3.5-flash", "yes", "2026-05-19", "2027-05-19", "or", "later", "131,072", "10,000,000", "1",
        "1,2,4,8,16", "us-central1,europe-west4", "us,eu",
    ]  # fmt: skip
    assert len(lines[1:]) > len(HOSTED_MODELS)
    assert f"Read on {READ_ON}" in "\n".join(lines)
    assert "has no tuning since May 2025" in "\n".join(lines)
