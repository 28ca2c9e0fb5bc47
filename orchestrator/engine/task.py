"""What is left for a person: incidents, tasks of the work list, notes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from orchestrator.audit import ledger
from orchestrator.audit.ledger import Line, LineKind
from orchestrator.engine.house import House
from orchestrator.engine.told import Told, add_fact
from orchestrator.store import entry
from orchestrator.store.identifier import derived_id
from orchestrator.store.session import Session


def open_incident(
    house: House,
    unit: Session,
    kind: str,
    consumer_id: str | None,
    *,
    attempt_ids: Sequence[str],
    key: str,
    **detail: Any,
) -> str:
    """Something that compliance must look at."""
    made = derived_id("in", kind, key)
    entry.add(
        unit,
        "incident",
        {
            "id": made,
            "kind": kind,
            "consumer_id": consumer_id,
            "attempt_ids": list(attempt_ids),
            "detail": detail,
            "opened_at": unit.now_micros,
        },
    )
    reference = house.sealer.reference(consumer_id) if consumer_id is not None else None
    ledger.append(
        unit, [Line(LineKind.INCIDENT, unit.now_micros, {"incident_id": made, "kind": kind}, reference)]
    )
    return made


def open_task(unit: Session, kind: str, consumer_id: str | None, reason: str, key: str, **detail: Any) -> str:
    """Put something on a person's worklist."""
    made = derived_id("ta", kind, key)
    entry.add(
        unit,
        "task",
        {
            "id": made,
            "kind": kind,
            "consumer_id": consumer_id,
            "state": "open",
            "reason": reason,
            "detail": detail,
            "due_at": unit.now_micros,
            "created_at": unit.now_micros,
        },
    )
    return made


def enter_note(
    unit: Session, consumer_id: str, told: Told, *, text_sealed: bytes, account_id: str | None
) -> str:
    """What somebody wrote down; nothing follows from it."""
    return add_fact(unit, "note", consumer_id, told, text_sealed=text_sealed, account_id=account_id)
