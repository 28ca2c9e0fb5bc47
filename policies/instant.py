"""Instants and local days as integers: microseconds since 1970 UTC, days since 1970 of a zone's own calendar.

Judging compares integers only. A zone's UTC offsets are read once into a sorted table, so a local day is a bisect.
"""

from __future__ import annotations

import datetime as dt
import zoneinfo
from bisect import bisect_right
from functools import lru_cache

SECOND = 1_000_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR
FOREVER = 1 << 62
"""Later than every instant: a rule that passes until FOREVER never starts to object by itself."""

EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_EPOCH_DAY = dt.date(1970, 1, 1).toordinal()
_TABLE_FROM = dt.datetime(2008, 1, 1, tzinfo=dt.UTC)
_TABLE_TO = dt.datetime(2060, 1, 1, tzinfo=dt.UTC)
_MICROSECOND = dt.timedelta(microseconds=1)


def to_micros(at: dt.datetime) -> int:
    """Aware datetime to microseconds since 1970 UTC, exactly."""
    delta = at - EPOCH
    return (delta.days * 86_400 + delta.seconds) * SECOND + delta.microseconds


def from_micros(us: int) -> dt.datetime:
    """Microseconds since 1970 UTC to an aware UTC datetime."""
    return EPOCH + dt.timedelta(microseconds=us)


LAST = to_micros(dt.datetime.max.replace(tzinfo=dt.UTC))
"""The last instant that the calendar can write."""


def day_number(day: dt.date) -> int:
    """Date to days since 1970-01-01."""
    return day.toordinal() - _EPOCH_DAY


def date_of(day: int) -> dt.date:
    """Days since 1970-01-01 to a date."""
    return dt.date.fromordinal(day + _EPOCH_DAY)


def weekday_of(day: int) -> int:
    """0 is Monday; 1970-01-01 was a Thursday."""
    return (day + 3) % 7


def clock_micros(text: str) -> int:
    """ "HH:MM" (24:00 is the end of the day) to microseconds since local midnight."""
    hours, minutes = text.split(":")
    return int(hours) * HOUR + int(minutes) * MINUTE


class Zone:
    """One IANA zone as a table of offsets: `starts[i]` is the instant from which `offsets[i]` holds."""

    __slots__ = ("name", "offsets", "starts")

    def __init__(self, name: str, starts: list[int], offsets: list[int]) -> None:
        self.name = name
        self.starts = starts
        self.offsets = offsets

    def __repr__(self) -> str:
        return f"Zone({self.name})"

    def offset(self, us: int) -> int:
        """Microseconds that local time is ahead of UTC at this instant."""
        return self.offsets[bisect_right(self.starts, us) - 1]

    def day(self, us: int) -> int:
        """The local date of an instant, as days since 1970."""
        return (us + self.offsets[bisect_right(self.starts, us) - 1]) // DAY

    def at(self, day: int, clock: int) -> int:
        """The first instant at which the local clock shows `clock` (microseconds of `day`) or later.

        In a spring gap that is the moment after the gap; of an hour that comes twice it is the first.
        """
        wall = day * DAY + clock
        index = bisect_right(self.starts, wall - DAY) - 1
        while True:
            candidate = wall - self.offsets[index]
            begins = self.starts[index]
            if index + 1 >= len(self.starts) or candidate < self.starts[index + 1]:
                return max(candidate, begins)
            index += 1


def _offset_at(zone: zoneinfo.ZoneInfo, at: dt.datetime) -> dt.timedelta:
    # two walls of one zone differ by what their clocks show: six times as fast as asking for the offset
    wall = at.replace(tzinfo=zone)
    return zone.fromutc(wall) - wall


def _first_with(zone: zoneinfo.ZoneInfo, low: dt.datetime, high: dt.datetime) -> dt.datetime:
    """The first second in (low, high] whose offset is that of `high`."""
    wanted = _offset_at(zone, high)
    while high - low > dt.timedelta(seconds=1):
        middle = low + (high - low) // 2
        middle = middle.replace(microsecond=0)
        if middle <= low:
            break
        if _offset_at(zone, middle) == wanted:
            high = middle
        else:
            low = middle
    return high


@lru_cache(maxsize=1024)
def zone(name: str) -> Zone:
    """The table of a zone, read once. An unknown name raises `zoneinfo.ZoneInfoNotFoundError` or ValueError."""
    info = zoneinfo.ZoneInfo(name)
    before, step = _TABLE_FROM, dt.timedelta(days=5)
    held = _offset_at(info, before)
    starts, offsets = [-FOREVER], [held // _MICROSECOND]
    while before < _TABLE_TO:
        after = before + step
        holds = _offset_at(info, after)
        if holds != held:
            starts.append(to_micros(_first_with(info, before, after)))
            offsets.append(holds // _MICROSECOND)
        before, held = after, holds
    return Zone(name, starts, offsets)
