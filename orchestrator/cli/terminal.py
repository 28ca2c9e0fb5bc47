"""What the commands say and how: results on stdout, everything else on stderr, progress only to a terminal."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import msgspec
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

console = Console(highlight=False, markup=False, soft_wrap=True)
errors = Console(stderr=True, highlight=False, markup=False, soft_wrap=True)


def say(text: str = "") -> None:
    """A line of the result."""
    console.print(text)


def note(text: str) -> None:
    """A line beside the result."""
    errors.print(text)


def say_json(value: Any) -> None:
    """One JSON document on one line; structs, dataclasses, times and dates are encoded as everywhere."""
    sys.stdout.write(msgspec.json.encode(value).decode() + "\n")
    sys.stdout.flush()


def say_table(title: str, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """A table on a terminal, tab-separated lines in a pipe."""
    if not console.is_terminal:
        for row in rows:
            say("\t".join(shown(cell) for cell in row))
        return
    table = Table(title=title, title_justify="left", header_style="bold")
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*(shown(cell) for cell in row))
    console.print(table)


def shown(cell: object) -> str:
    """A cell as people read it; instants in UTC."""
    if isinstance(cell, datetime) and cell.tzinfo is not None:
        return f"{cell.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
    return "" if cell is None else str(cell)


class Bar:
    """Takes (done, total) from long work; total 0 means not known yet."""

    def __init__(self, progress: Progress | None, title: str):
        self._progress = progress
        self._task = progress.add_task(title, total=None) if progress else None

    def __call__(self, done: int, total: int = 0, title: str | None = None) -> None:
        if self._progress is not None and self._task is not None:
            self._progress.update(self._task, completed=done, total=total or None, description=title)


@contextmanager
def progress_bar(title: str) -> Iterator[Bar]:
    """A progress bar on stderr while it is a terminal, silence otherwise."""
    if not errors.is_terminal:
        yield Bar(None, title)
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=errors, transient=True) as progress:
        yield Bar(progress, title)
