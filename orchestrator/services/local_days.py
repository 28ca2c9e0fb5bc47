"""Days as a place counts them: where they begin, whatever its clocks do meanwhile."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo


def days_from(at: datetime, zone: str, days: int) -> tuple[datetime, ...]:
    """The midnights (aware UTC) of `zone` from today's on, and the one that ends the last of `days` days."""
    place, today = ZoneInfo(zone), day_in(at, zone)
    return tuple(
        datetime.combine(today + timedelta(days=day), time(), place).astimezone(UTC)
        for day in range(days + 1)
    )


def day_in(at: datetime, zone: str) -> date:
    """The date of `zone` at a moment."""
    return at.astimezone(ZoneInfo(zone)).date()
