"""Days as a place counts them: where they begin, whatever its clocks do meanwhile."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from policies.errors import PackError
from policies.holidays import Calendar, calendar
from policies.instant import day_number

SUNDAY = 6


def days_from(at: datetime, zone: str, days: int) -> tuple[datetime, ...]:
    """The midnights (aware UTC) of `zone` from today's on, and the one that ends the last of `days` days."""
    place, today = ZoneInfo(zone), day_in(at, zone)
    return tuple(
        datetime.combine(today + timedelta(days=day), time(), place).astimezone(UTC)
        for day in range(days + 1)
    )


def free_days(country: str, midnights: Sequence[datetime], zone: str) -> dict[date, str]:
    """Of the days that begin at these midnights the `holiday`s of the country and the `sunday`s.

    Whether a contact may be made then is for the rules alone. A country whose holidays nobody here knows has none.
    """
    try:
        known: Calendar | frozenset[int] = calendar(country.upper())
    except PackError:
        known = frozenset()
    found = {}
    for midnight in midnights[:-1]:
        day = day_in(midnight, zone)
        if day_number(day) in known:
            found[day] = "holiday"
        elif day.weekday() == SUNDAY:
            found[day] = "sunday"
    return found


def day_in(at: datetime, zone: str) -> date:
    """The date of `zone` at a moment."""
    return at.astimezone(ZoneInfo(zone)).date()
