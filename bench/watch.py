"""What the database does while something is asked: statements, seconds in the driver, and writes begun."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import event

from orchestrator.store.database import Database


@dataclass
class Watch:
    """Counts of everything since `reset`; `seconds` is time inside SQLite, of all threads together."""

    statements: int = 0
    writes: int = 0
    seconds: float = 0.0
    slowest: dict[str, float] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def reset(self) -> None:
        with self.lock:
            self.statements, self.writes, self.seconds = 0, 0, 0.0
            self.slowest = {}

    def took(self, sql: str, seconds: float, *, begins: bool) -> None:
        """One call of the driver; `begins`: it ran a statement rather than fetched from one."""
        with self.lock:
            self.seconds += seconds
            self.statements += begins
            self.writes += begins and sql.startswith("BEGIN IMMEDIATE")
            self.slowest[sql] = self.slowest.get(sql, 0.0) + seconds


def watch(database: Database) -> Watch:
    """Watches every connection that this SQLite database opens from now on."""
    found = Watch()

    class Cursor(sqlite3.Cursor):
        sql = ""

        def execute(self, sql: str, *values: Any) -> Cursor:
            self.sql = sql
            return self._timed(lambda: super(Cursor, self).execute(sql, *values), begins=True)  # type: ignore[no-any-return]

        def fetchall(self) -> list[Any]:
            return self._timed(super().fetchall)  # type: ignore[no-any-return]

        def fetchone(self) -> Any:
            return self._timed(super().fetchone)

        def fetchmany(self, *size: Any) -> list[Any]:
            return self._timed(lambda: super(Cursor, self).fetchmany(*size))  # type: ignore[no-any-return]

        def _timed(self, call: Callable[[], Any], *, begins: bool = False) -> Any:
            began = time.perf_counter()
            try:
                return call()
            finally:
                found.took(self.sql, time.perf_counter() - began, begins=begins)

    class Connection(sqlite3.Connection):
        def cursor(self, *_: Any) -> Any:
            return super().cursor(Cursor)

    def connect(_dialect: Any, _record: Any, _args: Any, options: dict[str, Any]) -> None:
        options["factory"] = Connection

    database.close()
    event.listen(database.engine, "do_connect", connect)
    return found
