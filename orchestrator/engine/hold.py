"""Holds: placed, released, and the one that an attorney brings."""

from __future__ import annotations

from datetime import date

from orchestrator.audit.ledger import LineKind
from orchestrator.domain.instant import to_micros
from orchestrator.engine.house import House
from orchestrator.engine.told import Told, add_fact, follow
from orchestrator.store import entry
from orchestrator.store.session import Session


def enter_hold(
    house: House,
    unit: Session,
    consumer_id: str,
    told: Told,
    *,
    kind: str,
    account_id: str | None = None,
    until: date | None = None,
) -> str:
    made = add_fact(unit, "hold", consumer_id, told, kind=kind, account_id=account_id, until=until)
    people = entry.concerned(unit, consumer_id, account_id)
    follow(house, unit, LineKind.HOLD, people, told.source, hold_id=made, hold=kind)
    return made


def release_hold(
    house: House, unit: Session, consumer_id: str, hold_id: str, told: Told, *, reason: str
) -> None:
    add_fact(unit, "hold_release", consumer_id, told, hold_id=hold_id, reason=reason)
    people = entry.concerned(unit, consumer_id, entry.account_named(unit, "hold", hold_id))
    follow(house, unit, LineKind.HOLD_RELEASED, people, told.source, hold_id=hold_id)


def enter_representation(house: House, unit: Session, consumer_id: str, told: Told) -> None:
    """An attorney: until a person has looked, nobody but the attorney is contacted."""
    notice = to_micros(told.at)
    add_fact(unit, "representation", consumer_id, told, known=True, contact_known=False, consents_direct=False,
         unresponsive=False, notice_at=notice)  # fmt: skip
    enter_hold(house, unit, consumer_id, told, kind="attorney")
