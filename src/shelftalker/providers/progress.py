"""What hosted tuning tells while it runs; the caller shows it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

__all__ = ["HostedProgress", "OnHostedProgress", "TuningInterrupted"]


@dataclass(frozen=True, slots=True)
class HostedProgress:
    """One moment.

    Attributes:
        stage: "write" (examples written), "upload" (bytes sent), "wait" (the provider works), "note" (a line to show).
        done, total: of the stage's items; total 0 is unknown. For "wait", epochs, where the provider tells.
        message: what the provider says of the job's state, or the line of a "note".
    """

    stage: Literal["write", "upload", "wait", "note"]
    done: int = 0
    total: int = 0
    message: str = ""


OnHostedProgress = Callable[[HostedProgress], None]


class TuningInterrupted(KeyboardInterrupt):
    """The user stopped waiting; what was done is kept, and a job that was started goes on at the provider.

    Args:
        job: name of the job, "" where none was started.
    """

    def __init__(self, job: str) -> None:
        super().__init__(job or "before a job was started")
        self.job = job
