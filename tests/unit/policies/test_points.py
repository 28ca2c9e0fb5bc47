"""Numbers and addresses: what is known against them, the safe-harbour procedures, and credit reporting."""

from __future__ import annotations

from typing import Any

import pytest

from policies.facts import Settings
from policies.vocabulary import RuleKind
from tests.unit.policies.single_rule import ask, decision, facts_from

NOW = "2026-04-20T10:00:00-05:00"
POINT, HARBOR = RuleKind.POINT_RULE, RuleKind.SAFE_HARBOR
REQUIRED = Settings(safe_harbor="required")
MAIL = {"at": NOW, "channel": "email", "address": "m"}
TEXT = {"at": NOW, "channel": "sms", "address": "n"}


@pytest.mark.parametrize(
    ("state", "answer"),
    [
        (None, "allow"),
        ("valid", "allow"),
        ("unverified", "allow"),
        ("invalid", "deny"),
        ("wrong_party", "deny"),
        ("reassigned", "deny"),
        ("unknown", "hold"),
    ],
)
def test_a_dead_point_is_not_used(state: str | None, answer: str) -> None:
    known = {"state": state} if state else {}
    assert decision(POINT, {"bars": "state"}, facts_from(TEXT, numbers={"n": known})) == answer
    assert decision(POINT, {"bars": "state"}, facts_from(MAIL, addresses={"m": known})) == answer
    assert decision(POINT, {"bars": "state"}, facts_from(MAIL, addresses={"other": known})) == "allow"


@pytest.mark.parametrize(
    ("checks", "answer"),
    [
        ([("03-29", "yes")], "deny"),
        ([("03-29", "no")], "allow"),
        ([("03-29", "yes"), ("04-10", "no")], "allow"),
        ([("03-29", "no"), ("04-10", "yes")], "deny"),
        ([("03-29", "no"), ("04-21", "yes")], "allow"),
    ],
)
def test_the_latest_answer_of_the_database_decides(checks: list[tuple[str, str]], answer: str) -> None:
    entries = [{"at": f"2026-{day}T10:00:00-05:00", "reassigned_since": said} for day, said in checks]
    kept = facts_from(TEXT, numbers={"n": {"rnd": entries}})
    assert decision(POINT, {"bars": "reassigned"}, kept) == answer
    loose = facts_from(TEXT, rnd_checks=[{**entry, "number": "n"} for entry in entries])
    assert decision(POINT, {"bars": "reassigned"}, loose) == answer


def test_a_report_of_disclosure_ends_the_harbour_of_that_point() -> None:
    reported = {"disclosure_reports": [{"at": NOW, "by": "roommate"}]}
    params = {"bars": "disclosure_report"}
    facts = facts_from(MAIL, addresses={"m": reported})
    assert decision(POINT, params, facts, REQUIRED) == "deny"
    advised = ask(POINT, params, facts)
    assert (str(advised.decision), advised.flags) == ("allow", ("no_safe_harbor",))
    assert decision(POINT, params, facts_from(MAIL, addresses={"x": reported}), REQUIRED) == "allow"


@pytest.mark.parametrize(
    ("mailbox", "answer", "flags"),
    [
        ({"employer_provided": "known"}, "deny", ()),
        ({"employer_provided": "known", "consumer_used": "2026-04-01T10:00:00-05:00"}, "allow", ()),
        ({"employer_provided": "known", "consumer_used": "2026-04-21T10:00:00-05:00"}, "deny", ()),
        (
            {
                "employer_provided": "known",
                "prior_collectors": [{"name": "A", "obtained_by": "i", "used": True}],
            },
            "allow",
            (),
        ),
        ({"employer_provided": "known", "creditor": {"obtained_from_consumer": True}}, "deny", ()),
        ({"employer_provided": "unknown"}, "allow", ("domain_looks_corporate",)),
        ({}, "allow", ()),
    ],
)
def test_a_work_mailbox_needs_the_consumers_own_doing(
    mailbox: dict[str, Any], answer: str, flags: tuple[str, ...]
) -> None:
    found = ask(POINT, {"bars": "employer_provided"}, facts_from(MAIL, addresses={"m": mailbox}))
    assert (str(found.decision), found.flags) == (answer, flags)


ELEMENTS = ["transfer", "address", "others", "method", "date"]
PROCEDURE: dict[str, Any] = {"procedure": "email", "notice_elements": ELEMENTS, "account_uses": ["bill"]}
CREDITOR = {"sent": "2026-03-02", "opt_out_by": "2026-04-06", "elements": ELEMENTS, "conspicuous": True}
USE: dict[str, Any] = {
    "obtained_from_consumer": True,
    "used_for": ["bill"],
    "notice": {**CREDITOR, "respond_to": "creditor"},
}


@pytest.mark.parametrize(
    ("mailbox", "answer"),
    [
        ({"creditor": USE}, "allow"),
        ({"creditor": {**USE, "used_for": ["marketing"]}}, "deny"),
        ({"creditor": {**USE, "obtained_from_consumer": False}}, "deny"),
        ({"creditor": {**USE, "notice": {**USE["notice"], "opt_out_by": "2026-04-05"}}}, "deny"),
        ({"creditor": {**USE, "notice": {**USE["notice"], "respond_to": "both"}}}, "deny"),
        ({"creditor": {**USE, "notice": {**USE["notice"], "conspicuous": False}}}, "deny"),
        ({"creditor": {**USE, "notice": {**USE["notice"], "elements": ELEMENTS[1:]}}}, "deny"),
        ({"creditor": {**USE, "opted_out_at": "2026-04-01T10:00:00-05:00"}}, "deny"),
        ({"creditor": USE, "domain_public": False}, "deny"),
        ({"creditor": USE, "domain_public": True}, "allow"),
        ({"consents": [{"medium": "voice", "received_at": NOW}]}, "allow"),
        (
            {
                "consents": [
                    {"medium": "voice", "received_at": "2026-04-01T10:00:00-05:00", "revoked_at": NOW}
                ]
            },
            "deny",
        ),
        ({"provided": {"form": "portal", "disclosed": False}}, "deny"),
        ({"provided": {"form": "portal", "disclosed": True}}, "allow"),
        (
            {
                "prior_collectors": [
                    {"name": "A", "obtained_by": "ii", "used": True},
                    {"name": "B", "used": True},
                ]
            },
            "allow",
        ),
        ({"prior_collectors": [{"name": "A", "obtained_by": "ii", "used": True}, {"name": "B"}]}, "deny"),
        ({"prior_collectors": [{"name": "A", "used": True}]}, "deny"),
        ({"prior_collectors": [{"name": "A", "obtained_by": "i", "used": True, "opted_out": True}]}, "deny"),
        ({}, "deny"),
    ],
)
def test_one_email_procedure_that_is_met_is_enough(mailbox: dict[str, Any], answer: str) -> None:
    facts = facts_from(MAIL, addresses={"m": mailbox})
    assert decision(HARBOR, PROCEDURE, facts, REQUIRED) == answer
    assert decision(HARBOR, PROCEDURE, facts) == "allow"


def test_the_opt_out_date_belongs_to_the_consumer() -> None:
    last = {**MAIL, "at": "2026-04-06T23:59:59-05:00"}
    found = ask(HARBOR, PROCEDURE, facts_from(last, addresses={"m": {"creditor": USE}}), REQUIRED)
    assert str(found.decision) == "defer"
    assert found.retry == 1_775_538_000_000_000  # 2026-04-07T00:00-05:00


@pytest.mark.parametrize(
    ("chain", "answer"),
    [
        (["A:used", "X:proposed"], "allow"),
        (["A:used", "B:not_used", "X:proposed"], "deny"),
        (["A:not_used", "B:used", "X:proposed"], "allow"),
        (["X:proposed"], "deny"),
    ],
)
def test_the_immediately_prior_collector_must_have_used_it(chain: list[str], answer: str) -> None:
    assert decision(HARBOR, PROCEDURE, facts_from({**MAIL, "address_chain": chain}), REQUIRED) == answer


def _text(at: str, days: int, *history: dict[str, Any], **number: Any) -> str:
    facts = facts_from({**TEXT, "at": at}, list(history), numbers={"n": number} if number else {})
    return decision(HARBOR, {"procedure": "text", "valid_days": days}, facts, REQUIRED)


CAME = {
    "at": "2026-03-01T10:00:00-06:00",
    "channel": "sms",
    "direction": "inbound",
    "outcome": "received",
    "address": "n",
}


@pytest.mark.parametrize(
    ("at", "answer"),
    [("2026-04-30T23:59:59-05:00", "allow"), ("2026-05-01T00:00:00-05:00", "deny")],
)
def test_a_number_lives_sixty_local_dates(at: str, answer: str) -> None:
    assert _text(at, 60, CAME) == answer


def test_a_call_from_the_number_or_a_check_alone_is_no_evidence() -> None:
    called = {**CAME, "channel": "voice", "outcome": "conversation", "direction": "inbound"}
    assert _text("2026-03-05T10:00:00-06:00", 60, called) == "deny"
    clean = [{"at": "2026-03-04T10:00:00-06:00", "reassigned_since": "no"}]
    assert _text("2026-03-05T10:00:00-06:00", 60, rnd=clean) == "deny"
    consent = [{"received_at": "2025-01-01T10:00:00-06:00"}]
    assert _text("2026-03-05T10:00:00-06:00", 60, rnd=clean, consents=consent) == "allow"
    assert _text("2026-03-05T10:00:00-06:00", 60, consents=consent) == "deny"


def _report(at: str, *history: dict[str, Any]) -> Any:
    return ask(
        RuleKind.PASSIVE_COLLECTION, {}, facts_from({"at": at, "channel": "credit_report"}, list(history))
    )


LETTER = {
    "at": "2026-05-01T10:00:00-05:00",
    "channel": "letter",
    "outcome": "sent",
    "debts": ["d1"],
    "content": "validation_notice",
}


def test_fourteen_days_after_the_notice_counting_its_own() -> None:
    early = _report("2026-05-14T23:59:59-05:00", LETTER)
    assert (str(early.decision), early.retry) == ("defer", 1_778_821_200_000_000)  # 2026-05-15T00:00-05:00
    assert str(_report("2026-05-15T00:00:00-05:00", LETTER).decision) == "allow"


def test_a_notice_that_came_back_in_time_does_not_count() -> None:
    back = {**LETTER, "undeliverable_at": "2026-05-10T10:00:00-05:00"}
    assert str(_report("2026-05-25T10:00:00-05:00", back).decision) == "hold"
    again = {**LETTER, "at": "2026-05-11T10:00:00-05:00"}
    assert str(_report("2026-05-24T10:00:00-05:00", back, again).decision) == "defer"
    assert str(_report("2026-05-25T10:00:00-05:00", back, again).decision) == "allow"


def test_a_late_bounce_advises_and_nothing_more() -> None:
    back = {**LETTER, "undeliverable_at": "2026-05-18T10:00:00-05:00"}
    found = _report("2026-05-25T10:00:00-05:00", back)
    assert (str(found.decision), found.flags) == ("allow", ("resend_advised",))


def test_having_spoken_about_the_debt_is_enough_and_about_another_is_not() -> None:
    talk = {"at": "2026-05-02T10:00:00-05:00", "channel": "voice", "outcome": "conversation", "debts": ["d1"]}
    assert str(_report("2026-05-03T10:00:00-05:00", talk).decision) == "allow"
    assert str(_report("2026-05-03T10:00:00-05:00", {**talk, "debts": ["d2"]}).decision) == "hold"
    assert str(_report("2026-05-03T10:00:00-05:00").decision) == "hold"
