"""Brings a database to the schema of this version, and back. The steps are in `migrations/versions`.

Alembic is loaded where there is a step to apply: it is a twelfth of a start, and few starts have one.
"""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from orchestrator.errors import ConflictError
from orchestrator.store.database import Database
from orchestrator.store.tables import SQLModel
from orchestrator.store.tables.types import Instant

FOLDER = Path(__file__).parent / "migrations"


def upgrade(database: Database, revision: str = "head") -> None:
    """Apply what is missing, in one transaction."""
    if revision == "head" and is_current(database):
        return
    from alembic import command  # noqa: PLC0415

    _run(database, lambda config: command.upgrade(config, revision))


def downgrade(database: Database, revision: str) -> None:
    """Go back to `revision` (`base`: nothing is left). What later columns held is lost."""
    from alembic import command  # noqa: PLC0415

    _run(database, lambda config: command.downgrade(config, revision))


def current(database: Database) -> str | None:
    """The revision of the database; None before the first."""
    with database.engine.connect() as connection:
        if not sa.inspect(connection).has_table("alembic_version"):
            return None
        return connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()


def newest() -> str:
    """The revision that this version of the program needs: the number of its last step."""
    return max(path.name for path in (FOLDER / "versions").glob("[0-9]*.py")).partition("_")[0]


def is_current(database: Database) -> bool:
    return current(database) == newest()


def differences(database: Database) -> list[Any]:
    """How the database's tables differ from the program's; empty when they agree."""
    from alembic.autogenerate import compare_metadata  # noqa: PLC0415
    from alembic.migration import MigrationContext  # noqa: PLC0415

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


def _run(database: Database, act: Any) -> None:
    from alembic.config import Config  # noqa: PLC0415
    from alembic.util.exc import CommandError  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
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
