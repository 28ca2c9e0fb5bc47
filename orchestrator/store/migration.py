"""Brings a database to the schema of this version, and back. The steps are in `migrations/versions`."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util.exc import CommandError

from orchestrator.errors import ConflictError
from orchestrator.store.database import Database
from orchestrator.store.tables import SQLModel
from orchestrator.store.tables.types import Instant

FOLDER = Path(__file__).parent / "migrations"


def upgrade(database: Database, revision: str = "head") -> None:
    """Apply what is missing, in one transaction."""
    _run(database, lambda config: command.upgrade(config, revision))


def downgrade(database: Database, revision: str) -> None:
    """Go back to `revision` (`base`: nothing is left). What later columns held is lost."""
    _run(database, lambda config: command.downgrade(config, revision))


def current(database: Database) -> str | None:
    """The revision of the database; None before the first."""
    with database.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def newest() -> str:
    """The revision that this version of the program needs."""
    head = ScriptDirectory.from_config(_config()).get_current_head()
    assert head is not None  # noqa: S101 - the package holds at least one step
    return head


def is_current(database: Database) -> bool:
    return current(database) == newest()


def differences(database: Database) -> list[Any]:
    """How the database's tables differ from the program's; empty when they agree."""
    with database.engine.connect() as connection, warnings.catch_warnings():
        # SQLite does not tell what expression an index is over: there it is looked for by its name alone
        warnings.filterwarnings("ignore", message=".*expression-based index")
        context = MigrationContext.configure(connection, opts={"compare_type": compare_type})
        found = list(compare_metadata(context, SQLModel.metadata))
        return found if database.dialect != "sqlite" else found + _missing_by_name(connection)


def _missing_by_name(connection: sa.Connection) -> list[tuple[str, str]]:
    """The indexes over expressions that the program has and an SQLite file has not."""
    there = set(connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'index'").scalars())
    return [
        ("add_index", str(index.name))
        for table in SQLModel.metadata.sorted_tables
        for index in sorted(table.indexes, key=lambda one: str(one.name))
        if index.name not in there and not all(isinstance(part, sa.Column) for part in index.expressions)
    ]


def compare_type(
    _context: Any, _inspected: Any, _column: Any, inspected_type: Any, metadata_type: Any
) -> bool | None:
    """Text is text and a big integer an instant, whatever a dialect calls them; the rest is left to Alembic."""
    if isinstance(metadata_type, Instant):
        return not isinstance(inspected_type, sa.BigInteger)
    if isinstance(metadata_type, sa.String) and isinstance(inspected_type, sa.String):
        return False
    return None


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    return config


def _run(database: Database, act: Any) -> None:
    config = _config()
    with database.engine.connect() as connection:
        config.attributes["connection"] = connection
        connection.exec_driver_sql("BEGIN IMMEDIATE" if database.dialect == "sqlite" else "BEGIN")
        try:
            act(config)
        except CommandError as error:
            connection.exec_driver_sql("ROLLBACK")
            raise ConflictError(
                str(error), where="database schema", hint="see `duecourse db check`"
            ) from error
        except BaseException:
            connection.exec_driver_sql("ROLLBACK")
            raise
        connection.exec_driver_sql("COMMIT")
