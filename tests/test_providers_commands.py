"""The verbs with a hosted model, as a user types them: Google's own clients, servers on loopback."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time

import pytest

pytest.importorskip("google.genai", reason="needs pip install 'shelftalker[gemini]'")
pytest.importorskip("google.cloud.storage", reason="needs pip install 'shelftalker[gemini]'")

import serving
from hosted_shop import CLIENT_SECRET, REFRESH_TOKEN, shop_fixture  # noqa: F401
from measuring import make_run
from provider_servers import TOKEN, UPLOAD_ID, Reply, busy, candidate, error

from shelftalker.artifacts import read_manifest
from shelftalker.cli.main import run as shelftalker
from shelftalker.config import AnswerSettings
from shelftalker.providers import TuningInterrupted
from shelftalker.serve.systems import Systems, open_served

PLACE = ["--project", "shop-project", "--location", "us-central1", "--bucket", "gs://shop/tuning"]
GEMINI = ["--provider", "gemini", "--base", "gemini-3.5-flash"]
SECRETS = (TOKEN, CLIENT_SECRET, REFRESH_TOKEN, UPLOAD_ID)


@pytest.fixture(scope="module", name="data")
def data_fixture(tmp_path_factory):
    """A prepared catalogue of 40 products."""
    return make_run(tmp_path_factory.mktemp("hosted"), products=40).parent / "data"


@pytest.fixture(name="local")
def local_fixture(shop):
    """The settings that send everything to the test server."""
    shop.server.answers = say_the_record
    chosen = {"endpoint": shop.server.url, "storage_endpoint": shop.server.url, "poll_seconds": 0.01}
    return [part for key, value in chosen.items() for part in ("--set", f"provider.{key}={value}")]


def say_the_record(seen):
    """Repeat the first record of the prompt, as a model that was tuned well does when asked to describe it."""
    lines = seen.document["contents"][-1]["parts"][0]["text"].split("\n")
    return candidate(lines[1] if len(lines) > 1 else "I know it by heart.")


def call(capsys, *arguments):
    capsys.readouterr()
    code = shelftalker([str(one) for one in arguments])
    told = capsys.readouterr()
    return code, told.out, told.err


def test_from_catalogue_to_answers_and_no_secret_on_the_way(shop, data, local, capsys, caplog):
    told = []

    def done(*arguments, expect=0):
        code, out, err = call(capsys, *arguments)
        told.append(out + err)
        assert code == expect, err
        return out

    caplog.set_level("DEBUG")
    run = shop.out
    train = ["train", data, "--out", run, *GEMINI, *PLACE, *local]
    plan = done(*train, "--dry-run")
    assert plan.startswith("base model   gemini-3.5-flash, project shop-project, us-central1\ntraining     ")
    assert plan.endswith("goes to      gs://shop/tuning/\nnothing was sent\n")
    assert shop.server.seen == []
    made = json.loads(done(*train, "--yes", "--epochs", "2", "--json"))
    assert made["results"]["provider"]["effective"]["epochs"] == 2
    assert made["results"]["loss"].startswith("not given by the provider; see projects/")
    assert "learning_rate" not in made["settings"]  # it was not used, and must not read as if it was

    title = json.loads((data.parent / "shop.jsonl").read_text().splitlines()[0])["title"]
    ask = ["ask", f"What is the {title} made of?", "--run", run, "--json", *local]
    answer = json.loads(done(*ask, "--temperature", "0.3"))
    assert (answer["model"], answer["grounded"]) == ("gemini-3.5-flash tuned (102)", True)
    assert shop.server.seen[-1].document["generationConfig"]["temperature"] == 0.3
    assert json.loads(done(*ask, "--base-model"))["model"] == "gemini-3.5-flash"
    done(*ask, "--engine", "openvino", expect=2)

    compared = json.loads(done("compare", run, "--limit", "2", "--json", *local))
    answers = [row["answers"]["tuned_temperature_0"] for row in compared["rows"]]
    assert [one["written_by"] for one in answers] == ["model", "model"]  # a description is not quoted here
    assert 0 < compared["columns"]["tuned_temperature_0"]["rouge_l"] < 1
    page = (run / "compare" / "compare.html").read_text()
    assert "gemini-3.5-flash" in page
    assert "<svg" not in page  # no loss curve where the provider gave none

    chosen = ["--quick", "--sets", "unseen", "--set", "evaluate.quick_questions_per_set=3"]
    figures = json.loads(done("evaluate", run, "--json", *chosen, *local))["systems"]
    assert figures["tuned_open"]["unseen"]["rouge_l"]["value"] > 0.5  # the provider says one line of each record
    card = (run / "README.md").read_text()
    assert "| epochs, says the provider | 2 |" in card
    assert "learning rate |" not in card
    assert "peft" not in card.split("---")[1]

    shop.server.fail("POST", "generateContent$", error(401, f"Bad token {TOKEN}", "UNAUTHENTICATED"), times=99)
    done(*ask, expect=1)
    assert "credentials have expired" in told[-1]

    written = {path: path.read_bytes() for path in run.rglob("*") if path.is_file()}
    assert len(written) > 12
    for secret in SECRETS:
        assert secret not in "".join(told)
        assert secret not in caplog.text
        assert [path for path, content in written.items() if secret.encode() in content] == []
    for seen in shop.server.seen:
        if seen.path != "/token":
            assert TOKEN not in f"{seen.path} {seen.query} {seen.body!r}"


def test_a_hosted_run_is_served_like_any_other(shop, data, local, capsys):
    assert call(capsys, "train", data, "--out", shop.out, *GEMINI, *PLACE, *local, "--yes")[0] == 0
    title = json.loads((data.parent / "shop.jsonl").read_text().splitlines()[0])["title"]
    systems = Systems(lambda: open_served(shop.out, AnswerSettings(), shop.provider(attempts=1)))
    with serving.running(systems) as address:
        answer = serving.post(address, question=f"What is the {title} made of?").json()
        assert answer["model"] == "gemini-3.5-flash tuned (101)"
        assert answer["grounded"]
        shop.server.fail("POST", "enerateContent$", busy(), times=99)
        refused = serving.post(address, question=f"What is the {title} made of?")
        assert refused.status_code == 502
        assert "quota" in refused.text
        shop.server.faults.clear()
        assert serving.post(address, question=f"What is the {title} made of?").status_code == 200


def test_nobody_is_there_to_be_asked(shop, data, local, capsys):
    code, out, err = call(capsys, "train", data, "--out", shop.out, *GEMINI, *PLACE, *local)
    assert (code, out) == (2, "")
    assert "tokens are charged" in err
    assert err.endswith("error: nobody is there to be asked whether to send this\n  try: add --yes\n")
    assert shop.server.seen == []


def test_the_reports_settings_are_refused_or_stand_in_the_manifest(shop, data, local, capsys):
    report = ["train", data, "--out", shop.out, *GEMINI, *PLACE, *local, "--preset", "report", "--yes"]
    code, _, err = call(capsys, *report)
    assert code == 2
    assert err == (
        "error: the provider would not do as asked: batch_size 4 -> not a setting of Gemini tuning; "
        "learning_rate 0.001 -> not a setting of Gemini tuning\n"
        "  try: add --accept-changes to take it as it is; it will stand in the manifest\n"
    )
    assert shop.server.seen == []
    code, _, err = call(capsys, *report, "--accept-changes")
    assert code == 0
    assert "warning: batch_size 4 -> not a setting of Gemini tuning" in err
    provider = read_manifest(shop.out, "run").results["provider"]
    assert provider["requested"]["batch_size"] == 4
    assert [one["setting"] for one in provider["changes"]] == ["batch_size", "learning_rate"]


def test_dropped_examples_are_told(shop, data, local, capsys):
    def drop(job):
        job["tuningDataStats"]["supervisedTuningDataStats"] |= {
            "totalTruncatedExampleCount": "1",
            "truncatedExampleIndices": ["3"],
            "droppedExampleReasons": ["too many tokens"],
        }

    shop.server.on_done = drop
    code, _, err = call(capsys, "train", data, "--out", shop.out, *GEMINI, *PLACE, *local, "--yes")
    assert code == 0
    assert "warning: the provider left out 1 examples; the reasons stand in the manifest\n" in err
    assert read_manifest(shop.out, "run").dropped == {"provider: too many tokens": {"count": 1, "first": 3}}


def test_an_upload_that_broke_goes_on_with_resume(shop, data, local, capsys):
    shop.server.fail("POST", "^/upload/", Reply(cut=True), skip=1)
    parts = [*local, "--set", "provider.part_mb=0.01", "--set", "provider.attempts=1"]
    code, _, err = call(capsys, "train", data, "--out", shop.out, *GEMINI, *PLACE, *parts, "--yes")
    assert code == 1
    assert "error: cannot reach Google: could not upload training-v1.jsonl to gs://shop/tuning/" in err
    sent = len(shop.server.got("POST", "^/upload/"))
    # by the run's folder alone: where, how and under what name stands in tuning.json
    code, out, _ = call(capsys, "train", data, "--out", shop.out, "--resume", *parts)
    assert code == 0
    assert f"{shop.out}: tuned gemini-3.5-flash" in out
    uploads = shop.server.got("POST", "^/upload/")
    names = [json.loads(one.body.split(b"\r\n\r\n")[1].split(b"\r\n")[0])["name"] for one in uploads]
    assert names[0] not in names[sent:]  # what had arrived was not sent again
    assert names[1] == names[sent]
    assert len(shop.server.got("POST", "/tuningJobs$")) == 1


def test_interrupted_while_the_provider_works_then_resumed(shop, data, local, capsys):
    """A process of its own, stopped as with Ctrl+C; another one finds the job again."""
    wait = ["--set", "provider.poll_seconds=60"]
    command = ["train", str(data), "--out", str(shop.out), *GEMINI, *PLACE, *local, *wait, "--yes"]
    with subprocess.Popen(
        [sys.executable, "-m", "shelftalker", *command],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # a shell that runs the tests in the background has them ignore Ctrl+C
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    ) as process:
        end = time.monotonic() + 120
        while not shop.server.got("GET", "/tuningJobs/1$"):
            assert process.poll() is None, process.communicate()
            assert time.monotonic() < end
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert out == ""
    job = "projects/shop-project/locations/us-central1/tuningJobs/1"
    again = f"shelftalker train {data} --out {shop.out} --provider gemini"
    assert err.endswith(
        f"interrupted; the job goes on at the provider: {job}\n  go on: {again} --resume\n  stop it: {again} --cancel\n"
    )
    assert not (shop.out / "manifest.json").exists()
    code, out, _ = call(capsys, *again.split()[1:], "--resume", *local)
    assert code == 0
    assert f"  job       {job}\n" in out
    assert len(shop.server.got("POST", "/tuningJobs$")) == 1


def test_cancel(shop, capsys, local):
    def interrupt(_):
        raise KeyboardInterrupt

    with pytest.raises(TuningInterrupted):
        shop.tune(sleep=interrupt)
    cancel = ["train", shop.data, "--out", shop.out, "--cancel"]
    code, out, _ = call(capsys, *cancel)
    assert (code, out) == (0, "cancelled: projects/shop-project/locations/us-central1/tuningJobs/1\n")
    assert shop.server.jobs[0]["state"] == "JOB_STATE_CANCELLED"
    code, _, err = call(capsys, *cancel)
    assert code == 2
    assert "has no tuning job that runs" in err


@pytest.mark.parametrize(
    ("option", "said"),
    [(["--dry-run"], "--dry-run"), (["--cancel"], "--cancel"), (["--project", "p"], "--project"), (["--yes"], "--yes")],
)
def test_options_of_hosted_tuning_are_not_ignored(data, tmp_path, capsys, option, said):
    """`train --dry-run` without --provider would otherwise train, here and for real."""
    code, _, err = call(capsys, "train", data, "--out", tmp_path / "run", *option)
    assert (code, err) == (2, f"error: {said}: only for hosted tuning\n  try: add --provider gemini\n")
    assert not (tmp_path / "run").exists()


def test_a_dry_run_replaces_nothing(shop, data, local, capsys):
    dry = ["train", data, "--out", shop.out, *GEMINI, *PLACE, *local, "--dry-run", "--overwrite"]
    code, _, err = call(capsys, *dry)
    assert (code, err) == (
        2,
        "error: a dry run replaces nothing\n  try: name another --out, or leave out --overwrite\n",
    )


def test_size_is_for_training_here(shop, data, local, capsys):
    code, _, err = call(capsys, "train", data, "--out", shop.out, *GEMINI, *PLACE, *local, "--size", "quick")
    assert code == 2
    assert "--size is for training on this machine" in err


def test_a_folder_with_a_run_that_was_trained_here_is_left_alone(shop, data, local, capsys):
    (shop.out / "adapter").mkdir(parents=True)
    (shop.out / "manifest.json").write_text("{}")
    code, _, err = call(capsys, "train", data, "--out", shop.out, *GEMINI, *PLACE, *local, "--overwrite", "--yes")
    assert code == 2
    assert "holds a run that was trained here" in err
    assert (shop.out / "manifest.json").read_text() == "{}"


def test_only_a_key_of_the_developer_api(shop, data, capsys, monkeypatch):
    monkeypatch.setenv("GEMINI_API_KEY", "AIza-not-a-real-key-0123456789")
    code, _, err = call(capsys, "train", data, "--out", shop.out, *GEMINI, "--bucket", "gs://shop", "--dry-run")
    assert code == 1
    assert err.startswith("error: the Gemini Developer API (AI Studio, an API key) has no tuning since May 2025")
    assert "try: use a Google Cloud project" in err
    assert "AIza" not in err


def test_without_the_extra_the_error_is_the_command_that_installs_it(tmp_path):
    """In a process in which Google's client cannot be found, as where it is not installed."""
    program = (
        "import sys\n"
        "class Absent:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name.startswith('google.genai'):\n"
        "            raise ModuleNotFoundError(name, name=name)\n"
        "sys.meta_path.insert(0, Absent())\n"
        "from shelftalker.cli.main import main\n"
        f"main(['train', 'data', '--out', {str(tmp_path / 'run')!r}, '--provider', 'gemini', '--dry-run'])\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 1
    assert done.stderr == (
        "error: Gemini needs the package google-genai, which is not installed\n"
        "  try: pip install 'shelftalker[gemini]'\n"
    )
    assert not (tmp_path / "run").exists()
