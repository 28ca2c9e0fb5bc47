"""Fail closed: whatever fact a rule must have is dropped, the answer is never ALLOW; a rule that raises holds."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.case import Case
from policies.cases import judge_case
from policies.evaluate import judge
from policies.facts import Contact, Event, Facts, Settings
from policies.instant import to_micros
from policies.library import Library, load
from policies.pack import Rule
from policies.prepare import prepare
from policies.rule import Kind, kinds
from policies.verdict import Decision
from policies.vocabulary import (
    CORE_FACTS,
    Actor,
    Channel,
    EventActor,
    Grade,
    NumberKind,
    Outcome,
    RuleKind,
    Status,
)

AT = dt.datetime.fromisoformat("2026-10-14T11:00:00-04:00")
LIBRARY = load()


def closed(value: str) -> str:
    """A pattern that ends in `:*` as some value of it."""
    return value.replace(":*", ":someone")


def contact_for(rule: Rule) -> Contact:
    """A contact that this rule is about."""
    applies = rule.applies
    actor = applies.actor[0] if applies.actor else Actor.THIRD_PARTY_COLLECTOR
    return Contact(
        at=AT,
        channel=rule.channels[0] if rule.channels else Channel.VOICE,
        debts=("d1",),
        actor=EventActor(actor),
        address="point-1",
        party=closed(applies.party[0]) if applies.party else "consumer",
        content=closed(applies.content[0]) if applies.content else "collection",
        number_kind=applies.number_kind[0] if applies.number_kind else None,
        place=applies.place[0] if applies.place else None,
        purpose=applies.purpose[0] if applies.purpose else None,
        automated=bool(applies.automated),
        category=applies.category[0] if applies.category else None,
    )


CONTENTS = (
    "",
    "validation_notice",
    "verification",
    "threat_of_suit",
    "overshadowing:demand",
    "limited_content",
)
PARTIES = ("", "reference", "third_party:neighbour", "family", "consumer_attorney")


def variants(rule: Rule) -> Iterator[Contact]:
    """The contact a rule is plainly about, then ever odder ones, for rules that narrow themselves further."""
    plain = contact_for(rule)
    for automated in (plain.automated, True):
        for content in CONTENTS:
            for party in PARTIES:
                yield msgspec.structs.replace(
                    plain, automated=automated, content=content or plain.content, party=party or plain.party
                )


def facts_for(rule: Rule, library: Library, unknown: tuple[str, ...]) -> Facts | None:
    """Facts in which the rule is asked, with something missing; None if no contact of ours is its business."""
    place = library.pack_of[rule.id].jurisdiction
    for contact in variants(rule):
        facts = Facts(
            jurisdictions=(place,),
            zones=("Asia/Shanghai",) if place.startswith("cn") else ("America/New_York",),
            contact=contact,
            unknown=unknown,
            settings=Settings(electronic_cap_per_day=1, daytime_only=True),
        )
        if in_profile(rule, facts):
            return facts
    return None


def needed() -> Iterator[tuple[str, str]]:
    """(rule, fact) of every rule that is judged at all, in every pack."""
    for name, rule in sorted(LIBRARY.rules.items()):
        kind = kinds().get(rule.kind)
        if kind is None or kind.lift or rule.status is not Status.ON:
            continue
        for params in rule.values.values():
            if params is not None:
                typed: Any = msgspec.convert(params, kind.params, strict=False)
                yield from ((name, str(need)) for need in kind.needs(typed))


NEEDED = sorted(set(needed()))


def in_profile(rule: Rule, facts: Facts) -> bool:
    stack = LIBRARY.stack(
        facts.jurisdictions, facts.actor, AT.date(), only=(rule.id,), settings=facts.settings
    )
    found = stack.profile_of(prepare(facts), to_micros(AT))
    return rule.id in {asking.id for asking, _ in found.needs}


@pytest.mark.parametrize(("name", "fact"), NEEDED)
def test_a_dropped_fact_is_never_an_allow(name: str, fact: str) -> None:
    rule = LIBRARY.rules[name]
    facts = facts_for(rule, LIBRARY, (fact,))
    assert facts is not None, "no contact is this rule's business"
    stack = LIBRARY.stack(facts.jurisdictions, facts.actor, AT.date(), only=(name,), settings=facts.settings)
    verdict = judge(facts, stack, AT)
    assert verdict.decision is not Decision.ALLOW
    assert fact in CORE_FACTS or name in {finding.id for finding in verdict.rules}


def test_every_kind_that_objects_says_what_it_needs() -> None:
    """Kinds without a need could not fail closed; only those that read nothing but the contact may have none."""
    covered = {LIBRARY.rules[name].kind for name, _ in NEEDED}
    built = {
        rule.kind
        for rule in LIBRARY.rules.values()
        if rule.kind in kinds() and not kinds()[rule.kind].lift and rule.status is Status.ON
    }
    assert built - covered <= {RuleKind.WORDING_RULE}


def allowed_cases() -> list[Case]:
    cases = [case for pack in LIBRARY.packs.values() for case in pack.cases]
    return [case for case in cases if str(case.expect.decision) == "allow"]


CASES = allowed_cases()


@pytest.mark.parametrize("fact", sorted(CORE_FACTS))
def test_a_missing_core_fact_holds_every_contact(fact: str) -> None:
    for case in CASES:
        blind = msgspec.structs.replace(
            case, given=msgspec.structs.replace(case.given, unknown=(*case.given.unknown, fact))
        )
        found = judge_case(blind, LIBRARY).verdict()
        assert found.decision is not Decision.ALLOW, case.id
        assert f"{fact}_unknown" in {finding.id for finding in found.rules}


PLACES = (("us",), ("us", "us-dc"), ("us", "us-ny", "us-ny-nyc"), ("us", "us-wa"), ("cn",), ("fr",))


@st.composite
def questions(draw: st.DrawFn) -> Facts:
    """Any contact, anywhere, with some history and one core fact missing."""
    channel = draw(st.sampled_from(list(Channel)))
    outcomes = draw(st.lists(st.sampled_from([None, *Outcome]), max_size=6))
    history = tuple(
        Event(at=AT - dt.timedelta(days=index + 1), channel=channel, outcome=outcome, debts=("d1",))
        for index, outcome in enumerate(outcomes)
    )[::-1]
    kind = draw(st.sampled_from([None, *NumberKind]))
    return Facts(
        jurisdictions=draw(st.sampled_from(PLACES)),
        zones=("America/New_York",),
        actor=draw(st.sampled_from(list(Actor))),
        unknown=(draw(st.sampled_from(sorted(CORE_FACTS))),),
        history=history,
        contact=Contact(at=AT, channel=channel, debts=("d1",), number_kind=kind),
    )


@given(questions())
def test_any_contact_without_a_core_fact_is_held(facts: Facts) -> None:
    verdict = judge(facts, LIBRARY.stack(facts.jurisdictions, facts.actor, AT.date()), AT)
    assert verdict.decision is not Decision.ALLOW


@pytest.mark.parametrize("zones", [(), ("America/Atlantis",), ("America/New_York", "Nowhere/Else")])
def test_zones_that_are_missing_or_wrong_hold(zones: tuple[str, ...]) -> None:
    facts = Facts(
        jurisdictions=("us",), zones=zones, contact=Contact(at=AT, channel=Channel.EMAIL, debts=("d1",))
    )
    verdict = judge(facts, LIBRARY.stack(("us",), "third_party_collector", AT.date()), AT)
    assert verdict.decision is Decision.HOLD
    assert "zone_unknown" in {finding.id for finding in verdict.rules}


def test_no_policy_is_a_hold() -> None:
    empty = Library([])
    facts = Facts(
        jurisdictions=("us",), zones=("America/New_York",), contact=Contact(at=AT, channel=Channel.EMAIL)
    )
    verdict = judge(facts, empty.stack(("us",), "third_party_collector", AT.date()), AT)
    assert verdict.decision is Decision.HOLD
    assert [finding.id for finding in verdict.rules] == ["policy_unavailable"]


def test_a_rule_that_raises_is_a_hold_with_its_id(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> int:
        raise ZeroDivisionError

    library = load()
    pack = library.packs["us-reg-f-hours"]
    fresh = Library([pack])
    kind = kinds()[RuleKind.CONTACT_WINDOW]
    monkeypatch.setattr("policies.compose.kinds", lambda: {RuleKind.CONTACT_WINDOW: with_check(kind, broken)})
    facts = Facts(
        jurisdictions=("us",),
        zones=("America/New_York",),
        contact=Contact(at=AT, channel=Channel.VOICE, debts=("d1",)),
    )
    verdict = judge(facts, fresh.stack(("us",), "third_party_collector", AT.date()), AT)
    assert verdict.decision is Decision.HOLD
    held = {finding.id: finding.found for finding in verdict.rules}
    assert "ZeroDivisionError" in held["regf-hours-8-21"]


def with_check(kind: Kind, check: object) -> Kind:
    """The kind, compiled to this check whatever its parameters."""
    return dataclasses.replace(kind, compile=lambda rule, traits: check)


def test_history_that_does_not_reach_back_holds_calls_but_not_letters() -> None:
    def ask(channel: Channel, days: int) -> Decision:
        facts = Facts(
            jurisdictions=("us",),
            zones=("America/New_York",),
            history_since=AT - dt.timedelta(days=days),
            contact=Contact(at=AT, channel=channel, debts=("d1",)),
        )
        stack = LIBRARY.stack(("us",), "third_party_collector", AT.date())
        verdict = judge(facts, stack, AT)
        if verdict.decision is Decision.HOLD:
            assert "history_unknown" in {finding.id for finding in verdict.rules}
        return verdict.decision

    assert ask(Channel.VOICE, 3) is Decision.HOLD
    assert ask(Channel.VOICE, 8) is Decision.ALLOW
    assert ask(Channel.LETTER, 3) is Decision.ALLOW


def test_memory_is_never_law() -> None:
    assert [
        rule.id for rule in LIBRARY.rules.values() if rule.grade is Grade.M and rule.status is Status.ON
    ] == []
