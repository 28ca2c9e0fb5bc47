"""Contents: what a message must carry, what is owed where nothing is stated yet, and who sends it."""

from __future__ import annotations

from typing import Any

import pytest

from policies.facts import Settings
from policies.vocabulary import RuleKind
from tests.unit.policies.single_rule import ask, decision, facts_from

NOW = "2026-04-20T10:00:00-05:00"


def _owed(
    kind: RuleKind, params: dict[str, Any], contact: dict[str, Any], *history: dict[str, Any]
) -> list[str]:
    found = ask(kind, params, facts_from({"at": NOW, **contact}, list(history)))
    assert str(found.decision) == "allow"
    return [obligation.id for obligation in found.verdict().obligations]


@pytest.mark.parametrize(
    ("params", "contact", "answer", "missing"),
    [
        ({"opt_out_text": True}, {"opt_out_text": False}, "deny", ()),
        ({"opt_out_text": True}, {}, "allow", ()),
        ({"fields": ["seal", "balance"]}, {"fields": ["balance"]}, "deny", ("seal",)),
        ({"fields": ["seal", "balance"]}, {"fields": []}, "deny", ("seal", "balance")),
        ({"fields": ["seal"]}, {}, "allow", ()),
        ({"sealed": True}, {"sealed": False}, "deny", ()),
        ({"sealed": True}, {}, "allow", ()),
        ({"envelope": ["债|逾期"]}, {"envelope_text": "逾期通知"}, "deny", ()),
        ({"envelope": ["债|逾期"]}, {"envelope_text": "上海市"}, "allow", ()),
        ({"deny_channels": ["sms"]}, {}, "deny", ()),
        ({"deny_channels": ["postcard"]}, {}, "allow", ()),
    ],
)
def test_what_is_stated_to_be_missing_objects(
    params: dict[str, Any], contact: dict[str, Any], answer: str, missing: tuple[str, ...]
) -> None:
    found = ask(RuleKind.CONTENT_RULE, params, facts_from({"at": NOW, "channel": "sms", **contact}))
    assert str(found.decision) == answer
    assert tuple(found.details.get("missing", ())) == missing


@pytest.mark.parametrize(
    ("contact", "answer"),
    [
        ({}, "allow"),
        ({"initial_communication": True, "statements": ["a", "b"]}, "allow"),
        ({"initial_communication": True, "statements": ["a"]}, "deny"),
        ({"initial_communication": False, "statements": ["a"]}, "allow"),
        ({"initial_communication": True, "statements": ["a", "b"], "statements_on": "back"}, "deny"),
        (
            {"initial_communication": True, "statements": ["a", "b", "front"], "statements_on": "back"},
            "allow",
        ),
    ],
)
def test_statements_of_a_first_letter_and_their_pointer(contact: dict[str, Any], answer: str) -> None:
    params = {"statements": ["a", "b"], "front_pointer": "front", "initial_only": True}
    facts = facts_from({"at": NOW, "channel": "letter", **contact})
    assert decision(RuleKind.CONTENT_RULE, params, facts) == answer


def test_what_is_not_stated_becomes_an_obligation() -> None:
    params = {"fields": ["seal"], "obligations": ["letter_art69"]}
    assert _owed(RuleKind.CONTENT_RULE, params, {"channel": "letter"}) == ["letter_art69"]


LETTER = {"at": "2026-03-02T10:00:00-06:00", "channel": "letter", "outcome": "sent", "debts": ["d1"]}
LEFT = {
    "at": "2026-04-01T10:00:00-05:00",
    "channel": "voice",
    "outcome": "voicemail",
    "content": "limited_content",
    "debts": ["d1"],
}
RANG = {**LEFT, "outcome": "no_answer", "content": "collection"}


@pytest.mark.parametrize(
    ("history", "owed"),
    [
        ([], "mini_miranda_first"),
        ([LETTER], "mini_miranda"),
        ([LEFT], "mini_miranda_first"),
        ([RANG], "mini_miranda_first"),
        ([{**RANG, "outcome": "conversation"}], "mini_miranda"),
        ([{**LETTER, "channel": "email", "outcome": "bounced"}], "mini_miranda_first"),
        ([{**LETTER, "direction": "inbound", "outcome": "received"}], "mini_miranda"),
        ([{**RANG, "outcome": "conversation", "party": "third_party:neighbour"}], "mini_miranda_first"),
    ],
)
def test_the_first_communication_owes_the_long_sentence(history: list[dict[str, Any]], owed: str) -> None:
    assert _owed(RuleKind.DISCLOSURE_RULE, {}, {"channel": "sms"}, *history) == [owed]


@pytest.mark.parametrize(
    ("contact", "history", "answer"),
    [
        ({"disclosure": "none"}, [LETTER], "deny"),
        ({"disclosure": "subsequent"}, [LETTER], "allow"),
        ({"disclosure": "subsequent"}, [], "deny"),
        ({"disclosure": "initial"}, [], "allow"),
        ({"disclosure": "subsequent", "initial_communication": True}, [LETTER], "deny"),
        ({"disclosure": "subsequent", "language": "es", "disclosure_language": "en"}, [LETTER], "deny"),
        ({"disclosure": "subsequent", "language": "es", "disclosure_language": "es"}, [LETTER], "allow"),
        ({"disclosure": "none", "content": "limited_content"}, [], "allow"),
    ],
)
def test_a_stated_disclosure_must_be_there_whole_and_understood(
    contact: dict[str, Any], history: list[dict[str, Any]], answer: str
) -> None:
    facts = facts_from({"at": NOW, "channel": "sms", **contact}, history)
    assert decision(RuleKind.DISCLOSURE_RULE, {}, facts) == answer


WHOLE = ["business_name", "reply_request", "person_name", "phone_number"]
ONLY = Settings(voicemail="limited_content_only")


@pytest.mark.parametrize(
    ("contact", "reading", "answer"),
    [
        ({"elements": WHOLE}, "limited_content_message", "allow"),
        ({"elements": [*WHOLE, "salutation", "any_representative"]}, "limited_content_message", "allow"),
        ({"elements": WHOLE[1:]}, "not_lcm", "deny"),
        ({"elements": [*WHOLE, "debt_disclosure"]}, "communication", "deny"),
        ({"elements": WHOLE, "business_name_reveals": True}, "communication", "deny"),
        ({"elements": WHOLE, "channel": "sms"}, "not_lcm", "deny"),
        ({"content": "collection"}, "communication", "deny"),
    ],
)
def test_a_voicemail_is_read_by_its_elements(contact: dict[str, Any], reading: str, answer: str) -> None:
    whole = {"at": NOW, "channel": "voicemail", "content": "limited_content", **contact}
    found = ask(RuleKind.LIMITED_CONTENT, {}, facts_from(whole), ONLY)
    assert str(found.decision) == answer
    assert found.details["classification"] == reading


def test_without_the_setting_a_poor_message_is_only_read() -> None:
    contact = {"at": NOW, "channel": "voicemail", "content": "limited_content", "elements": WHOLE[1:]}
    assert decision(RuleKind.LIMITED_CONTENT, {}, facts_from(contact)) == "allow"
    assert _owed(RuleKind.LIMITED_CONTENT, {}, {"content": "limited_content"}) == ["limited_content"]


NOTICE: dict[str, Any] = {
    "fields": ["name", "fees", "account_number", "cfpb", "p1", "p2"],
    "financial_only": ["cfpb"],
    "account_only": ["account_number"],
    "electronic_only": ["electronic_dispute_statement"],
    "prompt_order": ["p1", "p2"],
}
FIELDS = ["name", "fees", "account_number", "cfpb", "p1", "p2"]


@pytest.mark.parametrize(
    ("notice", "channel", "missing"),
    [
        ({"fields": FIELDS}, "letter", ()),
        ({"fields": [f for f in FIELDS if f != "fees"]}, "letter", ("fees",)),
        (
            {"fields": FIELDS[:2] + FIELDS[4:], "financial_product": False, "account_exists": False},
            "letter",
            (),
        ),
        ({"fields": FIELDS}, "email", ("electronic_dispute_statement",)),
        ({"fields": FIELDS, "prompt_order": ["p2", "p1"]}, "letter", ("prompt_order",)),
        ({"fields": FIELDS, "prompt_order": ["p1", "p2"]}, "letter", ()),
        ({"fields": [*FIELDS, "reverse_disclosures"]}, "letter", ("reverse_pointer",)),
        ({"fields": FIELDS, "reverse_behind_response": True}, "letter", ("reverse_placement",)),
    ],
)
def test_a_notice_lists_what_it_lacks(notice: dict[str, Any], channel: str, missing: tuple[str, ...]) -> None:
    contact = {"at": NOW, "channel": channel, "content": "validation_notice", "notice": notice}
    found = ask(RuleKind.NOTICE_CONTENT, NOTICE, facts_from(contact))
    assert str(found.decision) == ("deny" if missing else "allow")
    assert tuple(found.details["missing"]) == missing


@pytest.mark.parametrize(
    ("contact", "answer", "flags"),
    [
        ({"channel": "letter", "mail_address": "current"}, "allow", ()),
        ({"channel": "letter"}, "allow", ()),
        ({"channel": "letter", "mail_address": "known_moved"}, "deny", ()),
        ({"channel": "email", "esign_consent": False}, "deny", ()),
        (
            {"channel": "email", "esign_consent": True, "subject_has_creditor": False},
            "allow",
            ("weak_actual_notice",),
        ),
        ({"channel": "email", "esign_consent": True}, "allow", ()),
        (
            {
                "channel": "email",
                "content": "validation_notice",
                "esign_consent": False,
                "initial_communication": True,
            },
            "allow",
            (),
        ),
    ],
)
def test_a_required_disclosure_must_arrive(
    contact: dict[str, Any], answer: str, flags: tuple[str, ...]
) -> None:
    found = ask(RuleKind.DELIVERY_RULE, {}, facts_from({"at": NOW, "content": "verification", **contact}))
    assert (str(found.decision), found.flags) == (answer, flags)


@pytest.mark.parametrize(
    ("params", "contact", "given", "answer"),
    [
        ({"require": ["recording"]}, {"recording": False}, {}, "deny"),
        ({"require": ["recording"]}, {"recording": True}, {}, "allow"),
        ({"min_staff": 2}, {"staff": 1}, {}, "deny"),
        ({"min_staff": 2}, {"staff": 2}, {}, "allow"),
        ({"require": ["id_shown"]}, {"id_shown": False}, {}, "deny"),
        ({"entry_consent_places": ["home_inside"]}, {"place": "home_inside"}, {}, "deny"),
        ({"entry_consent_places": ["home_inside"]}, {"place": "doorstep"}, {}, "allow"),
        ({"entry_consent_places": ["a"]}, {"place": "a"}, {"entry_consent": ["a"]}, "allow"),
        ({"whitelist": True}, {"agency_id": "x"}, {"agency_whitelist": ["y"]}, "deny"),
        ({"whitelist": True}, {"agency_id": "y"}, {"agency_whitelist": ["y"]}, "allow"),
        ({"whitelist": True}, {}, {"agency_whitelist": ["y"]}, "hold"),
        ({"whitelist": True}, {"agency_id": "x"}, {}, "allow"),
        ({"deny_sender": ["private_phone"]}, {"sender_type": "private_phone"}, {}, "deny"),
        (
            {"deny_sender": ["private_phone"], "unless_principal_consent": True},
            {"sender_type": "private_phone"},
            {"principal_consent": True},
            "allow",
        ),
        ({"max_active_placements": 1}, {}, {"active_placements": 2}, "deny"),
        ({"max_active_placements": 1}, {}, {"active_placements": 1}, "allow"),
    ],
)
def test_who_makes_the_contact_and_how(
    params: dict[str, Any], contact: dict[str, Any], given: dict[str, Any], answer: str
) -> None:
    assert decision(RuleKind.IDENTITY_RULE, params, facts_from({"at": NOW, **contact}, **given)) == answer


def test_a_recorded_call_owes_the_line_that_says_so() -> None:
    assert _owed(RuleKind.IDENTITY_RULE, {"require": ["recording"]}, {}) == ["recording_notice"]
