"""Opening what a command needs and closing it whatever happens."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from orchestrator import log
from orchestrator.bootstrap import Runtime, database_url
from orchestrator.errors import ConflictError
from orchestrator.settings import Settings, load
from orchestrator.store import migration
from orchestrator.store.database import Database


@contextmanager
def open_runtime() -> Iterator[Runtime]:
    """The configured runtime over a database of the right schema; the log goes to its file."""
    settings = configured()
    runtime = Runtime.open(settings)
    try:
        ensure_schema(runtime.database)
        yield runtime
    finally:
        runtime.close()


@contextmanager
def open_database() -> Iterator[Database]:
    """The configured database alone."""
    database = Database(database_url(configured()))
    try:
        yield database
    finally:
        database.close()


def configured() -> Settings:
    settings = load()
    log.configure(settings.data_dir, settings.log_level)
    return settings


def ensure_schema(database: Database) -> None:
    """Makes a new SQLite file ready; an older schema, or an empty PostgreSQL, is upgraded by hand only."""
    current = migration.current(database)
    if current is None and database.dialect == "sqlite":
        migration.upgrade(database)
    elif current != migration.newest():
        raise ConflictError(
            f"the database has schema {current or 'none'}, this version needs {migration.newest()}",
            code="schema_differs",
            where="DUECOURSE_DATABASE_URL",
            hint="duecourse db upgrade",
        )
