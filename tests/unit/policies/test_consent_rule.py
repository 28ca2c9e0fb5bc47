"""Consents: what is recorded, what was withdrawn, and what nothing is known about."""

from __future__ import annotations

from typing import Any

import pytest

from policies.consent import is_recorded
from policies.vocabulary import RuleKind
from tests.unit.policies.single_rule import decision, facts_from

KIND = RuleKind.CONSENT_RULE
ELECTRONIC: dict[str, Any] = {"need": "electronic", "replies": True}
VOICE: dict[str, Any] = {"need": "automated_voice", "automated": True, "number_kind": ["mobile"]}
NOW = "2026-09-10T10:00:00-05:00"
BEFORE = "2026-09-10T09:59:59-05:00"


def _given(**consent: Any) -> list[dict[str, Any]]:
    return [{"type": "electronic", "medium": "sms", **consent}]


@pytest.mark.parametrize(
    ("consents", "answer"),
    [
        (_given(received_at=NOW), "allow"),
        (_given(), "allow"),
        (_given(medium=None), "allow"),
        (_given(received_at="2026-09-10T10:00:01-05:00"), "hold"),
        (_given(received_at=BEFORE, revoked_at=NOW), "deny"),
        (_given(received_at=BEFORE, revoked_at="2026-09-10T10:00:01-05:00"), "allow"),
        (_given(medium="email"), "hold"),
        (_given(address="b"), "hold"),
        (_given(obtained_during_violation=True), "hold"),
        ([{"type": "call_frequency", "debt": "d1"}], "allow"),
    ],
)
def test_a_recorded_consent_covers_its_medium_while_it_lasts(
    consents: list[dict[str, Any]], answer: str
) -> None:
    cleaned = [{key: value for key, value in one.items() if value is not None} for one in consents]
    facts = facts_from({"at": NOW, "channel": "sms", "address": "a"}, consents=cleaned)
    assert decision(KIND, ELECTRONIC, facts) == answer


def test_nothing_recorded_is_ordinary_in_a_case_and_a_hold_where_it_is_named_unknown() -> None:
    contact = {"at": NOW, "channel": "sms", "address": "a"}
    assert decision(KIND, ELECTRONIC, facts_from(contact)) == "allow"
    assert decision(KIND, ELECTRONIC, facts_from(contact, unknown=["consent"])) == "hold"
    assert decision(KIND, {**ELECTRONIC, "presumed": False}, facts_from(contact)) == "hold"


def test_asking_for_consent_and_answering_need_none() -> None:
    asking = facts_from({"at": NOW, "channel": "sms", "content": "consent_request"}, unknown=["consent"])
    assert decision(KIND, ELECTRONIC, asking) == "allow"
    answering = facts_from({"at": NOW, "channel": "sms", "reply": True}, unknown=["consent"])
    assert decision(KIND, ELECTRONIC, answering) == "allow"


@pytest.mark.parametrize(
    ("contact", "answer"),
    [
        ({"automated": True, "number_kind": "mobile"}, "hold"),
        ({"automated": True}, "hold"),
        ({"automated": True, "number_kind": "landline"}, "allow"),
        ({"number_kind": "mobile"}, "allow"),
    ],
)
def test_automated_calls_ask_on_mobiles_and_on_numbers_of_unknown_kind(
    contact: dict[str, Any], answer: str
) -> None:
    assert decision(KIND, VOICE, facts_from({"at": NOW, **contact}, unknown=["consent"])) == answer


def test_consent_to_texts_is_none_to_automated_calls() -> None:
    facts = facts_from({"at": NOW, "automated": True, "number_kind": "mobile"}, consents=_given())
    assert decision(KIND, VOICE, facts) == "hold"


@pytest.mark.parametrize("need", ["automated_voice", "commercial"])
def test_consent_to_texts_kept_with_the_number_is_none_to_anything_else(need: str) -> None:
    """As an import keeps it: the text consent beside a mobile, bound to that number."""
    facts = facts_from(
        {"at": NOW, "address": "a", "automated": True, "number_kind": "mobile"},
        consents=_given(address="a", received_at=BEFORE),
        numbers={"a": {"consents": [{"medium": "sms", "received_at": BEFORE}]}},
    )
    assert decision(KIND, {**VOICE, "need": need}, facts) == "hold"


def test_consent_kept_with_the_number_counts_whatever_medium_it_was_given_through() -> None:
    numbers = {"a": {"consents": [{"medium": "letter", "received_at": BEFORE}]}}
    facts = facts_from({"at": NOW, "channel": "sms", "address": "a"}, numbers=numbers, unknown=[])
    assert decision(KIND, {**ELECTRONIC, "presumed": False}, facts) == "allow"


def test_commercial_texts_need_consent_of_that_number_and_a_way_out() -> None:
    params = {"need": "commercial", "per": "address", "presumed": False, "opt_out_text": True}
    contact = {"at": NOW, "channel": "sms", "address": "a"}
    assert decision(KIND, params, facts_from(contact, commercial_consent=["a"])) == "allow"
    assert decision(KIND, params, facts_from(contact, commercial_consent=["b"])) == "hold"
    assert (
        decision(KIND, params, facts_from({**contact, "opt_out_text": False}, commercial_consent=["a"]))
        == "deny"
    )


@pytest.mark.parametrize(
    ("given", "recorded"),
    [
        ({}, False),
        ({"consents": _given()}, True),
        ({"consents": _given(revoked_at=BEFORE)}, True),
        ({"consents": _given(medium="email")}, False),
        ({"consents": [{"type": "time", "window": ["21:00", "22:00"]}]}, False),
        ({"numbers": {"a": {"consents": [{"received_at": BEFORE}]}}}, True),
    ],
)
def test_what_counts_as_recorded(given: dict[str, Any], recorded: bool) -> None:
    assert is_recorded(facts_from({"at": NOW, "channel": "sms", "address": "a"}, **given)) is recorded
