"""Entering accounts into cadences: an account is in at most one enrollment that has not ended."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from orchestrator.store.identifier import derived_id
from orchestrator.store.session import Session


class Candidate(NamedTuple):
    """An open account that is in no cadence, and the first consumer who owes it."""

    account_id: str
    consumer_id: str


_OPEN = (
    "SELECT a.id, (SELECT l.consumer_id FROM account_consumer l WHERE l.account_id = a.id "
    "ORDER BY l.position, l.consumer_id LIMIT 1) FROM account a WHERE a.state = 'open' AND NOT EXISTS "
    "(SELECT 1 FROM enrollment e WHERE e.account_id = a.id AND e.state <> 'ended')"
)


def candidates(unit: Session, after: str, at_once: int) -> list[Candidate]:
    """The next accounts that may enter a cadence, by id behind `after`."""
    sql = f"{_OPEN} AND a.id > :after ORDER BY a.id LIMIT :count"
    return _owned(unit.query(sql, {"after": after, "count": at_once}))


def candidates_among(unit: Session, account_ids: Sequence[str]) -> list[Candidate]:
    """Those of the accounts that may enter a cadence."""
    sql = f"{_OPEN} AND a.id {unit.within('ids')} ORDER BY a.id"
    return _owned(unit.query(sql, {"ids": unit.listed(account_ids)}))


def never_entered(unit: Session) -> list[str]:
    """Open accounts that were never in a cadence."""
    sql = (
        "SELECT a.id FROM account a WHERE a.state = 'open' AND NOT EXISTS "
        "(SELECT 1 FROM enrollment e WHERE e.account_id = a.id) ORDER BY a.id"
    )
    return [row[0] for row in unit.query(sql)]


def _owned(rows: Sequence[tuple[str, str | None]]) -> list[Candidate]:
    return [Candidate(account_id, consumer_id) for account_id, consumer_id in rows if consumer_id is not None]


def keep_version(unit: Session, name: str, digest: str, body: str) -> None:
    """Keep the cadence's text under its digest, for the enrollments that enter it."""
    unit.execute(
        "INSERT INTO cadence_version (name, digest, body, active, loaded_at) "
        "VALUES (:name, :digest, :body, :yes, :now) ON CONFLICT DO NOTHING",
        {"name": name, "digest": digest, "body": body, "yes": True, "now": unit.now_micros},
    )


def version_body(unit: Session, name: str, digest: str) -> str | None:
    """The text of a cadence version as it was kept; None: never kept here."""
    row = unit.one(
        "SELECT body FROM cadence_version WHERE name = :name AND digest = :digest",
        {"name": name, "digest": digest},
    )
    return None if row is None else str(row[0])


def next_ids(unit: Session, account_ids: Sequence[str], cadence: str) -> dict[str, str]:
    """The id that each account's next enrollment in the cadence has: one for each time that it enters any."""
    sql = (
        f"SELECT account_id, count(*) FROM enrollment WHERE account_id {unit.within('ids')} "  # noqa: S608 - no value
        "GROUP BY account_id"
    )
    earlier = dict(unit.query(sql, {"ids": unit.listed(account_ids)}))
    return {one: derived_id("en", one, cadence, earlier.get(one, 0)) for one in account_ids}


def enter(
    unit: Session,
    chosen: Sequence[Candidate],
    *,
    cadence: str,
    digest: str,
    next_at: int,
    campaign_id: str | None = None,
) -> list[Candidate]:
    """Enrol the accounts, first step due at `next_at` (microseconds); gives those that are in now.

    One that entered a cadence meanwhile is left where it is.
    """
    ids = next_ids(unit, [one.account_id for one in chosen], cadence)
    rows = [
        {
            "id": ids[one.account_id],
            "consumer_id": one.consumer_id,
            "account_id": one.account_id,
            "cadence": cadence,
            "digest": digest,
            "campaign_id": campaign_id,
            "next_at": next_at,
            "now": unit.now_micros,
        }
        for one in chosen
    ]
    unit.executemany(
        "INSERT INTO enrollment (id, consumer_id, account_id, cadence, cadence_digest, campaign_id, state, step, "
        "tries, next_at, entered_at, changed_at, fence, crashes) VALUES (:id, :consumer_id, :account_id, :cadence, "
        ":digest, :campaign_id, 'active', 0, 0, :next_at, :now, :now, 0, 0) ON CONFLICT DO NOTHING",
        rows,
    )
    entered = unit.query(
        f"SELECT account_id FROM enrollment WHERE id {unit.within('ids')}",  # noqa: S608 - no value
        {"ids": unit.listed([row["id"] for row in rows])},
    )
    inside = {row[0] for row in entered}
    return [one for one in chosen if one.account_id in inside]
