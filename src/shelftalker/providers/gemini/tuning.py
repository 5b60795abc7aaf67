"""Tune a Gemini model on a prepared catalogue: files, upload, job, run. It can stop anywhere and go on."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import UTC, date, datetime
from pathlib import Path

from shelftalker.artifacts import Manifest, hash_manifest
from shelftalker.config import ProviderSettings, TrainSettings
from shelftalker.errors import ParentChanged, ProviderError, UnfinishedFolder, UsageError, storage_errors
from shelftalker.providers.gemini.asked import Asked, Change, changes_made, refuse_changes
from shelftalker.providers.gemini.clients import Account, open_account, project_of, require_parts
from shelftalker.providers.gemini.finishing import finish
from shelftalker.providers.gemini.job import GOOD_STATES, Job, Jobs, Order
from shelftalker.providers.gemini.losses import LOSS_FILE
from shelftalker.providers.gemini.plan import Examples, Plan, make_plan
from shelftalker.providers.gemini.state import STATE_FILE, TuningState, new_token, read_state, write_state
from shelftalker.providers.gemini.upload import place_of, upload
from shelftalker.providers.progress import HostedProgress, OnHostedProgress, TuningInterrupted
from shelftalker.providers.retrying import Retries, retries_of
from shelftalker.providers.secrets import one_line

__all__ = ["cancel", "plan", "tune"]

_ACCEPT = "add --accept-changes to take it as it is; it will stand in the manifest"
_MB = 2**20
_FILES = (
    "examples.json",
    *(f"{role}-v{number}.jsonl" for role in ("training", "validation") for number in (1, 2)),
    STATE_FILE,
)
_RESULTS = ("manifest.json", LOSS_FILE)
"""Removed only once the user has agreed to send: before that, an earlier run, which was paid for, is still whole."""
_TRAINED_HERE = ("adapter", "checkpoints", LOSS_FILE)


def plan(
    data: Path,
    out: Path,
    make_examples: Callable[[], Examples],
    train: TrainSettings,
    provider: ProviderSettings,
    *,
    overwrite: bool = False,
    accept_changes: bool = False,
    on_progress: OnHostedProgress | None = None,
    today: date | None = None,
) -> Plan:
    """Do all that `tune` does before anything is sent, and stop: write the files, check them, add up the figures.

    Raises:
        MissingPart: Google's clients are not installed.
        ProviderError, SettingsError, UsageError: as `tune`.
    """
    require_parts()
    project = project_of(provider)
    _claim(out, overwrite=overwrite)
    made = make_plan(
        data,
        out,
        make_examples,
        train,
        provider,
        project=project,
        today=today or date.today(),
        refuse=_refuser(accept_changes),
        on_progress=on_progress or _silent,
    )
    _save_plan(data, out, made, train, provider)
    return made


def tune(
    data: Path,
    out: Path,
    make_examples: Callable[[], Examples],
    train: TrainSettings,
    provider: ProviderSettings,
    *,
    confirm: Callable[[Plan], bool],
    resume: bool = False,
    overwrite: bool = False,
    accept_changes: bool = False,
    on_progress: OnHostedProgress | None = None,
    account: Account | None = None,
    sleep: Callable[[float], None] = time.sleep,
    today: date | None = None,
) -> Manifest:
    """Tune a hosted model on the catalogue and write the run's folder.

    Args:
        data: a folder that `prepare` made.
        out: the run: training files, `tuning.json` (how far it has come), `manifest.json` at the end.
        make_examples: makes the examples; not called where the files are there already.
        train: which examples, how many epochs.
        provider: where, and how. A resumed tuning uses the settings it was begun with, but for times and addresses.
        confirm: is shown the plan before anything is sent; False ends it.
        resume: go on with the tuning in `out`: the upload, or the job, which is found again.
        overwrite: replace a finished, failed or cancelled run in `out`.
        accept_changes: settings that the provider lacks or changes are no error; they stand in the manifest.
        on_progress: told of every stage.
        account: whose project and credentials; by default the machine's.
        sleep: waits.
        today: by which a model is retired or not.

    Raises:
        TuningInterrupted: stopped by the user; a job that was started goes on.
        MissingPart: Google's clients are not installed.
        SettingsError: a setting is not the provider's, and changes are not accepted.
        ProviderError: the provider refused, or the job failed.
        UsageError: something is not named, or `out` holds another run.
    """
    require_parts()
    tell = on_progress or _silent
    state = _resumed(data, out, provider, accept_changes) if resume else None
    if state is None:
        made = plan(
            data, out, make_examples, train, provider,
            overwrite=overwrite, accept_changes=accept_changes, on_progress=tell, today=today,
        )  # fmt: skip
        if not confirm(made):
            raise UsageError("nothing was sent", fix="the same command again, or --yes to be asked nothing")
        for name in _RESULTS:
            with storage_errors(out):
                (out / name).unlink(missing_ok=True)
        state = _read(out)
        state = write_state(out, state.model_copy(update={"stage": "uploading", "accepted": accept_changes}))
    used = ProviderSettings.model_validate(state.provider)
    account = account or open_account(used)
    retries = retries_of(used, sleep)
    jobs = Jobs(account, used.location, retries)
    try:
        if state.stage == "uploading":
            state = _send_files(out, state, account, retries, tell)
        if state.stage == "starting":
            state = _start(out, state, jobs)
        job = _wait(out, state, jobs, sleep=sleep, tell=tell)
    except KeyboardInterrupt as stop:
        raise TuningInterrupted(_read(out).job) from stop
    return finish(data, out, _read(out), job, account)


def cancel(out: Path, *, account: Account | None = None, sleep: Callable[[float], None] = time.sleep) -> str:
    """Cancel the job of the tuning in `out`, and return its name.

    Raises:
        UsageError: there is no job to cancel.
        ProviderError: the provider refused.
    """
    require_parts()
    state = read_state(out)
    if state is None or state.stage not in ("starting", "started"):
        raise UsageError(f"{out} has no tuning job that runs", fix="name the folder of a hosted tuning with --out")
    used = ProviderSettings.model_validate(state.provider)
    account = account or open_account(used)
    jobs = Jobs(account, used.location, retries_of(used, sleep))
    name = state.job
    if not name:
        found = jobs.find(state.token)
        name = found.name if found else ""
    if name:
        jobs.cancel(name)
    write_state(out, state.model_copy(update={"stage": "cancelled", "job": name}))
    return name


def _silent(_: HostedProgress) -> None:
    pass


def _refuser(accept: bool) -> Callable[[Sequence[Change]], None]:
    return (lambda _: None) if accept else (lambda changes: refuse_changes(changes, _ACCEPT))


def _claim(out: Path, *, overwrite: bool) -> None:
    """Make sure that nobody's work in `out` is lost, and no paid job forgotten."""
    state = read_state(out) if out.is_dir() else None
    if state is not None and state.stage in ("uploading", "starting", "started", "succeeded"):
        if not (out / "manifest.json").exists():
            raise UsageError(
                f"{out} holds a tuning that is not finished", fix="add --resume to go on, or stop it with --cancel"
            )
    elif state is not None and not (out / "manifest.json").exists():
        overwrite = True  # a plan, or a tuning that failed or was cancelled: nothing to lose
    if not out.exists():
        return
    if not out.is_dir():
        raise UsageError(f"{out} is a file", fix="name another folder with --out")
    if not overwrite and any(out.iterdir()):
        what = "already holds a run" if (out / "manifest.json").exists() else "is not empty and is no run"
        raise UsageError(f"{out} {what}", fix="name another --out, or add --overwrite")
    if (ours := [name for name in _TRAINED_HERE if (out / name).exists()]) and state is None:
        # else its weights and its loss would lie beside the hosted run, and pass for its own
        raise UsageError(f"{out} holds a run that was trained here ({ours[0]})", fix="name another folder with --out")
    for name in _FILES:
        with storage_errors(out):
            (out / name).unlink(missing_ok=True)


def _save_plan(data: Path, out: Path, made: Plan, train: TrainSettings, provider: ProviderSettings) -> None:
    figures = made.to_json() | {"asked": asdict(made.asked), "characters": made.training.characters}
    figures.pop("files")
    write_state(
        out,
        TuningState(
            token=new_token(),
            stage="written",
            catalogue=hash_manifest(data),
            train=train.model_dump(),
            provider=provider.model_copy(update={"project": made.project}).model_dump(),
            given=sorted(train.model_fields_set),
            changes=[asdict(change) for change in made.changes],
            plan=figures,
            notes=list(made.notes),
            began=datetime.now(UTC).isoformat(timespec="seconds"),
        ),
    )


def _read(out: Path) -> TuningState:
    state = read_state(out)
    assert state is not None  # written before anything is sent
    return state


def _resumed(data: Path, out: Path, provider: ProviderSettings, accept: bool) -> TuningState | None:
    """Return the state to go on from; None where nothing was sent yet, so that it starts from the beginning."""
    state = read_state(out)
    if state is None:
        raise UsageError(f"{out} holds no hosted tuning", fix="start one: the same command without --resume")
    if state.stage == "written":
        return None
    if state.stage in ("failed", "cancelled"):
        raise UsageError(f"the tuning in {out} was {state.stage}", fix="start again: --overwrite in place of --resume")
    if (out / "manifest.json").exists():
        raise UsageError(f"the tuning in {out} is finished", fix=f"shelftalker ask 'What is PRODUCT?' --run {out}")
    if hash_manifest(data) != state.catalogue:
        raise ParentChanged(f"{data} changed since {out} was begun", fix="start again in another folder")
    # what is no part of the request may differ from one time to the next
    free = ("timeout_seconds", "attempts", "retry_seconds", "longest_retry_seconds", "poll_seconds", "part_mb")
    addresses = tuple(name for name in ("endpoint", "storage_endpoint") if getattr(provider, name))
    changed = {name: getattr(provider, name) for name in (*free, *addresses)}
    return write_state(
        out,
        state.model_copy(update={"provider": {**state.provider, **changed}, "accepted": state.accepted or accept}),
    )


def _send_files(
    out: Path, state: TuningState, account: Account, retries: Retries, tell: OnHostedProgress
) -> TuningState:
    used = ProviderSettings.model_validate(state.provider)
    place = place_of(used.bucket)
    uris = {}
    for role, count in (("training", 1), ("validation", state.plan["validation_examples"])):
        name = f"{role}-v{used.data_version}.jsonl"
        if not count:
            uris[role] = ""
            continue
        if not (out / name).is_file():
            raise UnfinishedFolder(f"{out / name} is gone", fix="start again: --overwrite in place of --resume")
        uris[role] = upload(
            out / name,
            place,
            f"shelftalker-{state.token}-{name}",
            account,
            retries,
            part_bytes=max(1, int(used.part_mb * _MB)),
            on_sent=lambda done, total: tell(HostedProgress("upload", done, total)),
        )
    return write_state(
        out,
        state.model_copy(
            update={
                "stage": "starting",
                "training_uri": uris["training"],
                "validation_uri": uris["validation"],
            }
        ),
    )


def _start(out: Path, state: TuningState, jobs: Jobs) -> TuningState:
    """Start the job, unless one with our token is there: then its name was lost on the way back."""
    job = jobs.find(state.token)
    if job is None:
        job = jobs.start(
            Order(
                base=state.train["base"],
                training_uri=state.training_uri,
                validation_uri=state.validation_uri,
                asked=Asked(**state.plan["asked"]),
                token=state.token,
                name=f"shelftalker {out.name}"[:128],
            )
        )
    return write_state(out, state.model_copy(update={"stage": "started", "job": job.name}))


def _wait(out: Path, state: TuningState, jobs: Jobs, *, sleep: Callable[[float], None], tell: OnHostedProgress) -> Job:
    """Watch the job to its end; one that does other than asked is stopped as soon as it says so."""
    asked = Asked(**state.plan["asked"])
    used = ProviderSettings.model_validate(state.provider)

    def on_look(job: Job) -> None:
        tell(HostedProgress("wait", job.completed_epochs or 0, asked.epochs, f"{job.state} {job.detail}".strip()))
        changed = changes_made(asked, job.effective)
        if changed and not state.accepted and not job.finished:
            jobs.cancel(job.name)
            write_state(out, state.model_copy(update={"stage": "cancelled"}))
            raise ProviderError(
                "the provider does not do as asked, and its job was cancelled: " + "; ".join(map(str, changed)),
                fix=f"ask for what it does, or {_ACCEPT}",
            )

    job = jobs.watch(state.job, poll_seconds=used.poll_seconds, sleep=sleep, on_look=on_look)
    if job.state not in GOOD_STATES:
        ended = "cancelled" if job.state == "JOB_STATE_CANCELLED" else "failed"
        write_state(out, state.model_copy(update={"stage": ended}))
        said = f": {one_line(job.error)}" if job.error else ""
        raise ProviderError(
            f"the tuning job ended as {job.state.removeprefix('JOB_STATE_').lower()}{said}",
            fix="see the provider's words, then start again with --overwrite",
        )
    changed = changes_made(asked, job.effective)
    if changed and not state.accepted:
        write_state(out, state.model_copy(update={"stage": "succeeded"}))
        raise ProviderError(
            "the model is tuned, but not as asked: " + "; ".join(map(str, changed)),
            fix="keep it all the same: --resume --accept-changes",
        )
    return job
