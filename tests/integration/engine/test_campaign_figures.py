"""What a campaign's forecast and its progress say, on both databases, beside what really happens."""

from __future__ import annotations

import dataclasses
from collections import Counter
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, cast

import msgspec
import pytest

from bench.book import Book
from channels.contract import Channel
from channels.events import Event, EventKind
from orchestrator.child import Child
from orchestrator.domain.campaign import Definition
from orchestrator.domain.firm import Price
from orchestrator.domain.forecast import Outcome, Stale
from orchestrator.engine import forecast, forecast_share, inbound, receipts
from orchestrator.engine.campaign import fold_hours
from orchestrator.engine.course import REJUDGE
from orchestrator.engine.forecast import Foreseen, Question, foresee
from orchestrator.engine.forecast_share import foresee_together
from orchestrator.engine.inbound import Heard
from orchestrator.errors import ConflictError
from orchestrator.services import campaign, campaign_forecast, campaign_progress, fact
from orchestrator.services.campaign_progress import Why
from orchestrator.services.fact import By
from orchestrator.store import campaign as store
from orchestrator.store.database import Database
from tests.integration.engine.stage import Stage, build

PEOPLE = 30


@pytest.fixture
def stage(database: Database) -> Stage:
    return build(database, book=Book(count=PEOPLE), enroll=False)


def make(stage: Stage, **more: object) -> str:
    definition = Definition(**{"name": "spring", "cadence": "plain", **more})  # type: ignore[arg-type]
    return campaign.create(stage.house, definition, "manager").id


def consumer(number: int) -> str:
    return f"C{number:07}"


def account(number: int) -> str:
    return f"A-{consumer(number)}"


def obstruct(stage: Stage) -> None:
    """Two stop every text, one is on hold, one has an attorney's letter to come, one is in another cadence."""
    for number in (0, 1):
        fact.record_opt_out(stage.house, By("test"), consumer_id=consumer(number), channel="sms")
    fact.place_hold(stage.house, By("test"), consumer(2), kind="other", account_id=None, until=None)


def test_a_forecast_counts_whom_it_reaches_and_who_stands_apart(stage: Stage) -> None:
    obstruct(stage)
    other = make(stage, name="other", segment=f'account_id == "{account(3)}"')
    campaign.start(stage.house, other, "m")
    made = campaign_forecast.make(stage.house, make(stage, held_out_share=0.2), "manager")
    counts = {outcome: count.accounts for outcome, count in made.counts.items()}
    assert sum(counts.values()) == made.total.accounts == PEOPLE
    assert counts[Outcome.ELSEWHERE] == 1
    assert counts[Outcome.HELD_OUT] > 0
    assert counts[Outcome.HELD] <= 1
    assert made.contacts == counts[Outcome.NOW] + counts[Outcome.LATER]
    assert made.cost == {}
    assert set(made.unpriced) == {one.channel for one in made.channels}
    for outcome, count in counts.items():
        people = campaign_forecast.people(stage.house, "spring", outcome, limit=100)
        assert len(people) == count
    stopped = {row.account_id for row in campaign_forecast.people(stage.house, "spring", rule="firm-opt-out")}
    assert stopped <= {account(0), account(1)}


def test_nothing_is_written_but_the_forecast(stage: Stage) -> None:
    obstruct(stage)
    made = make(stage)
    tables = ("attempt", "verdict", "enrollment", "contact_event", "task", "campaign_member", "ledger_entry")
    before = [stage.scalar(f"SELECT count(*) FROM {table}") for table in tables]
    campaign_forecast.make(stage.house, made, "manager")
    assert [stage.scalar(f"SELECT count(*) FROM {table}") for table in tables] == before


def test_a_forecast_says_when_it_does_not_hold_any_more(stage: Stage) -> None:
    made = make(stage)
    assert campaign_forecast.last(stage.house, made) is None
    kept = campaign_forecast.make(stage.house, made, "manager")
    shown = campaign_forecast.last(stage.house, made)
    assert shown is not None
    assert (shown.forecast, shown.stale) == (kept, ())
    definition = dataclasses.replace(campaign.find(stage.house, made).definition, daily_limit=5)
    campaign.change(stage.house, made, definition, "manager")
    stage.clock.advance(timedelta(days=2))
    shown = campaign_forecast.last(stage.house, made)
    assert shown is not None
    assert shown.stale == (Stale.CAMPAIGN, Stale.AGE)


def test_limits_spread_the_forecast_as_they_spread_the_contacts(stage: Stage) -> None:
    made = make(stage, hourly_limit=4, daily_limit=11)
    foreseen = campaign_forecast.make(stage.house, made, "manager")
    assert foreseen.counts[Outcome.NOW].accounts == PEOPLE
    campaign.start(stage.house, made, "m")
    for _ in range(24 * 4):
        while stage.plan().claimed:
            stage.dispatch()
        stage.clock.advance(timedelta(hours=1))
    sent = Counter(
        row[0]
        for row in stage.query(
            "SELECT date(min(submitted_at) / 1000000, 'unixepoch') FROM attempt GROUP BY enrollment_id"
            if stage.database.dialect == "sqlite"
            else "SELECT to_timestamp(min(submitted_at) / 1000000)::date::text FROM attempt GROUP BY enrollment_id"
        )
    )
    expected = Counter(
        str(person.expected_at.date())
        for person in campaign_forecast.people(stage.house, made, limit=100)
        if person.expected_at is not None
    )
    assert sent == expected
    by_account = {
        person.account_id: person.expected_at
        for person in campaign_forecast.people(stage.house, made, limit=100)
    }
    late = stage.query("SELECT account_id, min(submitted_at) FROM attempt GROUP BY account_id")
    for account_id, at in late:
        foreseen_at = by_account[str(account_id)]
        assert foreseen_at is not None
        assert int(str(at)) == round(foreseen_at.timestamp() * 1_000_000)


def test_only_a_draft_is_forecast(stage: Stage) -> None:
    made = make(stage)
    campaign.start(stage.house, made, "m")
    with pytest.raises(ConflictError, match="only a draft"):
        campaign_forecast.make(stage.house, made, "manager")


def report(stage: Stage, number: int, kind: EventKind) -> None:
    row = stage.query("SELECT id, provider FROM attempt WHERE account_id = :id", id=account(number))[0]
    event = Event(
        kind=kind,
        provider=str(row[1]),
        provider_event_id=f"{row[0]}-{kind}",
        channel=Channel.SMS,
        attempt_id=str(row[0]),
        occurred_at=stage.clock.now(),
    )
    receipts.receive(stage.house, [event])
    receipts.apply_pending(stage.house)


def test_progress_counts_what_came_of_the_contacts(stage: Stage) -> None:
    obstruct(stage)
    made = make(stage, hourly_limit=20)
    campaign_forecast.make(stage.house, made, "m")
    campaign.start(stage.house, made, "m")
    stage.plan()
    stage.dispatch()
    report(stage, 10, EventKind.DELIVERED)
    report(stage, 11, EventKind.DELIVERED)
    stage.clock.advance(timedelta(minutes=1))
    text = Heard("sink_sms", "in-1", "sms", "+13120000011", "who is this?", stage.clock.now())
    inbound.receive(stage.house, [text])
    fact.record_promise(
        stage.house,
        By("test"),
        account(11),
        amount_minor=500,
        due_on=stage.clock.now().date() + timedelta(days=3),
    )
    fact.record_payment(stage.house, By("test"), account(10), amount_minor=700)
    read = campaign_progress.read(stage.house, made)
    reached = read.enrolled
    assert (reached.accounts, reached.contacted, reached.delivered, reached.answered) == (30, 20, 2, 1)
    assert (reached.promised, reached.paid, reached.paid_minor) == (1, 1, {"USD": 700})
    assert (read.sent, read.reserved, read.unknown) == (20, 0, 0)
    assert sum(hour.sent for hour in read.hours) == 20
    assert sum(hour.expected for hour in read.hours) > 20
    assert read.hourly is not None
    assert (read.hourly.used, read.hourly.limit) == (20, 20)
    assert read.of(Why.WAITING)[0].rule == "campaign_hourly_limit"
    denied = read.of(Why.DENIED)
    # the law that forbids it is named before the firm's own rule
    assert {line.rule for line in denied} <= {"regf-medium-stop"}
    assert sum(line.accounts for line in read.standing) == 30
    answered = campaign_progress.members(stage.house, made, reached="answered")
    assert [one.account_id for one in answered] == [account(11)]
    waiting = campaign_progress.members(stage.house, made, rule="campaign_hourly_limit", limit=100)
    assert len(waiting) == read.of(Why.WAITING)[0].accounts


def asked(stage: Stage, made: str) -> Question:
    """The campaign over everybody for nine days."""
    with stage.database.read(stage.clock) as unit:
        row = store.find(unit, made)
    assert row is not None
    now, cadence = stage.clock.now(), stage.house.cadences.find("plain")
    chosen = [(account(number), consumer(number)) for number in range(PEOPLE)]
    return Question(row._replace(state="running"), cadence, chosen, now, now + timedelta(days=9))


def nowhere(_done: int, _total: int) -> None:
    """Nobody watches."""


@pytest.mark.parametrize("limit", [None, 6])
def test_a_forecast_of_several_processes_is_that_of_one(stage: Stage, limit: int | None) -> None:
    obstruct(stage)
    made = make(stage, hourly_limit=limit)
    question = asked(stage, made)
    alone = foresee(stage.house, question)
    stage.house.inline = False
    told: list[int] = []
    together = foresee_together(
        stage.house, question, stage.clock.now(), lambda done, _total: told.append(done), at_least=1
    )
    assert told
    assert together.contacts == alone.contacts
    if limit is None:
        assert together.accounts == alone.accounts
    else:
        assert outcomes(together) == outcomes(alone)


def test_a_forecast_whose_processes_fail_is_made_in_one(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    question = asked(stage, make(stage))
    alone = foresee(stage.house, question)
    monkeypatch.setattr(forecast_share, "Child", lambda _serve: Child("os:close"))
    stage.house.inline = False
    assert foresee_together(stage.house, question, stage.clock.now(), nowhere, at_least=1) == alone


def test_holds_that_end_on_several_days_are_foreseen_as_a_look_a_day_finds_them(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    days = {1: 5, 2: 3, 3: 7, 4: 5, 5: 1, 6: 4, 7: 30}
    for number, day in days.items():
        until = stage.clock.now().date() + timedelta(days=day)
        fact.place_hold(stage.house, By("test"), consumer(number), kind="other", account_id=None, until=until)
    question = asked(stage, make(stage))
    guessed = foresee(stage.house, question).accounts
    monkeypatch.setattr(forecast._Foresight, "_until_released", a_look_a_day)
    assert guessed == foresee(stage.house, question).accounts
    released = {guessed[account(number)].allowed_at for number in days}
    assert len(released) == len(set(days.values()))


def a_look_a_day(self: Any, courses: Any, _judged: object) -> datetime:
    """The planner's own way, without halving or guessing."""
    days, end = 1, (self.ahead.question.ends_at - self.now) // REJUDGE + 1
    while days <= end and self._is_held(courses, days):
        days += 1
    return cast(datetime, self.now + REJUDGE * days)


def outcomes(foreseen: Foreseen) -> dict[str, object]:
    return {key: (one.outcome, one.channel, one.expected_at) for key, one in foreseen.accounts.items()}


def test_folded_hours_are_counted_as_before(stage: Stage) -> None:
    made = make(stage, hourly_limit=7)
    campaign.start(stage.house, made, "m")
    for _ in range(4):
        while stage.plan().claimed:
            stage.dispatch()
        stage.clock.advance(timedelta(hours=1))
    before = campaign_progress.read(stage.house, made)
    assert fold_hours(stage.house) > 0
    assert campaign_progress.read(stage.house, made) == before
    assert fold_hours(stage.house) == 0
    stage.clock.advance(timedelta(hours=1))
    assert fold_hours(stage.house) == 1
    assert campaign_progress.read(stage.house, made).sent == before.sent == 28


def test_costs_are_those_of_the_firm_file(stage: Stage) -> None:
    prices = {
        "sms": Price(amount=Decimal("0.009"), currency="USD", per="segment"),
        "email": Price(amount=Decimal("0.001"), currency="USD"),
    }
    stage.house.firm = msgspec.structs.replace(stage.house.firm, prices=prices)
    made = campaign_forecast.make(stage.house, make(stage), "manager")
    texts = next(one for one in made.channels if one.channel == "sms")
    assert texts.units >= texts.contacts > 0
    assert texts.cost == Decimal("0.009") * texts.units
    assert made.cost == {"USD": sum((one.cost or Decimal(0) for one in made.channels), Decimal(0))}
    assert made.unpriced == ()
    shown = campaign_forecast.last(stage.house, "spring")
    assert shown is not None
    assert shown.forecast == made
