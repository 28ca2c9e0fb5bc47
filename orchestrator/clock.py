"""The clock port: the only place that reads a wall clock."""

from __future__ import annotations

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
