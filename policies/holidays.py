"""Public holidays as sets of local day numbers, from dated tables, with a rule's own additions and removals.

A calendar is named like an ISO 3166-2 path in upper case: "US", "CN", "CA-ON". Names are those of the `holidays`
package in English; `add` and `remove` mend what it lacks or has too many of.
"""

from __future__ import annotations

import datetime as dt
from functools import lru_cache

import holidays as tables

from policies.errors import PackError
from policies.instant import date_of, day_number

_EASTER_MONDAY = "easter_monday"


def _easter_sunday(year: int) -> dt.date:
    """Gregorian Easter (the usual computus)."""
    a, b, c = year % 19, year // 100, year % 100
    d = (19 * a + b - b // 4 - (b - (b + 8) // 25 + 1) // 3 + 15) % 30
    e = (32 + 2 * (b % 4) + 2 * (c // 4) - d - c % 4) % 7
    f = d + e - 7 * ((a + 11 * d + 22 * e) // 451) + 114
    return dt.date(year, f // 31, f % 31 + 1)


class Calendar:
    """Which local dates are holidays. Years are read when they are first asked for."""

    __slots__ = ("_add", "_categories", "_country", "_days", "_remove", "_subdivision", "name")

    def __init__(
        self,
        name: str,
        add: tuple[str, ...] = (),
        remove: tuple[str, ...] = (),
        categories: tuple[str, ...] = (),
    ) -> None:
        country, _, subdivision = name.partition("-")
        self.name = name
        self._country, self._subdivision = country, subdivision or None
        self._add, self._remove, self._categories = add, frozenset(remove), categories
        self._days: dict[int, frozenset[int]] = {}
        self._year(2026)

    def __contains__(self, day: int) -> bool:
        return day in self._year(date_of(day).year)

    def _year(self, year: int) -> frozenset[int]:
        known = self._days.get(year)
        if known is None:
            known = self._days[year] = self._read(year)
        return known

    def _read(self, year: int) -> frozenset[int]:
        try:
            found = tables.country_holidays(
                self._country,
                subdiv=self._subdivision,
                years=year,
                language="en_US",
                categories=self._categories or None,
            )
        except (NotImplementedError, ValueError) as error:
            raise PackError(f"there is no holiday calendar {self.name}", code="no_calendar") from error
        days = {day for day, title in found.items() if title not in self._remove}
        for extra in self._add:
            if extra == _EASTER_MONDAY:
                days.add(_easter_sunday(year) + dt.timedelta(days=1))
            else:
                days.add(dt.date.fromisoformat(extra))
        return frozenset(day_number(day) for day in days)


@lru_cache(maxsize=256)
def calendar(
    name: str,
    add: tuple[str, ...] = (),
    remove: tuple[str, ...] = (),
    categories: tuple[str, ...] = (),
) -> Calendar:
    """A calendar, made once. An unknown name raises PackError."""
    return Calendar(name, add, remove, categories)
