"""Complaints: everything waits from then on, and goes on waiting when one is closed, until a person lifts that."""

from __future__ import annotations

from datetime import date

from orchestrator.audit.ledger import LineKind
from orchestrator.domain.instant import to_micros
from orchestrator.engine.hold import enter_hold
from orchestrator.engine.house import House
from orchestrator.engine.told import Told, add_fact, follow
from orchestrator.errors import ConflictError
from orchestrator.store import entry
from orchestrator.store.identifier import derived_id
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


def close_complaint(  # noqa: PLR0917 - whose complaint, who says so and what was done
    house: House, unit: Session, consumer_id: str, complaint_id: str, told: Told, closed_as: str, reason: str
) -> str:
    """It was answered or resolved: its time for that stops. A hold takes its place, for a person to release.

    Gives the hold's id. A complaint that is closed already is a ConflictError.
    """
    found = entry.open_complaint(unit, complaint_id)
    if found is None:
        raise ConflictError(
            "this complaint is closed already: nothing was recorded", code="complaint_closed",
            where=complaint_id, hint="the timeline says when, by whom and with what",
        )  # fmt: skip
    account_id, due_on = found
    add_fact(
        unit, "complaint", consumer_id, told, id=derived_id("co", "closed", complaint_id), account_id=account_id,
        due_on=due_on, closed_at=to_micros(told.at), closed_as=closed_as, corrects_id=complaint_id,
        correction_reason=reason,
    )  # fmt: skip
    # both in one transaction: there is no moment in which neither of them holds
    held = enter_hold(house, unit, consumer_id, told, kind="complaint", account_id=account_id)
    people = entry.concerned(unit, consumer_id, account_id)
    follow(
        house, unit, LineKind.COMPLAINT, people, told.source, complaint_id=complaint_id, closed_as=closed_as
    )
    return held
