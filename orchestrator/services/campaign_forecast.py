"""A campaign's forecast: made, kept with what it was made of, shown again, with the people behind every number."""

from __future__ import annotations

import dataclasses
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

import msgspec

from orchestrator.domain import campaign as rules
from orchestrator.domain.cadence import Cadence
from orchestrator.domain.campaign import CampaignError, CampaignState, FieldProblem
from orchestrator.domain.firm import Price
from orchestrator.domain.forecast import (
    CONTACTED,
    ChannelCount,
    Count,
    DayCount,
    Forecast,
    Outcome,
    Person,
    RuleCount,
    Stale,
)
from orchestrator.domain.instant import from_micros, to_micros
from orchestrator.engine.forecast import Foreseen, Question, Seen
from orchestrator.engine.forecast_share import foresee_together
from orchestrator.engine.house import House
from orchestrator.errors import ConflictError, InputError, UnknownReference
from orchestrator.services.campaign import Campaign, definition_digest, definition_of, find, zone_of
from orchestrator.services.segment import fitting
from orchestrator.store import campaign as store
from orchestrator.store import forecast as rows
from orchestrator.store.campaign import CampaignRow
from orchestrator.store.forecast import NewPerson

HORIZON = timedelta(days=60)
FRESH_FOR = timedelta(days=1)
AT_ONCE = 2_000
Progress = Callable[[int, int], None]

__all__ = [
    "ChannelCount", "Count", "DayCount", "Forecast", "Outcome", "Person", "Progress", "RuleCount", "Shown", "Stale",
    "last", "make", "people",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Shown:
    """The last forecast and why it does not hold any more; `stale` empty: it still does."""

    forecast: Forecast
    stale: tuple[Stale, ...]

    @property
    def is_stale(self) -> bool:
        return bool(self.stale)


@dataclass(slots=True)
class _Asked:
    """A draft as it would be started now."""

    row: CampaignRow
    cadence: Cadence
    digest: str
    chosen: list[tuple[str, str]]
    held_out: list[tuple[str, str]]
    elsewhere: list[tuple[str, str]]
    made_at: datetime
    starts_at: datetime
    ends_at: datetime


def make(house: House, key: str, by: str, progress: Progress | None = None) -> Forecast:
    """Forecast a draft over the whole book, and keep the result in place of the one before.

    `progress` takes (settled accounts, accounts) while it works. Nothing else is written, nothing leaves.
    """
    began = time.perf_counter()
    asked = _ask(house, key)
    question = Question(asked.row, asked.cadence, asked.chosen, asked.starts_at, asked.ends_at)
    foreseen = foresee_together(house, question, asked.made_at, progress or _nowhere)
    everybody = [*foreseen.accounts.values(), *_aside(asked)]
    made = _sum_up(house, asked, foreseen, everybody, by)
    made = dataclasses.replace(made, took_s=round(time.perf_counter() - began, 3))
    _keep(house, made, everybody)
    return made


def _nowhere(_done: int, _total: int) -> None:
    """Nobody watches."""


def _ask(house: House, key: str) -> _Asked:
    with house.database.read(house.clock) as unit:
        row = store.find(unit, key)
        if row is None:
            raise UnknownReference(f"no campaign {key!r}", where="campaign")
        if row.state != CampaignState.DRAFT:
            raise ConflictError(
                f"the campaign {row.name!r} is {row.state}: only a draft is forecast", code="campaign_state",
                where=row.id,
            )  # fmt: skip
        definition, cadence, zone = definition_of(row), house.cadences.find(row.cadence), zone_of(house)
        begins, ends = definition.starts_on, rules.end_of(definition, zone)
        starts_at = max(unit.now, rules.day_start(begins, zone)) if begins is not None else unit.now
        if ends is not None and ends <= unit.now:
            raise CampaignError([FieldProblem("ends_on", "its last day is over", "choose a later one")])
        horizon = starts_at + HORIZON
        engaged = store.engaged(unit)
        asked = _Asked(
            row._replace(state=CampaignState.RUNNING.value, zone=zone, not_after=_micros(ends)),
            cadence, definition_digest(definition), [], [], [], unit.now, starts_at,
            horizon if ends is None else min(ends, horizon),
        )  # fmt: skip
        for one in fitting(unit, definition, cadence):
            pair = one.account_id, one.consumer_id
            if one.account_id in engaged:
                asked.elsewhere.append(pair)
            elif rules.is_held_out(row.id, one.consumer_id, definition.held_out_share):
                asked.held_out.append(pair)
            else:
                asked.chosen.append(pair)
    return asked


def _aside(asked: _Asked) -> list[Seen]:
    return [
        Seen(account_id, consumer_id, "", outcome=outcome)
        for outcome, pairs in ((Outcome.HELD_OUT, asked.held_out), (Outcome.ELSEWHERE, asked.elsewhere))
        for account_id, consumer_id in pairs
    ]


def _sum_up(house: House, asked: _Asked, foreseen: Foreseen, everybody: Sequence[Seen], by: str) -> Forecast:
    contacted = [seen for seen in everybody if seen.outcome in CONTACTED]
    times = [seen.expected_at for seen in contacted if seen.expected_at is not None]
    channels = tuple(_channel(house, name, foreseen, contacted) for name in sorted(foreseen.contacts))
    cost: defaultdict[str, Decimal] = defaultdict(Decimal)
    for channel in channels:
        if channel.cost is not None and channel.currency is not None:
            cost[channel.currency] += channel.cost
    return Forecast(
        campaign_id=asked.row.id,
        made_at=asked.made_at,
        made_by=by,
        starts_at=asked.starts_at,
        ends_at=asked.ends_at,
        policy_digest=policy_digest(house),
        cadence=asked.cadence.name,
        cadence_digest=asked.cadence.digest,
        definition_digest=asked.digest,
        total=_count(everybody),
        counts={one: _count([seen for seen in everybody if seen.outcome is one]) for one in Outcome},
        contacts=foreseen.contacts.total(),
        channels=channels,
        days=_days(contacted),
        rules=_rules(foreseen, everybody),
        cost=dict(sorted(cost.items())),
        unpriced=tuple(one.channel for one in channels if one.price is None),
        first_at=min(times, default=None),
        last_at=max(times, default=None),
        took_s=0.0,
        enrolled=_count(
            [seen for seen in everybody if seen.outcome not in {Outcome.HELD_OUT, Outcome.ELSEWHERE}]
        ),
    )


def _count(seen: Sequence[Seen]) -> Count:
    return Count(len(seen), len({one.consumer_id for one in seen}))


def _channel(house: House, name: str, foreseen: Foreseen, contacted: Iterable[Seen]) -> ChannelCount:
    outcomes = Counter(seen.outcome for seen in contacted if seen.channel == name)
    price: Price | None = house.firm.prices.get(name)
    contacts = foreseen.contacts[name]
    units = foreseen.segments if price is not None and price.per == "segment" else contacts
    return ChannelCount(
        channel=name,
        now=outcomes[Outcome.NOW],
        later=outcomes[Outcome.LATER],
        contacts=contacts,
        units=units,
        price=price.amount if price is not None else None,
        per=price.per if price is not None else None,
        currency=price.currency if price is not None else None,
        cost=price.amount * units if price is not None else None,
    )


def _days(contacted: Sequence[Seen]) -> tuple[DayCount, ...]:
    """Every date from the first to the last, those without anything too."""
    allowed = Counter(seen.local_day(seen.allowed_at) for seen in contacted)
    expected = Counter(seen.local_day(seen.expected_at) for seen in contacted)
    known = [day for day in {*allowed, *expected} if day is not None]
    if not known:
        return ()
    found, waiting, day = [], 0, min(known)
    while day <= max(known):
        waiting += allowed[day] - expected[day]
        found.append(DayCount(day, allowed[day], expected[day], waiting))
        day += timedelta(days=1)
    return tuple(found)


_ASIDE = frozenset({Outcome.NOW, Outcome.HELD_OUT, Outcome.ELSEWHERE})


def _rules(foreseen: Foreseen, everybody: Sequence[Seen]) -> tuple[RuleCount, ...]:
    groups: defaultdict[tuple[Outcome, str], list[Seen]] = defaultdict(list)
    for seen in everybody:
        if seen.outcome is not None and seen.outcome not in _ASIDE:
            groups[seen.outcome, _rule_of(seen) or ""].append(seen)
    found = []
    for (outcome, rule), members in groups.items():
        finding = foreseen.findings.get(rule)
        count = _count(members)
        found.append(
            RuleCount(
                outcome=outcome,
                rule=rule,
                found=finding.found if finding is not None else "",
                citation=finding.citation if finding is not None else "",
                url=finding.url if finding is not None else "",
                accounts=count.accounts,
                consumers=count.consumers,
            )
        )
    return tuple(sorted(found, key=lambda one: (-one.accounts, one.outcome, one.rule)))


def _rule_of(seen: Seen) -> str | None:
    """What kept an account back; who is only behind others waits for the campaign's own limits."""
    is_kept_back = seen.outcome is not None and seen.outcome not in _ASIDE
    return seen.rule or ("campaign_limit" if is_kept_back else None)


def policy_digest(house: House) -> str:
    """Names the policies in force; empty while none can be used."""
    return house.library.digest if house.library is not None else ""


# kept


def _keep(house: House, forecast: Forecast, everybody: Sequence[Seen]) -> None:
    """The people first, the forecast last: one that is there has all its people."""
    with house.database.write(house.clock) as unit:
        rows.drop(unit, forecast.campaign_id)
    while True:
        with house.database.write(house.clock) as unit:
            if not rows.drop_people(unit, forecast.campaign_id, AT_ONCE):
                break
    people_rows = [_person_row(forecast.campaign_id, seen) for seen in everybody]
    for begin in range(0, len(people_rows), AT_ONCE):
        with house.database.write(house.clock) as unit:
            rows.add_people(unit, people_rows[begin : begin + AT_ONCE])
    with house.database.write(house.clock) as unit:
        rows.add(
            unit,
            campaign_id=forecast.campaign_id,
            made_at=to_micros(forecast.made_at),
            made_by=forecast.made_by,
            policy_digest=forecast.policy_digest,
            cadence_digest=forecast.cadence_digest,
            definition_digest=forecast.definition_digest,
            body=msgspec.json.encode(forecast),
        )


def _person_row(campaign_id: str, seen: Seen) -> NewPerson:
    allowed, expected = seen.local_day(seen.allowed_at), seen.local_day(seen.expected_at)
    return NewPerson(
        campaign_id=campaign_id,
        account_id=seen.account_id,
        consumer_id=seen.consumer_id,
        outcome=str(seen.outcome),
        channel=seen.channel,
        rule=_rule_of(seen),
        allowed_at=_micros(seen.allowed_at),
        allowed_on=allowed and allowed.isoformat(),
        expected_at=_micros(seen.expected_at),
        expected_on=expected and expected.isoformat(),
    )


def _micros(at: datetime | None) -> int | None:
    return None if at is None else to_micros(at)


def last(house: House, key: str) -> Shown | None:
    """The last forecast of a campaign and whether it still holds; None: there is none."""
    campaign = find(house, key)
    with house.database.read(house.clock) as unit:
        body = rows.body(unit, campaign.id)
        now = unit.now
    if body is None:
        return None
    forecast = msgspec.json.decode(body, type=Forecast)
    return Shown(forecast, _stale(house, campaign, forecast, now))


def _stale(house: House, campaign: Campaign, forecast: Forecast, now: datetime) -> tuple[Stale, ...]:
    digest = campaign.cadence_digest or _cadence_digest(house, campaign.definition.cadence)
    asked = {
        Stale.POLICIES: forecast.policy_digest != policy_digest(house),
        Stale.CADENCE: forecast.cadence_digest != digest,
        Stale.CAMPAIGN: forecast.definition_digest != definition_digest(campaign.definition),
        Stale.AGE: now - forecast.made_at > FRESH_FOR,
    }
    return tuple(why for why, holds in asked.items() if holds)


def _cadence_digest(house: House, name: str) -> str | None:
    try:
        return house.cadences.find(name).digest
    except UnknownReference:
        return None


def people(
    house: House,
    key: str,
    outcome: Outcome | None = None,
    *,
    channel: str | None = None,
    rule: str | None = None,
    allowed_on: date | None = None,
    expected_on: date | None = None,
    after: str | None = None,
    limit: int = 50,
) -> tuple[Person, ...]:
    """The accounts behind a number of the last forecast, by id behind `after`: at most `limit + 1` of them."""
    if limit < 1:
        raise InputError("a page has one row or more", where="limit")
    campaign = find(house, key)
    where = {
        "outcome": outcome and outcome.value,
        "channel": channel,
        "rule": rule,
        "allowed_on": allowed_on and allowed_on.isoformat(),
        "expected_on": expected_on and expected_on.isoformat(),
    }
    with house.database.read(house.clock) as unit:
        found = rows.people(unit, campaign.id, where, after, limit)
    return tuple(_person(row) for row in found)


def _person(row: NewPerson) -> Person:
    return Person(
        account_id=row.account_id,
        consumer_id=row.consumer_id,
        outcome=Outcome(row.outcome),
        channel=row.channel,
        rule=row.rule,
        allowed_at=None if row.allowed_at is None else from_micros(row.allowed_at),
        allowed_on=_day(row.allowed_on),
        expected_at=None if row.expected_at is None else from_micros(row.expected_at),
        expected_on=_day(row.expected_on),
    )


def _day(value: str | date | None) -> date | None:
    return date.fromisoformat(value) if isinstance(value, str) else value
