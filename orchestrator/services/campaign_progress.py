"""How a campaign goes: whom it reached, what came of it, what waits and why, and its hours today."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from orchestrator.domain.campaign import WAITS, day_of, hour_of
from orchestrator.domain.enrollment import EnrollmentState
from orchestrator.domain.instant import from_micros, to_micros
from orchestrator.engine.house import House
from orchestrator.services.campaign import Campaign, find
from orchestrator.store import campaign_progress as store
from orchestrator.store.campaign_progress import MemberCounts, Milestone, StandingRow
from orchestrator.store.session import Session

_HOUR_US = 3_600_000_000


class Why(StrEnum):
    """Where the accounts of one line stand."""

    LATER = "later"  # the law lets them be contacted later
    DENIED = "denied"  # the step was not allowed; the next one keeps its day
    HELD = "held"  # waits for a fact or a person
    SUSPENDED = "suspended"  # a promise, a dispute, a hold ... stands in the way
    WAITING = "waiting"  # the campaign's own limit, or its pause
    BETWEEN = "between"  # on the way to the next step
    LEFT = "left"  # ended: paid, recalled, cease, done ...


@dataclass(frozen=True, slots=True)
class Standing:
    """Accounts in one place for one reason. first_at, last_at: when the first and the last is looked at again."""

    why: Why
    rule: str | None
    citation: str
    url: str
    accounts: int
    first_at: datetime | None
    last_at: datetime | None


@dataclass(frozen=True, slots=True)
class Funnel:
    """Accounts that came to each point at least once. `paid_minor`: money in since they entered, by currency."""

    accounts: int
    contacted: int
    delivered: int
    answered: int
    promised: int
    paid: int
    paid_minor: dict[str, int]


@dataclass(frozen=True, slots=True)
class Hour:
    """One hour of today. expected: first contacts that the last forecast sees in it."""

    starts_at: datetime
    sent: int
    expected: int


@dataclass(frozen=True, slots=True)
class Limit:
    """What is used of a limit in the window that ends at `ends_at`."""

    limit: int
    used: int
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Progress:
    """Everything at one moment. sent: contacts that left, of `enrolled`; unknown: of them, those without an answer
    of the provider, which count and are not sent again; reserved: on their way out now.
    """

    campaign: Campaign
    as_of: datetime
    enrolled: Funnel
    held_out: Funnel
    sent: int
    unknown: int
    reserved: int
    hours: tuple[Hour, ...]
    hourly: Limit | None
    daily: Limit | None
    standing: tuple[Standing, ...]

    def of(self, *why: Why) -> tuple[Standing, ...]:
        """The lines of these kinds, the largest first."""
        return tuple(one for one in self.standing if one.why in why)


@dataclass(frozen=True, slots=True)
class Member:
    """One account of a campaign and where it stands; `state` None: held out."""

    account_id: str
    consumer_id: str
    held_out: bool
    contacted_at: datetime | None
    delivered_at: datetime | None
    answered_at: datetime | None
    state: str | None
    rule: str | None
    next_at: datetime | None


def read(house: House, key: str) -> Progress:
    """The counts now, on one state of the database."""
    campaign = find(house, key)
    with house.database.read(house.clock) as unit:
        hours = _sent(unit, campaign)
        under_way = store.under_way(unit, campaign.id)
        funnels = _funnels(unit, campaign)
        return Progress(
            campaign=campaign,
            as_of=unit.now,
            enrolled=funnels[False],
            held_out=funnels[True],
            sent=sum(hours.values()),
            unknown=under_way.get("ambiguous", 0),
            reserved=under_way.get("reserved", 0),
            hours=_hours(unit, campaign, hours),
            hourly=_limit(unit, campaign, "hourly_limit", hours, under_way),
            daily=_limit(unit, campaign, "daily_limit", hours, under_way),
            standing=_standing(house, unit, campaign.id),
        )


def _funnels(unit: Session, campaign: Campaign) -> dict[bool, Funnel]:
    since = to_micros(campaign.started_at) if campaign.started_at is not None else 0
    counts = store.member_counts(unit, campaign.id)
    promised = store.promised(unit, campaign.id, since)
    paid = store.paid(unit, campaign.id, since)
    found = {}
    for held_out in (False, True):
        mine = counts.get(held_out, MemberCounts())
        money = [row for row in paid if row.held_out is held_out]
        found[held_out] = Funnel(
            **mine._asdict(),
            promised=promised.get(held_out, 0),
            paid=sum(row.accounts for row in money),
            paid_minor={row.currency: row.amount_minor for row in money},
        )
    return found


def _sent(unit: Session, campaign: Campaign) -> dict[int, int]:
    """Contacts that left, by the start of their hour: what is folded up, and the rest counted now."""
    found = store.folded(unit, campaign.id)
    begin = max(found, default=-_HOUR_US) + _HOUR_US
    if not found and campaign.started_at is not None:
        begin = to_micros(hour_of(campaign.started_at, campaign.zone).starts_at)
    live = store.sent_by_hour(unit, campaign.id, begin, unit.now_micros + _HOUR_US)
    return {**found, **{begin + place * _HOUR_US: count for place, count in live.items()}}


def _hours(unit: Session, campaign: Campaign, sent: Mapping[int, int]) -> tuple[Hour, ...]:
    today = day_of(unit.now, campaign.zone)
    begin, end = to_micros(today.starts_at), to_micros(today.ends_at)
    expected = store.expected_by_hour(unit, campaign.id, begin, end)
    return tuple(
        Hour(from_micros(at), sent.get(at, 0), expected.get(place, 0))
        for place, at in enumerate(range(begin, end, _HOUR_US))
    )


def _limit(
    unit: Session, campaign: Campaign, name: str, sent: Mapping[int, int], under_way: Mapping[str, int]
) -> Limit | None:
    limit = getattr(campaign.definition, name)
    if limit is None:
        return None
    window = (hour_of if name == "hourly_limit" else day_of)(unit.now, campaign.zone)
    begin = to_micros(window.starts_at)
    used = sum(count for at, count in sent.items() if at >= begin) + under_way.get("reserved", 0)
    return Limit(limit, used, window.ends_at)


def _standing(house: House, unit: Session, campaign_id: str) -> tuple[Standing, ...]:
    found = [_line(house, row) for row in store.standing(unit, campaign_id)]
    return tuple(sorted(found, key=lambda one: (-one.accounts, one.why, one.rule or "")))


def _line(house: House, row: StandingRow) -> Standing:
    rule = house.library.rules.get(row.reason) if house.library is not None and row.reason else None
    return Standing(
        why=_why(row),
        rule=row.reason,
        citation=rule.citation if rule is not None else "",
        url=rule.url if rule is not None else "",
        accounts=row.accounts,
        first_at=_at(row.first_at),
        last_at=_at(row.last_at),
    )


def _why(row: StandingRow) -> Why:
    by_state = {
        EnrollmentState.ENDED: Why.LEFT, EnrollmentState.HELD: Why.HELD, EnrollmentState.SUSPENDED: Why.SUSPENDED
    }  # fmt: skip
    if row.reason in WAITS:
        return Why.WAITING
    if row.state in by_state:
        return by_state[EnrollmentState(row.state)]
    return {"defer": Why.LATER, "deny": Why.DENIED}.get(row.answer or "", Why.BETWEEN)


def members(
    house: House,
    key: str,
    *,
    reached: Milestone | None = None,
    held_out: bool | None = None,
    why: Why | None = None,
    rule: str | None = None,
    after: str | None = None,
    limit: int = 50,
) -> tuple[Member, ...]:
    """The accounts behind a number, by id behind `after`: at most `limit + 1` of them."""
    campaign = find(house, key)
    where = {"held_out": held_out, "reason": rule, **_WHERE.get(why, {})}
    with house.database.read(house.clock) as unit:
        rows = store.members(unit, campaign.id, where, reached=reached, after=after or "", limit=limit)
    return tuple(
        Member(
            account_id=row.account_id,
            consumer_id=row.consumer_id,
            held_out=bool(row.held_out),
            contacted_at=_at(row.contacted_at),
            delivered_at=_at(row.delivered_at),
            answered_at=_at(row.answered_at),
            state=row.state,
            rule=row.reason,
            next_at=_at(row.next_at),
        )
        for row in rows
    )


_WHERE: dict[Why | None, dict[str, str]] = {
    Why.LATER: {"state": "active", "answer": "defer"},
    Why.DENIED: {"state": "active", "answer": "deny"},
    Why.HELD: {"state": "held"},
    Why.SUSPENDED: {"state": "suspended"},
    Why.LEFT: {"state": "ended"},
    Why.BETWEEN: {"state": "active"},
}


def _at(micros: int | None) -> datetime | None:
    return None if micros is None else from_micros(micros)
