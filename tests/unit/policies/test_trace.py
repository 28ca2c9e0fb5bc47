"""How an answer came about: the trace says what the judge said, rule by rule and step by step."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from policies.case import Case
from policies.compose import Bearing
from policies.evaluate import judge
from policies.facts import Consent, Contact, Debt, Event, Facts
from policies.library import load
from policies.prepare import actor_of, prepare
from policies.trace import Answer, Reply, trace
from policies.verdict import Decision, encode
from policies.vocabulary import Channel, Outcome

LIBRARY = load()
CASES = [case for pack in LIBRARY.packs.values() for case in pack.cases]
AT = datetime(2026, 11, 23, 17, 15, tzinfo=UTC)
"""Monday, a quarter past eleven in Chicago."""


def facts_of(*history: Event, **more: object) -> Facts:
    contact = Contact(at=AT, channel=Channel.VOICE, debts=("A-1",))
    given: dict[str, object] = {
        "jurisdictions": ("us",), "zones": ("America/Chicago",), "country": "US", "currency": "USD",
        "debts": {"A-1": Debt()},
    }  # fmt: skip
    return Facts(contact=contact, history=history, **(given | more))  # type: ignore[arg-type]


def call(days_ago: int, outcome: Outcome) -> Event:
    return Event(
        id=f"at-{days_ago}", at=AT - timedelta(days=days_ago), channel=Channel.VOICE, outcome=outcome, debts=("A-1",)
    )  # fmt: skip


def answers_of(facts: Facts, at: datetime = AT) -> dict[str, Answer]:
    stack = LIBRARY.stack(facts.jurisdictions, facts.actor, at.date(), settings=facts.settings)
    return {
        answer.rule.id if answer.rule else answer.code: answer for answer in trace(facts, stack, at).answers
    }


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case.id))
def test_the_trace_of_a_case_says_what_the_judge_says(case: Case) -> None:
    facts, at = case.facts, case.contact.at
    stack = LIBRARY.stack(
        facts.jurisdictions, actor_of(facts), at.date(), only=facts.rules, settings=facts.settings
    )
    verdict, found = judge(facts, stack, at), trace(facts, stack, at)
    assert encode(found.verdict) == encode(verdict)
    objecting = [answer for answer in found.answers if answer.reply in {Reply.DENY, Reply.HOLD, Reply.WAIT}]
    ids = sorted(answer.code or (answer.rule.id if answer.rule else "") for answer in objecting)
    assert ids == sorted({rule.id for rule in verdict.rules})
    told = Counter(answer.rule.id for answer in found.answers if answer.rule is not None)
    assert set(told) == set(stack.by_id)
    assert max(told.values(), default=1) == 1
    if verdict.decision is Decision.DEFER:
        assert found.rungs[0].at == at
        assert found.rungs[-1].at == verdict.retry_at
        assert [bool(rung.waits) for rung in found.rungs] == [True] * (len(found.rungs) - 1) + [False]
    else:
        assert not found.rungs


def test_the_steps_name_the_rules_that_wait_the_longest_first() -> None:
    facts = facts_of(call(3, Outcome.CONVERSATION))
    found = trace(facts, LIBRARY.stack(("us",), facts.actor, AT.date()), AT)
    assert [(rung.at, rung.waits[0].rule if rung.waits else None) for rung in found.rungs] == [
        (AT, "regf-7day-after-conversation"),
        (datetime(2026, 11, 27, 6, 0, tzinfo=UTC), "regf-hours-8-21"),
        (datetime(2026, 11, 27, 14, 0, tzinfo=UTC), None),
    ]
    assert not found.cut


def test_a_rule_that_passes_says_until_when_and_what_is_used() -> None:
    found = answers_of(facts_of(call(2, Outcome.NO_ANSWER), call(1, Outcome.NO_ANSWER)))
    hours, cap = found["regf-hours-8-21"], found["regf-7in7-attempts"]
    assert (hours.reply, hours.until) == (Reply.PASS, datetime(2026, 11, 24, 3, 0, tzinfo=UTC))
    assert cap.reply is Reply.PASS
    assert [(use.used, use.limit) for use in cap.used] == [(2, 7)]


def test_a_limit_that_objects_says_what_is_used_too() -> None:
    calls = [
        msgspec.structs.replace(call(0, Outcome.NO_ANSWER), at=AT - timedelta(hours=hour), id=f"at-{hour}")
        for hour in range(10, 3, -1)
    ]
    cap = answers_of(facts_of(*calls))["regf-7in7-attempts"]
    assert cap.reply is Reply.WAIT
    assert [(use.used, use.limit) for use in cap.used] == [(7, 7)]
    assert len(cap.counted) == 7


def test_rules_without_anything_to_say_are_told_apart() -> None:
    found = answers_of(facts_of())
    assert found["regf-cease"].reply is Reply.SILENT
    assert found["regf-optout-notice"].reply is Reply.NO_BEARING
    assert found["regf-prior-consent"].reply is Reply.EXCEPTION
    nyc = answers_of(
        msgspec.structs.replace(facts_of(), jurisdictions=("us", "us-ny-nyc")), AT - timedelta(days=300)
    )
    assert nyc["nyc-3-per-7"].reply is Reply.NOT_IN_FORCE


def test_an_objection_that_an_exception_takes_back_names_it() -> None:
    late = datetime(2026, 11, 23, 4, 30, tzinfo=UTC)  # 22:30 in Chicago
    agreed = Consent(type="time", received_at=AT - timedelta(days=2), window=("21:00", "23:00"))
    facts = msgspec.structs.replace(
        facts_of(consents=(agreed,)), contact=Contact(at=late, channel=Channel.VOICE)
    )
    hours = answers_of(facts, late)["regf-hours-8-21"]
    assert hours.reply is Reply.LIFTED
    assert hours.lifted_by == ("regf-prior-consent",)
    assert "22:30 in America/Chicago" in hours.found
    assert hours.until == datetime(2026, 11, 23, 5, 0, tzinfo=UTC)


def test_a_reason_of_the_judge_has_its_own_code() -> None:
    found = answers_of(facts_of(zones=(), unknown=("zone",)))
    assert found["zone_unknown"].rule is None
    assert found["zone_unknown"].reply is Reply.HOLD


def test_the_parts_of_a_stack_ask_what_its_profile_asks() -> None:
    facts = facts_of(call(1, Outcome.NO_ANSWER))
    stack = LIBRARY.stack(("us",), facts.actor, AT.date())
    prepared = prepare(facts)
    micros = int(AT.timestamp() * 1_000_000)
    asked = {part.rule.id for part in stack.parts(prepared, micros) if part.bearing is Bearing.ASKED}
    assert asked == {rule.id for _, rule in stack.profile_of(prepared, micros).asked}
