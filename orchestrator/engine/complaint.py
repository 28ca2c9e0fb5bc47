"""Complaints: everything waits from then on."""

from __future__ import annotations

from datetime import date

from orchestrator.audit.ledger import LineKind
from orchestrator.engine.house import House
from orchestrator.engine.told import Told, add_fact, follow
from orchestrator.store import entry
from orchestrator.store.session import Session


def enter_complaint(
    house: House,
    unit: Session,
    consumer_id: str,
    told: Told,
    *,
    account_id: str | None = None,
    text: str = "",
    due_on: date | None = None,
) -> str:
    """`due_on`: until when the law wants it settled, where it says."""
    sealed = house.sealer.seal(text) if text else None
    made = add_fact(
        unit, "complaint", consumer_id, told, account_id=account_id, text_sealed=sealed, due_on=due_on
    )
    people = entry.concerned(unit, consumer_id, account_id)
    follow(house, unit, LineKind.COMPLAINT, people, told.source, complaint_id=made)
    return made
