"""Whose turn it is to write to SQLite within this process: in order, and opt-outs before all others.

SQLite's own busy handler sleeps and retries without an order; threads of one process queue here instead.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from orchestrator.errors import UnavailableError


class WriterTurn:
    """A fair lock with a fast lane; waiting longer than `patience_s` is an UnavailableError."""

    def __init__(self, patience_s: float):
        self._patience_s = patience_s
        self._changed = threading.Condition()
        self._busy = False
        self._queue: list[int] = []
        self._next = 0

    @contextmanager
    def take(self, urgent: bool) -> Iterator[None]:
        """Hold the turn for the length of the block."""
        self._enter(urgent)
        try:
            yield
        finally:
            with self._changed:
                self._busy = False
                self._changed.notify_all()

    def _enter(self, urgent: bool) -> None:
        deadline = time.monotonic() + self._patience_s
        with self._changed:
            self._next += 1
            ticket = -self._next if urgent else self._next
            self._queue.append(ticket)
            self._queue.sort(key=lambda one: (one > 0, abs(one)))
            try:
                while self._busy or self._queue[0] != ticket:
                    left = deadline - time.monotonic()
                    if left <= 0 or not self._changed.wait(left):
                        self._give_up()
                self._busy = True
            finally:
                self._queue.remove(ticket)

    def _give_up(self) -> None:
        self._changed.notify_all()
        raise UnavailableError(
            "another writer held the database for too long", code="database_unavailable", hint="try again"
        )
