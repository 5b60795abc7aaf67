"""The line in front of the model: bounded, first come first served, one worker.

A model uses every core it gets, so questions wait for one worker thread instead of slowing each other
down. Those that a model writes faster together leave the line together. A question is *accepted* once it
stands in the line; from then on it is answered, or refused with a reason, even while the server drains.
"""

from __future__ import annotations

import asyncio
import logging
import statistics
import threading
import time
from collections import deque
from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from shelftalker.answer import Asked
from shelftalker.records import Answer, Mode

__all__ = ["Draining", "Job", "LineFull", "QuestionLine", "Together", "TooSlow", "Worked"]

_log = logging.getLogger(__name__)
_REMEMBERED_ANSWERS = 50


class LineFull(Exception):
    """The line is as long as it may be; `retry_after_seconds` says when it will have moved on."""

    def __init__(self, retry_after_seconds: int) -> None:
        super().__init__("the line is full")
        self.retry_after_seconds = retry_after_seconds


class Draining(Exception):
    """The server is about to stop and takes no new questions."""


class TooSlow(Exception):
    """The question waited, or its answer took, longer than the time limit."""


@dataclass(frozen=True, slots=True)
class Job:
    """One question in the line.

    Attributes:
        asked: the question, with the product and the earlier turns that are known beside it.
        system: "tuned" or "base".
        on_text: called from the worker's thread with each new piece of the draft.
    """

    asked: Asked
    mode: Mode = "open-book"
    system: str = "tuned"
    temperature: float | None = None
    on_text: Callable[[str], None] | None = None


class Worked(Protocol):
    """Answers one job; called from the worker's thread, one call at a time."""

    def __call__(self, job: Job, on_text: Callable[[str], bool]) -> Answer:
        """Return the answer; `on_text` returns False once nobody waits for it any more."""
        ...


class Together(Protocol):
    """Answers several jobs at once."""

    def key(self, job: Job) -> Hashable | None:
        """Return what jobs must share to be answered together; None where one alone is as fast."""
        ...

    def answers(self, jobs: Sequence[Job]) -> Iterator[Answer]:
        """Yield the answers in order; an error ends it, and the rest is asked one by one."""
        ...


@dataclass(slots=True)
class _Waiting:
    job: Job
    loop: asyncio.AbstractEventLoop
    future: asyncio.Future[Answer]
    deadline: float
    gone: threading.Event = field(default_factory=threading.Event)


class QuestionLine:
    """A bounded line and the thread that works it off.

    Args:
        answer: answers one job; called from one thread only.
        longest: how many questions may wait, the one being answered not counted.
        timeout_seconds: from joining the line to the whole answer.
        together: answers several jobs at once; None answers every job alone.
        most_together: so many at most.
    """

    def __init__(
        self,
        answer: Worked,
        *,
        longest: int,
        timeout_seconds: float,
        together: Together | None = None,
        most_together: int = 1,
    ) -> None:
        self._answer = answer
        self._together = together
        self._most_together = most_together
        self._longest = longest
        self._timeout_seconds = timeout_seconds
        self._line: deque[_Waiting] = deque()
        self._moved = threading.Condition()
        self._draining = False
        self._stopped = False
        self._recent_seconds: deque[float] = deque([1.0], maxlen=_REMEMBERED_ANSWERS)
        self._worker = threading.Thread(target=self._work, name="answers", daemon=True)
        self._worker.start()

    @property
    def waiting(self) -> int:
        """How many questions stand in the line, the one being answered not counted."""
        return len(self._line)

    @property
    def draining(self) -> bool:
        """Whether new questions are refused."""
        return self._draining

    async def ask(self, job: Job) -> Answer:
        """Join the line and wait for the answer; cancelling this coroutine leaves the line.

        Raises:
            LineFull: nothing was accepted.
            Draining: nothing was accepted.
            TooSlow: the time limit passed.
        """
        loop = asyncio.get_running_loop()
        waiting = _Waiting(job, loop, loop.create_future(), time.monotonic() + self._timeout_seconds)
        with self._moved:
            if self._draining:
                raise Draining
            if len(self._line) >= self._longest:
                raise LineFull(self._seconds_until_room())
            self._line.append(waiting)
            self._moved.notify()
        try:
            return await asyncio.wait_for(waiting.future, self._timeout_seconds)
        except TimeoutError as error:
            raise TooSlow from error
        finally:
            waiting.gone.set()

    def drain(self) -> None:
        """Accept nothing more; what stands in the line is still answered."""
        with self._moved:
            self._draining = True

    def close(self) -> None:
        """Drain, wait until the line is empty, and end the worker."""
        self.drain()
        with self._moved:
            self._stopped = True
            self._moved.notify_all()
        self._worker.join()

    def _seconds_until_room(self) -> int:
        return max(1, round(statistics.median(self._recent_seconds) * (len(self._line) + 1) / 2))

    def _work(self) -> None:
        while True:
            with self._moved:
                while not self._line and not self._stopped:
                    self._moved.wait()
                if not self._line:
                    return
                leaving = [self._line.popleft()]
                leaving += self._of_the_same_kind(leaving[0].job)
            staying = [waiting for waiting in leaving if not waiting.gone.is_set()]
            if len(staying) > 1:
                staying = self._serve_together(staying)
            for waiting in staying:
                self._serve(waiting)

    def _of_the_same_kind(self, job: Job) -> list[_Waiting]:
        """Take those out of the line that can be answered together with a job; the others keep their places."""
        key = self._together.key(job) if self._together else None
        if self._together is None or key is None:
            return []
        same = [waiting for waiting in self._line if self._together.key(waiting.job) == key][: self._most_together - 1]
        taken = {id(waiting) for waiting in same}
        self._line = deque(waiting for waiting in self._line if id(waiting) not in taken)
        return same

    def _serve_together(self, together: list[_Waiting]) -> list[_Waiting]:
        """Answer several at once, and return those that an error of one of them left without an answer."""
        assert self._together is not None
        started, done = time.monotonic(), 0
        try:
            for answer in self._together.answers([waiting.job for waiting in together]):
                _settle(together[done], answer)
                done += 1
        except Exception as error:  # whose it was is found by asking the rest one by one
            _log.debug("answered %d of %d together: %s", done, len(together), type(error).__name__)
        if done:
            self._recent_seconds.append((time.monotonic() - started) / done)
        return together[done:]

    def _serve(self, waiting: _Waiting) -> None:
        started = time.monotonic()

        def on_text(piece: str) -> bool:
            if waiting.job.on_text is not None:
                waiting.job.on_text(piece)
            return not waiting.gone.is_set() and time.monotonic() < waiting.deadline

        try:
            answer = self._answer(waiting.job, on_text)
        except BaseException as error:  # whatever it is, the one who asked must hear of it
            _settle(waiting, error)
            return
        self._recent_seconds.append(time.monotonic() - started)
        _settle(waiting, answer)


def _settle(waiting: _Waiting, outcome: Answer | BaseException) -> None:
    """Hand the outcome to the event loop that waits for it, if it still does."""

    def settle() -> None:
        if waiting.future.done():
            return
        if isinstance(outcome, BaseException):
            waiting.future.set_exception(outcome)
        else:
            waiting.future.set_result(outcome)

    try:
        waiting.loop.call_soon_threadsafe(settle)
    except RuntimeError:
        _log.debug("the event loop closed before an answer was handed over")
