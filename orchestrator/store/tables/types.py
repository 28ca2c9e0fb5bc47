"""Column types shared by every table: instants, dates, open JSON and sealed bytes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import BigInteger, Dialect
from sqlalchemy.types import TypeDecorator

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


# a batch asks for the same few instants again and again
@lru_cache(maxsize=4096)
def to_micros(at: datetime) -> int:
    """Microseconds since 1970-01-01 UTC of an aware datetime; naive input is a ValueError."""
    if at.tzinfo is None:
        raise ValueError(f"naive datetime {at!r}: every instant carries its zone")
    return (at - EPOCH) // MICROSECOND


@lru_cache(maxsize=4096)
def from_micros(micros: int) -> datetime:
    """The aware UTC datetime of a stored instant."""
    return EPOCH + micros * MICROSECOND


class Instant(TypeDecorator[datetime]):
    """An aware UTC datetime, stored as 64-bit microseconds.

    One representation on both databases: bulk statements pass plain integers and nothing depends on a
    session's time zone (decision record 0010).
    """

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | int | None, dialect: Dialect) -> int | None:
        if value is None or isinstance(value, int):
            return value
        return to_micros(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        return None if value is None else from_micros(value)
