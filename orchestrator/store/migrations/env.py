"""Runs the steps on the connection of `orchestrator.store.migration`, inside its transaction."""

from __future__ import annotations

from alembic import context

from orchestrator.store.migration import compare_type
from orchestrator.store.tables import SQLModel

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=SQLModel.metadata,
    compare_type=compare_type,
    transactional_ddl=False,  # the caller has begun a transaction and commits it
)
context.run_migrations()
