"""A progress bar that shows itself only where the work is long and a person is watching."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

ShowProgress = Callable[[int, int], None]
"""Called with what is done and the total."""

_PATIENCE_SECONDS = 1.0


@contextmanager
def progress_bar(words: str, chosen: ShowProgress | None = None) -> Iterator[ShowProgress]:
    """`chosen` if given; else a bar with rate and remaining time on a terminal, once a second has passed."""
    if chosen is not None or not sys.stderr.isatty():
        yield chosen or _nothing
        return
    bar = _LateBar(words)
    try:
        yield bar.show
    finally:
        bar.close()


def _nothing(done: int, total: int) -> None:
    del done, total


class _LateBar:
    def __init__(self, words: str) -> None:
        self._words = words
        self._started = time.monotonic()
        self._first = -1
        self._bar: Any = None
        self._task: Any = None

    def show(self, done: int, total: int) -> None:
        self._first = done if self._first < 0 else self._first
        if self._bar is None and time.monotonic() - self._started > _PATIENCE_SECONDS:
            self._open(total)
        if self._bar is not None:
            passed = max(time.monotonic() - self._started, 1e-9)
            self._bar.update(self._task, completed=done, total=total, rate=f"{(done - self._first) / passed:,.0f}/s")

    def close(self) -> None:
        if self._bar is not None:
            self._bar.stop()

    def _open(self, total: int) -> None:
        from rich.console import Console  # only now: most preparations never show a bar
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

        self._bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[rate]}"),
            TimeRemainingColumn(),
            console=Console(stderr=True),
        )
        self._task = self._bar.add_task(self._words, total=total, rate="")
        self._bar.start()
