"""Owns the progress bar: on standard error, only on a terminal, only once somebody has waited a second.

Does not own: what is being done, or when it is told.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

_PATIENCE_SECONDS = 1


class Bar:
    """Shows how far each named piece of work is; does nothing where nobody watches."""

    def __init__(self, *, is_watched: bool) -> None:
        self._is_watched = is_watched
        self._began = time.monotonic()
        self._progress: Progress | None = None
        self._tasks: dict[str, TaskID] = {}

    @property
    def shown(self) -> tuple[str, ...]:
        """The pieces of work that are on the screen."""
        return tuple(self._tasks)

    def tell(self, work: str, done: int, total: int) -> None:
        """So much of a piece of work is done."""
        if not self._is_watched or time.monotonic() - self._began < _PATIENCE_SECONDS:
            return
        if self._progress is None:
            self._progress = _started()
        if work not in self._tasks:
            self._tasks[work] = self._progress.add_task(work, total=total)
        self._progress.update(self._tasks[work], completed=done, total=total)

    def close(self) -> None:
        """Clear the bar away."""
        if self._progress is not None:
            self._progress.stop()


@contextmanager
def waiting() -> Iterator[Bar]:
    """A bar for as long as work goes on."""
    bar = Bar(is_watched=sys.stderr.isatty())
    try:
        yield bar
    finally:
        bar.close()


def _started() -> Progress:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

    progress = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        transient=True,
    )
    progress.start()
    return progress
