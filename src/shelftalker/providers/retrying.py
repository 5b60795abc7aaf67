"""Send a request again when the other side was busy or out of reach: one policy for every provider."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TypeVar

from shelftalker.config import ProviderSettings

__all__ = ["TEMPORARY_STATUS", "Again", "Retries", "retries_of", "retry_after"]

_T = TypeVar("_T")

TEMPORARY_STATUS = frozenset({408, 429, 500, 502, 503, 504})
"""HTTP statuses that may be gone by the next time."""


@dataclass(frozen=True, slots=True)
class Again:
    """The request may be sent again; `after_seconds` is what the other side asked for, where it did."""

    after_seconds: float | None = None


@dataclass(frozen=True)
class Retries:
    """How often, and how long to wait in between.

    Attributes:
        attempts: times a request is sent in all.
        first_seconds: wait before the second time; it doubles after that, with some chance so that many clients
            do not come back together.
        longest_seconds: no wait is longer; where the other side asks for a longer one, we give up at once.
        sleep: waits so many seconds.
    """

    attempts: int
    first_seconds: float
    longest_seconds: float
    sleep: Callable[[float], None] = time.sleep

    def call(self, operation: Callable[[], _T], judge: Callable[[Exception], Again | None]) -> _T:
        """Return what `operation` returns, trying again as long as `judge` says that it may help.

        Raises:
            Exception: the last try's, as it came.
        """
        attempt = 0
        while True:
            attempt += 1
            try:
                return operation()
            except Exception as error:
                again = judge(error)
                if again is None or attempt >= self.attempts:
                    raise
                wait = self._wait(attempt, again)
                if wait is None:
                    raise
            self.sleep(wait)

    def _wait(self, attempt: int, again: Again) -> float | None:
        if again.after_seconds is not None:
            return again.after_seconds if again.after_seconds <= self.longest_seconds else None
        longest = min(self.longest_seconds, self.first_seconds * 2.0 ** (attempt - 1))
        return random.uniform(longest / 2, longest)


def retries_of(settings: ProviderSettings, sleep: Callable[[float], None] | None = None) -> Retries:
    """Return the retries that the settings ask for."""
    return Retries(
        attempts=settings.attempts,
        first_seconds=settings.retry_seconds,
        longest_seconds=settings.longest_retry_seconds,
        sleep=sleep or time.sleep,
    )


def retry_after(value: str | None) -> float | None:
    """Return the seconds that a Retry-After header asks for, whichever of its two forms it has."""
    if not value:
        return None
    try:
        return max(0.0, float(value))
    except ValueError:
        pass
    try:
        return max(0.0, (parsedate_to_datetime(value) - datetime.now(UTC)).total_seconds())
    except (ValueError, TypeError):
        return None
