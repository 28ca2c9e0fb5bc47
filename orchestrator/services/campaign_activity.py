"""What a campaign does right now: how each provider answers its calls, and its latest contacts and refusals."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import groupby

from orchestrator.domain.instant import from_micros, to_micros
from orchestrator.engine.house import House
from orchestrator.engine.refusal import OPTED_OUT
from orchestrator.services.campaign import find
from orchestrator.store import campaign_latest as store
from orchestrator.store.campaign_latest import FlowRow, LatestRow

LATEST = 10
SPAN = timedelta(minutes=15)
"""What is said of providers is of so long."""
SLOW = timedelta(seconds=5)
"""A provider that has not answered a call after so long is slow."""
_FEW = 5
_FAILING = 0.2
_OURS = frozenset({"deadline_passed"})
"""Codes of calls that were never made, though they were about to be."""
_DAY = timedelta(days=1)


class Flow(StrEnum):
    """How a provider does."""

    SENDING = "sending"
    SLOW = "slow"  # a call waits for its answer
    FAILING = "failing"  # a fifth of its calls or more are refused or unanswered
    OPT_OUT_GAP = "opt_out_gap"  # it knew of opt-outs that were not known here
    QUIET = "quiet"  # nothing was handed to it


@dataclass(frozen=True, slots=True)
class ProviderFlow:
    """One channel's provider in the last minutes, of this campaign's contacts alone.

    asked: calls that were started; taken, refused, unknown, waiting: what became of them; opted_out: of those refused,
    for an opt-out that the provider held. per_minute: of taken.
    """

    channel: str
    provider: str
    state: Flow
    asked: int
    taken: int
    refused: int
    unknown: int
    waiting: int
    opted_out: int
    per_minute: float


@dataclass(frozen=True, slots=True)
class Latest:
    """A contact that was begun, or one that was refused: then `decision` says how and `reason` by which rule.

    `reason` of a contact: why it was not sent, or what the provider said.
    """

    at: datetime
    consumer_id: str
    account_id: str
    channel: str
    template: str | None
    state: str | None
    outcome: str | None
    reason: str | None
    decision: str | None
    verdict_id: str | None


@dataclass(frozen=True, slots=True)
class Activity:
    """Everything at one moment. `since`: from when on providers are looked at."""

    as_of: datetime
    since: datetime
    providers: tuple[ProviderFlow, ...]
    latest: tuple[Latest, ...]


def read(house: House, key: str, limit: int = LATEST) -> Activity:
    """The last minutes of a campaign, and its newest contacts; reads a bounded number of rows."""
    campaign = find(house, key)
    with house.database.read(house.clock) as unit:
        now = unit.now
        begin = max(now - SPAN, campaign.started_at or now)
        rows = store.flow(unit, campaign.id, to_micros(begin))
        attempts = store.attempts(unit, campaign.id, limit)
        since = max(now - _DAY, campaign.started_at or now)
        refusals = store.refusals(unit, campaign.id, to_micros(since), limit)
    if sum(row.attempts for row in rows) >= store.MOST:
        begin = from_micros(min(row.begun for row in rows))
    newest = sorted((*attempts, *refusals), key=lambda row: (row.at, row.id), reverse=True)[:limit]
    return Activity(now, begin, tuple(_providers(rows, begin, now)), tuple(map(_latest, newest)))


def _providers(rows: Iterable[FlowRow], begin: datetime, now: datetime) -> Iterable[ProviderFlow]:
    """One line a channel, in the order of their names."""
    for channel, members in groupby(sorted(rows, key=lambda row: row.channel), key=lambda row: row.channel):
        yield _provider(channel, list(members), begin, now)


def _provider(channel: str, rows: list[FlowRow], begin: datetime, now: datetime) -> ProviderFlow:
    asked = [row for row in rows if row.was_asked and (row.failure or "") not in _OURS]

    def count(*states: str) -> int:
        return sum(row.attempts for row in asked if row.state in states)

    refused, unknown, waiting = count("released"), count("ambiguous"), count("submitted")
    whole = sum(row.attempts for row in asked)
    taken = whole - refused - unknown - waiting
    gap = sum(row.attempts for row in asked if row.failure == OPTED_OUT)
    oldest = min((row.asked for row in asked if row.state == "submitted" and row.asked), default=None)
    is_slow = oldest is not None and now - from_micros(oldest) > SLOW
    failed = refused + unknown - gap
    minutes = max((now - begin).total_seconds() / 60, 1.0)
    return ProviderFlow(
        channel=channel,
        provider=next((row.provider for row in rows if row.provider), ""),
        state=_state(whole, taken, failed, gap, is_slow=is_slow),
        asked=whole,
        taken=taken,
        refused=refused,
        unknown=unknown,
        waiting=waiting,
        opted_out=gap,
        per_minute=round(taken / minutes, 1),
    )


def _state(whole: int, taken: int, failed: int, gap: int, *, is_slow: bool) -> Flow:
    """The worst that can be said: people who asked for an end come before anything else."""
    if gap:
        return Flow.OPT_OUT_GAP
    if failed and ((whole < _FEW and not taken) or (whole >= _FEW and failed >= _FAILING * whole)):
        return Flow.FAILING
    if is_slow:
        return Flow.SLOW
    return Flow.SENDING if whole else Flow.QUIET


def _latest(row: LatestRow) -> Latest:
    return Latest(
        at=from_micros(row.at),
        consumer_id=row.consumer_id,
        account_id=row.account_id or "",
        channel=row.channel,
        template=row.template,
        state=row.state,
        outcome=row.outcome,
        reason=row.failure,
        decision=row.decision,
        verdict_id=row.verdict_id,
    )
