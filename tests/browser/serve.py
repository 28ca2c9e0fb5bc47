"""A served product in this very process: the browser meets it over a port, a test reaches into it."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from orchestrator.bootstrap import Runtime
from orchestrator.cli.serve import Process, Server
from orchestrator.clock import Clock
from orchestrator.services import sign_in, user
from tests.browser import book

UP_S = 30.0


@dataclass
class Served:
    """`address` has no slash at its end."""

    process: Process
    address: str

    @property
    def runtime(self) -> Runtime:
        return self.process.runtime

    def session(self, name: str) -> str:
        """The cookie of a new session of this person."""
        person = next(one for one in user.everybody(self.runtime.house) if one.name == name)
        with self.runtime.database.write(self.runtime.clock) as unit:
            return sign_in.open_session(self.runtime.house, unit, person.id).token

    def end_sessions(self) -> None:
        """As if the time of all of them were up."""
        with self.runtime.database.write(self.runtime.clock) as unit:
            unit.execute("DELETE FROM user_session", {})

    def scalar(self, sql: str, **values: object) -> object:
        with self.runtime.database.read(self.runtime.clock) as unit:
            rows = unit.query(sql, values)
        return rows[0][0] if rows else None


@contextmanager
def bound() -> Iterator[socket.socket]:
    """A port of our own. Servers that follow each other on it are one place for a browser, which fetches files once."""
    with socket.socket() as own:
        own.bind(("127.0.0.1", 0))
        yield own


@contextmanager
def serving(
    folder: Path, clock: Clock, *, works: bool = False, own: socket.socket | None = None
) -> Iterator[Served]:
    """The book in `folder` on that port or a free one; with `works` the scheduler and the dispatcher run as well."""
    process = book.opened(folder, clock)
    with ExitStack() as stack:
        listener = (own or stack.enter_context(bound())).dup()
        address = f"http://127.0.0.1:{listener.getsockname()[1]}"
        process.runtime.house.public_url = address
        server = process.server(0)
        server.config.timeout_graceful_shutdown = 1
        thread = threading.Thread(target=lambda: asyncio.run(_serve(process, server, listener, works=works)))
        thread.start()
        try:
            _wait(server, thread)
            yield Served(process, address)
        finally:
            server.should_exit = True
            thread.join()
            process.runtime.close()


async def _serve(process: Process, server: Server, listener: socket.socket, *, works: bool) -> None:
    stop = asyncio.Event()
    working = asyncio.create_task(process.worker().run(stop)) if works else None
    try:
        await server.serve(sockets=[listener])
    finally:
        stop.set()
        if working is not None:
            await working
        await process.runtime.providers.close()


def _wait(server: Server, thread: threading.Thread) -> None:
    for _ in range(int(UP_S / 0.02)):
        if server.started:
            return
        thread.join(0.02)
        assert thread.is_alive(), "the server ended while it started"
    raise AssertionError(f"the server did not start within {UP_S:.0f} s")
