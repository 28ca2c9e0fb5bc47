"""The judge agrees with a plain second reading: decision, determining rules, and the earliest permitted instant."""

from __future__ import annotations

import datetime as dt

from hypothesis import given, settings
from hypothesis import strategies as st

from policies.evaluate import judge
from policies.facts import Consent, Contact, Event, Facts, Inconvenient
from policies.library import load
from policies.verdict import Decision
from policies.vocabulary import Channel, Direction, Outcome, Weekday
from tests.property.policies.oracle import DAYS, Agreed, Barred, Past, Question, objections

RULES = (
    "regf-hours-8-21",
    "regf-7in7-attempts",
    "regf-7day-after-conversation",
    "regf-inconvenient-time",
    "wa-3-per-week",
    "nyc-3-per-7",
)
CENTRES = (  # an ordinary week, both changes of the clocks, the turn of a year
    dt.datetime(2026, 10, 14, 18, tzinfo=dt.UTC),
    dt.datetime(2026, 11, 1, 18, tzinfo=dt.UTC),
    dt.datetime(2027, 3, 14, 18, tzinfo=dt.UTC),
    dt.datetime(2027, 1, 1, 18, tzinfo=dt.UTC),
)
ZONES = ("America/New_York", "America/Chicago", "America/Denver", "America/Phoenix", "Pacific/Honolulu")
STEP = dt.timedelta(minutes=15)


def minutes(low: int, high: int) -> st.SearchStrategy[dt.timedelta]:
    return st.integers(low * 96, high * 96).map(lambda quarter: quarter * STEP)


@st.composite
def questions(draw: st.DrawFn) -> tuple[dt.datetime, Question]:
    at = draw(st.sampled_from(CENTRES)) + draw(minutes(-3, 3))
    dense = draw(st.booleans())  # many unanswered calls, so that the seven are reached
    outcomes = ["no_answer", "voicemail", "busy", "dropped", None]
    calls = st.builds(
        Past,
        at=minutes(-8, 0).map(lambda delta: at + delta),
        channel=st.sampled_from(
            ["voice"] if dense else ["voice", "voice", "voice", "sms", "email", "letter"]
        ),
        outcome=st.sampled_from(outcomes if dense else [*outcomes, "no_answer", "conversation"]),
        debts=st.sampled_from([("d1",), ("d1",), ("d2",), ("d1", "d2")]),
        direction=st.sampled_from(["outbound", "outbound", "outbound", "inbound"]),
        party=st.sampled_from(["consumer", "consumer", "consumer", "spouse"]),
    )
    past = tuple(sorted(draw(st.lists(calls, min_size=10 if dense else 0, max_size=20)), key=lambda p: p.at))
    agreed = st.builds(
        Agreed,
        received_at=minutes(-8, 0).map(lambda delta: at + delta),
        scope_date=st.one_of(
            st.none(), st.integers(-2, 6).map(lambda days: (at + dt.timedelta(days=days)).date())
        ),
        revoked_at=st.one_of(st.none(), minutes(-3, 5).map(lambda delta: at + delta)),
    )
    barred = st.builds(
        Barred,
        days=st.lists(st.sampled_from(DAYS), min_size=1, max_size=4, unique=True).map(tuple),
        start=st.sampled_from([None, "09:30", "15:00"]),
        end=st.sampled_from([None, "17:00", "20:15"]),
        until=st.one_of(st.none(), st.integers(0, 9).map(lambda days: (at + dt.timedelta(days=days)).date())),
    )
    zones = tuple(draw(st.lists(st.sampled_from(ZONES), min_size=1, max_size=3, unique=True)))
    return at, Question(
        zones=zones,
        channel=draw(st.sampled_from(["voice", "voice", "sms", "letter"])),
        past=past,
        agreed=tuple(draw(st.lists(agreed, max_size=2))),
        barred=tuple(draw(st.lists(barred, max_size=2))),
        places=frozenset(draw(st.lists(st.sampled_from(["us-wa", "us-ny-nyc"]), max_size=2))),
    )


def facts_of(at: dt.datetime, question: Question) -> Facts:
    history = tuple(
        Event(
            at=p.at,
            channel=Channel(p.channel),
            outcome=None if p.outcome is None else Outcome(p.outcome),
            debts=p.debts,
            direction=Direction(p.direction),
            party=p.party,
        )
        for p in question.past
    )
    consents = tuple(
        Consent(
            type="call_frequency",
            debt="d1",
            received_at=a.received_at,
            scope_date=a.scope_date,
            revoked_at=a.revoked_at,
        )
        for a in question.agreed
    )
    barred = tuple(
        Inconvenient(days=tuple(map(Weekday, b.days)), start=b.start, end=b.end, until=b.until)
        for b in question.barred
    )
    return Facts(
        zones=question.zones,
        history=history,
        consents=consents,
        inconvenient=barred,
        contact=Contact(at=at, channel=Channel(question.channel), debts=(question.debt,)),
    )


def rules_for(question: Question) -> tuple[str, ...]:
    local = {"wa-3-per-week": "us-wa", "nyc-3-per-7": "us-ny-nyc"}
    return tuple(rule for rule in RULES if rule not in local or local[rule] in question.places)


@given(questions())
@settings(max_examples=120, deadline=None)
def test_the_judge_agrees_with_the_second_reading(asked: tuple[dt.datetime, Question]) -> None:
    at, question = asked
    stack = load().stack((), "third_party_collector", at.date(), only=rules_for(question))
    verdict = judge(facts_of(at, question), stack, at)
    expected = objections(at, question)
    assert {finding.id for finding in verdict.rules} == expected
    assert verdict.decision is (Decision.DEFER if expected else Decision.ALLOW)
    if verdict.retry_at is not None:
        assert objections(verdict.retry_at, question) == set()
        earlier = verdict.retry_at - dt.timedelta(minutes=1)
        while earlier > at:
            assert objections(earlier, question), f"{earlier} is permitted, before {verdict.retry_at}"
            earlier -= STEP


@given(questions())
@settings(max_examples=60, deadline=None)
def test_an_allow_stays_valid_until_a_rule_objects(asked: tuple[dt.datetime, Question]) -> None:
    at, question = asked
    stack = load().stack((), "third_party_collector", at.date(), only=rules_for(question))
    verdict = judge(facts_of(at, question), stack, at)
    if verdict.decision is not Decision.ALLOW:
        return
    end = verdict.valid_until or at + dt.timedelta(days=3)
    moment = at
    while moment < min(end, at + dt.timedelta(days=3)):
        assert not objections(moment, question), f"{moment} is objected to, before {end}"
        moment += STEP
