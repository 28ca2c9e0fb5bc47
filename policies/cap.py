"""One cap: so many in a window of local dates or of hours. Used up? And when not any more?"""

from __future__ import annotations

import datetime as dt
from typing import Literal

from policies.facts import Frozen
from policies.instant import DAY, FOREVER, HOUR, MINUTE, Zone, date_of, day_number
from policies.prepare import Local, Series
from policies.vocabulary import WEEKDAYS, Weekday
from policies.windows import week_start

Window = Literal[
    "calendar_day", "calendar_week", "calendar_month", "local_days", "rolling_hours", "rolling_minutes"
]


class Cap(Frozen, frozen=True):
    """`limit` contacts in `n` local dates (the day of the contact is the last), in the calendar week or month of the
    contact, or in the `n` hours or minutes before it. `week_start`: the first day of a calendar week."""

    limit: int
    window: Window
    n: int = 1
    week_start: Weekday = Weekday.SUN


class CapWindow:
    """One cap over one series: is it used up at this place and time, and when will it not be?"""

    __slots__ = ("cap", "first", "reach", "rolling")

    def __init__(self, cap: Cap) -> None:
        self.cap = cap
        self.rolling = {"rolling_hours": HOUR, "rolling_minutes": MINUTE}.get(cap.window, 0) * cap.n
        self.reach = self.rolling or (days_back(cap) + 1) * DAY
        self.first = WEEKDAYS.index(cap.week_start)

    def span(self, local: Local) -> tuple[int, int]:
        """First and last local date of the window (unused by rolling windows)."""
        _, day, _ = local
        if self.cap.window == "calendar_week":
            start = week_start(day, self.first)
            return start, start + 6
        if self.cap.window == "calendar_month":
            date = date_of(day)
            return day - date.day + 1, day_number(next_month(date)) - 1
        return day - (self.cap.n if self.cap.window == "local_days" else 1) + 1, day

    def range(self, series: Series, local: Local, at: int) -> tuple[int, int]:
        """Index range of the events in the window. Trailing windows hold later events as well."""
        if self.rolling:
            return series.since(at - self.rolling)
        first, last = self.span(local)
        low, high = series.between_days(local[0], first, last)
        if self.cap.window in ("calendar_week", "calendar_month"):
            return low, high
        return low, len(series.times)

    def free_at(self, series: Series, local: Local, high: int) -> int:
        """The first instant at which enough of the counted events have left."""
        limit, place = self.cap.limit, local[0]
        if limit == 0:
            return FOREVER
        if self.rolling:
            return series.times[high - limit] + self.rolling
        if self.cap.window in ("calendar_week", "calendar_month"):
            return place.at(self.span(local)[1] + 1, 0)
        length = self.cap.n if self.cap.window == "local_days" else 1
        return place.at(series.days(place)[high - limit] + length, 0)

    def clear_from(self, series: Series, place: Zone) -> int:
        """An instant from which this window cannot be used up by these events."""
        limit, count = self.cap.limit, len(series.times)
        if limit == 0:
            return FOREVER
        if count < limit:
            return 0
        if self.rolling:
            return series.times[count - limit] + self.rolling
        days = series.days(place)
        if self.cap.window not in ("calendar_week", "calendar_month"):
            length = self.cap.n if self.cap.window == "local_days" else 1
            return place.at(days[count - limit] + length, 0)
        for last in range(count - 1, limit - 2, -1):
            period = self.span((place, days[last], 0))
            if days[last - limit + 1] >= period[0]:
                return place.at(period[1] + 1, 0)
        return 0

    def edges(self, local: Local, at: int) -> tuple[int, int]:
        """The window's start and (exclusive) end, in microseconds."""
        if self.rolling:
            return at - self.rolling, at
        first, last = self.span(local)
        return local[0].at(first, 0), local[0].at(last + 1, 0)

    def words(self) -> str:
        n = self.cap.n
        named = {
            "calendar_day": "a day",
            "calendar_week": "a calendar week",
            "calendar_month": "a calendar month",
            "local_days": f"{n} local dates",
            "rolling_hours": f"{n} hours",
            "rolling_minutes": f"{n} minutes",
        }
        return named[self.cap.window]


def next_month(date: dt.date) -> dt.date:
    """The first day of the following month."""
    return (date.replace(day=1) + dt.timedelta(days=32)).replace(day=1)


def days_back(cap: Cap) -> int:
    """How many local dates before today the window may touch."""
    days = {"calendar_week": 7, "calendar_month": 31, "local_days": cap.n}.get(cap.window, 1)
    return cap.n * HOUR // DAY + 1 if cap.window == "rolling_hours" else days
