"""Progress bars on standard error, one a task, made from (label, done, total)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

__all__ = ["progress_bars"]


@contextmanager
def progress_bars(names: Callable[[str], str] = str) -> Iterator[Callable[[str, int, int], None]]:
    """Give a callback that draws a bar for each label; `names` turns a label into what the bar says.

    Without a terminal rich draws each bar once, when all is done.
    """
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=Console(stderr=True),
    ) as bars:
        tasks: dict[str, TaskID] = {}

        def on_progress(label: str, done: int, total: int) -> None:
            if label not in tasks:
                tasks[label] = bars.add_task(names(label), total=total)
            bars.update(tasks[label], completed=done, total=total)

        yield on_progress
