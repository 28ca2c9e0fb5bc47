"""What a campaign's contacts came to last: the newest attempts and refusals, a bounded number read off indexes."""

from __future__ import annotations

from typing import NamedTuple

from orchestrator.store.session import Session

MOST = 2000
"""So many attempts at most are looked at for how providers do."""


class LatestRow(NamedTuple):
    """An attempt, or a refusal without one (`decision` set). `at` in microseconds."""

    at: int
    id: str
    consumer_id: str
    account_id: str | None
    channel: str
    template: str | None
    state: str | None
    outcome: str | None
    failure: str | None
    decision: str | None
    verdict_id: str | None


def attempts(unit: Session, campaign_id: str, limit: int) -> list[LatestRow]:
    """The newest contacts that were begun."""
    sql = (
        "SELECT reserved_at, id, consumer_id, account_id, channel, template, state, outcome, failure, NULL, verdict_id "
        "FROM attempt WHERE campaign_id = :id AND campaign_id IS NOT NULL ORDER BY reserved_at DESC LIMIT :limit"
    )
    return [LatestRow._make(row) for row in unit.query(sql, {"id": campaign_id, "limit": limit})]


def refusals(unit: Session, campaign_id: str, since: int, limit: int) -> list[LatestRow]:
    """The newest contacts that were refused."""
    sql = (
        "SELECT v.as_of, v.id, v.consumer_id, e.account_id, v.channel, NULL, NULL, NULL, v.rule, v.decision, v.id "
        "FROM verdict v LEFT JOIN enrollment e ON e.id = v.enrollment_id WHERE v.campaign_id = :id AND "
        "v.campaign_id IS NOT NULL AND v.decision <> 'allow' AND v.as_of >= :since "
        "ORDER BY v.as_of DESC, v.id DESC LIMIT :limit"
    )
    found = unit.query(sql, {"id": campaign_id, "since": since, "limit": limit})
    return [LatestRow._make(row) for row in found]


class FlowRow(NamedTuple):
    """Attempts in one state on one channel. begun, asked: the first, in microseconds; asked None: no call was made."""

    channel: str
    state: str
    failure: str | None
    provider: str | None
    was_asked: int
    attempts: int
    begun: int
    asked: int | None


def flow(unit: Session, campaign_id: str, since: int) -> list[FlowRow]:
    """The newest attempts begun since then, at most `MOST`, by what became of them."""
    sql = (
        "SELECT channel, state, failure, provider, CASE WHEN submitted_at IS NULL THEN 0 ELSE 1 END, count(*), "
        "min(reserved_at), min(submitted_at) FROM (SELECT channel, state, failure, provider, submitted_at, reserved_at "
        "FROM attempt WHERE campaign_id = :id AND campaign_id IS NOT NULL AND reserved_at >= :since "
        "ORDER BY reserved_at DESC LIMIT :most) newest GROUP BY 1, 2, 3, 4, 5"
    )
    return [FlowRow._make(row) for row in unit.query(sql, {"id": campaign_id, "since": since, "most": MOST})]
