"""Looking up what a caller of the gate names: contact points, accounts, attempts made under an external id."""

from __future__ import annotations

from typing import Any, NamedTuple

from orchestrator.store.session import Session


class AttemptRow(NamedTuple):
    """An attempt as callers see it; instants are microseconds."""

    id: str
    consumer_id: str
    account_ids: Any
    channel: str
    state: str
    outcome: str | None
    failure: str | None
    failure_detail: str | None
    origin: str
    requested_by: str
    content: str
    reserved_at: int
    valid_until: int
    epoch: int
    external_id: str | None
    verdict_id: str | None
    contact_point_id: str | None


_COLUMNS = ", ".join(AttemptRow._fields)


def attempt(unit: Session, attempt_id: str, *, lock: bool = False) -> AttemptRow | None:
    """The attempt with this id."""
    sql = f"SELECT {_COLUMNS} FROM attempt WHERE id = :id {unit.for_update if lock else ''}"  # noqa: S608
    row = unit.one(sql, {"id": attempt_id})
    return None if row is None else AttemptRow._make(row)


def attempt_by_external_id(unit: Session, external_id: str) -> AttemptRow | None:
    """The attempt that a caller made under an id of its own."""
    row = unit.one(f"SELECT {_COLUMNS} FROM attempt WHERE external_id = :id", {"id": external_id})  # noqa: S608
    return None if row is None else AttemptRow._make(row)


def verdict_body(unit: Session, verdict_id: str) -> bytes | None:
    row = unit.one("SELECT body FROM verdict WHERE id = :id", {"id": verdict_id})
    return None if row is None else bytes(row[0])


def point_of_value(unit: Session, consumer_id: str, value_index: str) -> str | None:
    """The consumer's own contact point with this value."""
    sql = "SELECT id FROM contact_point WHERE consumer_id = :consumer AND value_index = :value ORDER BY id LIMIT 1"
    row = unit.one(sql, {"consumer": consumer_id, "value": value_index})
    return None if row is None else str(row[0])


def own_point(unit: Session, consumer_id: str, point_id: str) -> str | None:
    sql = "SELECT id FROM contact_point WHERE consumer_id = :consumer AND id = :id"
    row = unit.one(sql, {"consumer": consumer_id, "id": point_id})
    return None if row is None else str(row[0])


def own_phone(unit: Session, consumer_id: str, point_id: str) -> str | None:
    """A telephone number of the consumer; those of other people who are named in the file are none."""
    sql = (
        "SELECT id FROM contact_point WHERE consumer_id = :consumer AND id = :id AND kind = 'phone' "
        "AND party_id IS NULL"
    )
    row = unit.one(sql, {"consumer": consumer_id, "id": point_id})
    return None if row is None else str(row[0])


def same_of_person(unit: Session, point_id: str) -> list[str]:
    """The contact points with this one's value that people have who count as the same person, itself among them."""
    sql = (
        "SELECT o.id FROM contact_point p JOIN consumer c ON c.id = p.consumer_id JOIN consumer m "
        "ON m.pool_id = c.pool_id JOIN contact_point o ON o.consumer_id = m.id AND o.value_index = p.value_index "
        "WHERE p.id = :id AND o.party_id IS NULL ORDER BY o.id"
    )
    return [row[0] for row in unit.query(sql, {"id": point_id})]


def accounts_of(unit: Session, consumer_id: str) -> list[str]:
    """Every account of the consumer, open ones first."""
    sql = (
        "SELECT l.account_id FROM account_consumer l JOIN account a ON a.id = l.account_id WHERE l.consumer_id = :id "
        "ORDER BY CASE a.state WHEN 'open' THEN 0 ELSE 1 END, l.account_id"
    )
    return [row[0] for row in unit.query(sql, {"id": consumer_id})]


def has_consumer(unit: Session, consumer_id: str) -> bool:
    return unit.one("SELECT 1 FROM consumer WHERE id = :id", {"id": consumer_id}) is not None


def epoch_of(unit: Session, consumer_id: str) -> int:
    row = unit.one("SELECT epoch FROM consumer WHERE id = :id", {"id": consumer_id})
    return -1 if row is None else int(row[0])


def start(unit: Session, attempt_id: str, *, permit_us: int) -> None:
    """A caller outside begins the contact: if it is never heard of again, it counts.

    Its answer is a permit of `permit_us`: an opt-out is acknowledged once nobody acts on it any more.
    """
    unit.execute(
        "UPDATE attempt SET state = 'submitted', submitted_at = COALESCE(submitted_at, :now), "
        "permit_expires_at = :expires, lease_until = valid_until, fence = fence + 1 "
        "WHERE id = :id AND state IN ('reserved', 'submitted')",
        {"id": attempt_id, "now": unit.now_micros, "expires": unit.now_micros + permit_us},
    )
