"""The schema steps lead to the tables of the program, on both databases, and back to nothing."""

from __future__ import annotations

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory

from orchestrator.errors import ConflictError
from orchestrator.store import migration
from orchestrator.store.database import Database


def test_the_steps_lead_to_the_tables_of_the_program(database: Database) -> None:
    assert migration.is_current(database)
    assert migration.differences(database) == []


def test_the_newest_step_is_the_one_that_alembic_calls_so() -> None:
    config = Config()
    config.set_main_option("script_location", str(migration.FOLDER))
    assert ScriptDirectory.from_config(config).get_current_head() == migration.newest()


def test_upgrading_again_changes_nothing(database: Database) -> None:
    migration.upgrade(database)
    assert migration.current(database) == migration.newest()


def test_down_to_nothing_and_up_again(database: Database) -> None:
    migration.downgrade(database, "base")
    assert migration.current(database) is None
    migration.upgrade(database)
    assert migration.differences(database) == []


def test_an_index_over_an_expression_is_missed(database: Database) -> None:
    """SQLite cannot say what such an index is over, and Alembic leaves it out with a warning."""
    with database.write() as unit:
        unit.execute("DROP INDEX consumer_by_family_name")
    assert [str(difference[0]) for difference in migration.differences(database)] == ["add_index"]


def test_an_unknown_step_is_one_clear_error(database: Database) -> None:
    with pytest.raises(ConflictError, match="nonsense"):
        migration.upgrade(database, "nonsense")
    assert migration.is_current(database)
