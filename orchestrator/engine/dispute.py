"""Disputes and their answers."""

from __future__ import annotations

from orchestrator.audit.ledger import LineKind
from orchestrator.engine.house import House
from orchestrator.engine.told import Told, add_fact, follow
from orchestrator.store import entry
from orchestrator.store.session import Session


def enter_dispute(
    house: House, unit: Session, consumer_id: str, told: Told, *, account_id: str | None, form: str
) -> str:
    made = add_fact(unit, "dispute", consumer_id, told, account_id=account_id, form=form, duplicative=False)
    people = entry.concerned(unit, consumer_id, account_id)
    follow(house, unit, LineKind.DISPUTE, people, told.source, dispute_id=made, form=form)
    return made


def answer_dispute(
    house: House, unit: Session, consumer_id: str, dispute_id: str, told: Told, *, kind: str
) -> None:
    add_fact(unit, "dispute_answer", consumer_id, told, dispute_id=dispute_id, kind=kind, undeliverable=False)
    people = entry.concerned(unit, consumer_id, entry.account_named(unit, "dispute", dispute_id))
    follow(house, unit, LineKind.DISPUTE, people, told.source, dispute_id=dispute_id, answer=kind)
