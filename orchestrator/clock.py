"""The clock port: the only place that reads a wall clock."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Where time comes from. `now` is aware UTC."""

    @property
    def is_virtual(self) -> bool: ...

    def now(self) -> datetime: ...


class SystemClock:
    """The node's own clock; transactions read the database's time instead (decision record 0010)."""

    is_virtual = False

    def now(self) -> datetime:
        return datetime.now(UTC)


class VirtualClock:
    """A clock that stands still until it is moved; simulation and tests use it."""

    is_virtual = True

    def __init__(self, at: datetime):
        if at.tzinfo is None:
            raise ValueError("a virtual clock needs an aware time")
        self._at = at.astimezone(UTC)

    def now(self) -> datetime:
        return self._at

    def advance(self, by: timedelta) -> None:
        """Move forward; going back is a ValueError."""
        if by < timedelta(0):
            raise ValueError("time does not go back")
        self._at += by

    def set(self, at: datetime) -> None:
        """Move to a later instant; an earlier one is a ValueError."""
        if at < self._at:
            raise ValueError(f"time does not go back: {at} is before {self._at}")
        self._at = at.astimezone(UTC)


class RunningClock:
    """A clock that runs on from `start`, `speed` times as fast as real time: for trying out and demonstrations.

    It counts as virtual, so transactions take their time from here and not from the database.
    """

    is_virtual = True

    def __init__(self, start: datetime, speed: float = 1.0):
        if start.tzinfo is None or speed <= 0:
            raise ValueError("a running clock needs an aware start and a speed above 0")
        self._start, self._speed = start.astimezone(UTC), speed
        self._began = time.monotonic()

    def now(self) -> datetime:
        return self._start + timedelta(seconds=(time.monotonic() - self._began) * self._speed)
