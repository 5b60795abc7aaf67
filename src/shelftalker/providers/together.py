"""Ask a hosted model several questions at the same time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

from shelftalker.records import Completion, Message

__all__ = ["ask_all"]


def ask_all(
    conversations: Sequence[Sequence[Message]], ask: Callable[[Sequence[Message]], Completion], parallel: int
) -> list[Completion]:
    """Return one completion a conversation, in order, at most `parallel` of them under way at once.

    Raises:
        Exception: that of the first conversation that failed; those not yet asked are not asked any more.
    """
    if len(conversations) <= 1 or parallel == 1:
        return [ask(conversation) for conversation in conversations]
    with ThreadPoolExecutor(max_workers=min(parallel, len(conversations))) as pool:
        waiting = [pool.submit(ask, conversation) for conversation in conversations]
        try:
            return [one.result() for one in waiting]
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
