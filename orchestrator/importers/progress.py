"""Progress of long work: a bar on standard error where that is a terminal, else nothing."""

from __future__ import annotations

import sys
from typing import Protocol

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn


class Reporter(Protocol):
    """Told how much there is, and how far it went."""

    def start(self, what: str, total: int) -> None: ...

    def advance(self, by: int) -> None: ...

    def stop(self) -> None: ...


class Silent:
    """Says nothing."""

    def start(self, what: str, total: int) -> None: ...

    def advance(self, by: int) -> None: ...

    def stop(self) -> None: ...


class Bar:
    """A progress bar on standard error."""

    def __init__(self) -> None:
        self._bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
            console=Console(stderr=True),
            transient=True,
        )
        self._task: TaskID | None = None

    def start(self, what: str, total: int) -> None:
        self._bar.start()
        self._task = self._bar.add_task(what, total=total)

    def advance(self, by: int) -> None:
        if self._task is not None:
            self._bar.advance(self._task, by)

    def stop(self) -> None:
        self._bar.stop()


def for_terminal() -> Reporter:
    """A bar where a person is watching, else silence."""
    return Bar() if sys.stderr.isatty() else Silent()
