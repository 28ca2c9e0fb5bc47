"""The first schema: every table, and a ledger that refuses updates and deletes.

The statements are kept as they were, one file per dialect, so that later changes of the tables leave this step alone.
"""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

FOLDER = Path(__file__).parent
END = ";\n"


def upgrade() -> None:
    for part in ("first", "ledger"):
        _run_file(part)


def downgrade() -> None:
    """Nothing is left but Alembic's own table."""
    bind = op.get_bind()
    names = [line.split()[2].strip('"') for line in _statements("first") if line.startswith("CREATE TABLE")]
    suffix = " CASCADE" if bind.dialect.name == "postgresql" else ""
    for name in reversed(names):
        bind.exec_driver_sql(f'DROP TABLE "{name}"{suffix}')
    if bind.dialect.name == "postgresql":
        bind.exec_driver_sql("DROP FUNCTION ledger_is_append_only()")


def _run_file(part: str) -> None:
    bind = op.get_bind()
    for statement in _statements(part):
        bind.exec_driver_sql(statement)


def _statements(part: str) -> list[str]:
    text = (FOLDER / f"0001_{part}.{op.get_bind().dialect.name}.sql").read_text(encoding="utf-8")
    return [statement.strip() for statement in text.split(END) if statement.strip()]
