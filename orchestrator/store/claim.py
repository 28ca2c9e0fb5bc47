"""What is due: enrollments of a batch, locked until its transaction ends, and the pools that they touch."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from orchestrator.store.session import Session


class EnrollmentRow(NamedTuple):
    """Instants are microseconds."""

    id: str
    consumer_id: str
    account_id: str
    cadence: str
    cadence_digest: str
    campaign_id: str | None
    state: str
    reason: str | None
    step: int
    tries: int
    next_at: int | None
    suspended_until: int | None
    entered_at: int
    changed_at: int
    crashes: int


_COLUMNS = ", ".join(EnrollmentRow._fields)
_OF_E = ", ".join(f"e.{name}" for name in EnrollmentRow._fields)
_DUE = (
    ("active", "next_at", "next_at, consumer_id"),
    ("held", "next_at", "next_at, consumer_id"),
    ("suspended", "suspended_until", "suspended_until"),
)


def claim_due(unit: Session, limit: int) -> list[EnrollmentRow]:
    """At most about `limit` due enrollments, oldest first, with all due ones of the last consumers.

    Other workers pass over the rows claimed here until this transaction ends (SKIP LOCKED; SQLite has one
    writer), so nothing is left leased if the worker dies.
    """
    rows: list[EnrollmentRow] = []
    for state, column, order in _DUE:
        if len(rows) < limit:
            rows += _claim(unit, state, column, order, limit - len(rows))
    if not rows:
        return []
    more = _claim_rest(unit, sorted({row.consumer_id for row in rows}), {row.id for row in rows})
    return sorted([*rows, *more], key=lambda row: (row.next_at or row.suspended_until or 0, row.id))


def _claim(unit: Session, state: str, column: str, order: str, limit: int) -> list[EnrollmentRow]:
    sql = (
        f"SELECT {_COLUMNS} FROM enrollment WHERE state = '{state}' AND {column} <= :now "  # noqa: S608
        f"ORDER BY {order} LIMIT :limit {unit.skip_locked}"
    )
    return [EnrollmentRow._make(row) for row in unit.query(sql, {"now": unit.now_micros, "limit": limit})]


def _claim_rest(unit: Session, consumer_ids: Sequence[str], known: set[str]) -> list[EnrollmentRow]:
    """Due enrollments of the same consumers that the limit cut off: one contact covers what is due together."""
    sql = (
        f"SELECT {_COLUMNS} FROM enrollment WHERE consumer_id {unit.within('ids')} "  # noqa: S608
        "AND state IN ('active', 'held', 'suspended') AND CASE state WHEN 'suspended' THEN suspended_until "
        f"ELSE next_at END <= :now ORDER BY id {unit.skip_locked}"
    )
    found = unit.query(sql, {"ids": unit.listed(consumer_ids), "now": unit.now_micros})
    return [row for row in map(EnrollmentRow._make, found) if row.id not in known]


def of_consumers(unit: Session, consumer_ids: Iterable[str]) -> list[EnrollmentRow]:
    """Every enrollment of these consumers that has not ended, locked."""
    sql = (
        f"SELECT {_COLUMNS} FROM enrollment WHERE consumer_id {unit.within('ids')} "  # noqa: S608
        f"AND state <> 'ended' ORDER BY id {unit.for_update}"
    )
    found = unit.query(sql, {"ids": unit.listed(sorted(set(consumer_ids)))})
    return [EnrollmentRow._make(row) for row in found]


def running_of_consumers(unit: Session, consumer_ids: Iterable[str]) -> list[EnrollmentRow]:
    """Enrollments of these consumers that go on by themselves: not ended, and of no campaign that is kept back."""
    sql = (
        f"SELECT {_OF_E} FROM enrollment e WHERE consumer_id {unit.within('ids')} "  # noqa: S608
        "AND state <> 'ended' AND NOT EXISTS (SELECT 1 FROM campaign g WHERE g.id = e.campaign_id "
        "AND g.state <> 'running') ORDER BY e.id"
    )
    found = unit.query(sql, {"ids": unit.listed(sorted(set(consumer_ids)))})
    return [EnrollmentRow._make(row) for row in found]


def lock_pools(unit: Session, consumer_ids: Iterable[str], account_ids: Sequence[str] = ()) -> None:
    """Lock everyone who counts as one person with these consumers, in one order for everybody.

    `account_ids`: everyone who owes one of these as well, because news of an account moves all their epochs.
    Reserving happens under this lock, so that two workers or clients cannot both take the last slot of a cap.
    SQLite has one writer and needs none.
    """
    if unit.dialect == "sqlite":
        return
    if account_ids:
        owe = unit.query(
            "SELECT consumer_id FROM account_consumer WHERE account_id = ANY(:ids)", {"ids": account_ids}
        )
        consumer_ids = [*consumer_ids, *(found[0] for found in owe)]
    unit.query(
        "SELECT id FROM consumer WHERE pool_id IN (SELECT pool_id FROM consumer WHERE id = ANY(:ids)) "
        "ORDER BY id FOR UPDATE",
        {"ids": sorted(set(consumer_ids))},
    )


def lock_pools_now(unit: Session, consumer_ids: Iterable[str]) -> set[str]:
    """Lock those of the consumers whose whole pool nobody else holds at this moment; gives them.

    Who is being changed (an opt-out, a payment) is passed over: the planner holds enrollments already, and a change
    locks the consumer first and its enrollments after, so waiting here could close a circle.
    """
    wanted = sorted(set(consumer_ids))
    if unit.dialect == "sqlite":
        return set(wanted)
    members = (
        "FROM consumer WHERE pool_id IN (SELECT pool_id FROM consumer WHERE id = ANY(:ids)) "
        "ORDER BY id FOR UPDATE SKIP LOCKED"
    )
    locked = unit.query(f"SELECT id, pool_id {members}", {"ids": wanted})
    sizes = dict(
        unit.query(
            "SELECT pool_id, count(*) FROM consumer WHERE pool_id = ANY(:pools) GROUP BY pool_id",
            {"pools": sorted({pool_id for _, pool_id in locked})},
        )
    )
    held = Counter(pool_id for _, pool_id in locked)
    whole = {pool_id for pool_id, size in sizes.items() if held[pool_id] == size}
    return {consumer_id for consumer_id, pool_id in locked if pool_id in whole}.intersection(wanted)


def is_stopped(unit: Session) -> bool:
    """Whether the stop switch is on: nothing is planned and no permit is minted."""
    return any(switch_value(row[0]) for row in unit.query("SELECT value FROM switch WHERE name = 'stop'", {}))


def switch_value(stored: Any) -> bool:
    """A stored switch as a boolean; anything unclear counts as on."""
    return stored not in (False, None, "false", "null", 0, b"false")


def next_due(unit: Session) -> int | None:
    """The next instant (microseconds) at which an enrollment is due or a reservation runs out; None: nothing is."""
    sql = (
        "SELECT min(at) FROM (SELECT min(next_at) AS at FROM enrollment WHERE state = 'active' "
        "UNION ALL SELECT min(next_at) FROM enrollment WHERE state = 'held' "
        "UNION ALL SELECT min(suspended_until) FROM enrollment WHERE state = 'suspended' "
        "UNION ALL SELECT min(valid_until) FROM attempt WHERE state = 'reserved') AS due"
    )
    row = unit.one(sql)
    return None if row is None or row[0] is None else int(row[0])
