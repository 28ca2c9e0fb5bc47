"""An instant as one number: microseconds since 1970, as it is stored and counted."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import lru_cache

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
