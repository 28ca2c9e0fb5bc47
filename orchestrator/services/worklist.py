"""What waits for a person: call-backs, calls, replies, promises due, complaints, incidents ...; each due in its order.

A case that somebody has in hand is theirs for half an hour, so that two people do not take the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from orchestrator.domain.instant import from_micros, to_micros
from orchestrator.domain.permission import Permission, Role, allows
from orchestrator.engine.house import House
from orchestrator.engine.message import display_name
from orchestrator.engine.stored import plain
from orchestrator.errors import UnknownReference, UsageError
from orchestrator.services import correction, easing
from orchestrator.services.consumer_view import main_zone
from orchestrator.services.refusal import not_for
from orchestrator.store import entry
from orchestrator.store import worklist as rows
from orchestrator.store.session import Session
from orchestrator.store.worklist import Moment, WorkRow

PAGE = 50
IN_HAND = timedelta(minutes=30)
FOR_COMPLIANCE = frozenset({"review", "quarantine", "incident", "complaint"})
"""What nobody else may settle: closed by others, compliance would never see it."""
# a promise that is open longer than this was settled in another row
_PROMISES_BACK = timedelta(days=60)


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


@dataclass(frozen=True, slots=True)
class Case:
    """One line of the work list. `id`: of a task, a promise, a complaint or an incident.

    `due`: a moment, of a promise its day, of a complaint when it was made; then `reason` is the day (ISO) until which
    the law wants it answered, or empty.

    `taken_by`: who has it in hand now (a person's id).
    """

    id: str
    group: str
    reason: str
    due: datetime | date
    consumer_id: str | None
    consumer: str
    zone: str
    account_id: str | None
    account: str
    creditor_id: str | None
    detail: Any
    amount_minor: int | None
    currency: str | None
    taken_by: str | None
    taken_at: datetime | None


@dataclass(frozen=True, slots=True)
class WorkPage:
    """`after`: the id that asks for the next page, None at the end."""

    cases: tuple[Case, ...]
    after: str | None


@dataclass(frozen=True, slots=True)
class Place:
    """A case and where it stands among its kind."""

    case: Case
    position: int
    total: int
    is_open: bool


def counts(house: House, groups: Sequence[str], zone: str = "UTC") -> dict[str, int]:
    """How much waits of each kind now."""
    with house.database.read(house.clock) as unit:
        moment = _moment(unit, zone)
        return {group: rows.count(unit, group, moment) for group in groups}


def list_cases(
    house: House, group: str, *, after: str | None = None, zone: str = "UTC", role: Role | None = None
) -> WorkPage:
    """A page of what waits of one kind, the longest due first; `zone` says which day it is for promises.

    `role` as in `close`.
    """
    _refuse(role, group, group)
    with house.database.read(house.clock) as unit:
        moment, beyond = _moment(unit, zone), None
        if after is not None and (known := rows.find(unit, after)) is not None:
            beyond = (known[1].due, known[1].id)
        found = rows.page(unit, group, moment, beyond=beyond, limit=PAGE + 1)
        shown = tuple(_case(row, group, unit.now) for row in found[:PAGE])
    return WorkPage(shown, shown[-1].id if len(found) > PAGE else None)


def place_of(house: House, item: str, zone: str = "UTC") -> Place | None:
    """Where a case stands in its queue; None: there is no such."""
    with house.database.read(house.clock) as unit:
        known = rows.find(unit, item)
        if known is None:
            return None
        group, row = known
        moment = _moment(unit, zone)
        position = rows.count(unit, group, moment, upto=(row.due, row.id))
        total = rows.count(unit, group, moment)
        nearest = rows.page(unit, group, moment, limit=1, beyond=(row.due, row.id), backwards=True)
        own = rows.page(
            unit, group, moment, limit=1, beyond=(nearest[0].due, nearest[0].id) if nearest else None
        )
        return Place(_case(row, group, unit.now), position, total, bool(own) and own[0].id == item)


def next_case(
    house: House,
    groups: Sequence[str],
    person: str,
    *,
    after: str | None = None,
    zone: str = "UTC",
    backwards: bool = False,
) -> Case | None:
    """The case that follows (or goes before) in its own kind, then the first of the kinds that come after it.

    What somebody else has in hand is passed over.
    """
    with house.database.read(house.clock) as unit:
        moment, free_for = _moment(unit, zone), (person, _stale(unit))
        known = rows.find(unit, after) if after is not None else None
        order = list(groups)
        if known is not None:
            group, row = known
            beyond = (row.due, row.id)
            found = rows.page(
                unit, group, moment, beyond=beyond, limit=1, backwards=backwards, free_for=free_for
            )
            if found or backwards:
                return _case(found[0], group, unit.now) if found else None
            order = [one for one in order if one != group]
        for group in order:
            found = rows.page(unit, group, moment, limit=1, free_for=free_for)
            if found:
                return _case(found[0], group, unit.now)
    return None


def take(house: House, item: str, *, person: str, role: Role | None = None) -> tuple[str, datetime]:
    """Takes a case in hand unless somebody else has it; gives who has it and since when. `role` as in `close`."""
    with house.database.write(house.clock) as unit:
        known = rows.find(unit, item)
        if known is None:
            raise UnknownReference(f"no case {item!r}", where="id")
        _refuse(role, known[0], item)
        taken_by, taken_at = rows.take(unit, item, person, _stale(unit))
    return taken_by, from_micros(taken_at)


def release(house: House, item: str, *, person: str) -> None:
    """Gives a case back."""
    with house.database.write(house.clock) as unit:
        rows.release(unit, item, person)


def list_open(house: House, *, kind: str | None = None, limit: int = 100) -> list[Work]:
    """Open tasks, the longest due first."""
    with house.database.read(house.clock) as unit:
        found = unit.query(
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
        for row in found
    ]


def close(house: House, task_id: str, *, by: str, outcome: str, role: Role | None = None) -> None:
    """A person settled it; what was held for it is judged again at once.

    A promise is not closed but dealt with for today; an incident is closed. A correction that would allow contacts
    earlier is `confirmed`, and counts from then on, or `rejected`. `role`: whose, None is the product itself; what is
    for compliance is an AccessError for a role without RELEASE.
    """
    with house.database.write(house.clock) as unit:
        known = rows.find(unit, task_id) if role is not None else None
        if known is not None:
            _refuse(role, known[0], task_id)
        # locked: two who answer at once are one answer and one refusal
        select = "SELECT consumer_id, reason, detail FROM task WHERE id = :id AND state = 'open'"
        row = unit.one(f"{select} {unit.for_update}", {"id": task_id})
        if row is None:
            _close_other(unit, task_id, by)
            return
        if row[1] == easing.REASON:
            _answer_correction(house, unit, row[0], plain(row[2]), by=by, outcome=outcome)
        unit.execute(
            "UPDATE task SET state = 'closed', closed_at = :now, closed_by = :by, outcome = :outcome WHERE id = :id",
            {"id": task_id, "now": unit.now_micros, "by": by, "outcome": outcome},
        )
        rows.release(unit, task_id)
        if row[0] is not None:
            entry.wake(unit, [row[0]])


def _answer_correction(
    house: House, unit: Session, consumer_id: str, asked: dict[str, Any], *, by: str, outcome: str
) -> None:
    if outcome not in {easing.CONFIRMED, easing.REJECTED}:
        raise UsageError(
            "a correction is confirmed or rejected: until then the stricter record holds", where="outcome",
            hint=f"{easing.CONFIRMED} or {easing.REJECTED}",
        )  # fmt: skip
    answer = correction.confirm if outcome == easing.CONFIRMED else correction.reject
    answer(house, unit, consumer_id, asked, by=by)


def _refuse(role: Role | None, group: str, item: str) -> None:
    if role is None or group not in FOR_COMPLIANCE or allows(role, Permission.RELEASE):
        return
    raise not_for(role, "neither sees nor settles what is for compliance", item)


def _close_other(unit: Session, item: str, by: str) -> None:
    known = rows.find(unit, item)
    if known is not None and known[0] == "complaint":
        raise UsageError(
            "a complaint is closed with what it was answered", where=item,
            hint="on the consumer's page, or POST /complaints/ID/close",
        )  # fmt: skip
    if known is None or known[0] not in {"promise", "incident"}:
        raise UnknownReference(f"no open task {item!r}", where="id")
    if known[0] == "promise":
        rows.settle(unit, item, by.removeprefix("user:"))
        return
    unit.execute(
        "UPDATE incident SET closed_at = :now, closed_by = :by WHERE id = :id AND closed_at IS NULL",
        {"id": item, "now": unit.now_micros, "by": by},
    )
    rows.release(unit, item)


def _moment(unit: Session, zone: str) -> Moment:
    here = unit.now.astimezone(UTC if zone == "UTC" else ZoneInfo(zone))
    midnight = datetime.combine(here.date(), time(), here.tzinfo)
    oldest = here.date() - _PROMISES_BACK
    return Moment(unit.now_micros, here.date().isoformat(), oldest.isoformat(), to_micros(midnight))


def _stale(unit: Session) -> int:
    return unit.now_micros - IN_HAND // timedelta(microseconds=1)


def _case(row: WorkRow, group: str, now: datetime) -> Case:
    taken_at = from_micros(row.taken_at) if row.taken_at is not None else None
    is_taken = taken_at is not None and taken_at > now - IN_HAND
    return Case(
        id=row.id,
        group=group,
        reason=row.reason,
        due=_due(row.due),
        consumer_id=row.consumer_id,
        consumer=display_name(row),
        zone=main_zone(plain(row.zones) or ()),
        account_id=row.account_id,
        account=row.account_label or row.account_id or "",
        creditor_id=row.creditor_id,
        detail=plain(row.detail) or {},
        amount_minor=row.amount_minor,
        currency=row.currency,
        taken_by=row.taken_by if is_taken else None,
        taken_at=taken_at if is_taken else None,
    )


def _due(value: Any) -> datetime | date:
    return from_micros(value) if isinstance(value, int) else msgspec.convert(value, date)
