"""A unit of work: one transaction with its time, and statements that both dialects take."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

import msgspec
import sqlalchemy as sa
import sqlmodel
from sqlalchemy.dialects import postgresql

from orchestrator.clock import Clock
from orchestrator.domain.instant import from_micros, to_micros
from orchestrator.store.tables import SQLModel

_POSTGRES: sa.Dialect = postgresql.dialect()  # type: ignore[no-untyped-call]
_NAMED = re.compile(r"(?<![:\w]):([a-z_][a-z0-9_]*)")
_NOW = {
    "sqlite": "SELECT CAST(ROUND((julianday('now') - 2440587.5) * 86400000) AS INTEGER) * 1000",
    "postgresql": "SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint",
}


@lru_cache(maxsize=2048)
def _for_postgres(sql: str) -> str:
    return _NAMED.sub(r"%(\1)s", sql.replace("%", "%%"))


_BINARY: dict[type[Any], str] = {
    sa.String: "text", sa.BigInteger: "int8", sa.Integer: "int4", sa.LargeBinary: "bytea", sa.JSON: "text",
}  # fmt: skip


@lru_cache(maxsize=256)
def _binary_types(table: str, columns: tuple[str, ...]) -> list[str]:
    """The types of a binary COPY, a third cheaper than text; empty where a column takes more than one Python type.

    Dates may come as text and booleans as numbers, so tables with those are copied as text.
    """
    found = []
    for name in columns:
        kept: Any = SQLModel.metadata.tables[table].columns[name].type
        impl = kept.impl if isinstance(kept, sa.TypeDecorator) else kept
        known = next((word for type_, word in _BINARY.items() if isinstance(impl, type_)), None)
        if known is None:
            return []
        found.append(known)
    return found


# fewer rows are written sooner than looked through
_WORTH_ROWS = 16
_PLAIN: dict[type[Any], Callable[[Any], Any]] = {sa.Boolean: int, sa.LargeBinary: bytearray}


@lru_cache(maxsize=1024)
def _plain(table: str, column: str) -> Callable[[Any], Any] | None:
    """What turns a value of this column into one that SQLite's driver takes without asking its adapters."""
    kept = SQLModel.metadata.tables[table].columns[column].type
    return next((plain for type_, plain in _PLAIN.items() if isinstance(kept, type_)), None)


def _filled(
    table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]
) -> tuple[Sequence[str], Iterable[Sequence[Any]]]:
    """The columns that hold anything, and the rows cut to these.

    SQLite's driver looks for an adapter for each None, truth value and bytes, which takes thrice as long as to bind it.
    """
    if len(rows) < _WORTH_ROWS:
        return columns, rows
    names: list[str] = []
    filled: list[Iterable[Any]] = []
    for name, cells in zip(columns, zip(*rows, strict=True), strict=True):
        empty = cells.count(None)
        if empty == len(cells):
            continue
        plain = None if empty else _plain(table, name)
        names.append(name)
        filled.append(cells if plain is None else map(plain, cells))
    return names, zip(*filled, strict=True)


@lru_cache(maxsize=256)
def _has_bytes(table: str, columns: tuple[str, ...]) -> bool:
    kept = SQLModel.metadata.tables[table].columns
    return any(isinstance(kept[name].type, sa.LargeBinary) for name in columns)


@lru_cache(maxsize=256)
def _update_from_json(table: str, columns: tuple[str, ...], only: str) -> str:
    kept = SQLModel.metadata.tables[table].columns
    # JSON comes as text, which is taken out of the record before it is read as JSON
    json_names = {name for name in columns if isinstance(kept[name].type, sa.JSON)}
    types = ", ".join(
        f'"{name}" {"text" if name in json_names else kept[name].type.compile(dialect=_POSTGRES)}'
        for name in columns
    )
    sets = ", ".join(
        f'"{name}" = given."{name}"{"::json" if name in json_names else ""}' for name in columns[1:]
    )
    return (
        f'UPDATE "{table}" SET {sets} FROM json_to_recordset(%(rows)s) AS given({types}) '  # noqa: S608 - our names
        f'WHERE "{table}"."{columns[0]}" = given."{columns[0]}" AND {only}'
    )


def _array(values: Iterable[Any]) -> str:
    """A PostgreSQL array as text, of the type that its place asks for; the driver's own is ten times slower."""
    texts = [str(value) for value in values]
    joined = '","'.join(texts)
    if joined.count('"') != 2 * max(len(texts) - 1, 0) or "\\" in joined:
        joined = '","'.join(text.replace("\\", "\\\\").replace('"', '\\"') for text in texts)
    return f'{{"{joined}"}}' if texts else "{}"


class Session:
    """One transaction's statements. `now` is the database's time, read once, or a virtual clock's."""

    def __init__(self, connection: sa.Connection, dialect: str, clock: Clock | None):
        self.connection = connection
        self.dialect = dialect
        self.callbacks: list[Callable[[], None]] = []
        raw: Any = connection.connection.driver_connection
        self._raw = raw
        self._cursor: Any = raw.cursor()
        self._clock = clock
        self._now_micros: int | None = None
        self._orm: sqlmodel.Session | None = None

    # time

    @property
    def now_micros(self) -> int:
        """The transaction's time in microseconds."""
        if self._now_micros is None:
            if self._clock is not None and self._clock.is_virtual:
                self._now_micros = to_micros(self._clock.now())
            else:
                self._now_micros = int(self._cursor.execute(_NOW[self.dialect]).fetchone()[0])
        return self._now_micros

    @property
    def now(self) -> datetime:
        """The transaction's time, aware UTC."""
        return from_micros(self.now_micros)

    # statements with :name parameters

    def query(self, sql: str, params: dict[str, Any] | None = None) -> list[tuple[Any, ...]]:
        """All rows as tuples."""
        self.flush()
        rows: list[tuple[Any, ...]] = self._run(sql, params).fetchall()
        return rows

    rows = query

    def one(self, sql: str, params: dict[str, Any] | None = None) -> tuple[Any, ...] | None:
        """The first row, or None."""
        self.flush()
        row: tuple[Any, ...] | None = self._run(sql, params).fetchone()
        return row

    def execute(self, sql: str, params: dict[str, Any] | None = None) -> Any:
        """Run a statement; the cursor tells `rowcount`, and gives the rows of a RETURNING."""
        self.flush()
        return self._run(sql, params)

    def executemany(self, sql: str, rows: Sequence[dict[str, Any]]) -> int:
        """Run one statement for many rows of parameters; the number of rows changed."""
        if not rows:
            return 0
        self.flush()
        self._cursor.executemany(self._adapt(sql), rows)
        return int(self._cursor.rowcount)

    def insert_many(self, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
        """Insert rows in the order of `columns`: executemany on SQLite, COPY on PostgreSQL. JSON as text."""
        self.flush()
        if self.dialect == "sqlite":
            columns, rows = _filled(table, columns, list(rows))
        names = ", ".join(f'"{column}"' for column in columns)
        if self.dialect == "sqlite":
            marks = ", ".join("?" * len(columns))
            self._cursor.executemany(f'INSERT INTO "{table}" ({names}) VALUES ({marks})', rows)  # noqa: S608
            return
        types = _binary_types(table, tuple(columns))
        form = " (FORMAT BINARY)" if types else ""
        with self._cursor.copy(f'COPY "{table}" ({names}) FROM STDIN{form}') as copy:
            if types:
                copy.set_types(types)
            for row in rows:
                copy.write_row(row)

    copy_or_many = insert_many

    def update_many(
        self, table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]], *, only: str = "TRUE"
    ) -> int:
        """Set `columns` of the rows that the first of them names; the number of rows changed.

        executemany on SQLite and for sealed values, else one statement, which is five times as fast. `only` is a
        further condition, its columns written with their table. Rows that others may change too must be locked
        before: one statement takes its locks in no order.
        """
        if not rows:
            return 0
        self.flush()
        key, *rest = columns
        if self.dialect == "sqlite" or _has_bytes(table, tuple(columns)):
            mark = "?" if self.dialect == "sqlite" else "%s"
            sets = ", ".join(f'"{column}" = {mark}' for column in rest)
            sql = f'UPDATE "{table}" SET {sets} WHERE "{key}" = {mark} AND {only}'  # noqa: S608 - our own names
            self._cursor.executemany(sql, [(*row[1:], row[0]) for row in rows])
        else:
            records = msgspec.json.encode([dict(zip(columns, row, strict=True)) for row in rows]).decode()
            self._cursor.execute(_update_from_json(table, tuple(columns), only), {"rows": records})
        return int(self._cursor.rowcount)

    # what the dialects say differently

    def within(self, name: str) -> str:
        """`column {within}` is true for a value in the list parameter `name`; give it through `listed`."""
        return (
            f"= ANY(:{name})"
            if self.dialect == "postgresql"
            else f"IN (SELECT value FROM json_each(:{name}))"  # noqa: S608 - our own name
        )

    def listed(self, values: Iterable[Any]) -> Any:
        """A list parameter for `within`; worth keeping where several statements take the same list."""
        return _array(values) if self.dialect == "postgresql" else json.dumps(list(values))

    @property
    def skip_locked(self) -> str:
        """Lock the rows of a SELECT, passing over those that others hold."""
        return "FOR UPDATE SKIP LOCKED" if self.dialect == "postgresql" else ""

    @property
    def for_update(self) -> str:
        """Lock the rows of a SELECT; SQLite's one writer needs none."""
        return "FOR UPDATE" if self.dialect == "postgresql" else ""

    # ordinary screens

    @property
    def orm(self) -> sqlmodel.Session:
        """A SQLModel session on the same transaction; never commit it, it is flushed at the end."""
        if self._orm is None:
            self._orm = sqlmodel.Session(self.connection, autoflush=True)
        return self._orm

    session = orm

    def after_commit(self, callback: Callable[[], None]) -> None:
        """Call `callback` once this transaction is durable; not at all if it is rolled back."""
        self.callbacks.append(callback)

    def flush(self) -> None:
        """Write what the ORM session holds back."""
        if self._orm is not None:
            self._orm.flush()

    # only for `orchestrator.store.database`

    def begin(self, *, write: bool) -> None:
        if self.dialect == "sqlite":
            self._cursor.execute("BEGIN IMMEDIATE" if write else "BEGIN")
        else:
            self._cursor.execute("BEGIN" if write else "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")

    def commit(self) -> None:
        """Our COMMIT goes first: closing the ORM session would roll back what is still open."""
        self._cursor.execute("COMMIT")
        self._close()

    def rollback(self) -> None:
        """Undo; a connection that is gone has undone it already."""
        is_gone = bool(getattr(self._raw, "closed", False))
        is_over = self.dialect == "sqlite" and not self._raw.in_transaction
        if not is_gone and not is_over:
            self._cursor.execute("ROLLBACK")
        self._close()

    def _close(self) -> None:
        if self._orm is not None:
            self._orm.expunge_all()
            self._orm.close()
            self._orm = None

    def _adapt(self, sql: str) -> str:
        return sql if self.dialect == "sqlite" else _for_postgres(sql)

    def _run(self, sql: str, params: dict[str, Any] | None) -> Any:
        return self._cursor.execute(self._adapt(sql), params or {})
