"""Many rows at a time, by the statements that both databases take. Instants are microseconds, dates ISO text."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from orchestrator.domain.instant import from_micros, to_micros
from orchestrator.store.session import Session


def select(
    unit: Session,
    columns: Sequence[str],
    table: str,
    key: str,
    values: Sequence[str],
    *,
    lock: bool = False,
) -> Iterator[tuple[Any, ...]]:
    """The rows whose `key` is one of `values`, dates as ISO text; `lock` keeps others from changing them."""
    if not values:
        return
    names = ", ".join(f'"{column}"' for column in columns)
    locked = f"ORDER BY {key} {unit.for_update}" if lock else ""
    sql = f"SELECT {names} FROM {table} WHERE {key} {unit.within('keys')} {locked}"  # noqa: S608 - our own names
    rows = unit.query(sql, {"keys": unit.listed(values)})
    if unit.dialect == "sqlite":
        # dates are text there already
        yield from rows
        return
    for found in rows:
        yield tuple(cell.isoformat() if isinstance(cell, date) else cell for cell in found)


def repeated(unit: Session, table: str, key: str, values: Sequence[str]) -> list[str]:
    """Those of `values` that more than one row has as its `key`; its index alone answers."""
    if not values:
        return []
    sql = f"SELECT {key} FROM {table} WHERE {key} {unit.within('keys')} GROUP BY {key} HAVING count(*) > 1"  # noqa: S608 - our own names
    return sorted(found for (found,) in unit.query(sql, {"keys": unit.listed(values)}))


def insert(unit: Session, table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Add rows that are not there yet."""
    if rows:
        unit.insert_many(table, columns, rows)


def update(unit: Session, table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Set `columns` of the rows named by their id, which comes first in each of `rows`."""
    unit.update_many(table, ("id", *columns), rows)


def from_json(value: Any) -> Any:
    """A JSON column's value: PostgreSQL gives it decoded, SQLite as text."""
    return json.loads(value) if isinstance(value, str | bytes) else (value or [])


def day_of(micros: int) -> str:
    """The UTC date of an instant, as ISO text."""
    return from_micros(micros).date().isoformat()


@lru_cache(maxsize=8_192)
def midday_of(day: str) -> int:
    """Noon UTC of an ISO date, for facts that are known to the day only."""
    return to_micros(datetime.fromisoformat(f"{day}T12:00:00+00:00"))


@lru_cache(maxsize=8_192)
def list_json(names: tuple[str, ...]) -> str:
    """Names as the JSON text of a column."""
    return json.dumps(names)
