"""Column types shared by every table: instants, dates, open JSON and sealed bytes."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Dialect
from sqlalchemy.types import TypeDecorator

from orchestrator.domain.instant import from_micros, to_micros


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
