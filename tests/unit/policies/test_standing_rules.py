"""Cease notices, attorneys and holds: from when, for whom, and what may still be sent."""

from __future__ import annotations

from typing import Any

import pytest

from policies.vocabulary import RuleKind
from tests.unit.policies.single_rule import ask, decision, facts_from

CEASE: dict[str, Any] = {"forms": ["written", "electronic"], "allowed": ["advise_terminating_efforts"]}
RECEIVED = "2026-08-06T11:00:00-05:00"
NOW = {"at": "2026-08-20T10:00:00-05:00"}


@pytest.mark.parametrize(
    ("cease", "answer"),
    [
        ({"form": "written", "received_at": RECEIVED}, "deny"),
        ({"form": "written"}, "deny"),
        ({"form": "electronic", "accepted_medium": True, "received_at": RECEIVED}, "deny"),
        ({"form": "electronic", "received_at": RECEIVED}, "deny"),
        ({"form": "electronic", "accepted_medium": False, "received_at": RECEIVED}, "allow"),
        ({"form": "oral", "received_at": RECEIVED}, "allow"),
        ({"form": "written", "received_at": "2026-08-20T10:00:00.000001-05:00"}, "allow"),
    ],
)
def test_a_cease_notice_counts_by_form_and_receipt(cease: dict[str, Any], answer: str) -> None:
    assert decision(RuleKind.CEASE, CEASE, facts_from(NOW, cease=cease)) == answer


def test_a_cease_notice_leaves_its_exceptions_and_the_attorney() -> None:
    cease = {"form": "written", "received_at": RECEIVED}
    last = facts_from({**NOW, "channel": "letter", "content": "advise_terminating_efforts"}, cease=cease)
    assert decision(RuleKind.CEASE, CEASE, last) == "allow"
    lawyer = facts_from({**NOW, "party": "consumer_attorney"}, cease=cease)
    assert decision(RuleKind.CEASE, CEASE, lawyer) == "allow"
    again = facts_from({**NOW, "channel": "letter", "content": "verification"}, cease=cease)
    assert decision(RuleKind.CEASE, CEASE, again) == "deny"


@pytest.mark.parametrize(
    ("attorney", "answer"),
    [
        ({}, "hold"),
        ({"known": False}, "allow"),
        ({"contact_known": False}, "allow"),
        ({"unresponsive": True}, "allow"),
        ({"consents_direct": True}, "allow"),
    ],
)
def test_a_represented_consumer_is_left_to_the_attorney(attorney: dict[str, Any], answer: str) -> None:
    facts = facts_from(NOW, attorney={"known": True, "contact_known": True, **attorney})
    assert decision(RuleKind.REPRESENTATION, {}, facts) == answer


@pytest.mark.parametrize(
    ("at", "answer"),
    [("2026-04-10T09:59:59-04:00", "allow"), ("2026-04-10T10:00:00-04:00", "hold")],
)
def test_seventy_two_hours_are_hours(at: str, answer: str) -> None:
    attorney = {"notice_at": "2026-04-07T10:00:00-04:00"}
    facts = facts_from({"at": at}, attorney=attorney, zones=["America/New_York"])
    assert decision(RuleKind.REPRESENTATION, {"starts_after_hours": 72}, facts) == answer


@pytest.mark.parametrize(
    ("at", "answer"),
    [
        ("2026-03-09T23:59:59-05:00", "allow"),
        ("2026-03-10T00:00:00-05:00", "hold"),
        ("2026-03-20T23:59:59-05:00", "hold"),
        ("2026-03-21T00:00:00-05:00", "allow"),
    ],
)
def test_a_hold_runs_from_its_first_to_its_last_local_date(at: str, answer: str) -> None:
    holds = [{"type": "hardship", "from": "2026-03-10", "until": "2026-03-20"}]
    assert decision(RuleKind.HOLD, {"holds": ["hardship"]}, facts_from({"at": at}, holds=holds)) == answer


def test_a_hold_runs_while_any_plausible_zone_is_inside() -> None:
    holds = [{"type": "hardship", "until": "2026-03-20"}]
    facts = facts_from(
        {"at": "2026-03-21T02:00:00-04:00"},
        holds=holds,
        zones=["America/New_York", "Pacific/Honolulu"],
    )
    found = ask(RuleKind.HOLD, {}, facts)
    assert str(found.decision) == "hold"
    assert found.retry is None


@pytest.mark.parametrize(
    ("hold", "answer"),
    [
        ({"type": "bankruptcy"}, "hold"),
        ({"type": "bankruptcy", "debt": "d1"}, "hold"),
        ({"type": "bankruptcy", "debt": "d2"}, "allow"),
        ({"type": "other"}, "allow"),
    ],
)
def test_a_hold_is_about_its_type_and_its_account(hold: dict[str, Any], answer: str) -> None:
    params = {"except_holds": ["other"], "allowed": ["proof_of_claim"]}
    assert decision(RuleKind.HOLD, params, facts_from(NOW, holds=[hold])) == answer


def test_a_death_leaves_the_estate_and_the_search_for_heirs() -> None:
    params = {"deceased": True, "heirs": ["executor"], "heir_purposes": ["heir_contact"]}
    assert decision(RuleKind.HOLD, params, facts_from(NOW, deceased=True)) == "hold"
    assert decision(RuleKind.HOLD, params, facts_from(NOW, consumer_status="deceased")) == "hold"
    assert decision(RuleKind.HOLD, params, facts_from({**NOW, "party": "executor"}, deceased=True)) == "allow"
    search = {**NOW, "party": "reference", "purpose": "heir_contact"}
    assert (
        decision(RuleKind.HOLD, params, facts_from(search, deceased=True, holds=[{"type": "deceased"}]))
        == "allow"
    )


def test_a_hold_can_bind_some_kinds_of_collectors_only() -> None:
    params = {"holds": ["lawyer_representation"], "collector_type": ["registered_money_lender"]}
    holds = [{"type": "lawyer_representation", "from": "2026-03-01"}]
    bound = facts_from({**NOW, "collector_type": "registered_money_lender"}, holds=holds)
    free = facts_from({**NOW, "collector_type": "collection_company"}, holds=holds)
    assert decision(RuleKind.HOLD, params, bound) == "hold"
    assert decision(RuleKind.HOLD, params, free) == "allow"
