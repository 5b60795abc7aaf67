"""The one training loop: steps, epochs, checkpoints, early stop."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import KW_ONLY, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from shelftalker.config import TrainSettings
from shelftalker.errors import TrainingError
from shelftalker.train.checkpoints import Checkpoint, random_state, restore_random, save_checkpoint
from shelftalker.train.engines import Engine
from shelftalker.train.processes import Processes, clip_sharded, is_sharded, like, shared_state, whole, whole_state
from shelftalker.train.progress import (
    Journal,
    OnProgress,
    Outcome,
    Progress,
    Totals,
    TrainingInterrupted,
    stop_on_signals,
)
from shelftalker.train.schedule import Step, ahead, forwards, learning_rate, plan_steps
from shelftalker.train.training_set import Rows

__all__ = ["Loop"]


@dataclass(eq=False)
class Loop:
    """A run's moving parts.

    Attributes:
        engine: computes the loss.
        weights: what is trained, by name.
        rows: the examples.
        validation: examples whose loss is measured at an epoch's end, or None.
        truth: asks questions at an epoch's end and returns how true the answers are, or None.
        folder: the run's.
        fingerprint: what must be the same for a run to go on.
    """

    engine: Engine
    weights: dict[str, nn.Parameter]
    rows: Rows
    _: KW_ONLY
    validation: Rows | None
    truth: Callable[[], dict[str, float]] | None
    settings: TrainSettings
    tokens_per_forward: int
    folder: Path
    fingerprint: dict[str, Any]
    processes: Processes
    on_progress: OnProgress

    def __post_init__(self) -> None:
        settings, weights = self.settings, self.weights
        self._lengths = self.rows.lengths
        self.steps = plan_steps(
            self._lengths,
            batch_size=settings.batch_size,
            epochs=settings.epochs,
            seed=settings.seed,
            batch_tokens=settings.batch_tokens,
        )
        self._sharded = any(is_sharded(weight) for weight in weights.values())
        self._tokens_until = np.zeros(0, dtype=np.int64)
        self._optimizer = torch.optim.AdamW(
            weights.values(),
            lr=settings.learning_rate,
            betas=(0.9, 0.99),
            weight_decay=settings.weight_decay,
            # neither the fused nor the joined form takes weights that are shared out beside some that are not
            fused=not self._sharded and all(weight.device.type in ("cpu", "cuda") for weight in weights.values()),
            foreach=False if self._sharded else None,
        )
        self._totals = Totals()
        self._best: dict[str, Tensor] = {}
        self._stop = threading.Event()

    def load(self, checkpoint: Checkpoint) -> None:
        """Go on from a checkpoint, as if there had been no stop.

        Raises:
            TrainingError: it has more steps behind it than are asked for.
        """
        if checkpoint.step > len(self.steps):
            raise TrainingError(
                f"{self.folder} has {checkpoint.step} steps behind it, more than the {len(self.steps)} asked for",
                fix="ask for more --epochs",
            )
        self._put(checkpoint.weights)
        state = checkpoint.optimizer
        self._optimizer.load_state_dict(shared_state(state, list(self.weights.values())) if self._sharded else state)
        self._totals = Totals(**{k: v for k, v in checkpoint.progress.items() if k != "tokens_per_forward"})
        self._best = dict(checkpoint.best)
        restore_random(checkpoint.random)

    @torch.no_grad()
    def _put(self, values: dict[str, Tensor]) -> None:
        for name, weight in self.weights.items():
            weight.copy_(like(weight, values[name]))
        self.engine.refresh()

    def run(self, journal: Journal) -> Outcome:
        """Train to the end, an early stop or an interruption; the model then holds the best epoch's weights.

        Raises:
            TrainingInterrupted: SIGINT or SIGTERM came; a checkpoint is saved.
            TrainingError: the loss is not a number.
            StorageError: the disk is full; the last good checkpoint is kept.
        """
        totals = self._totals
        saved_at, started = time.monotonic(), time.monotonic()
        behind = totals.seconds
        first = totals.step
        self._tokens_until = np.cumsum([int(self._lengths[step.rows].sum()) for step in self.steps])
        early = self._out_of_patience()
        with stop_on_signals(self._stop):
            for step, batches in ahead(lambda: self._batches(first)) if not early else ():
                before = time.monotonic()
                values = self._step(step, batches)
                totals.seconds = behind + time.monotonic() - started
                self._log(journal, step, values, time.monotonic() - before)
                last = step.number + 1 == len(self.steps)
                ends_epoch = last or self.steps[step.number + 1].epoch != step.epoch
                if ends_epoch:
                    self._end_epoch(journal, step)
                    early = self.processes.any(self._out_of_patience())
                interrupted = self.processes.any(self._stop.is_set())
                if ends_epoch or interrupted or self._due(step, saved_at):
                    self._save()
                    saved_at = time.monotonic()
                if interrupted and not last:
                    raise TrainingInterrupted(totals.step, len(self.steps), resume=True)
                if early:
                    break
        if self._best and totals.best_epoch != len(totals.epochs) - 1:
            self._put(self._best)
        return Outcome(
            steps=totals.step,
            planned_steps=len(self.steps),
            tokens=totals.tokens,
            seconds=totals.seconds,
            epochs=totals.epochs,
            stopped_early=early and totals.step < len(self.steps),
            best_epoch=totals.best_epoch,
        )

    def _batches(self, first: int) -> Iterator[tuple[Step, list[tuple[Any, bool]]]]:
        for step in self.steps[first:]:
            groups = self._groups(step, self._lengths)
            yield step, [(self.engine.collate(self.rows, group), counts) for group, counts in groups]

    def _groups(self, step: Step, lengths: np.ndarray[Any, Any]) -> list[tuple[np.ndarray[Any, Any], bool]]:
        """Return this process's forward passes of a step, and whether each counts.

        Processes that share a model out must go through it equally often: those with less to do go through it with
        a row that does not count.
        """
        processes = self.processes

        def of(rank: int) -> list[np.ndarray[Any, Any]]:
            return forwards(step, lengths, tokens=self.tokens_per_forward, rank=rank, processes=processes.count)

        mine = of(processes.rank)
        most = max(len(of(rank)) for rank in range(processes.count)) if self._sharded else len(mine)
        return [(group, True) for group in mine] + [(step.rows[:1], False)] * (most - len(mine))

    def _step(self, step: Step, batches: list[tuple[Any, bool]]) -> dict[str, float]:
        settings, totals = self.settings, self._totals
        rate = learning_rate(
            step.number,
            len(self.steps),
            highest=settings.learning_rate,
            warmup_share=settings.warmup_share,
            schedule=settings.schedule,
        )
        for group in self._optimizer.param_groups:
            group["lr"] = rate
        tokens = int(self._lengths[step.rows].sum())
        answers = tokens - int(self.rows.prompts[step.rows].sum())
        told: float | Tensor = 0.0
        for batch, counts in batches:
            summed = self.engine.backward(batch, 1 / answers if counts else 0.0)
            told = told + summed / answers if counts else told
        loss = self.processes.add_up(
            float(told), [weight for weight in self.weights.values() if not is_sharded(weight)]
        )
        if not np.isfinite(loss):
            raise TrainingError(
                f"the loss is {loss} at step {step.number + 1}",
                fix="lower --learning-rate, or --set train.dtype=fp32; --resume goes on from the last checkpoint",
            )
        norm = self._clip()
        self._optimizer.step()
        self._optimizer.zero_grad(set_to_none=False)
        self.engine.refresh()
        totals.step = step.number + 1
        totals.tokens += tokens
        totals.epoch_loss += loss * answers
        totals.epoch_answers += answers
        totals.smoothed = loss if totals.smoothed is None else 0.9 * totals.smoothed + 0.1 * loss
        return {
            "loss": loss,
            "learning_rate": rate,
            "grad_norm": norm,
            "examples": len(step.rows),
            "step_tokens": tokens,
            "answer_tokens": answers,
        }

    def _clip(self) -> float:
        highest = self.settings.max_grad_norm
        if self._sharded:
            return clip_sharded(self.weights.values(), highest)
        return float(nn.utils.clip_grad_norm_(self.weights.values(), highest))

    def _log(self, journal: Journal, step: Step, values: dict[str, float], seconds: float) -> None:
        totals = self._totals
        speed = totals.tokens / max(totals.seconds, 1e-9)
        left = int(self._tokens_until[-1] - self._tokens_until[step.number])
        journal.add(
            "step",
            step=totals.step,
            epoch=step.epoch + 1,
            **values,
            tokens=totals.tokens,
            tokens_per_second=values["step_tokens"] / max(seconds, 1e-9),
            seconds=totals.seconds,
        )
        done, epoch = totals.step, step.epoch + 1
        self.on_progress(Progress("train", done, len(self.steps), epoch, totals.smoothed, speed, left / speed))

    def _end_epoch(self, journal: Journal, step: Step) -> None:
        totals = self._totals
        line: dict[str, float] = {"train_loss": totals.epoch_loss / max(1, totals.epoch_answers)}
        if self.validation is not None:
            line["validation_loss"] = self.validation_loss()
        if self.truth is not None:
            line |= {f"truth_{name}": value for name, value in self.truth().items()}
        totals.epoch_loss, totals.epoch_answers = 0.0, 0
        totals.epochs.append(line)
        self._judge(line)
        journal.add("epoch", step=totals.step, epoch=step.epoch + 1, **line, seconds=totals.seconds)

    def _judge(self, line: dict[str, float]) -> None:
        """Keep the best epoch's weights. Truth: higher is better; loss: lower."""
        totals = self._totals
        scores = {"truth": line.get("truth_score"), "loss": -line.get("validation_loss", line["train_loss"])}
        score = scores.get(self.settings.stop_on)
        if score is None:
            return
        if totals.best_score is None or score > totals.best_score + 1e-9:
            totals.best_score, totals.best_epoch, totals.without_gain = score, len(totals.epochs) - 1, 0
            self._best = {name: whole(weight).cpu().clone() for name, weight in self.weights.items()}
        else:
            totals.without_gain += 1

    def _out_of_patience(self) -> bool:
        return self._totals.without_gain >= self.settings.patience

    def validation_loss(self) -> float:
        """Return the mean loss of an answer token over the validation rows."""
        rows = self.validation
        assert rows is not None
        every = Step(0, 0, np.arange(len(rows)))
        total = 0.0
        groups = self._groups(every, rows.lengths)
        for number, (group, counts) in enumerate(groups):
            batch: Any = self.engine.collate(rows, group)
            loss = self.engine.loss(batch)
            total += loss if counts else 0.0
            self.on_progress(Progress(stage="validate", done=number + 1, total=len(groups)))
        return self.processes.add_up(total, []) / rows.counts.answer_tokens

    def _due(self, step: Step, saved_at: float) -> bool:
        every = self.settings.checkpoint_steps
        if every:
            return (step.number + 1) % every == 0
        return self.processes.any(time.monotonic() - saved_at > 60 * self.settings.checkpoint_minutes)

    def _save(self) -> None:
        first = self.processes.rank == 0
        if not first and not self._sharded:
            return
        weights = {name: whole(weight).cpu() for name, weight in self.weights.items()}
        optimizer = self._optimizer.state_dict()
        if self._sharded:
            optimizer = whole_state(optimizer)
        if not first:
            return
        totals = self._totals
        save_checkpoint(
            self.folder / "checkpoints",
            Checkpoint(
                step=totals.step,
                weights=weights,
                optimizer=optimizer,
                random=random_state(),
                fingerprint=self.fingerprint,
                progress=vars(totals) | {"tokens_per_forward": self.tokens_per_forward},
                best=self._best,
            ),
            keep=self.settings.keep_checkpoints,
        )
