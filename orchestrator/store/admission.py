"""The admitting statement: reserved attempts of one channel become submitted, all checks in the same breath.

A consumer's epoch moves with every opt-out, stop, payment or recall. The statement takes a shared lock on the
consumers, so that such a change either comes first and is seen, or comes after and waits for the permits to end.
A consumer whose facts are changing at this moment is passed over until the next look: nobody waits, and no cycle of
waiting can form with a change that locks the consumer first and its attempts after.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from orchestrator.store.session import Session


class Admitted(NamedTuple):
    """What the dispatcher needs of an admitted attempt; instants are microseconds."""

    id: str
    consumer_id: str
    account_ids: Any
    channel: str
    contact_point_id: str | None
    content: str
    template: str | None
    template_version: str | None
    language: str | None
    content_digest: str | None
    subject_sealed: bytes | None
    body_sealed: bytes | None
    valid_until: int
    not_after: int
    fence: int
    enrollment_id: str | None
    campaign_id: str | None
    account_id: str | None
    step: int | None
    ordinal: int | None
    origin: str


_RETURNING = ", ".join(f"attempt.{name}" for name in Admitted._fields)
# asked where attempts are picked: what a paused campaign reserved must not keep others from their turn
_OPEN = "NOT EXISTS (SELECT 1 FROM campaign g WHERE g.id = attempt.campaign_id AND g.state <> 'running')"
_ANY = "AND channel = :channel"
_SET = (
    "state = 'submitted', submitted_at = :now, permit_expires_at = :expires, lease_owner = :owner, "
    "lease_until = :lease, fence = fence + 1"
)
_SQLITE = (
    f"UPDATE attempt SET {_SET} WHERE id IN (SELECT id FROM attempt WHERE state = 'reserved' "  # noqa: S608
    "AND channel = :channel AND origin <> 'reservation' AND valid_until > :now AND not_after > :expires "
    f"AND {_OPEN} ORDER BY reserved_at, id LIMIT :limit) "
    "AND epoch = (SELECT epoch FROM consumer c WHERE c.id = attempt.consumer_id) "
    f"RETURNING {_RETURNING}"
)
_POSTGRES = (
    "WITH picked AS (SELECT id, consumer_id FROM attempt WHERE state = 'reserved' AND channel = :channel "  # noqa: S608
    f"AND origin <> 'reservation' AND valid_until > :now AND not_after > :expires AND {_OPEN} "
    "ORDER BY reserved_at, id LIMIT :limit FOR UPDATE OF attempt SKIP LOCKED), "
    "people AS (SELECT id, epoch FROM consumer WHERE id IN (SELECT consumer_id FROM picked) ORDER BY id "
    "FOR SHARE SKIP LOCKED) "
    f"UPDATE attempt SET {_SET} FROM picked, people WHERE attempt.id = picked.id "
    f"AND people.id = attempt.consumer_id AND people.epoch = attempt.epoch RETURNING {_RETURNING}"
)


def admit(
    unit: Session,
    channel: str,
    limit: int,
    *,
    owner: str,
    permit_us: int,
    lease_us: int,
    only: str | None = None,
) -> list[Admitted]:
    """At most `limit` attempts that may be handed over now, oldest first; they count as submitted from here.

    A permit ends within the legal hours: what they leave less time than that is not admitted. `only` names the one
    attempt that is meant.
    """
    params = {
        "now": unit.now_micros,
        "expires": unit.now_micros + permit_us,
        "lease": unit.now_micros + lease_us,
        "owner": owner,
        "channel": channel,
        "limit": limit,
        "only": only,
    }
    sql = _SQLITE if unit.dialect == "sqlite" else _POSTGRES
    found = unit.query(sql if only is None else sql.replace(_ANY, f"{_ANY} AND id = :only"), params)
    return sorted(map(Admitted._make, found), key=lambda row: row.id)


class Lapsed(NamedTuple):
    """A reservation that can no longer be used, and why."""

    id: str
    consumer_id: str
    enrollment_id: str | None
    account_ids: Any
    step: int | None
    ordinal: int | None
    origin: str
    reason: str


def lapsed(unit: Session, limit: int, channel: str | None = None) -> list[Lapsed]:
    """Reserved attempts out of time, of a campaign that does not run, or whose consumer's epoch moved; locked."""
    of_channel = "AND a.channel = :channel" if channel is not None else ""
    sql = (
        "SELECT a.id, a.consumer_id, a.enrollment_id, a.account_ids, a.step, a.ordinal, a.origin, "  # noqa: S608
        "CASE WHEN a.epoch <> c.epoch THEN 'facts_changed' WHEN g.state <> 'running' THEN 'campaign_halted' "
        "ELSE 'reservation_ran_out' END FROM attempt a JOIN consumer c ON c.id = a.consumer_id "
        "LEFT JOIN campaign g ON g.id = a.campaign_id WHERE a.state = 'reserved' "
        f"{of_channel} AND (a.valid_until <= :now OR a.not_after <= :now OR g.state <> 'running' OR "
        "(a.epoch <> c.epoch AND a.origin <> 'reservation')) ORDER BY a.reserved_at, a.id LIMIT :limit "
        f"{'FOR UPDATE OF a SKIP LOCKED' if unit.dialect == 'postgresql' else ''}"
    )
    params = {"now": unit.now_micros, "limit": limit, "channel": channel}
    return [Lapsed._make(row) for row in unit.query(sql, params)]
