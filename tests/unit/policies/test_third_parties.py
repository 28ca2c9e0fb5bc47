"""Third parties: who may be asked what, the gate before contact persons, and places."""

from __future__ import annotations

from typing import Any

import pytest

from policies.vocabulary import RuleKind
from tests.unit.policies.single_rule import ask, decision, facts_from

AT = "2026-03-10T12:00:00+08:00"
LADDER = RuleKind.THIRD_PARTY_LADDER


def _call(at: str, outcome: str = "no_answer", **more: Any) -> dict[str, Any]:
    return {
        "at": f"2026-03-{at}+08:00",
        "channel": "voice",
        "outcome": outcome,
        "debts": ["A"],
        "address": "P1",
        **more,
    }


def _gate(
    events: list[dict[str, Any]], at: str = AT, given: dict[str, Any] | None = None, **contact: Any
) -> Any:
    asked = {"party": "reference", "address": "R1", "purpose": "locate", "discloses_debt": False, **contact}
    more = {"primary_number": "P1", "zones": ["Asia/Shanghai"], **(given or {})}
    return ask(LADDER, {}, facts_from({"at": at, "debts": ["A"], **asked}, events, **more))


THREE = [_call("09T10:00:00"), _call("09T14:00:00", "busy"), _call("09T18:00:00", "power_off")]


@pytest.mark.parametrize(
    ("events", "answer"),
    [
        ([], "deny"),
        (THREE[:2], "deny"),
        (THREE, "allow"),
        ([*THREE, _call("09T20:00:00", "conversation")], "deny"),
        (
            [*THREE, _call("09T20:00:00", "received", direction="inbound", channel="sms", address="P9")],
            "deny",
        ),
        ([*THREE, _call("09T20:00:00", "conversation", party="family")], "allow"),
        ([*THREE[:2], _call("09T15:00:00", "wrong_number"), THREE[2]], "allow"),
        ([*THREE[:2], _call("09T15:00:00", "conversation"), THREE[2]], "deny"),
        ([_call("09T10:00:00", "not_in_service")], "allow"),
        ([{**call, "address": "P2"} for call in THREE], "deny"),
        ([_call("08T10:00:00"), _call("09T10:00:00"), _call("10T10:00:00")], "allow"),
        ([_call("07T10:00:00"), _call("09T10:00:00"), _call("10T10:00:00")], "defer"),
    ],
)
def test_the_gate_opens_and_closes_with_the_history(events: list[dict[str, Any]], answer: str) -> None:
    assert str(_gate(events).decision) == answer


def test_three_failures_open_the_gate_at_the_next_local_midnight() -> None:
    found = _gate(THREE, at="2026-03-09T19:00:00+08:00")
    assert str(found.decision) == "defer"
    assert found.retry == 1_773_072_000_000_000  # 2026-03-10T00:00+08:00


def test_read_strictly_three_days_open_it_the_day_after() -> None:
    events = [_call("08T10:00:00"), _call("09T10:00:00"), _call("10T10:00:00")]
    contact = {"at": AT, "debts": ["A"], "party": "family", "address": "R1", "purpose": "relay"}
    facts = facts_from(contact, events, primary_number="P1", zones=["Asia/Shanghai"])
    assert decision(LADDER, {"strict_days": True}, facts) == "defer"
    assert decision(LADDER, {}, facts) == "allow"


@pytest.mark.parametrize(
    ("given", "contact", "answer"),
    [
        ({"consumer_unreachable": True}, {}, "allow"),
        ({"consumer_status": "deceased"}, {"purpose": "heir_contact"}, "allow"),
        ({"consumer_status": "incapacitated"}, {}, "allow"),
        ({"consumer_unreachable": True}, {"purpose": "persuade"}, "deny"),
        ({"consumer_unreachable": True}, {"purpose": None}, "deny"),
        ({"consumer_unreachable": True, "third_party_refused": ["R1"]}, {}, "deny"),
        ({"consumer_unreachable": True, "third_party_refused": ["R2"]}, {}, "allow"),
        ({"consumer_unreachable": True}, {"discloses_debt": True}, "deny"),
        (
            {"consumer_unreachable": True, "third_party_offered_to_pay": ["R1"]},
            {"discloses_debt": True},
            "allow",
        ),
        (
            {"consumer_unreachable": True, "third_party_offered_to_pay": ["R2"]},
            {"discloses_debt": True},
            "deny",
        ),
    ],
)
def test_an_open_gate_still_asks_for_purpose_refusal_and_silence(
    given: dict[str, Any], contact: dict[str, Any], answer: str
) -> None:
    assert str(_gate([], given=given, **contact).decision) == answer


FEDERAL: dict[str, Any] = {
    "free": ["consumer", "spouse", "consumer_attorney"],
    "purposes": ["location"],
    "once": True,
}
US = "2026-04-08T10:00:00-05:00"


@pytest.mark.parametrize(
    ("contact", "answer"),
    [
        ({}, "allow"),
        ({"party": "spouse"}, "allow"),
        ({"party": "employer"}, "deny"),
        ({"party": "third_party:neighbour", "purpose": "location"}, "allow"),
        ({"party": "third_party:neighbour", "purpose": "location", "discloses_debt": True}, "deny"),
        ({"party": "third_party:neighbour", "purpose": "relay"}, "deny"),
    ],
)
def test_other_people_may_be_asked_where_the_consumer_is(contact: dict[str, Any], answer: str) -> None:
    assert decision(RuleKind.PARTY_RULE, FEDERAL, facts_from({"at": US, **contact})) == answer


@pytest.mark.parametrize(
    ("earlier", "contact", "answer"),
    [
        ({"outcome": "conversation"}, {}, "deny"),
        ({}, {}, "deny"),
        ({"outcome": "no_answer"}, {}, "allow"),
        ({"outcome": "conversation", "party": "third_party:landlord"}, {}, "allow"),
        ({"outcome": "conversation"}, {"in_response_to_request": True}, "allow"),
        ({"outcome": "conversation"}, {"flags": ["earlier_answer_wrong"]}, "allow"),
    ],
)
def test_each_of_them_is_asked_once(earlier: dict[str, Any], contact: dict[str, Any], answer: str) -> None:
    who = {"party": "third_party:neighbour", "purpose": "location"}
    before = {"at": "2026-01-08T10:00:00-06:00", "channel": "voice", "debts": ["d1"], **who, **earlier}
    facts = facts_from({"at": US, **who, **contact}, [before])
    assert decision(RuleKind.PARTY_RULE, FEDERAL, facts) == answer


def test_once_an_attorney_is_known_only_the_attorney_is_asked() -> None:
    who = {"at": US, "party": "third_party:neighbour", "purpose": "location"}
    params = {**FEDERAL, "precondition": "attorney_unknown"}
    assert decision(RuleKind.PARTY_RULE, params, facts_from(who, attorney={"known": True})) == "deny"
    assert decision(RuleKind.PARTY_RULE, params, facts_from(who)) == "allow"


@pytest.mark.parametrize(
    ("given", "answer"),
    [
        ({}, "deny"),
        ({"debt_related_evidence": False}, "deny"),
        ({"debt_related_evidence": True}, "allow"),
        ({"jointly_liable": ["R5"]}, "allow"),
        ({"jointly_liable": ["R6"]}, "deny"),
    ],
)
def test_a_related_person_owes_only_with_evidence(given: dict[str, Any], answer: str) -> None:
    params = {
        "parties": ["related_third"],
        "purposes": ["collect"],
        "discloses_debt": True,
        "precondition": "debt_related_evidence",
        "exception": "jointly_liable",
    }
    contact = {
        "at": AT,
        "party": "related_third",
        "address": "R5",
        "purpose": "collect",
        "discloses_debt": True,
    }
    assert decision(RuleKind.PARTY_RULE, params, facts_from(contact, **given)) == answer


@pytest.mark.parametrize(
    ("contact", "given", "answer"),
    [
        ({"place": "work"}, {"employer": {"prohibits": True}}, "deny"),
        ({"known_place": "work"}, {"employer": {"prohibits": True}}, "deny"),
        ({"number_kind": "work"}, {"employer": {"prohibits": True}}, "deny"),
        ({"number_kind": "mobile"}, {"employer": {"prohibits": True}}, "allow"),
        ({"place": "work"}, {"employer": {"prohibits": False}}, "allow"),
        ({"place": "work"}, {}, "allow"),
    ],
)
def test_an_employer_who_forbids_it_closes_the_place_of_work(
    contact: dict[str, Any], given: dict[str, Any], answer: str
) -> None:
    params = {"fact": "employer_prohibits", "deny_place": ["work"]}
    assert decision(RuleKind.LOCATION_RULE, params, facts_from({"at": US, **contact}, **given)) == answer


def test_visits_can_be_barred_but_for_service_of_process_and_facts_that_lift() -> None:
    params = {
        "deny_place": ["home", "work"],
        "allowed": ["service_of_process"],
        "unless": ["home_phone_failed"],
    }
    visit = {"at": US, "channel": "visit", "place": "home"}
    assert decision(RuleKind.LOCATION_RULE, params, facts_from(visit)) == "deny"
    assert (
        decision(RuleKind.LOCATION_RULE, params, facts_from({**visit, "content": "service_of_process"}))
        == "allow"
    )
    assert decision(RuleKind.LOCATION_RULE, params, facts_from(visit, home_phone_failed=True)) == "allow"
    somewhere = {"at": US, "channel": "visit"}
    assert decision(RuleKind.LOCATION_RULE, params, facts_from(somewhere, unknown=["place"])) == "hold"


@pytest.mark.parametrize(
    ("contact", "answer"),
    [
        ({"channel": "letter"}, "deny"),
        ({"channel": "letter", "place": "home"}, "deny"),
        ({"channel": "letter", "place": "work"}, "allow"),
        ({"number_kind": "landline"}, "deny"),
        ({"number_kind": "landline", "place": "work"}, "allow"),
        ({"number_kind": "work"}, "allow"),
        ({"number_kind": "mobile"}, "allow"),
        ({"number_kind": "mobile", "known_place": "home"}, "deny"),
        ({"channel": "email"}, "allow"),
    ],
)
def test_not_at_home_closes_what_goes_home(contact: dict[str, Any], answer: str) -> None:
    facts = facts_from({"at": US, **contact}, inconvenient_places=[{"place": "home"}])
    params = {"fact": "inconvenient_places"}
    assert decision(RuleKind.CONSUMER_PREFERENCE, params, facts) == answer
