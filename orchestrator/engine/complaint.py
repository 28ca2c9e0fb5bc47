"""Complaints: everything waits from then on, and goes on waiting when one is closed, until a person lifts that."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from orchestrator.audit.ledger import LineKind
from orchestrator.domain.instant import to_micros
from orchestrator.engine.hold import enter_hold
from orchestrator.engine.house import House
from orchestrator.engine.message import local_date
from orchestrator.engine.stored import plain
from orchestrator.engine.told import Told, add_fact, follow
from orchestrator.errors import ConflictError
from orchestrator.store import claim, entry
from orchestrator.store.identifier import derived_id
from orchestrator.store.session import Session

# China: a complaint is settled within 15 days (cn2-complaint-15, grade S; verify with counsel)
_DAYS = {"CN": 15}


def enter_complaint(
    house: House,
    unit: Session,
    consumer_id: str,
    told: Told,
    *,
    account_id: str | None = None,
    text: str = "",
) -> str:
    """Whichever way it came: where the law sets a time for the answer, its day is recorded. Gives its id."""
    sealed = house.sealer.seal(text) if text else None
    due_on = complaint_due(unit, consumer_id, told.at)
    made = add_fact(
        unit, "complaint", consumer_id, told, account_id=account_id, text_sealed=sealed, due_on=due_on
    )
    people = entry.concerned(unit, consumer_id, account_id)
    follow(house, unit, LineKind.COMPLAINT, people, told.source, complaint_id=made)
    return made


def complaint_due(unit: Session, consumer_id: str, at: datetime) -> date | None:
    """Until when a complaint made at `at` has to be settled, by the consumer's own calendar.

    None: no law that we know sets a time.
    """
    row = unit.one("SELECT country, zones FROM consumer WHERE id = :id", {"id": consumer_id})
    days = _DAYS.get(row[0]) if row is not None else None
    if row is None or days is None:
        return None
    zones = [one["zone"] for one in plain(row[1]) or ()]
    # of several plausible days the first: an answer that comes early is in time
    return min(local_date([zone], at) for zone in zones or ["UTC"]) + timedelta(days=days)


def close_complaint(  # noqa: PLR0917 - whose complaint, who says so and what was done
    house: House, unit: Session, consumer_id: str, complaint_id: str, told: Told, closed_as: str, reason: str
) -> str:
    """It was answered or resolved: its time for that stops. A hold takes its place, for a person to release.

    Gives the hold's id. A complaint that is closed already is a ConflictError.
    """
    # two who close it at once: the second sees what the first did
    about = entry.account_named(unit, "complaint", complaint_id)
    claim.lock_pools(unit, [consumer_id], [about] if about is not None else [])
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
