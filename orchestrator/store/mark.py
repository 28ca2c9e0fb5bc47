"""Marks about a database as a whole, in its switches: what it holds, and how far its time has come."""

from __future__ import annotations

from datetime import datetime

from orchestrator.domain.instant import from_micros
from orchestrator.store.database import Database


def put(database: Database, name: str) -> None:
    """Sets the mark `name` for good."""
    with database.write() as unit:
        unit.execute(
            "INSERT INTO switch (name, value, changed_at, changed_by) VALUES (:name, 'true', :now, 'system')"
            " ON CONFLICT (name) DO NOTHING",
            {"name": name, "now": unit.now_micros},
        )


def is_set(database: Database, name: str) -> bool:
    with database.read() as unit:
        return unit.one("SELECT 1 FROM switch WHERE name = :name", {"name": name}) is not None


def latest(database: Database) -> datetime | None:
    """When the last thing happened that the ledger knows of; None for a new database."""
    with database.read() as unit:
        row = unit.one("SELECT at FROM ledger_entry ORDER BY id DESC LIMIT 1")
    return None if row is None else from_micros(int(row[0]))
