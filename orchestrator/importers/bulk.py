"""Many rows at a time, by the statements that both databases take. Instants are microseconds, dates ISO text."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import Any, Protocol

from orchestrator.store.tables.types import from_micros, to_micros

# below the number of parameters that either database takes in one statement
AT_ONCE = 1_000


class Transaction(Protocol):
    """What the importers use of `orchestrator.store.database`'s unit of work."""

    @property
    def now(self) -> datetime: ...

    def execute(self, sql: str, params: Any = ...) -> Any: ...

    def executemany(self, sql: str, rows: Sequence[Any]) -> Any: ...

    def copy_or_many(self, table: str, columns: Sequence[str], rows: Sequence[Any]) -> Any: ...


class Unit:
    """A transaction with its time in microseconds."""

    def __init__(self, transaction: Transaction):
        self.transaction = transaction
        self.now_micros = to_micros(transaction.now)

    def execute(self, sql: str, params: dict[str, Any]) -> Any:
        """One statement with named parameters."""
        return self.transaction.execute(sql, params)


def select(
    unit: Unit, columns: Sequence[str], table: str, key: str, values: Sequence[str]
) -> Iterator[tuple[Any, ...]]:
    """The rows whose `key` is one of `values`, dates as ISO text."""
    for start in range(0, len(values), AT_ONCE):
        part = values[start : start + AT_ONCE]
        marks = ", ".join(f":v{number}" for number in range(len(part)))
        sql = f"SELECT {', '.join(columns)} FROM {table} WHERE {key} IN ({marks})"  # noqa: S608 (our own names)
        for found in unit.execute(sql, {f"v{number}": value for number, value in enumerate(part)}):
            yield tuple(cell.isoformat() if isinstance(cell, date) else cell for cell in found)


def insert(unit: Unit, table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Add rows that are not there yet."""
    if rows:
        unit.transaction.copy_or_many(table, columns, rows)


def update(unit: Unit, table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Set `columns` of the rows named by their id, which comes first in each of `rows`."""
    if not rows:
        return
    assignments = ", ".join(f"{column} = :{column}" for column in columns)
    sql = f"UPDATE {table} SET {assignments} WHERE id = :id"  # noqa: S608 (our own names)
    names = ("id", *columns)
    unit.transaction.executemany(sql, [dict(zip(names, row, strict=True)) for row in rows])


def move_epochs(unit: Unit, consumer_ids: Iterable[str]) -> None:
    """Let the unspent permits of these consumers die."""
    ids = sorted(consumer_ids)
    if ids:
        rows = [{"id": id_, "now": unit.now_micros} for id_ in ids]
        unit.transaction.executemany(
            "UPDATE consumer SET epoch = epoch + 1, changed_at = :now WHERE id = :id", rows
        )


def from_json(value: Any) -> Any:
    """A JSON column's value: PostgreSQL gives it decoded, SQLite as text."""
    return json.loads(value) if isinstance(value, str | bytes) else (value or [])


def day_of(micros: int) -> str:
    """The UTC date of an instant, as ISO text."""
    return from_micros(micros).date().isoformat()


def midday_of(day: str) -> int:
    """Noon UTC of an ISO date, for facts that are known to the day only."""
    return to_micros(datetime.fromisoformat(f"{day}T12:00:00+00:00"))
