"""The validation period of 12 CFR 1006.34(b)(5) as dates.

Receipt is assumed on the fifth day after the notice was provided, not counting Saturdays, Sundays and the
legal public holidays of 5 USC 6103(a); information given orally is received at once. The period runs 30
calendar days from there, its end is never rolled, and a notice sent again after a bounce starts a new clock.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from policies.facts import Validation

_ASSUMED_DAYS = 5
_PERIOD_DAYS = 30
_ONE_DAY = timedelta(days=1)


def provided_on(validation: Validation) -> date | None:
    """The local date the notice counts from: of the second one where the first came back."""
    return validation.resent if validation.undeliverable and validation.resent else validation.sent


def period_of(validation: Validation, observed: bool = True) -> tuple[date, date, date] | None:
    """The date provided, the assumed receipt and the last date of the period; None: no notice is known."""
    sent = provided_on(validation)
    return None if sent is None else (sent, *validation_dates(sent, validation.medium == "oral", observed))


@lru_cache(maxsize=4096)
def validation_dates(sent: date, oral: bool = False, observed: bool = True) -> tuple[date, date]:
    """The assumed receipt and the last date of the period for a notice provided on local date `sent`.

    `observed` also leaves out the Friday or Monday kept in place of a weekend holiday (5 USC 6103(b)): that
    only makes the date later, which "at least five days" allows. Source: 12 CFR 1006.34(b)(5).
    """
    receipt = sent if oral else _assumed_receipt(sent, _holidays_with_substitutes if observed else _holidays)
    return receipt, receipt + timedelta(days=_PERIOD_DAYS)


def _assumed_receipt(sent: date, holidays: Callable[[int], frozenset[date]]) -> date:
    day, counted = sent, 0
    while counted < _ASSUMED_DAYS:
        day += _ONE_DAY
        if day.weekday() < 5 and day not in holidays(day.year):
            counted += 1
    return day


@lru_cache(maxsize=64)
def _holidays(year: int) -> frozenset[date]:
    """The eleven days named by 5 USC 6103(a); Juneteenth since 2021."""
    fixed = [(1, 1), (7, 4), (11, 11), (12, 25)] + ([(6, 19)] if year >= 2021 else [])
    floating = [(1, 0, 3), (2, 0, 3), (9, 0, 1), (10, 0, 2), (11, 3, 4)]
    named = {date(year, month, day) for month, day in fixed}
    named |= {_nth_weekday(year, month, weekday, nth) for month, weekday, nth in floating}
    return frozenset(named | {_last_monday_of_may(year)})


@lru_cache(maxsize=64)
def _holidays_with_substitutes(year: int) -> frozenset[date]:
    named = _holidays(year) | _holidays(year + 1)
    shifts = {5: -_ONE_DAY, 6: _ONE_DAY}
    substitutes = {day + shifts[day.weekday()] for day in named if day.weekday() in shifts}
    return frozenset(day for day in named | substitutes if day.year == year)


def _nth_weekday(year: int, month: int, weekday: int, nth: int) -> date:
    first = date(year, month, 1)
    return first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (nth - 1))


def _last_monday_of_may(year: int) -> date:
    last = date(year, 5, 31)
    return last - timedelta(days=last.weekday())
