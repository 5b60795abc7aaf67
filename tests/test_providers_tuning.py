"""Tuning at Google: its own clients against a server on loopback."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

pytest.importorskip("google.genai", reason="needs pip install 'shelftalker[gemini]'")
pytest.importorskip("google.cloud.storage", reason="needs pip install 'shelftalker[gemini]'")

from hosted_shop import RECORDS, Shop, shop_examples, shop_fixture  # noqa: F401
from provider_servers import Reply, busy, error

from shelftalker.artifacts import read_manifest
from shelftalker.errors import ParentChanged, ProviderError, SettingsError, UsageError
from shelftalker.pages.loss import read_loss
from shelftalker.providers import TuningInterrupted
from shelftalker.providers.gemini import cancel, plan
from shelftalker.providers.gemini.state import read_state

JOBS = "/v1/projects/shop-project/locations/us-central1/tuningJobs"
JOB = "projects/shop-project/locations/us-central1/tuningJobs/1"


def stage(shop: Shop) -> str:
    state = read_state(shop.out)
    return state.stage if state else ""


def test_a_whole_job(shop):
    manifest = shop.tune(train={"epochs": 2, "rank": 8}, provider={"learning_rate_multiplier": 0.5})

    [posted] = shop.server.got("POST", "/tuningJobs$")
    token = read_state(shop.out).token
    where = f"gs://shop/tuning/shelftalker-{token}"
    assert posted.document == {
        "baseModel": "gemini-3.5-flash",
        "supervisedTuningSpec": {
            "trainingDatasetUri": f"{where}-training-v1.jsonl",
            "validationDatasetUri": f"{where}-validation-v1.jsonl",
            "hyperParameters": {"epochCount": 2, "learningRateMultiplier": 0.5, "adapterSize": "ADAPTER_SIZE_EIGHT"},
        },
        "tunedModelDisplayName": "shelftalker run",
        "labels": {"shelftalker-run": token},
    }
    assert shop.server.objects == {
        f"tuning/shelftalker-{token}-training-v1.jsonl": (shop.out / "training-v1.jsonl").read_bytes(),
        f"tuning/shelftalker-{token}-validation-v1.jsonl": (shop.out / "validation-v1.jsonl").read_bytes(),
    }
    provider = manifest.results["provider"]
    assert provider["job"] == JOB
    assert provider["endpoint"] == "projects/shop-project/locations/us/endpoints/102"
    assert [one["endpoint"][-3:] for one in provider["checkpoints"]] == ["101", "102"]
    assert provider["effective"] == {"epochs": 2, "adapter_size": 8, "learning_rate_multiplier": 0.5}
    assert provider["changes"] == []
    assert manifest.results["loss"].startswith("not given by the provider; see projects/1/")
    assert manifest.counts["examples"] == 8
    assert manifest.counts["provider_billable_tokens"] == 1234
    assert read_manifest(shop.out, "run") == manifest
    assert shop.slept == [30.0]  # between the two looks
    assert [(one.stage, one.done, one.total) for one in shop.told if one.stage == "wait"] == [
        ("wait", 0, 2),
        ("wait", 2, 2),
    ]
    assert stage(shop) == "succeeded"


def test_the_files_in_both_versions(shop):
    shop.tune()
    plain = [json.loads(line) for line in (shop.out / "training-v1.jsonl").read_text().splitlines()]
    sourced = [json.loads(line) for line in (shop.out / "training-v2.jsonl").read_text().splitlines()]
    examples = shop_examples().training
    assert len(plain) == len(sourced) == len(examples) == 8
    for one, two, example in zip(plain, sourced, examples, strict=True):
        assert [turn["role"] for turn in one["contents"]] == ["user", "model"]
        assert one["contents"][0]["parts"] == [{"text": example.question}]
        assert one["contents"][1]["parts"] == [{"text": example.messages[-1].content}]
        assert one["systemInstruction"]["parts"] == [{"text": example.messages[0].content}]
        record = next(record for record in RECORDS if record.uid == example.uids[0])
        word, line = ("Source", "line") if example.language == "en" else ("Fonte", "linha")
        source = f"\n{word}: {record.title} ({record.uid}), shop.jsonl, {line} {record.line}"
        assert two["contents"][1]["parts"][0]["text"] == one["contents"][1]["parts"][0]["text"] + source


def test_version_2_is_sent_where_asked(shop):
    manifest = shop.tune(provider={"data_version": 2})
    [sent] = [data for name, data in shop.server.objects.items() if "training" in name]
    assert sent == (shop.out / "training-v2.jsonl").read_bytes()
    assert manifest.results["provider"]["data_version"] == 2


def test_figures_are_said_before_anything_is_sent(shop):
    def look(plan):
        assert shop.server.seen == []
        shop.plans.append(plan)
        return False

    with pytest.raises(UsageError, match="nothing was sent"):
        shop.tune(train={"epochs": 2}, confirm=look)
    [shown] = shop.plans
    characters = sum(len(m.content) for example in shop_examples().training for m in example.messages)
    assert shown.to_json()["examples"] == 8
    assert shown.tokens == round(characters / 4)
    assert f"epochs       2: about {2 * shown.tokens} tokens are charged" in shown.lines()
    assert shop.server.seen == []
    shop.tune()  # what was not sent stands in nobody's way


def test_who_declines_to_overwrite_keeps_the_run_that_was_paid_for(shop):
    shop.server.losses = {"/train_total_loss": [(0, 2.5)]}
    before = shop.tune()
    with pytest.raises(UsageError, match="nothing was sent"):
        shop.tune(overwrite=True, confirm=lambda plan: False)
    assert read_manifest(shop.out, "run") == before
    assert (shop.out / "loss.jsonl").exists()
    with pytest.raises(UsageError, match="already holds a run"):
        shop.tune()
    after = shop.tune(overwrite=True)
    assert after.results["provider"]["job"] != before.results["provider"]["job"]


def test_a_plan_alone_sends_nothing_and_needs_no_credentials(shop, monkeypatch):
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", "nowhere.json")
    made = plan(shop.data, shop.out, shop_examples, shop.train(), shop.provider())
    assert shop.server.seen == []
    assert {path.name for path in shop.out.iterdir()} == {
        "training-v1.jsonl", "training-v2.jsonl", "validation-v1.jsonl", "validation-v2.jsonl", "tuning.json",
    }  # fmt: skip
    assert made.to_json()["bucket"] == "gs://shop/tuning/"


def test_a_failed_job(shop):
    shop.server.states = ["JOB_STATE_PENDING", "JOB_STATE_FAILED"]
    shop.server.on_done = lambda job: job.update(error={"code": 3, "message": "The dataset is not of the right form."})
    with pytest.raises(ProviderError, match="ended as failed: The dataset is not of the right form"):
        shop.tune()
    assert stage(shop) == "failed"
    assert not (shop.out / "manifest.json").exists()
    with pytest.raises(UsageError, match="was failed"):
        shop.tune(resume=True)
    shop.server.states = ["JOB_STATE_PENDING", "JOB_STATE_SUCCEEDED"]
    shop.tune()  # a failed tuning is no run: its place may be taken


def test_a_job_cancelled_in_the_console(shop):
    shop.server.states = ["JOB_STATE_RUNNING", "JOB_STATE_CANCELLED"]
    with pytest.raises(ProviderError, match="ended as cancelled"):
        shop.tune()
    assert stage(shop) == "cancelled"


def test_cancelling(shop):
    with pytest.raises(UsageError, match="has no tuning job that runs"):
        cancel(shop.out)
    with pytest.raises(TuningInterrupted):
        shop.tune(sleep=interrupt)
    with pytest.raises(UsageError, match="holds a tuning that is not finished"):
        shop.tune(overwrite=True)  # a job that runs is paid for: it is not forgotten
    assert cancel(shop.out) == JOB
    assert len(shop.server.got("POST", ":cancel$")) == 1
    assert shop.server.jobs[0]["state"] == "JOB_STATE_CANCELLED"
    shop.tune()


def test_a_clamped_setting_stops_the_job(shop):
    shop.server.on_create = lambda job: set_parameter(job, epochCount="1")
    with pytest.raises(ProviderError, match="its job was cancelled: epochs 2 -> 1") as caught:
        shop.tune(train={"epochs": 2})
    assert "--accept-changes" in caught.value.fix
    assert shop.server.jobs[0]["state"] == "JOB_STATE_CANCELLED"
    assert not (shop.out / "manifest.json").exists()


def test_a_clamped_setting_that_is_accepted_stands_in_the_manifest(shop):
    shop.server.on_create = lambda job: set_parameter(job, epochCount="1", adapterSize="ADAPTER_SIZE_FOUR")
    manifest = shop.tune(train={"epochs": 2, "rank": 16}, accept_changes=True)
    assert manifest.results["provider"]["changes"] == [
        {"setting": "epochs", "asked": 2, "gets": 1},
        {"setting": "adapter_size", "asked": 16, "gets": 4},
    ]
    assert manifest.results["provider"]["requested"]["epochs"] == 2
    assert manifest.results["provider"]["effective"]["epochs"] == 1
    assert "epochs 2 -> 1" in manifest.results["warnings"]


def test_fewer_epochs_run_than_said(shop):
    """The job's settings say 2; only what it has done at the end says 1."""
    shop.server.on_done = lambda job: job.update(tuningJobMetadata={"completedEpochCount": "1"})
    with pytest.raises(ProviderError, match="is tuned, but not as asked: epochs 2 -> 1"):
        shop.tune(train={"epochs": 2})
    assert stage(shop) == "succeeded"
    with pytest.raises(ProviderError, match="not as asked"):
        shop.tune(train={"epochs": 2}, resume=True)
    manifest = shop.tune(train={"epochs": 2}, resume=True, accept_changes=True)
    assert manifest.results["provider"]["effective"]["epochs"] == 1
    assert len(shop.server.got("POST", "/tuningJobs$")) == 1


def test_examples_that_the_provider_drops(shop):
    def drop(job):
        job["tuningDataStats"]["supervisedTuningDataStats"] |= {
            "totalTruncatedExampleCount": "5",
            "truncatedExampleIndices": ["7", "3", "4"],
            "droppedExampleReasons": ["too many tokens", "too many tokens", "empty answer"],
        }

    shop.server.on_done = drop
    manifest = shop.tune()
    assert manifest.dropped == {
        "provider: too many tokens": {"count": 2, "first": 3},
        "provider: empty answer": {"count": 1, "first": 4},
        "provider: dropped by the provider, which names only a sample": {"count": 2, "first": 0},
    }
    assert manifest.counts["provider_dropped_examples"] == 5
    assert "the provider left out 5 examples; the reasons stand in the manifest" in manifest.results["warnings"]


def test_settings_that_the_provider_lacks(shop):
    report = {"epochs": 2, "batch_size": 4, "learning_rate": 1e-3, "rank": 64}
    with pytest.raises(SettingsError) as caught:
        shop.tune(train=report)
    assert caught.value.message == (
        "the provider would not do as asked: batch_size 4 -> not a setting of Gemini tuning; "
        "learning_rate 0.001 -> not a setting of Gemini tuning; rank 64 -> 16"
    )
    assert shop.server.seen == []
    manifest = shop.tune(train=report, accept_changes=True)
    assert [one["setting"] for one in manifest.results["provider"]["changes"]] == [
        "batch_size",
        "learning_rate",
        "rank",
    ]
    assert manifest.results["provider"]["requested"]["learning_rate"] == 1e-3


def test_half_an_epoch_is_not_to_be_had(shop):
    with pytest.raises(SettingsError, match=r"epochs 0\.5 -> 1"):
        shop.tune(train={"epochs": 0.5})


def test_busy_then_done(shop):
    shop.server.fail("POST", "/tuningJobs$", busy("7s"))
    shop.server.fail("POST", "/tuningJobs$", error(503, "try later", "UNAVAILABLE"))
    shop.server.fail("GET", "/tuningJobs/1$", Reply(cut=True))
    shop.tune()
    assert len(shop.server.jobs) == 1
    assert shop.slept[0] == 7.0
    assert 1.0 <= shop.slept[1] <= 2.0
    assert 0.5 <= shop.slept[2] <= 1.0


def test_quota_that_does_not_come_back(shop):
    shop.server.fail("POST", "/tuningJobs$", busy(), times=99)
    with pytest.raises(ProviderError, match="the quota is used up, also after waiting") as caught:
        shop.tune(provider={"attempts": 3})
    assert "quota" in caught.value.fix
    assert len(shop.slept) == 2
    assert stage(shop) == "starting"


def test_a_wait_that_is_too_long_is_not_waited(shop):
    shop.server.fail("POST", "/tuningJobs$", busy("3600s"), times=99)
    with pytest.raises(ProviderError, match="quota"):
        shop.tune()
    assert shop.slept == []


def test_a_job_whose_start_was_not_heard_of_is_not_started_twice(shop):
    shop.server.fail("POST", "/tuningJobs$", error(503, "the answer is lost", "UNAVAILABLE"), done=True)
    shop.tune()
    assert len(shop.server.jobs) == 1
    assert len(shop.server.got("POST", "/tuningJobs$")) == 1


def test_a_job_whose_start_was_not_heard_of_is_found_again_by_resume(shop):
    shop.server.fail("POST", "/tuningJobs$", Reply(cut=True), done=True)
    with pytest.raises(ProviderError, match="cannot reach Google: could not start the tuning job"):
        shop.tune(provider={"attempts": 1})
    assert stage(shop) == "starting"
    manifest = shop.tune(resume=True)
    assert len(shop.server.jobs) == 1
    assert manifest.results["provider"]["job"] == JOB


def test_interrupted_and_resumed(shop):
    with pytest.raises(TuningInterrupted) as caught:
        shop.tune(train={"epochs": 2}, sleep=interrupt)
    assert caught.value.job == JOB
    assert not (shop.out / "manifest.json").exists()
    before = len(shop.server.got("POST", "."))
    with pytest.raises(UsageError, match="holds a tuning that is not finished") as refused:
        shop.tune(train={"epochs": 2})
    assert "--resume" in refused.value.fix
    manifest = shop.tune(train={"epochs": 7}, resume=True, examples=never)
    assert manifest.results["provider"]["job"] == JOB
    assert manifest.settings["epochs"] == 2  # it goes on with the settings it was begun with
    assert [seen.path for seen in shop.server.got("POST", ".")[before:]] == ["/token"]
    with pytest.raises(UsageError, match="is finished"):
        shop.tune(resume=True)
    with pytest.raises(UsageError, match="already holds a run"):
        shop.tune()
    assert shop.tune(overwrite=True).results["provider"]["job"].endswith("/2")


def test_resume_refuses_another_catalogue(shop):
    with pytest.raises(TuningInterrupted):
        shop.tune(sleep=interrupt)
    (shop.data / "manifest.json").write_text((shop.data / "manifest.json").read_text() + "\n")
    with pytest.raises(ParentChanged):
        shop.tune(resume=True)


def test_resume_without_anything_to_resume(shop):
    with pytest.raises(UsageError, match="holds no hosted tuning"):
        shop.tune(resume=True)


def test_a_folder_of_others_is_left_alone(shop):
    shop.out.mkdir()
    (shop.out / "letter.txt").write_text("mine")
    with pytest.raises(UsageError, match="is not empty and is no run"):
        shop.tune()
    assert [path.name for path in shop.out.iterdir()] == ["letter.txt"]


def test_a_retired_model_is_refused_before_anything_is_sent(shop):
    with pytest.raises(ProviderError, match=r"gemini-2\.5-flash was retired on 2026-10-20") as caught:
        shop.tune(train={"base": "gemini-2.5-flash"})
    assert "gemini-3.5-flash" in caught.value.fix
    assert shop.server.seen == []


def test_a_model_that_the_provider_says_is_gone(shop):
    shop.server.fail("POST", "/tuningJobs$", error(404, "Model gemini-2.5-flash was not found.", "NOT_FOUND"), times=9)
    with pytest.raises(ProviderError, match=r"was to be retired on 2026-10-20 \(HTTP 404") as caught:
        shop.tune(train={"base": "gemini-2.5-flash"}, provider={"check_table": False})
    assert "gemini-3.5-flash-lite" in caught.value.fix


def test_regions(shop):
    with pytest.raises(ProviderError, match="cannot be tuned in asia-east1") as caught:
        shop.tune(provider={"location": "asia-east1"})
    assert "us-central1 or europe-west4" in caught.value.fix
    refusal = error(400, "Unsupported region for tuning: asia-east1", "INVALID_ARGUMENT")
    shop.server.fail("POST", "/tuningJobs$", refusal)
    with pytest.raises(ProviderError, match="asia-east1 does not offer it"):
        shop.tune(provider={"location": "asia-east1", "check_table": False})


@pytest.mark.parametrize(
    ("reply", "said", "fix"),
    [
        (error(401, "Request had invalid authentication credentials.", "UNAUTHENTICATED"), "expired", "gcloud auth"),
        (error(403, "Permission denied on resource project.", "PERMISSION_DENIED"), "may not do this", "roles/"),
    ],
)
def test_refusals(shop, reply, said, fix):
    shop.server.fail("POST", "/tuningJobs$", reply)
    with pytest.raises(ProviderError, match=said) as caught:
        shop.tune()
    assert fix in caught.value.fix


def test_credentials_that_cannot_be_renewed(shop):
    shop.server.fail(
        "POST", "^/token$", Reply(400, {"error": "invalid_grant", "error_description": "expired"}), times=99
    )
    with pytest.raises(ProviderError, match="credentials are not valid any more") as caught:
        shop.tune()
    assert "gcloud auth application-default login" in caught.value.fix


def test_no_credentials(shop, monkeypatch):
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(shop.data / "nothing.json"))
    with pytest.raises(ProviderError, match="no Google Cloud credentials"):
        shop.tune()


def test_only_a_key_of_the_developer_api(shop, monkeypatch):
    monkeypatch.setenv("GEMINI_API_KEY", "AIza-not-a-real-key-0123456789")
    with pytest.raises(ProviderError, match="no tuning since May 2025") as caught:
        shop.tune(provider={"project": ""})
    assert "--project" in caught.value.fix
    assert "AIza" not in str(caught.value) + caught.value.fix


@pytest.mark.parametrize("missing", ["project", "bucket"])
def test_what_must_be_named(shop, missing):
    with pytest.raises(UsageError) as caught:
        shop.tune(provider={missing: ""})
    assert f"--{missing}" in caught.value.fix


def test_an_upload_broken_half_way_goes_on_where_it_stopped(shop):
    """About 2.4 kB in parts of 104 bytes: the fourth breaks; resume sends the fourth and what follows it."""
    parts = r"^/upload/storage/v1/b/shop/o$"
    shop.server.fail("POST", parts, Reply(cut=True), skip=3)
    with pytest.raises(ProviderError, match=r"cannot reach Google: could not upload training-v1\.jsonl"):
        shop.tune(provider={"attempts": 1, "part_mb": 0.0001})
    assert stage(shop) == "uploading"
    sent = len(shop.server.got("POST", parts))
    assert sent == 4
    manifest = shop.tune(resume=True, provider={"part_mb": 0.0001})
    uploads = shop.server.got("POST", parts)
    names = [json.loads(one.body.split(b"\r\n\r\n")[1].split(b"\r\n")[0])["name"] for one in uploads]
    assert sorted(set(names)) == sorted(names[:3] + names[4:])  # no part twice but the one that broke
    assert names[3] == names[4]
    name = manifest.results["provider"]["training_uri"].removeprefix("gs://shop/")
    assert shop.server.objects[name] == (shop.out / "training-v1.jsonl").read_bytes()
    assert not [one for one in shop.server.objects if ".part-" in one]


def test_a_connection_that_breaks_once(shop):
    shop.server.fail("POST", "^/upload/", Reply(cut=True))
    shop.server.fail("POST", "^/upload/", error(503, "busy", "UNAVAILABLE"))
    shop.tune()
    assert len(shop.slept) == 3  # two waits for the upload, one between two looks at the job


def test_what_is_there_already_is_not_sent_again(shop):
    shop.server.fail("GET", "/tuningJobs$", error(500, "no", "INTERNAL"), times=9)
    with pytest.raises(ProviderError, match="trouble of its own"):
        shop.tune(provider={"attempts": 1})
    sent = len(shop.server.got("POST", "^/upload/"))
    state = read_state(shop.out)
    (shop.out / "tuning.json").write_text(state.model_copy(update={"stage": "uploading"}).model_dump_json())
    shop.server.faults.clear()
    shop.tune(resume=True)
    assert len(shop.server.got("POST", "^/upload/")) == sent == 2


def test_notes_on_the_model_reach_the_manifest(shop):
    manifest = shop.tune(train={"base": "gemini-3.5-flash-lite"})
    assert any("takes no notice of the temperature" in note for note in manifest.results["warnings"])


def test_the_loss_is_read_from_the_experiment_where_it_can_be(shop):
    shop.server.losses = {
        "/train_total_loss": [(0, 2.5), (10, 1.25)],
        "/train_fraction_of_correct_next_step_preds": [(0, 0.1)],
        "/eval_total_loss": [(10, 1.5)],
    }
    manifest = shop.tune()
    assert read_loss(shop.out / "loss.jsonl") == [
        {"step": 0, "loss": 2.5},
        {"step": 10, "loss": 1.25},
        {"step": 10, "validation_loss": 1.5},
    ]
    assert manifest.results["loss"].startswith("3 values from projects/1/")
    assert manifest.files["loss"] == "loss.jsonl"
    shop.server.losses = {}
    assert "loss" not in shop.tune(overwrite=True).files  # the old run's curve is not the new one's
    assert not (shop.out / "loss.jsonl").exists()


@pytest.mark.parametrize(
    "reply", [error(403, "Permission denied.", "PERMISSION_DENIED"), Reply(cut=True), Reply(document={"metadata": {}})]
)
def test_an_experiment_that_cannot_be_read_costs_no_tuned_model(shop, reply):
    shop.server.losses = {"/train_total_loss": [(0, 2.5)]}
    shop.server.fail("GET", "/contexts/tuning-1$", reply, times=9)
    manifest = shop.tune()
    assert manifest.results["loss"].startswith("not given by the provider; see projects/1/")
    assert not (shop.out / "loss.jsonl").exists()


def test_an_empty_set_of_examples(shop):
    empty = replace(shop_examples(), training=(), validation=())
    with pytest.raises(ProviderError, match="no example to train on"):
        shop.tune(examples=lambda: empty)


def set_parameter(job, **values):
    job["supervisedTuningSpec"]["hyperParameters"] |= values


def interrupt(seconds):
    raise KeyboardInterrupt


def never():
    raise AssertionError("the examples are on disk already")
