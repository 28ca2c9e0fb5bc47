"""Databases to measure on: a new SQLite file and a new database of a real PostgreSQL, each with the schema."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from orchestrator.store.database import Database
from orchestrator.store.migration import upgrade

DIALECTS = ("sqlite", "postgresql")


@contextmanager
def fresh(dialect: str, pool_size: int = 10) -> Iterator[Database]:
    """An open database that is gone afterwards."""
    with fresh_url(dialect) as url:
        database = Database(url, pool_size=pool_size)
        try:
            yield database
        finally:
            database.close()


@contextmanager
def fresh_url(dialect: str) -> Iterator[str]:
    """The URL of a new database with the schema."""
    if dialect == "postgresql":
        from tests import postgres  # noqa: PLC0415 - SQLite alone needs no server

        name, url = postgres.fresh()
        yield url
        postgres.drop(name)
        return
    folder = tempfile.mkdtemp(prefix="duecourse-bench-")
    url = f"sqlite:///{Path(folder) / 'bench.db'}"
    database = Database(url)
    upgrade(database)
    database.close()
    yield url
    shutil.rmtree(folder, ignore_errors=True)


def settle(database: Database) -> None:
    """Let the database know what it holds, as it would in service: PostgreSQL's own ANALYZE comes a minute late."""
    with database.engine.connect() as connection:
        connection.exec_driver_sql("ANALYZE")
