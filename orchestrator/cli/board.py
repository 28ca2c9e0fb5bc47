"""What `run` shows while it works: a live table on a terminal, a line now and then in a pipe."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from rich.live import Live
from rich.table import Table

from orchestrator.bootstrap import Runtime
from orchestrator.cli import terminal
from orchestrator.errors import DuecourseError
from orchestrator.services.progress import Progress, read_progress

TERMINAL_EVERY_S, PIPE_EVERY_S = 1.0, 15.0


async def show(runtime: Runtime, stop: asyncio.Event) -> None:
    """Shows the counters until `stop` is set."""
    if terminal.console.is_terminal:
        with Live(console=terminal.console, refresh_per_second=2, transient=False) as live:
            while not stop.is_set():
                live.update(table_of(runtime, await counters(runtime)))
                await rest(stop, TERMINAL_EVERY_S)
        return
    last = ""
    while not stop.is_set():
        line = line_of(await counters(runtime))
        if line != last:
            terminal.say(line)
        last = line
        await rest(stop, PIPE_EVERY_S)


async def counters(runtime: Runtime) -> Progress | None:
    """The counters now; None while the database is away."""
    try:
        return await asyncio.to_thread(read_progress, runtime.house)
    except DuecourseError:
        return None


def line_of(progress: Progress | None) -> str:
    if progress is None:
        return "the database does not answer; nothing is sent meanwhile"
    contacts = words(progress.contacts) or "none yet"
    waiting = sum(progress.open_tasks.values())
    return f"contacts: {contacts}; enrollments: {words(progress.enrollments)}; for a person: {waiting}"


def words(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {count}" for name, count in sorted(counts.items()))


def table_of(runtime: Runtime, progress: Progress | None) -> Table:
    table = Table(
        title=f"{runtime.clock.now():%Y-%m-%d %H:%M:%S} UTC",
        title_justify="left",
        show_header=False,
        box=None,
    )
    table.add_column(style="bold")
    table.add_column(overflow="fold")
    if progress is None:
        table.add_row("database", "does not answer; nothing is sent meanwhile")
        return table
    table.add_row("contacts that left", words(progress.contacts) or "none yet")
    table.add_row("attempts", words(progress.attempts) or "none yet")
    table.add_row(
        "enrollments", words(progress.enrollments) or "none: duecourse import FILE --cadence standard"
    )
    table.add_row("due now", str(progress.due_now))
    table.add_row("for a person", words(progress.open_tasks) or "nothing")
    table.add_row("open incidents", str(progress.open_incidents))
    return table


async def rest(stop: asyncio.Event, seconds: float) -> None:
    try:
        await asyncio.wait_for(stop.wait(), seconds)
    except TimeoutError:
        return
