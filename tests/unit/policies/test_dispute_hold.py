"""Disputes, requests for the original creditor, and the validation period they are measured by."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from policies.validation import validation_dates
from policies.vocabulary import RuleKind
from tests.unit.policies.single_rule import ask, decision, facts_from

KIND = RuleKind.DISPUTE_HOLD
NOTICE = {"sent": "2026-03-02", "medium": "mail"}
NOW = {"at": "2026-04-20T12:00:00-05:00"}


def _dispute(**more: Any) -> list[dict[str, Any]]:
    return [{"at": "2026-03-20T10:00:00-05:00", "form": "mail", **more}]


@pytest.mark.parametrize(
    ("dispute", "answer", "flags"),
    [
        ({}, "hold", ()),
        ({"form": "tear_off"}, "hold", ()),
        ({"form": "accepted_electronic"}, "hold", ()),
        ({"form": "oral"}, "allow", ("disputed_orally",)),
        ({"form": "unaccepted_electronic"}, "allow", ("policy_may_hold",)),
        ({"at": "2026-04-08T23:59:00-05:00"}, "hold", ()),
        ({"at": "2026-04-09T00:00:00-05:00"}, "allow", ("late_dispute",)),
        ({"at": "2026-04-20T12:00:01-05:00"}, "allow", ()),
        ({"debt": "d2"}, "allow", ()),
        ({"debt": "d1"}, "hold", ()),
        ({"by": "executor"}, "hold", ()),
        ({"portion": "part"}, "hold", ()),
    ],
)
def test_a_written_dispute_in_time_holds(
    dispute: dict[str, Any], answer: str, flags: tuple[str, ...]
) -> None:
    found = ask(KIND, {}, facts_from(NOW, validation=NOTICE, disputes=_dispute(**dispute)))
    assert str(found.decision) == answer
    assert found.flags == flags


def test_of_a_partial_dispute_the_rest_may_be_asked_for() -> None:
    disputes = _dispute(portion="part")
    rest = facts_from({**NOW, "portion": "undisputed"}, validation=NOTICE, disputes=disputes)
    assert decision(KIND, {}, rest) == "allow"
    assert decision(KIND, {}, facts_from({**NOW, "portion": "disputed"}, disputes=disputes)) == "hold"


SENT = "2026-03-25T10:00:00-05:00"
FULL = {"sent_at": SENT, "reasons": True, "refers_to_earlier": True}


@pytest.mark.parametrize(
    ("answered", "answer"),
    [
        ({"verification": {"sent_at": SENT}}, "allow"),
        ({"verification": {"sent_at": SENT, "undeliverable": True}}, "hold"),
        ({"verification": {"sent_at": "2026-04-20T12:00:01-05:00"}}, "hold"),
        ({"verification": {}}, "hold"),
        ({"duplicative": True, "duplicative_notice": FULL}, "allow"),
        ({"duplicative": False, "duplicative_notice": FULL}, "hold"),
        ({"duplicative": True, "duplicative_notice": {**FULL, "reasons": False}}, "hold"),
        ({"duplicative": True, "duplicative_notice": {**FULL, "refers_to_earlier": False}}, "hold"),
    ],
)
def test_an_answer_ends_the_hold_if_it_arrived_and_is_whole(answered: dict[str, Any], answer: str) -> None:
    facts = facts_from(NOW, validation=NOTICE, disputes=_dispute(**answered))
    assert decision(KIND, {}, facts) == answer


def test_without_a_known_notice_every_written_dispute_is_in_time() -> None:
    assert decision(KIND, {}, facts_from(NOW, disputes=_dispute(at="2026-04-19T10:00:00-05:00"))) == "hold"
    short = {"form": "written", "received_at": "2026-04-19T10:00:00-05:00", "verification_sent_at": None}
    assert decision(KIND, {}, facts_from(NOW, dispute=short)) == "hold"
    short["verification_sent_at"] = "2026-04-20T12:00:00-05:00"
    assert decision(KIND, {}, facts_from(NOW, dispute=short)) == "allow"


def test_the_answer_itself_may_be_sent() -> None:
    facts = facts_from({**NOW, "channel": "letter", "content": "verification"}, disputes=_dispute())
    assert decision(KIND, {}, facts) == "allow"


@pytest.mark.parametrize(
    ("request_", "answer"),
    [
        ({}, "hold"),
        ({"form": "oral"}, "allow"),
        ({"at": "2026-04-09T10:00:00-05:00"}, "allow"),
        ({"answered_at": "2026-04-20T12:00:00-05:00"}, "allow"),
        ({"answered_at": "2026-04-20T12:00:01-05:00"}, "hold"),
    ],
)
def test_a_request_for_the_original_creditor_holds_until_it_is_answered(
    request_: dict[str, Any], answer: str
) -> None:
    asked = [{"at": "2026-03-20T10:00:00-05:00", "form": "mail", **request_}]
    facts = facts_from(NOW, validation=NOTICE, original_creditor_requests=asked)
    assert decision(KIND, {"register": "original_creditor_requests"}, facts) == answer


@pytest.mark.parametrize(
    ("sent", "oral", "observed", "receipt", "end"),
    [
        (date(2026, 3, 2), False, True, date(2026, 3, 9), date(2026, 4, 8)),
        (date(2026, 6, 15), False, True, date(2026, 6, 23), date(2026, 7, 23)),
        (date(2026, 7, 1), False, True, date(2026, 7, 9), date(2026, 8, 8)),
        (date(2026, 7, 1), False, False, date(2026, 7, 8), date(2026, 8, 7)),
        (date(2026, 10, 10), False, True, date(2026, 10, 19), date(2026, 11, 18)),
        (date(2026, 11, 20), False, True, date(2026, 11, 30), date(2026, 12, 30)),
        (date(2026, 12, 24), False, True, date(2027, 1, 4), date(2027, 2, 3)),
        (date(2021, 12, 27), False, True, date(2022, 1, 4), date(2022, 2, 3)),
        (date(2026, 3, 2), True, True, date(2026, 3, 2), date(2026, 4, 1)),
    ],
)
def test_receipt_is_assumed_and_the_period_counted(
    sent: date, oral: bool, observed: bool, receipt: date, end: date
) -> None:
    assert validation_dates(sent, oral, observed) == (receipt, end)


@pytest.mark.parametrize(
    ("at", "answer"),
    [
        ("2026-03-01T23:59:59-06:00", "allow"),
        ("2026-03-02T00:00:00-06:00", "deny"),
        ("2026-04-08T23:59:59-05:00", "deny"),
        ("2026-04-09T00:00:00-05:00", "allow"),
    ],
)
def test_nothing_may_overshadow_the_notice_in_its_period(at: str, answer: str) -> None:
    contact = {"at": at, "channel": "letter", "content": "overshadowing:demand"}
    found = ask(RuleKind.VALIDATION_PERIOD, {}, facts_from(contact, validation=NOTICE))
    assert str(found.decision) == answer
    dates = {"assumed_receipt": date(2026, 3, 9), "validation_end": date(2026, 4, 8)}
    assert found.details["computed"] == dates


def test_a_notice_that_came_back_counts_from_the_second_one() -> None:
    contact = {"at": "2026-02-22T10:00:00-06:00", "channel": "letter", "content": "overshadowing:demand"}
    again = {"sent": "2026-01-01", "undeliverable": True, "resent": "2026-01-15"}
    assert decision(RuleKind.VALIDATION_PERIOD, {}, facts_from(contact, validation=again)) == "deny"
    once = {"sent": "2026-01-01"}
    assert decision(RuleKind.VALIDATION_PERIOD, {}, facts_from(contact, validation=once)) == "allow"


def test_a_time_barred_debt_is_not_sued_for() -> None:
    kind = RuleKind.TIME_BARRED
    letter = {**NOW, "channel": "letter"}
    assert decision(kind, {}, facts_from({**letter, "content": "threat_of_suit"}, time_barred=True)) == "deny"
    assert decision(kind, {}, facts_from({**NOW, "channel": "court"}, time_barred=True)) == "deny"
    proof = {**NOW, "channel": "court", "content": "proof_of_claim"}
    assert decision(kind, {}, facts_from(proof, time_barred=True)) == "allow"
    asked = ask(kind, {}, facts_from(letter, time_barred=True))
    assert (str(asked.decision), asked.flags) == ("allow", ("time_barred_disclosure_check",))
    assert decision(kind, {}, facts_from({**letter, "content": "threat_of_suit"})) == "allow"
