"""The days that anybody may name. What is further away is a slip of the keys, or a program's word for "for ever".

It is refused where it comes in: the calendar ends with 9999-12-31, and whoever adds a day to that is stopped.
"""

from __future__ import annotations

from datetime import UTC, date, datetime

from orchestrator.errors import UsageError

FIRST, LAST = date(1880, 1, 1), date(2100, 12, 31)
SPAN = f"from {FIRST} to {LAST}"


class DateError(UsageError):
    """A day that cannot be meant, or that is over where one ahead is asked for; `where` is the field."""

    code = "bad_date"


def is_within(day: date) -> bool:
    """Whether a day can be meant."""
    return FIRST <= day <= LAST


def in_span(day: date) -> date:
    """The day itself; a ValueError in words for one that cannot be meant."""
    if not is_within(day):
        raise ValueError(f"{day} cannot be meant: a day is {SPAN}")
    return day


def moment_in_span(at: datetime) -> datetime:
    """The aware moment itself; a ValueError in words for one that cannot be meant."""
    # a day is left at both ends, so that it has a date in every zone
    if not (_FIRST_MOMENT <= at < _LAST_MOMENT):
        raise ValueError(f"{at.isoformat()} cannot be meant: a time is {SPAN}")
    return at


def moment_or_now(at: datetime) -> datetime | None:
    """The aware moment, or None (now) for one that cannot be meant: for what must take effect whenever it was said."""
    return at if _FIRST_MOMENT <= at < _LAST_MOMENT else None


_FIRST_MOMENT = datetime(FIRST.year, FIRST.month, FIRST.day, tzinfo=UTC)
_LAST_MOMENT = datetime(LAST.year + 1, 1, 1, tzinfo=UTC)


def check_day(day: date | None, where: str, *, hint: str | None = None) -> None:
    """Raise DateError for a day that cannot be meant."""
    if day is not None and not is_within(day):
        raise DateError(f"{day} cannot be meant", where=where, hint=hint or f"a day is {SPAN}")


def check_moment(at: datetime, where: str) -> datetime:
    """The aware moment itself; DateError for one that cannot be meant."""
    try:
        return moment_in_span(at)
    except ValueError:
        raise DateError(f"{at.isoformat()} cannot be meant", where=where, hint=f"a time is {SPAN}") from None


def check_last_day(day: date | None, today: date, where: str, *, hint: str | None = None) -> None:
    """Raise DateError for the last day of something that begins today, if it is over or cannot be meant."""
    check_day(day, where, hint=hint)
    if day is not None and day < today:
        raise DateError(
            f"{day} is over: it would end before it begins", where=where, hint=f"{today} or later"
        )
