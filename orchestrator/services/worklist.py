"""What waits for a person: holds, replies, calls, incidents, in the order in which they are due."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from orchestrator.engine.house import House
from orchestrator.engine.stored import plain
from orchestrator.errors import UnknownReference
from orchestrator.store import entry
from orchestrator.store.tables.types import from_micros


@dataclass(frozen=True, slots=True)
class Work:
    """One open task. `reason` is a rule's id for a hold."""

    id: str
    kind: str
    reason: str
    consumer_id: str | None
    account_id: str | None
    enrollment_id: str | None
    attempt_id: str | None
    detail: Any
    due_at: datetime | None


def list_open(house: House, *, kind: str | None = None, limit: int = 100) -> list[Work]:
    """Open tasks, the longest due first."""
    with house.database.read(house.clock) as unit:
        rows = unit.query(
            "SELECT id, kind, reason, consumer_id, account_id, enrollment_id, attempt_id, detail, due_at FROM task "
            "WHERE state = 'open' AND (CAST(:kind AS TEXT) IS NULL OR kind = :kind) ORDER BY due_at, id LIMIT :limit",
            {"kind": kind, "limit": limit},
        )
    return [
        Work(
            id=row[0],
            kind=row[1],
            reason=row[2],
            consumer_id=row[3],
            account_id=row[4],
            enrollment_id=row[5],
            attempt_id=row[6],
            detail=plain(row[7]),
            due_at=None if row[8] is None else from_micros(row[8]),
        )
        for row in rows
    ]


def close(house: House, task_id: str, *, by: str, outcome: str) -> None:
    """A person settled it; what was held for it is judged again at once."""
    with house.database.write(house.clock) as unit:
        row = unit.one("SELECT consumer_id FROM task WHERE id = :id AND state = 'open'", {"id": task_id})
        if row is None:
            raise UnknownReference(f"no open task {task_id!r}", where="id")
        unit.execute(
            "UPDATE task SET state = 'closed', closed_at = :now, closed_by = :by, outcome = :outcome WHERE id = :id",
            {"id": task_id, "now": unit.now_micros, "by": by, "outcome": outcome},
        )
        if row[0] is not None:
            entry.wake(unit, [row[0]])
