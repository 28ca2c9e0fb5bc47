"""Hours of the week, and spans of local dates, over integers.

A schedule is open on [start, end): 08:00 is open, 21:00 is closed. Calendar spans count the consumer's local dates
and are evaluated in each candidate zone.
"""

from __future__ import annotations

from collections.abc import Mapping

from policies.errors import PackError
from policies.holidays import Calendar
from policies.instant import DAY, FOREVER, HOUR, Zone, clock_micros, weekday_of
from policies.prepare import Local
from policies.vocabulary import WEEKDAYS

Ranges = tuple[tuple[int, int], ...]
_LOOK_AHEAD = 401
_SLOT, _KEPT = 4 * HOUR, 2_048
_GROUPS = {
    "all": WEEKDAYS,
    "weekdays": WEEKDAYS[:5],
    "weekend": WEEKDAYS[5:],
}


def read_ranges(text: str) -> Ranges:
    """ "08:00-12:00, 14:00-18:00" or "closed" to ranges in microseconds of the local day."""
    if text.strip() == "closed":
        return ()
    found = []
    for part in text.split(","):
        try:
            start, end = (clock_micros(clock) for clock in part.strip().split("-"))
        except ValueError as error:
            raise PackError(f"{part.strip()!r} is not a span of hours", code="bad_hours") from error
        if not 0 <= start < end <= DAY:
            raise PackError(f"{part.strip()!r} is not a span within one day", code="bad_hours")
        found.append((start, end))
    return tuple(sorted(found))


class Schedule:
    """Opening hours by weekday, and on holidays where they differ."""

    __slots__ = ("_asked", "_calendar", "_days", "_holiday", "_same")

    def __init__(self, windows: Mapping[str, str], calendar: Calendar | None = None) -> None:
        days: dict[str, Ranges] = {}
        holiday: Ranges | None = None
        for key, text in windows.items():
            if key == "holiday":
                holiday = None if text == "same" else read_ranges(text)
            elif key in _GROUPS:
                days.update(dict.fromkeys(_GROUPS[key], read_ranges(text)))
        for key, text in windows.items():
            if key in WEEKDAYS:
                days[key] = read_ranges(text)
            elif key not in _GROUPS and key != "holiday":
                raise PackError(f"{key!r} is not a day of the week", code="bad_hours")
        self._days = tuple(days.get(day, ()) for day in WEEKDAYS)
        self._holiday = holiday
        self._calendar = calendar if holiday is not None else None
        first = self._days[0]
        plain = self._calendar is None and len(first) == 1 and first[0][1] < DAY
        self._same = first[0] if plain and all(day == first for day in self._days) else None
        self._asked: dict[tuple[Zone, int], tuple[int, int, bool]] = {}

    def at(self, place: Zone, us: int) -> tuple[bool, int]:
        """Open at this instant in this zone? And when that ends.

        Spans that were found are kept: at any one time nearly every consumer of a zone is asked about the same.
        """
        key = (place, us // _SLOT)
        known = self._asked.get(key)
        if known is not None and known[0] <= us < known[1]:
            return known[2], known[1]
        wall = us + place.offset(us)
        day = wall // DAY
        is_open, edge = self.ask((place, day, wall - day * DAY))
        if len(self._asked) > _KEPT:
            self._asked.clear()
        self._asked[key] = (us, edge, is_open)
        return is_open, edge

    def ranges(self, day: int) -> Ranges:
        """The open hours of a local date."""
        if self._calendar is not None and self._holiday is not None and day in self._calendar:
            return self._holiday
        return self._days[weekday_of(day)]

    def ask(self, local: Local) -> tuple[bool, int]:
        """Open now? And the instant at which that ends (FOREVER: it does not, within 400 days)."""
        place, day, clock = local
        if self._same is not None:
            start, end = self._same
            if start <= clock < end:
                return True, place.at(day, end)
            return False, place.at(day if clock < start else day + 1, start)
        for start, end in self.ranges(day):
            if start <= clock < end:
                return True, self._closing(place, day, end)
        return False, self._opening(place, day, clock)

    def _closing(self, place: Zone, day: int, end: int) -> int:
        """When hours that end now really end: at midnight they may go on into the next day."""
        for _ in range(_LOOK_AHEAD):
            if end < DAY:
                return place.at(day, end)
            following = self.ranges(day + 1)
            if not following or following[0][0] > 0:
                return place.at(day + 1, 0)
            day, end = day + 1, following[0][1]
        return FOREVER

    def _opening(self, place: Zone, day: int, clock: int) -> int:
        for start, _ in self.ranges(day):
            if start > clock:
                return place.at(day, start)
        for later in range(day + 1, day + _LOOK_AHEAD):
            ranges = self.ranges(later)
            if ranges:
                return place.at(later, ranges[0][0])
        return FOREVER


def week_start(day: int, first_weekday: int) -> int:
    """The day number on which the calendar week of `day` began (`first_weekday`: 0 is Monday)."""
    return day - (weekday_of(day) - first_weekday) % 7
