"""Calls that a cadence asks a person to make: put on the work list instead of being sent.

A task reaches nobody and counts nowhere; the call that somebody makes for it is judged by itself when it is begun.
"""

from __future__ import annotations

import asyncio

from channels.contract import Message
from channels.task.worklist import TaskSink
from orchestrator.clock import Clock
from orchestrator.store import entry
from orchestrator.store.database import Database
from orchestrator.store.identifier import derived_id


def worklist(database: Database, clock: Clock) -> TaskSink:
    """Gives the sink of the provider for tasks: each attempt is one line of the work list, due at once."""

    async def put(message: Message) -> str:
        return await asyncio.to_thread(_put, database, clock, message)

    return put


def _put(database: Database, clock: Clock, message: Message) -> str:
    made = derived_id("ta", "call", message.attempt_id)
    with database.write(clock) as unit:
        row = unit.one(
            "SELECT consumer_id, account_id, enrollment_id, contact_point_id FROM attempt WHERE id = :id",
            {"id": message.attempt_id},
        )
        if row is None:
            raise LookupError(f"no attempt {message.attempt_id}")
        values = {
            "id": made,
            "kind": "call",
            "consumer_id": row[0],
            "account_id": row[1],
            "enrollment_id": row[2],
            "attempt_id": message.attempt_id,
            "state": "open",
            "reason": "cadence",
            "detail": {"channel": "voice", "contact_point_id": row[3], "template": message.template_id},
            "due_at": unit.now_micros,
            "created_at": unit.now_micros,
        }
        entry.add(unit, "task", values)
    return made
