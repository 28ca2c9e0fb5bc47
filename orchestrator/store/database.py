"""The one way to the database: a unit of work per transaction, and the only commit of the product.

SQLite: WAL, `synchronous=FULL` on every connection, one writer, BEGIN IMMEDIATE, five seconds of patience,
then 503. PostgreSQL: psycopg 3, statement and lock timeouts. Statements are written once, with `:name`
parameters; `Session` bridges what the two dialects say differently.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import msgspec
import psycopg
import sqlalchemy as sa
from psycopg.types.json import set_json_loads
from sqlalchemy import event
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from orchestrator.clock import Clock
from orchestrator.errors import ConflictError, SettingError, UnavailableError
from orchestrator.store.session import Session
from orchestrator.store.turn import WriterTurn

PATIENCE_S = 5
SQLITE_PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    f"PRAGMA busy_timeout={PATIENCE_S * 1000}",
    "PRAGMA temp_store=MEMORY",
    "PRAGMA cache_size=-65536",
    # fewer, larger checkpoints: an import changes the same pages again and again
    "PRAGMA wal_autocheckpoint=16000",
)
POSTGRES_OPTIONS = (
    "-c statement_timeout=60000 -c lock_timeout=10000 -c idle_in_transaction_session_timeout=120000"
)


class Database:
    """A database by its URL: `sqlite:///path` or `postgresql://...`. Threads may share one."""

    def __init__(self, url: str, *, pool_size: int = 10):
        self.url = url
        self.dialect, self.engine = _connect(url, pool_size)
        self._turn = WriterTurn(PATIENCE_S) if self.dialect == "sqlite" else None

    @contextmanager
    def write(self, clock: Clock | None = None, *, urgent: bool = False) -> Iterator[Session]:
        """A transaction that commits at its end or not at all. `urgent` (opt-outs) goes before others.

        Raises UnavailableError if the database is away, locked for too long or its disk is full.
        """
        with _unavailable(), self._in_turn(urgent), self.engine.connect() as connection:
            unit = Session(connection, self.dialect, clock)
            unit.begin(write=True)
            try:
                yield unit
                unit.flush()
            except BaseException:
                unit.rollback()
                raise
            unit.commit()
        for callback in unit.callbacks:
            callback()

    @contextmanager
    def read(self, clock: Clock | None = None) -> Iterator[Session]:
        """A transaction that sees one state and changes nothing."""
        with _unavailable(), self.engine.connect() as connection:
            unit = Session(connection, self.dialect, clock)
            unit.begin(write=False)
            try:
                yield unit
            finally:
                unit.rollback()

    def close(self) -> None:
        """Give all connections back; the object may be used again."""
        self.engine.dispose()

    @contextmanager
    def _in_turn(self, urgent: bool) -> Iterator[None]:
        if self._turn is None:
            yield
            return
        with self._turn.take(urgent):
            yield


@contextmanager
def _unavailable() -> Iterator[None]:
    """What the drivers call an operational error is a 503 of ours, a row that came twice at once a 409."""
    try:
        yield
    except (OperationalError, PoolTimeout) as error:
        raise unavailable(error) from error
    except BROKEN_RULES as error:
        if not _is_duplicate(error):
            raise
        raise ConflictError(
            "the same thing was written by somebody else at this moment",
            hint="nothing was changed; look at what is there, and ask again",
        ) from error
    except DBAPIError as error:
        if error.connection_invalidated:
            raise unavailable(error) from error
        raise
    except DRIVER_ERRORS as error:
        raise unavailable(error) from error


BROKEN_RULES: tuple[type[Exception], ...] = (
    IntegrityError,
    psycopg.IntegrityError,
    sqlite3.IntegrityError,
)


def _is_duplicate(error: Exception) -> bool:
    """Whether two wrote one key; a missing reference or an empty column is a fault of ours and stays one."""
    told = error.orig if isinstance(error, IntegrityError) else error
    if isinstance(told, sqlite3.IntegrityError):
        return told.sqlite_errorcode in {
            sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY,
            sqlite3.SQLITE_CONSTRAINT_UNIQUE,
        }
    return isinstance(told, psycopg.errors.UniqueViolation)


DRIVER_ERRORS: tuple[type[Exception], ...] = (psycopg.OperationalError, sqlite3.OperationalError)


def unavailable(error: Exception) -> UnavailableError:
    """One sentence for people; the driver's own words without a password."""
    reason = str(getattr(error, "orig", None) or error).strip().splitlines()
    return UnavailableError(
        f"the database did not answer: {reason[0] if reason else type(error).__name__}",
        code="database_unavailable",
        hint="nothing was changed; try again, and look at `duecourse doctor` if it stays",
    )


def _connect(url: str, pool_size: int) -> tuple[str, sa.Engine]:
    if url.startswith("sqlite:///"):
        return "sqlite", _sqlite(url, pool_size)
    if url.startswith("postgresql://"):
        return "postgresql", _postgres(url, pool_size)
    raise SettingError(
        "not a database this product knows",
        where="DUECOURSE_DATABASE_URL",
        hint="sqlite:///var/duecourse.db or postgresql://user@host/name",
    )


def _sqlite(url: str, pool_size: int) -> sa.Engine:
    engine = sa.create_engine(
        url,
        isolation_level="AUTOCOMMIT",  # we say BEGIN ourselves, so that a write takes its lock at the start
        connect_args={"timeout": PATIENCE_S, "check_same_thread": False},
        poolclass=sa.QueuePool,
        pool_size=pool_size,
        max_overflow=pool_size,
        pool_timeout=PATIENCE_S,
    )

    def prepare(connection: Any, _record: Any) -> None:
        cursor = connection.cursor()
        for pragma in SQLITE_PRAGMAS:
            cursor.execute(pragma)
        cursor.close()

    event.listen(engine, "connect", prepare)
    return engine


def _postgres(url: str, pool_size: int) -> sa.Engine:
    engine = sa.create_engine(
        "postgresql+psycopg://" + url.removeprefix("postgresql://"),
        isolation_level="AUTOCOMMIT",
        connect_args={
            "connect_timeout": PATIENCE_S,
            "options": POSTGRES_OPTIONS,
            "application_name": "duecourse",
        },
        pool_size=pool_size,
        max_overflow=pool_size,
        pool_timeout=PATIENCE_S,
        pool_pre_ping=True,
    )
    event.listen(engine, "connect", lambda connection, _: set_json_loads(msgspec.json.decode, connection))
    return engine
