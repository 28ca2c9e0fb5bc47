"""How a campaign stands, in counts that are read off indexes; and the first time that each thing came of an account."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal, NamedTuple

from orchestrator.store.session import Session

Milestone = Literal["contacted", "delivered", "answered"]
MILESTONES: tuple[Milestone, ...] = ("contacted", "delivered", "answered")
_LEFT = "state NOT IN ('reserved', 'released', 'expired')"


def mark(unit: Session, milestone: Milestone, reached: Iterable[tuple[str, str]]) -> None:
    """Note for (campaign id, account id) that it came to this, if it had not before."""
    unit.executemany(
        f"UPDATE campaign_member SET {milestone}_at = :now WHERE campaign_id = :campaign AND account_id = :account "  # noqa: S608
        f"AND {milestone}_at IS NULL",
        [
            {"campaign": campaign_id, "account": account_id, "now": unit.now_micros}
            for campaign_id, account_id in sorted(set(reached))
        ],
    )


def answered(unit: Session, consumer_ids: Sequence[str]) -> None:
    """These people wrote or called: what campaigns under way reached them about is answered."""
    sql = (
        "SELECT m.campaign_id, m.account_id FROM campaign_member m JOIN campaign g ON g.id = m.campaign_id "  # noqa: S608
        f"WHERE m.consumer_id {unit.within('ids')} AND m.contacted_at IS NOT NULL AND m.answered_at IS NULL "
        "AND g.state IN ('running', 'paused')"
    )
    mark(unit, "answered", [(row[0], row[1]) for row in unit.query(sql, {"ids": unit.listed(consumer_ids)})])


class MemberCounts(NamedTuple):
    """Accounts, either enrolled or held out."""

    accounts: int = 0
    contacted: int = 0
    delivered: int = 0
    answered: int = 0


def member_counts(unit: Session, campaign_id: str) -> dict[bool, MemberCounts]:
    """By whether they are held out."""
    sql = (
        "SELECT held_out, count(*), count(contacted_at), count(delivered_at), count(answered_at) "
        "FROM campaign_member WHERE campaign_id = :id GROUP BY held_out"
    )
    return {bool(row[0]): MemberCounts(*row[1:]) for row in unit.query(sql, {"id": campaign_id})}


class StandingRow(NamedTuple):
    """Enrollments in one state for one reason; instants are microseconds."""

    state: str
    answer: str | None
    reason: str | None
    accounts: int
    first_at: int | None
    last_at: int | None


def standing(unit: Session, campaign_id: str) -> list[StandingRow]:
    sql = (
        "SELECT state, answer, reason, count(*), min(next_at), max(next_at) FROM enrollment "
        "WHERE campaign_id = :id GROUP BY state, answer, reason"
    )
    return [StandingRow._make(row) for row in unit.query(sql, {"id": campaign_id})]


def under_way(unit: Session, campaign_id: str) -> dict[str, int]:
    """Attempts that nobody knows the end of: reserved, submitted, ambiguous."""
    sql = (
        "SELECT state, count(*) FROM attempt WHERE campaign_id = :id AND campaign_id IS NOT NULL "
        "AND state IN ('reserved', 'submitted', 'ambiguous') GROUP BY state"
    )
    return {row[0]: int(row[1]) for row in unit.query(sql, {"id": campaign_id})}


def sent_by_hour(unit: Session, campaign_id: str, begin: int, end: int) -> dict[int, int]:
    """Contacts that left, by whole hours from `begin` (microseconds), counted from the attempts."""
    sql = (
        "SELECT (reserved_at - :begin) / 3600000000, count(*) FROM attempt WHERE campaign_id = :id "  # noqa: S608
        f"AND reserved_at >= :begin AND reserved_at < :end AND {_LEFT} GROUP BY 1"
    )
    return _hours(unit, sql, campaign_id, begin, end)


def folded(unit: Session, campaign_id: str) -> dict[int, int]:
    """Contacts that left by the start (microseconds) of each hour that is folded up, the last one always there."""
    sql = "SELECT starts_at, sent FROM campaign_hour WHERE campaign_id = :id"
    return {int(row[0]): int(row[1]) for row in unit.query(sql, {"id": campaign_id})}


def fold(unit: Session, campaign_id: str, hours: Mapping[int, int]) -> None:
    """Keep the counts of past hours; those that are there stay."""
    unit.executemany(
        "INSERT INTO campaign_hour (campaign_id, starts_at, sent) VALUES (:id, :at, :sent) ON CONFLICT DO NOTHING",
        [{"id": campaign_id, "at": at, "sent": sent} for at, sent in sorted(hours.items())],
    )


def expected_by_hour(unit: Session, campaign_id: str, begin: int, end: int) -> dict[int, int]:
    """Accounts whose first contact the last forecast expects, by whole hours from `begin`."""
    sql = (
        "SELECT (expected_at - :begin) / 3600000000, count(*) FROM campaign_forecast_account "
        "WHERE campaign_id = :id AND expected_at >= :begin AND expected_at < :end GROUP BY 1"
    )
    return _hours(unit, sql, campaign_id, begin, end)


def _hours(unit: Session, sql: str, campaign_id: str, begin: int, end: int) -> dict[int, int]:
    found = unit.query(sql, {"id": campaign_id, "begin": begin, "end": end})
    return {int(hour): int(count) for hour, count in found}


def promised(unit: Session, campaign_id: str, since: int) -> dict[bool, int]:
    """Accounts with a promise made since they entered, by whether they are held out."""
    sql = (
        # CROSS tells SQLite to go from the promises, of which there are few, to the members
        "SELECT m.held_out, count(DISTINCT m.account_id) FROM promise p CROSS JOIN campaign_member m "
        "WHERE m.campaign_id = :id AND m.account_id = p.account_id AND p.recorded_at >= :since "
        "AND p.occurred_at >= m.entered_at AND p.corrects_id IS NULL AND NOT p.withdrawn GROUP BY m.held_out"
    )
    return {bool(row[0]): int(row[1]) for row in unit.query(sql, {"id": campaign_id, "since": since})}


class PaidRow(NamedTuple):
    """Money that came in since the accounts entered, less what came back; in minor units."""

    held_out: bool
    currency: str
    accounts: int
    amount_minor: int


def paid(unit: Session, campaign_id: str, since: int) -> list[PaidRow]:
    """Accounts with money in, by whether they are held out and by currency."""
    sql = (
        "SELECT held_out, currency, count(*), sum(amount) FROM (SELECT m.held_out, p.currency, m.account_id, "
        "sum(CASE WHEN p.reversal_of IS NULL THEN p.amount_minor ELSE -p.amount_minor END) AS amount "
        "FROM payment p CROSS JOIN campaign_member m WHERE m.campaign_id = :id AND m.account_id = p.account_id "
        "AND p.recorded_at >= :since AND p.occurred_at >= m.entered_at AND NOT p.withdrawn "
        "GROUP BY m.held_out, p.currency, m.account_id) AS each WHERE amount > 0 GROUP BY held_out, currency"
    )
    found = unit.query(sql, {"id": campaign_id, "since": since})
    return [PaidRow(bool(row[0]), row[1], int(row[2]), int(row[3])) for row in found]


class MemberRow(NamedTuple):
    """One account of a campaign with where its enrollment stands; instants are microseconds."""

    account_id: str
    consumer_id: str
    held_out: Any
    contacted_at: int | None
    delivered_at: int | None
    answered_at: int | None
    state: str | None
    answer: str | None
    reason: str | None
    next_at: int | None


def members(
    unit: Session,
    campaign_id: str,
    where: Mapping[str, Any],
    *,
    reached: Milestone | None,
    after: str,
    limit: int,
) -> list[MemberRow]:
    """At most `limit + 1` accounts by id behind `after`, of which every given column has its value."""
    asked = {name: value for name, value in where.items() if value is not None}
    conditions = "".join(f" AND {_MEMBER_COLUMNS[name]} = :{name}" for name in asked)
    if reached is not None:
        conditions += f" AND m.{reached}_at IS NOT NULL"
    sql = (
        "SELECT m.account_id, m.consumer_id, m.held_out, m.contacted_at, m.delivered_at, m.answered_at, "  # noqa: S608
        "e.state, e.answer, e.reason, e.next_at FROM campaign_member m LEFT JOIN enrollment e "
        # the word before it keeps SQLite from reading all that are enrolled once for each account
        "ON e.account_id = m.account_id AND ('' || e.campaign_id) = m.campaign_id "
        f"WHERE m.campaign_id = :id AND m.account_id > :after{conditions} ORDER BY m.account_id LIMIT :limit"
    )
    params = {**asked, "id": campaign_id, "after": after, "limit": limit + 1}
    return [MemberRow._make(row) for row in unit.query(sql, params)]


_MEMBER_COLUMNS = {
    "held_out": "m.held_out", "state": "e.state", "answer": "e.answer", "reason": "e.reason"
}  # fmt: skip
